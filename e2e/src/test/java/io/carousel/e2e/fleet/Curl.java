package io.carousel.e2e.fleet;

import java.nio.file.Path;
import java.util.List;

/** How curl calls a server on loopback with the files of a set. */
public final class Curl {
  private Curl() {}

  /** Shows the answer, and after it the certificates that the server has shown. */
  public static List<String> call(Path set, String server, int port) {
    return List.of(
        "curl",
        "--silent",
        "--show-error",
        "--max-time",
        "20",
        "--cert",
        set.resolve("fullchain.pem").toString(),
        "--key",
        set.resolve("key.pem").toString(),
        "--cacert",
        set.resolve("bundle.pem").toString(),
        "--crlfile",
        set.resolve("crls.pem").toString(),
        "--noproxy",
        "*",
        "--resolve",
        "%s:%d:127.0.0.1".formatted(server, port),
        "--write-out",
        "%{certs}",
        "https://%s:%d/".formatted(server, port));
  }
}
