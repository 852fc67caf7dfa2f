package io.carousel.signer.certificate;

import io.carousel.events.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;

/** The judge that shares no code with us. */
public final class Openssl {
  private Openssl() {}

  /** What it says on both of its outputs; fails if it says no. */
  public static String run(String... command) {
    try {
      Process process =
          new ProcessBuilder(command).redirectErrorStream(true).redirectInput(NOTHING).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int status = process.waitFor();
      if (status != 0) {
        throw new AssertionError(
            "%s ended with %d: %s".formatted(String.join(" ", command), status, said));
      }
      return said;
    } catch (IOException e) {
      throw new AssertionError("openssl is needed; run: deploy/provision test-tools", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private static final ProcessBuilder.Redirect NOTHING =
      ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile());

  /** A certificate in a PEM file. */
  public static Path pem(Path folder, String name, Bytes certificate) {
    return pem(folder, name, "CERTIFICATE", certificate);
  }

  /** A CRL in a PEM file. */
  public static Path crl(Path folder, String name, Bytes crl) {
    return pem(folder, name, "X509 CRL", crl);
  }

  private static Path pem(Path folder, String name, String what, Bytes content) {
    String text =
        "-----BEGIN %s-----\n%s\n-----END %s-----\n"
            .formatted(
                what,
                Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content.toArray()),
                what);
    try {
      return Files.write(folder.resolve(name), List.of(text));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
