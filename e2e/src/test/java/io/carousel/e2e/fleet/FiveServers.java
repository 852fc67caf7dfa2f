package io.carousel.e2e.fleet;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carousel.e2e.node.Cli;
import io.carousel.e2e.node.Node;
import io.carousel.events.Format;
import io.carousel.events.TrustBundle;
import io.carousel.events.openssh.SshPublicKey;
import io.carousel.events.openssh.SshdChroot;
import io.carousel.events.openssh.Tool;
import io.carousel.orchestrator.documents.AuthorityDetails;
import io.carousel.orchestrator.documents.RotationStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/** Five servers and five clients of them, each on a host with an agent, below one authority. */
final class FiveServers implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofMinutes(2);
  static final String AUTHORITY = "fleet";

  private final Map<Kind, Backend> servers = new EnumMap<>(Kind.class);
  private final Map<Kind, Host> serverHosts = new EnumMap<>(Kind.class);
  private final Map<Kind, Host> clientHosts = new EnumMap<>(Kind.class);
  private final Map<String, Integer> sshGenerations = new ConcurrentHashMap<>();
  private final List<AutoCloseable> open = new ArrayList<>();
  private final Path folder;
  private Node node;
  private Cli cli;

  FiveServers(Path folder) {
    this.folder = folder;
  }

  void start() throws Exception {
    Stream.of(
            "nginx", "haproxy", "psql", "sshd", "ssh", "curl", "openssl", "systemd-socket-activate")
        .forEach(Tool::need);
    assumeTrue(Postgres.find("postgres") != null, "PostgreSQL is not installed");
    // PostgreSQL runs as another user, who must get to its files.
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    node = opened(Node.listening(folder, "--slot", "only"));
    cli = node.cli();
    cli.done(
        "authority",
        "create",
        AUTHORITY,
        "--format=x509,ssh",
        "--suite=ssh=ed25519",
        "--leaf-lifetime=1h",
        "--presents-evidence=observed",
        "--wait");
    learnKeys();
    opened(SshdChroot.open());
    for (Kind kind : Kind.values()) {
      Backend server = opened(Backend.of(kind, folder));
      servers.put(kind, server);
      serverHosts.put(kind, host(kind.server(), kind, "presents-server", server.output()));
      clientHosts.put(kind, host(kind.client(), kind, "presents-client", clientOutput(kind)));
    }
    for (Kind kind : Kind.values()) {
      servers.get(kind).configure(serverHosts.get(kind).link());
      serverHosts.get(kind).start();
      clientHosts.get(kind).start();
    }
    for (Kind kind : Kind.values()) {
      serverHosts.get(kind).awaitFirstSet();
      clientHosts.get(kind).awaitFirstSet();
      servers.get(kind).start(serverHosts.get(kind).link(), password(serverHosts.get(kind), kind));
    }
  }

  private <T extends AutoCloseable> T opened(T resource) {
    open.add(resource);
    return resource;
  }

  private Host host(String name, Kind kind, String role, String output) throws IOException {
    Path token = folder.resolve(name + ".token");
    cli.done(
        "fleet",
        "token",
        "create",
        "--authority=" + AUTHORITY,
        "--role=" + role,
        "--role=verifies",
        "--format=" + kind.format(),
        "--name=" + name,
        "--ttl=1h",
        "--out=" + token);
    return opened(Host.configured(folder, name, node.listener(), token, output));
  }

  private static String clientOutput(Kind kind) {
    return switch (kind) {
      case SSHD ->
          """
          roles: [presents-client, verifies]
          format: ssh
          hosts: sshd-1
          """;
      case JVM ->
          """
          roles: [presents-client, verifies]
          layout: pkcs12
          """;
      default -> "roles: [presents-client, verifies]";
    };
  }

  @Override
  public void close() throws Exception {
    for (AutoCloseable resource : open.reversed()) {
      resource.close();
    }
  }

  Path folder() {
    return folder;
  }

  Node node() {
    return node;
  }

  Cli cli() {
    return cli;
  }

  Host server(Kind kind) {
    return serverHosts.get(kind);
  }

  Host client(Kind kind) {
    return clientHosts.get(kind);
  }

  List<Host> hosts() {
    return Stream.concat(serverHosts.values().stream(), clientHosts.values().stream()).toList();
  }

  RotationStatus status() {
    return cli.read(RotationStatus.class, "rotation", "status", AUTHORITY);
  }

  private AuthorityDetails authority() {
    return cli.read(AuthorityDetails.class, "authority", "show", AUTHORITY);
  }

  private void learnKeys() {
    for (TrustBundle.TrustedKey key : authority().bundle().trusted(Format.SSH)) {
      sshGenerations.put(SshPublicKey.of(key.publicKey()).fingerprint(), key.generation());
    }
  }

  /** Starts a rotation, and waits for its keys. */
  void begin() {
    cli.done("rotation", "start", AUTHORITY, "--reason=yearly");
    await().atMost(PATIENCE).until(() -> !status().keysMissing());
    learnKeys();
  }

  Exchange exchange(Kind kind) {
    return exchange(kind, servers.get(kind).port());
  }

  Exchange exchange(Kind kind, int port) {
    return new Exchange(kind, port, sshGenerations);
  }

  /** An exchange of now, with what the client has now. */
  Exchange.Made made(Kind kind) throws Exception {
    return exchange(kind).make(client(kind).set(), password(kind));
  }

  String password(Kind kind) throws IOException {
    return password(client(kind), kind);
  }

  private static String password(Host host, Kind kind) throws IOException {
    return kind == Kind.JVM ? host.password() : "";
  }

  /** What the agents complain about, if it takes long. */
  String said() {
    return hosts().stream()
        .map(host -> "%s: %s%n".formatted(host.name(), host.said()))
        .reduce("", String::concat);
  }

  /** A connection of a client with those files that it keeps. */
  Held hold(Kind kind, Path set) throws IOException {
    Path out = Files.createTempFile(folder, kind.client() + "-held", ".out");
    return opened(exchange(kind).hold(set, out));
  }

  /** A session of a client with those files, which can be resumed as long as nothing changes. */
  Session session(Kind kind, Path set) throws Exception {
    var made = new AtomicReference<Session>();
    await()
        .atMost(PATIENCE)
        .until(() -> {
          Path own = Files.createTempDirectory(folder, "session-");
          made.set(new Session(kind, servers.get(kind).port(), set, own));
          return made.get().resumes();
        });
    return made.get();
  }

  /** With the trust of today, so that nothing but the credential is old. */
  Path trusting(Kind kind, Path set) throws IOException {
    List<String> trust =
        switch (kind) {
          case SSHD -> List.of("known_hosts", "revoked_keys");
          case JVM -> List.of("truststore.p12", "crls.pem");
          default -> List.of("bundle.pem", "crls.pem");
        };
    for (String name : trust) {
      Files.copy(
          client(kind).set().resolve(name), set.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }
    return set;
  }

  /** A copy of that set of files, which no agent changes. */
  Path copy(Path set, String name) throws IOException {
    Path copy = Files.createDirectory(folder.resolve(name));
    try (Stream<Path> files = Files.list(set)) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
    return copy;
  }
}
