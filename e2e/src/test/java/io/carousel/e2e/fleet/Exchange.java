package io.carousel.e2e.fleet;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.carousel.events.openssh.SshCertificate;
import io.carousel.events.openssh.Tool;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * One exchange of a client with a server, each of one kind. It counts as made only if the server
 * says in its own words, as application data, whom it has authenticated, and that is the very
 * credential that the client has shown; and if the client has verified the server.
 */
final class Exchange {
  private static final Pattern AUTHENTICATED =
      Pattern.compile("authenticated ([0-9A-Fa-f]+) by (.*) as (SUCCESS|0|CN=jvm-2)");
  private static final Pattern GENERATION = Pattern.compile("fleet G(\\d+)");
  private static final Pattern ISSUER = Pattern.compile("(?m)^Issuer:(.*)$|^issuer=(.*)$");
  private static final Pattern HOST_CA =
      Pattern.compile("Server host certificate: .* CA \\S+ (SHA256:\\S+)");

  private static final String OF_WHOM =
      "SELECT client_serial, issuer_dn FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
  private static final String OF_WHOM_SSH = "cat \"$SSH_USER_AUTH\"";

  private final Kind kind;
  private final int port;

  /** Generations by the fingerprints of the keys that sign OpenSSH certificates. */
  private final Map<String, Integer> sshGenerations;

  private Optional<Path> session = Optional.empty();
  private int turn;

  /** The serial number of the client's certificate in it. */
  private BigInteger sessionOf;

  Exchange(Kind kind, int port, Map<String, Integer> sshGenerations) {
    this.kind = kind;
    this.port = port;
    this.sshGenerations = sshGenerations;
  }

  /** The same; where its client can, every other one goes on with the session of the one before. */
  Exchange resuming(Path folder) {
    session = Optional.of(folder.resolve(kind.client() + ".session"));
    return this;
  }

  /**
   * By which generations both sides were known.
   *
   * @param server 0 if the client does not say
   * @param resumed whether it went on with a TLS session, so that no certificate was shown
   */
  record Made(int client, int server, boolean resumed) {
    @Override
    public String toString() {
      return "client by %d, server by %s%s"
          .formatted(
              client,
              server == 0 ? "one it trusts" : String.valueOf(server),
              resumed ? ", resumed" : "");
    }
  }

  /** It failed; says how. */
  static final class Failed extends Exception {
    private Failed(String why) {
      super(why);
    }
  }

  /**
   * Makes one with the files of that set.
   *
   * @throws Failed if it did not come about
   * @throws IllegalStateException if it could not be tried: a fault of the test itself
   */
  Made make(Path set, String password) throws Failed {
    try {
      return switch (kind) {
        case NGINX -> http(Tool.run(Curl.call(set, kind.server(), port)), set);
        case HAPROXY -> http(Tool.run(openssl(set)), set);
        case POSTGRESQL -> postgresql(Tool.run(psql(set, OF_WHOM)), set);
        case SSHD -> ssh(Tool.run(ssh(set, OF_WHOM_SSH)), set);
        case JVM -> jvm(set, password);
      };
    } catch (Failed e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("no exchange of %s could be tried".formatted(kind), e);
    }
  }

  /**
   * Begins one that does not end by itself for ten minutes.
   *
   * @param out where its client says that it is connected
   */
  Held hold(Path set, Path out) throws IOException {
    return switch (kind) {
      case NGINX, HAPROXY ->
          Held.start(
              List.of("sh", "-c", "exec " + client(set)),
              "GET / HTTP/1.1\r\nHost: held\r\n",
              "Verification: OK",
              out);
      case POSTGRESQL ->
          Held.start(psql(set, "\\echo connected", "SELECT pg_sleep(600)"), "", "connected", out);
      case SSHD -> Held.start(ssh(set, "echo connected; sleep 600"), "", "\nconnected", out);
      case JVM -> throw new IllegalArgumentException("it has a timeout of its own");
    };
  }

