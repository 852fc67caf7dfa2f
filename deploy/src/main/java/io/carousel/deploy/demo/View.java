package io.carousel.deploy.demo;

/** Where the demo shows what happens. Thread-safe. */
public sealed interface View permits LiveView, LineView {
  /** Something happened that is worth a line. */
  void note(String line);

  /** How things stand now; called again and again. */
  void show(Picture picture);

  /** No more pictures come for now; the last one stays. */
  void settle();
}
