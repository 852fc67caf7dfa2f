package io.carousel.orchestrator.http;

import java.nio.file.Path;

/** An API in a process that may have few files; it has many more connections as its bound. */
final class LowFiles {
  private LowFiles() {}

  /** Says its port, and serves until its input ends. */
  public static void main(String[] folder) throws Exception {
    var enough = new Bounds(100_000, 100_000, 100_000, 100_000, 100_000);
    var limits = new Limits(Limits.Times.USUAL, enough, enough, enough, enough, enough);
    Path secret = Path.of(folder[0], "api.secret");
    var api =
        new ApiServer(
            FakeDesk.withSlots("hsm-a"), 0, secret, why -> System.out.println(why), limits);
    api.start();
    System.out.println(api.port());
    while (System.in.read() >= 0) {
      // Until whoever started it is gone.
    }
    Runtime.getRuntime().halt(0);
  }
}
