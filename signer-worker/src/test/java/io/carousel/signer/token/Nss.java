package io.carousel.signer.token;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carousel.events.testing.Libraries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/**
 * NSS softokn for tests: the software token of Firefox, which shares no code with SoftHSM and takes
 * less of PKCS#11. A token is a folder of its own, made by NSS's tool; which folder it is, the
 * library is told when it is initialised, so one process uses one at a time.
 */
final class Nss {
  /** What every token of NSS's key database is called. */
  static final String LABEL = "NSS Certificate DB";

  private static final String PIN = "right-pin";

  private Nss() {}

  /** A new token below that directory, with a PIN file, two sessions at once. */
  static TokenConfig newToken(Path directory) throws IOException, InterruptedException {
    Optional<Path> module = Libraries.find("libsoftokn3.so");
    assumeTrue(module.isPresent(), "NSS softokn is not installed");
    Path home = Files.createDirectory(directory.resolve("nss-" + UUID.randomUUID()));
    Path pin = SoftHsm.pinFile(home.resolve("pin"), PIN + "\n");
    certutil("-N", "-d", "sql:" + home, "-f", pin.toString());
    String parameters =
        "configdir='sql:%s' certPrefix='' keyPrefix='' secmod='secmod.db' flags= ".formatted(home);
    return new TokenConfig(module.get(), LABEL, Optional.empty(), pin, 2, Optional.of(parameters));
  }

  private static void certutil(String... arguments) throws IOException, InterruptedException {
    String[] command = new String[arguments.length + 1];
    command[0] = "certutil";
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    Process process;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      assumeTrue(false, "certutil, NSS's tool, is not installed");
      return;
    }
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException("certutil: " + said);
    }
  }
}