  private static X509Certificate own(Path set) throws Exception {
    try (var in = Files.newInputStream(set.resolve("cert.pem"))) {
      return (X509Certificate)
          java.security.cert.CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }

  private static int generation(String issuer) throws Failed {
    Matcher found = GENERATION.matcher(issuer);
    if (!found.find()) {
      throw new Failed("by somebody else: " + issuer);
    }
    return Integer.parseInt(found.group(1));
  }

  // --- HTTP over TLS ----------------------------------------------------------------------------

  private List<String> openssl(Path set) {
    String kept =
        session
            .map(file ->
                (turn++ % 2 == 1 && Files.exists(file)
                        ? " -sess_in '%1$s' -sess_out '%1$s'"
                        : " -sess_out '%s'")
                    .formatted(file))
            .orElse("");
    return List.of("sh", "-c", "printf 'GET / HTTP/1.0\\r\\n\\r\\n' | " + client(set) + kept);
  }

  private String client(Path set) {
    return "openssl s_client -connect 127.0.0.1:%d -cert '%2$s/fullchain.pem' -key '%2$s/key.pem' -CAfile '%2$s/bundle.pem' -verify_return_error -verify_hostname %3$s -servername %3$s -ign_eof"
        .formatted(port, set, kind.server());
  }

  private Made http(Tool.Said said, Path set) throws Exception {
    Matcher words = AUTHENTICATED.matcher(said.text());
    Matcher issuer = ISSUER.matcher(said.text());
    if (!said.well() || !words.find() || !issuer.find()) {
      throw new Failed(said.text());
    }
    boolean resumed = said.text().contains("Reused, TLS");
    if (!resumed) {
      sessionOf = own(set).getSerialNumber();
    }
    requireSame(new BigInteger(words.group(1), 16), sessionOf);
    String by = issuer.group(1) == null ? issuer.group(2) : issuer.group(1);
    return new Made(generation(words.group(2)), generation(by), resumed);
  }

  private static void requireSame(BigInteger told, BigInteger shown) throws Failed {
    if (!told.equals(shown)) {
      throw new Failed("it took %x for whom has shown %x".formatted(told, shown));
    }
  }

  // --- PostgreSQL -------------------------------------------------------------------------------

  private List<String> psql(Path set, String... commands) {
    String connection =
        "host=%1$s hostaddr=127.0.0.1 port=%2$d user=%3$s dbname=postgres sslmode=verify-full sslcert=%4$s/fullchain.pem sslkey=%4$s/key.pem sslrootcert=%4$s/bundle.pem sslcrl=%4$s/crls.pem connect_timeout=20"
            .formatted(kind.server(), port, kind.client(), set);
    var words = new ArrayList<>(List.of("psql", "-XAt", connection));
    for (String command : commands) {
      words.addAll(List.of("-c", command));
    }
    return words;
  }

  private Made postgresql(Tool.Said said, Path set) throws Exception {
    String[] words = said.text().strip().split("\\|", 2);
    if (!said.well() || words.length < 2 || !words[0].matches("\\d+")) {
      throw new Failed(said.text());
    }
    requireSame(new BigInteger(words[0]), own(set).getSerialNumber());
    return new Made(generation(words[1]), 0, false);
  }

  // --- OpenSSH ----------------------------------------------------------------------------------

  private List<String> ssh(Path set, String command) {
    return List.of(
        "ssh",
        "-v",
        "-F",
        "none",
        "-p",
        String.valueOf(port),
        "-i",
        set.resolve("user_key").toString(),
        "-o",
        "CertificateFile=" + set.resolve("user_key-cert.pub"),
        "-o",
        "UserKnownHostsFile=" + set.resolve("known_hosts"),
        "-o",
        "RevokedHostKeys=" + set.resolve("revoked_keys"),
        "-o",
        "GlobalKnownHostsFile=/dev/null",
        "-o",
        "HostKeyAlias=" + kind.server(),
        "-o",
        "StrictHostKeyChecking=yes",
        "-o",
        "IdentitiesOnly=yes",
        "-o",
        "BatchMode=yes",
        "-o",
        "UpdateHostKeys=no",
        "-o",
        "ConnectTimeout=20",
        "127.0.0.1",
        command);
  }

  private Made ssh(Tool.Said said, Path set) throws Exception {
    var told =
        said.text()
            .lines()
            .filter(line -> line.startsWith("publickey "))
            .map(line -> SshCertificate.ofLine(line.substring("publickey ".length())))
            .findFirst();
    Matcher host = HOST_CA.matcher(said.text());
    if (!said.well() || told.isEmpty() || !host.find()) {
      throw new Failed(said.text());
    }
    String line = Files.readString(set.resolve("user_key-cert.pub"), US_ASCII).strip();
    if (!SshCertificate.ofLine(line).equals(told.get())) {
      throw new Failed("it took %s for whom has shown another".formatted(told.get()));
    }
    return new Made(
        sshGeneration(told.get().content().signatureKey().fingerprint()),
        sshGeneration(host.group(1)),
        false);
  }

  private int sshGeneration(String fingerprint) throws Failed {
    Integer generation = sshGenerations.get(fingerprint);
    if (generation == null) {
      throw new Failed("by somebody else: " + fingerprint);
    }
    return generation;
  }

  // --- JVM --------------------------------------------------------------------------------------

  private Made jvm(Path set, String password) throws Exception {
    SSLContext context = JvmStores.context(set, password.toCharArray());
    try (var plain = new Socket(InetAddress.getLoopbackAddress(), port);
        SSLSocket tls =
            (SSLSocket) context.getSocketFactory().createSocket(plain, kind.server(), port, true)) {
      SSLParameters parameters = tls.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      tls.setSSLParameters(parameters);
      tls.setSoTimeout(20_000);
      tls.startHandshake();
      var server = (X509Certificate) tls.getSession().getPeerCertificates()[0];
      var own = (X509Certificate) tls.getSession().getLocalCertificates()[0];
      var in = new BufferedReader(new InputStreamReader(tls.getInputStream(), US_ASCII));
      String line = in.readLine();
      Matcher words = AUTHENTICATED.matcher(line == null ? "" : line);
      if (!words.find()) {
        throw new Failed("the server said: " + line);
      }
      requireSame(new BigInteger(words.group(1), 16), own.getSerialNumber());
      return new Made(
          generation(words.group(2)), generation(server.getIssuerX500Principal().getName()), false);
    } catch (IOException e) {
      throw new Failed(e.toString());
    }
  }
}
