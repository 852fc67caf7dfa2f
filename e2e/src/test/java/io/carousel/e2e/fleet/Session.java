package io.carousel.e2e.fleet;

import io.carousel.events.openssh.Tool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A TLS session that a server has made with a client whose certificate it verified then. Whoever
 * resumes it shows none any more: what a server no longer trusts must not come back by that way.
 */
final class Session {
  /** PostgreSQL makes none that can be resumed, and OpenSSH has no such thing. */
  static final Set<Kind> KINDS = EnumSet.of(Kind.NGINX, Kind.HAPROXY, Kind.JVM);

  private static final Pattern AUTHENTICATED =
      Pattern.compile("authenticated [0-9A-Fa-f]+ by .*fleet G");

  private final Kind kind;
  private final int port;
  private final Path trust;
  private final Path file;

  /**
   * Makes one.
   *
   * @param set of a client, in PEM
   * @throws IllegalStateException if the server does not let it in
   */
  Session(Kind kind, int port, Path set, Path folder) throws Exception {
    this.kind = kind;
    this.port = port;
    this.trust = Files.copy(set.resolve("bundle.pem"), folder.resolve("bundle.pem"));
    this.file = folder.resolve("session.pem");
    Tool.Said said =
        call(
            "-sess_out '%1$s' -cert '%2$s/fullchain.pem' -key '%2$s/key.pem'".formatted(file, set));
    if (!authenticated(said) || Files.size(file) == 0) {
      throw new IllegalStateException("no session with %s: %s".formatted(kind, said.text()));
    }
  }

  /** Whether it can be resumed, and its client is taken for whom it was. */
  boolean resumes() throws Exception {
    Tool.Said said = call("-sess_in '%s'".formatted(file));
    return said.text().contains("Reused, TLS") && authenticated(said);
  }

  private static boolean authenticated(Tool.Said said) {
    return AUTHENTICATED.matcher(said.text()).find();
  }

  private Tool.Said call(String with) throws Exception {
    String call =
        "printf 'GET / HTTP/1.0\\r\\n\\r\\n' | timeout 20 openssl s_client -connect 127.0.0.1:%d %s -CAfile '%s' -servername %s -ign_eof"
            .formatted(port, with, trust, kind.server());
    return Tool.run(List.of("sh", "-c", call));
  }
}
