package io.carousel.e2e.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carousel.e2e.node.Cli;
import io.carousel.e2e.node.Node;
import io.carousel.events.openssh.Tool;
import io.carousel.orchestrator.documents.RotationStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A rotation under nginx and PostgreSQL while files are deleted, a credential is revoked and an
 * agent is cut off: the status names each in time, no gate opens meanwhile, and it ends well.
 */
class TroubledRotationTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration LEASE = Duration.ofSeconds(45);
  private static final String AUTHORITY = "fleet";

  @TempDir Path folder;

  private final List<AutoCloseable> open = new ArrayList<>();
  private Node node;
  private Cli cli;

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable resource : open.reversed()) {
      resource.close();
    }
  }

  private <T extends AutoCloseable> T opened(T resource) {
    open.add(resource);
    return resource;
  }

  private RotationStatus status() {
    return cli.read(RotationStatus.class, "rotation", "status", AUTHORITY);
  }

  private Host host(String name, String role, String output) throws IOException {
    Path token = folder.resolve(name + ".token");
    cli.done(
        "fleet",
        "token",
        "create",
        "--authority=" + AUTHORITY,
        "--role=" + role,
        "--role=verifies",
        "--name=" + name,
        "--ttl=1h",
        "--out=" + token);
    return opened(Host.configured(folder, name, node.listener(), token, output));
  }

  private Optional<RotationStatus.Lacking> lacking(Host host) {
    return status().gate().lacking().stream()
        .filter(l -> l.participant().value().equals(host.name()))
        .findFirst();
  }

  /** Waits until the status says that of the host; prints how long that took. */
  private void named(Host host, String reason, Duration within) {
    long began = System.nanoTime();
    await()
        .atMost(within)
        .untilAsserted(() -> {
          assertThat(lacking(host))
              .as(host::said)
              .map(RotationStatus.Lacking::reason)
              .hasValue(reason);
        });
    System.err.printf(
        "troubled rotation: %s named as %s after %.1f s%n",
        host.name(), reason, (System.nanoTime() - began) / 1e9);
  }

  private static void delete(Path tree) throws IOException {
    try (Stream<Path> all = Files.walk(tree)) {
      for (Path one : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(one);
      }
    }
  }

  @Test
  @Timeout(value = 8, unit = TimeUnit.MINUTES)
  void eachTroubleIsNamedAndNoGateOpensMeanwhile() throws Exception {
    Tool.need("nginx");
    assumeTrue(Postgres.find("postgres") != null, "PostgreSQL is not installed");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    node = opened(Node.listening(folder, "--slot", "only"));
    cli = node.cli();
    cli.done(
        "authority",
        "create",
        AUTHORITY,
        "--leaf-lifetime=1h",
        "--lease=" + LEASE.toSeconds() + "s",
        "--wait");
    Backend nginx = opened(Backend.of(Kind.NGINX, folder));
    Backend postgresql = opened(Backend.of(Kind.POSTGRESQL, folder));
    Host web = host(Kind.NGINX.server(), "presents-server", nginx.output());
    Host db = host(Kind.POSTGRESQL.server(), "presents-server", postgresql.output());
    Host client = host("curl-1", "presents-client", "roles: [presents-client, verifies]");
    Host other = host("psql-1", "presents-client", "roles: [presents-client, verifies]");
    nginx.configure(web.link());
    postgresql.configure(db.link());
    for (Host host : List.of(web, db, client, other)) {
      host.start();
    }
    for (Host host : List.of(web, db, client, other)) {
      host.awaitFirstSet();
    }
    nginx.start(web.link(), "");
    postgresql.start(db.link(), "");

    cli.done("rotation", "start", AUTHORITY, "--reason=yearly");
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(status().gate().ready()).isTrue());

    filesAreDeleted(web, db);
    somethingStandsInTheirPlace(web);
    clientIsCompromised(client);
    agentIsCutOff(other);
    gateStaysShut();
    everythingIsPutRight(web, client, other);
  }

  /** Of two servers under load: both are put back, by new sets that the services take up. */
  private void filesAreDeleted(Host web, Host db) throws IOException {
    Path before = web.set();
    delete(web.link().resolveSibling("sets"));
    Files.delete(db.set().resolve("key.pem"));
    long began = System.nanoTime();
    await()
        .atMost(Duration.ofSeconds(30))
        .ignoreExceptions()
        .untilAsserted(() -> {
          assertThat(web.set()).isNotEqualTo(before).isDirectoryContaining("glob:**/key.pem");
          assertThat(db.set()).isDirectoryContaining("glob:**/key.pem");
        });
    System.err.printf(
        "troubled rotation: deleted files are back after %.1f s%n",
        (System.nanoTime() - began) / 1e9);
  }

  /** What the agent cannot put right by itself. */
  private void somethingStandsInTheirPlace(Host web) throws IOException {
    Files.delete(web.link());
    Files.createDirectory(web.link());
    Files.writeString(web.link().resolve("note"), "somebody's");
    named(web, "failing", Duration.ofSeconds(30));
  }

  private void clientIsCompromised(Host client) {
    cli.done(
        "authority",
        "revoke",
        AUTHORITY,
        "--participant=" + client.name(),
        "--cause=key-compromise",
        "--reason=stolen",
        "--break=" + client.name());
    named(client, "revoked", Duration.ofSeconds(30));
  }

  private void agentIsCutOff(Host other) throws InterruptedException {
    other.fallAsleep();
    named(other, "silent", LEASE.plusSeconds(30));
  }

  private void gateStaysShut() {
    Cli.Ran advance = cli.run("rotation", "advance", AUTHORITY);
    assertThat(advance.status()).isEqualTo(1);
    assertThat(status().seen().phase()).hasToString("init");
  }

  private void everythingIsPutRight(Host web, Host client, Host other) throws Exception {
    delete(web.link());
    cli.done("fleet", "readmit", client.name(), "--reason=looked into");
    other.start();
    for (int gate = 0; gate < 3; gate++) {
      cli.done("rotation", "advance", AUTHORITY, "--wait", "--timeout=2m");
    }
    assertThat(status().active()).isEqualTo(2);
  }
}
