package io.carousel.e2e.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carousel.agent.certificate.Pem;
import io.carousel.e2e.node.Cli;
import io.carousel.e2e.node.Node;
import io.carousel.events.Format;
import io.carousel.events.PhaseName;
import io.carousel.events.TrustBundle;
import io.carousel.events.openssh.SshPublicKey;
import io.carousel.events.openssh.SshdChroot;
import io.carousel.events.openssh.Tool;
import io.carousel.orchestrator.cli.ExitCode;
import io.carousel.orchestrator.documents.AuthorityDetails;
import io.carousel.orchestrator.documents.RotationStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * nginx, haproxy, PostgreSQL, sshd and a server on the JVM, called by curl, openssl, psql, ssh and
 * a client on the JVM: ten hosts, ten agents, one authority for X.509 and SSH.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FiveServersTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int ENOUGH = 5;
  private static final String AUTHORITY = "fleet";

  /** What a client hears whose credential was refused, and not of anything else that went wrong. */
  private static final String REFUSED =
      "(?is).*(alert|400 the ssl certificate error|permission denied|connection reset|broken pipe).*";

  private final Map<Kind, Backend> servers = new EnumMap<>(Kind.class);
  private final Map<Kind, Host> serverHosts = new EnumMap<>(Kind.class);
  private final Map<Kind, Host> clientHosts = new EnumMap<>(Kind.class);
  private final Map<String, Integer> sshGenerations = new ConcurrentHashMap<>();
  private final List<AutoCloseable> open = new ArrayList<>();
  private Path folder;
  private Node node;
  private Cli cli;

  @BeforeAll
  void start(@TempDir Path own) throws Exception {
    Stream.of(
            "nginx", "haproxy", "psql", "sshd", "ssh", "curl", "openssl", "systemd-socket-activate")
        .forEach(Tool::need);
    assumeTrue(Postgres.find("postgres") != null, "PostgreSQL is not installed");
    folder = own;
    // PostgreSQL runs as another user, who must get to its files.
    Files.setPosixFilePermissions(own, PosixFilePermissions.fromString("rwxr-xr-x"));
    node = opened(Node.listening(folder, "--slot", "only"));
    cli = node.cli();
    cli.done(
        "authority",
        "create",
        AUTHORITY,
        "--format=x509,ssh",
        "--suite=ssh=ed25519",
        "--leaf-lifetime=1h",
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

  @AfterAll
  void stop() throws Exception {
    for (AutoCloseable resource : open.reversed()) {
      resource.close();
    }
  }

  private AuthorityDetails authority() {
    return cli.read(AuthorityDetails.class, "authority", "show", AUTHORITY);
  }

  private RotationStatus status() {
    return cli.read(RotationStatus.class, "rotation", "status", AUTHORITY);
  }

  private void learnKeys() {
    for (TrustBundle.TrustedKey key : authority().bundle().trusted(Format.SSH)) {
      sshGenerations.put(SshPublicKey.of(key.publicKey()).fingerprint(), key.generation());
    }
  }

  private Exchange exchange(Kind kind) {
    return new Exchange(kind, servers.get(kind).port(), sshGenerations);
  }

  @Test
  void rollbacksAndARotationWhileEverythingIsKilledFailNoExchange() throws Exception {
    Map<Kind, Path> old;
    try (var load = new Load()) {
      for (Kind kind : Kind.values()) {
        load.add(kind, exchange(kind), clientHosts.get(kind));
      }
      load.more(ENOUGH);
      aRollbackFrom(PhaseName.INIT, load);
      aRollbackFrom(PhaseName.UPDATE_CLIENTS, load);
      old = kept();
      aRollbackFrom(PhaseName.UPDATE_SERVERS, load);
      aRotationWhileEverythingIsKilled(load);
      allBy(load, 5);
      System.out.printf(
          "%d exchanges, %d failed%n%s", load.total(), load.failures().size(), load.summary());
      assertThat(load.failures()).isEmpty();
    }
    whatIsRemovedWorksNoMore(old);
    oneThatRemovesTooEarlyRefuses();
    whoIsRevokedIsLetInNoMore();
    strangersAreLetInNowhere();
  }

  /** One host sleeps through the whole of the first: it is given up by name, and finds its way. */
  private void aRollbackFrom(PhaseName last, Load load) throws Exception {
    Host sleeper = clientHosts.get(Kind.JVM);
    boolean asleep = last == PhaseName.INIT;
    if (asleep) {
      sleeper.fallAsleep();
    }
    begin(load);
    for (PhaseName next : List.of(PhaseName.UPDATE_CLIENTS, PhaseName.UPDATE_SERVERS)) {
      if (last.compareTo(next) >= 0) {
        advance(load, next);
      }
    }
    cli.done("rotation", "rollback", AUTHORITY, "--reason=drill");
    load.more(ENOUGH);
    if (asleep) {
      advance(load, PhaseName.STANDBY, "--abandon=" + sleeper.name(), "--reason=asleep");
      sleeper.start();
      load.more(ENOUGH);
    } else {
      advance(load, PhaseName.STANDBY);
    }
  }

  private void aRotationWhileEverythingIsKilled(Load load) throws Exception {
    long seed = Long.getLong("carousel.test.seed", System.nanoTime());
    System.out.printf("seed %d (-Dcarousel.test.seed)%n", seed);
    var hosts = new ArrayList<>(serverHosts.values());
    hosts.addAll(clientHosts.values());
    var chaos = new Chaos(seed, hosts, node);
    begin(load);
    for (PhaseName next :
        List.of(PhaseName.UPDATE_CLIENTS, PhaseName.UPDATE_SERVERS, PhaseName.STANDBY)) {
      open(load);
      cli.done("rotation", "advance", AUTHORITY);
      chaos.burst();
      await().atMost(PATIENCE).until(() -> status().seen().phase() == next);
      load.more(ENOUGH);
    }
    System.out.printf("killed: %s%n", chaos);
  }

  private void begin(Load load) {
    begin();
    load.more(ENOUGH);
  }

  private void begin() {
    cli.done("rotation", "start", AUTHORITY, "--reason=yearly");
    await().atMost(PATIENCE).until(() -> !status().keysMissing());
    learnKeys();
  }

  private void advance(Load load, PhaseName to, String... more) {
    open(load, more);
    String[] command =
        Stream.concat(
                Stream.of("rotation", "advance", AUTHORITY, "--wait", "--timeout=120s"),
                Stream.of(more))
            .toArray(String[]::new);
    cli.done(command);
    assertThat(status().seen().phase()).isEqualTo(to);
    load.more(ENOUGH);
  }

  /** Waits until the gate is, but for whom these options abandon. */
  private void open(Load load, String... more) {
    List<String> abandoned = List.of(more);
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> {
          assertThat(load.failures()).isEmpty();
          assertThat(status().gate().lacking())
              .as(said())
              .allMatch(lacking -> abandoned.contains("--abandon=" + lacking.participant()));
        });
  }

  /** What the agents complain about, if it takes long. */
  private String said() {
    return Stream.concat(serverHosts.values().stream(), clientHosts.values().stream())
        .map(host -> "%s: %s%n".formatted(host.name(), host.said()))
        .reduce("", String::concat);
  }

  private void allBy(Load load, int generation) {
    load.more(ENOUGH);
    for (Kind kind : Kind.values()) {
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> {
            Exchange.Made made = made(kind);
            assertThat(made.client()).isEqualTo(generation);
            assertThat(made.server()).isIn(0, generation);
          });
    }
  }

  private Exchange.Made made(Kind kind) throws Exception {
    return exchange(kind).make(clientHosts.get(kind).set(), password(kind));
  }

  private String password(Kind kind) throws IOException {
    return password(clientHosts.get(kind), kind);
  }

  private static String password(Host host, Kind kind) throws IOException {
    return kind == Kind.JVM ? host.password() : "";
  }

  // --- controls ---------------------------------------------------------------------------------

  /** Copies of what clients have now, with the trust of that time. */
  private Map<Kind, Path> kept() throws IOException {
    var copies = new EnumMap<Kind, Path>(Kind.class);
    for (Kind kind : Kind.values()) {
      copies.put(kind, copy(clientHosts.get(kind).set(), kind.client() + "-kept"));
    }
    return copies;
  }

  private Path copy(Path set, String name) throws IOException {
    Path copy = Files.createDirectory(folder.resolve(name));
    try (Stream<Path> files = Files.list(set)) {
      for (Path file : files.toList()) {
        Files.copy(
            file,
            copy.resolve(file.getFileName()),
            java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
    return copy;
  }

  private void whatIsRemovedWorksNoMore(Map<Kind, Path> old) {
    old.forEach((kind, set) ->
        assertThatThrownBy(() -> exchange(kind).make(trusting(kind, set), password(kind)))
            .as("%s with a credential of generation 3", kind)
            .isInstanceOf(Exchange.Failed.class)
            .hasMessageMatching(REFUSED));
  }

  /** With the trust of today, so that nothing but the credential is old. */
  private Path trusting(Kind kind, Path set) {
    List<String> trust =
        switch (kind) {
          case SSHD -> List.of("known_hosts", "revoked_keys");
          case JVM -> List.of("truststore.p12", "crls.pem");
          default -> List.of("bundle.pem", "crls.pem");
        };
    try {
      for (String name : trust) {
        Files.copy(
            clientHosts.get(kind).set().resolve(name),
            set.resolve(name),
            java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      }
      return set;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What all of this is to prevent: it would have been counted. */
  private void oneThatRemovesTooEarlyRefuses() throws Exception {
    begin();
    Host server = serverHosts.get(Kind.NGINX);
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(bundle(server.set())).as(server.said()).hasSize(2));
    Path early = copy(server.set(), "nginx-1-early");
    assertThat(exchangeWith(early, "in-time").client()).isEqualTo(5);
    X509Certificate shown =
        certificates(clientHosts.get(Kind.NGINX).set().resolve("cert.pem")).getFirst();
    Files.write(
        early.resolve("bundle.pem"),
        Pem.certificates(bundle(early).stream().filter(ca -> !signed(ca, shown)).toList())
            .toArray());
    assertThat(bundle(early)).hasSize(1);
    assertThatThrownBy(() -> exchangeWith(early, "too-early"))
        .isInstanceOf(Exchange.Failed.class)
        .hasMessageMatching(REFUSED);
  }

  private static List<X509Certificate> bundle(Path set) throws Exception {
    return certificates(set.resolve("bundle.pem"));
  }

  private static List<X509Certificate> certificates(Path pem) throws Exception {
    try (var in = Files.newInputStream(pem)) {
      return CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
          .map(X509Certificate.class::cast)
          .toList();
    }
  }

  private static boolean signed(X509Certificate ca, X509Certificate shown) {
    try {
      shown.verify(ca.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** With an nginx of its own that goes by those files. */
  private Exchange.Made exchangeWith(Path set, String name) throws Exception {
    try (Backend server = Backend.of(Kind.NGINX, Files.createDirectory(folder.resolve(name)))) {
      server.configure(set);
      server.start(set, "");
      return new Exchange(Kind.NGINX, server.port(), sshGenerations)
          .make(clientHosts.get(Kind.NGINX).set(), "");
    }
  }

  private void whoIsRevokedIsLetInNoMore() throws Exception {
    anotherIsStillLetIn();
    Map<Kind, Path> revoked = new EnumMap<>(Kind.class);
    for (Kind kind : Kind.values()) {
      revoked.put(kind, copy(clientHosts.get(kind).set(), kind.client() + "-revoked"));
      if (kind != Kind.NGINX) {
        made(kind);
        revoke(kind.client());
      }
    }
    for (Kind kind : Kind.values()) {
      await()
          .atMost(PATIENCE)
          .untilAsserted(() ->
              assertThatThrownBy(() -> exchange(kind).make(revoked.get(kind), password(kind)))
                  .as("%s with a revoked credential", kind)
                  .isInstanceOf(Exchange.Failed.class)
                  .hasMessageMatching(REFUSED));
    }
  }

  /** A node that was just killed may answer late; whether it is done shows in what follows. */
  private void revoke(String name) {
    Cli.Ran ran =
        cli.run("authority", "revoke", AUTHORITY, "--participant=" + name, "--reason=stolen");
    assertThat(ran.status()).as(ran.err()).isIn(ExitCode.OK, ExitCode.UNKNOWN);
  }

  /** What is refused is the credential, not everybody. */
  private void anotherIsStillLetIn() throws Exception {
    revoke("curl-1");
    Path revoked = clientHosts.get(Kind.NGINX).set();
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThatThrownBy(() -> exchange(Kind.NGINX).make(revoked, ""))
                .isInstanceOf(Exchange.Failed.class)
                .hasMessageMatching(REFUSED));
    Path other = clientHosts.get(Kind.HAPROXY).set();
    assertThat(exchange(Kind.NGINX).make(other, "").client()).isEqualTo(5);
  }

  private void strangersAreLetInNowhere() throws Exception {
    for (Kind kind : List.of(Kind.NGINX, Kind.HAPROXY, Kind.POSTGRESQL)) {
      Path set = copy(clientHosts.get(kind).set(), kind.client() + "-stranger");
      SelfSigned.make(set.resolve("key.pem"), set.resolve("fullchain.pem"), kind.client());
      Files.copy(
          set.resolve("fullchain.pem"),
          set.resolve("cert.pem"),
          java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      assertThatThrownBy(() -> exchange(kind).make(set, ""))
          .as("%s with a certificate by an unknown CA", kind)
          .isInstanceOf(Exchange.Failed.class)
          .hasMessageMatching(REFUSED);
    }
  }
}
