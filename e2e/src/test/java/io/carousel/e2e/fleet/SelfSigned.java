package io.carousel.e2e.fleet;

import io.carousel.events.openssh.Tool;
import java.nio.file.Path;
import java.util.List;

/** Certificates that somebody makes by hand, as there are many. */
public final class SelfSigned {
  private SelfSigned() {}

  /** Has openssl make a key on P-256 and a certificate by it. */
  public static void make(Path key, Path certificate, String commonName) {
    Tool.run(
            List.of(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-keyout",
                key.toString(),
                "-out",
                certificate.toString(),
                "-subj",
                "/CN=" + commonName))
        .good();
  }
}
