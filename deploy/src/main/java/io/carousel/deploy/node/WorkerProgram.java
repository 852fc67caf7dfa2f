package io.carousel.deploy.node;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How the JVM of a worker is started, wherever it is. */
public final class WorkerProgram {
  /**
   * Bounds on what it may take; {@code carousel worker} has the same. What a command leaves behind
   * is many times what stays, so that the young generation has the most room, and survivors enough
   * for what is in hand: what does not fit there is promoted and costs full collections.
   */
  static final List<String> MEMORY =
      List.of(
          "-Xmx104m",
          "-Xmn56m",
          "-XX:SurvivorRatio=5",
          "-XX:+UseCompactObjectHeaders",
          "-Xss512k",
          // Half a worker would be worse than none: it says so and ends.
          "-XX:+ExitOnOutOfMemoryError");

  private WorkerProgram() {}

  /** What every program that loads a PKCS#11 module needs. */
  static List<String> common(Path scratch) {
    return List.of(
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
        "-XX:+UseSerialGC",
        // The PKCS#11 wrapper unpacks its native half anew at each start, and a killed process
        // leaves it behind; here whoever owns the folder clears it away.
        "-DPKCS11_TEMP_DIR=" + scratch);
  }

  /**
   * Flags of a worker that lives long.
   *
   * @param scratch a folder for what may be left behind by whoever is killed
   */
  public static List<String> flags(Path scratch) {
    var flags = new ArrayList<>(common(scratch));
    flags.addAll(MEMORY);
    flags.add("-Dlogback.configurationFile=worker-logback.xml");
    return List.copyOf(flags);
  }
}
