package io.carousel.events.wire;

import java.util.List;

/** Every lift from an older version, each to the next; read in chains. */
final class Upcasts {
  private Upcasts() {}

  /** None yet: every type is in its first version. */
  static final List<Upcast> ALL = List.of();
}
