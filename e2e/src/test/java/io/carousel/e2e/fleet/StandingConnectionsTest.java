package io.carousel.e2e.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.carousel.agent.config.AgentConfig;
import io.carousel.agent.service.Connection;
import io.carousel.agent.service.Expectation;
import io.carousel.agent.service.Service;
import io.carousel.events.openssh.Tool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Connections from before a set was taken up: they are told from later ones, and ended without one
 * of those.
 */
class StandingConnectionsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path folder;
  private Sets sets;

  @BeforeEach
  void folders() throws Exception {
    Tool.need("openssl");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    sets = new Sets(Files.createDirectory(folder.resolve("files")));
  }

  private void pair(String commonName) throws Exception {
    sets.selfSigned("one", commonName);
    sets.selfSigned("two", commonName);
    sets.use("one");
  }

  /** As an agent knows it that is told what the others are. */
  private Service service(Backend server) throws Exception {
    String text =
        """
        house: {url: "http://127.0.0.1:1", secretFile: none}
        participant: {name: %s}
        state: state
        outputs:
          - authority: fleet
            folder: output
        %s
        """
            .formatted(server.kind().server(), server.output().strip().indent(4).stripTrailing());
    return AgentConfig.read(Files.writeString(folder.resolve("agent.yaml"), text))
        .outputs()
        .getFirst()
        .service();
  }

  private static Set<Connection> standing(Service service) {
    return service.connections().orElseThrow();
  }

  /** One from before and one from after; the first ends, the second stays. */
  private void endsWhatIsFromBefore(
      Backend server, Service service, Expectation next, Set<Connection> before, Held earlier)
      throws Exception {
    sets.use("two");
    service.takeUp(next);
    Set<Connection> noted = standing(service);
    assertThat(noted).hasSize(1);
    assertThat(noted).containsAll(before);
    Exchange exchange = new Exchange(server.kind(), server.port(), java.util.Map.of());
    try (Held later = exchange.hold(sets.link(), folder.resolve("later"))) {
      assertThat(earlier.stands()).isTrue();
      service.sever(noted);
      await().atMost(PATIENCE).until(() -> !earlier.stands());
      await().atMost(PATIENCE).until(() -> standing(service).stream().noneMatch(noted::contains));
      assertThat(later.stands()).isTrue();
    }
  }

  private void endsWhatIsFromBefore(Kind kind) throws Exception {
    pair(kind.server());
    try (Backend server = Backend.of(kind, folder)) {
      server.configure(sets.link());
      server.start(sets.link(), "");
      Service service = service(server);
      Exchange exchange = new Exchange(kind, server.port(), java.util.Map.of());
      try (Held earlier = exchange.hold(sets.link(), folder.resolve("earlier"))) {
        // As long as the process accepts that holds it, it is none from before.
        assertThat(standing(service)).isEmpty();
        endsWhatIsFromBefore(server, service, sets.expected("two"), Set.of(), earlier);
      }
    }
  }

  @Test
  void ofNginx() throws Exception {
    Tool.need("nginx");
    endsWhatIsFromBefore(Kind.NGINX);
  }

  @Test
  void ofHaproxy() throws Exception {
    Tool.need("haproxy");
    endsWhatIsFromBefore(Kind.HAPROXY);
  }
}
