package io.carousel.agent.tls;

import static io.carousel.agent.tls.Materials.FIRST;
import static io.carousel.agent.tls.Materials.SECOND;
import static io.carousel.agent.tls.Materials.credential;
import static io.carousel.agent.tls.Materials.material;
import static io.carousel.agent.tls.Materials.tls;
import static io.carousel.agent.tls.Materials.trust;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.carousel.agent.Material;
import io.carousel.agent.certificate.SoftwareCa;
import io.carousel.events.ParticipantName;
import io.carousel.events.Profile;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Material replaced while it is in use: what goes on, and what must end. */
class ReplacementTest {
  private static final ParticipantName SERVER = new ParticipantName("server-1");

  private final Exchanges exchanges = new Exchanges();
  private MutualTls serverTls;
  private MutualTls clientTls;
  private ExchangeServer server;

  @BeforeEach
  void serve() throws Exception {
    serverTls = tls(material("server-1", Profile.SERVER, FIRST, FIRST, SECOND));
    clientTls = tls(material("client-1", Profile.CLIENT, FIRST, FIRST, SECOND));
    server = ExchangeServer.start(serverTls);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Outcome exchange() throws InterruptedException {
    return new ExchangeClient(clientTls, exchanges).exchange(SERVER, server.address());
  }

  private static Outcome succeeded(boolean resumed, int client, int server) {
    return new Outcome.Succeeded(SERVER, resumed, client, server);
  }

  @Test
  void sessionsAreResumedUntilOneSideReplacesItsMaterial() throws Exception {
    assertThat(exchange()).isEqualTo(succeeded(false, 1, 1));
    assertThat(exchange()).isEqualTo(succeeded(true, 1, 1));
    assertThat(exchange()).isEqualTo(succeeded(true, 1, 1));
    clientTls.install(material("client-1", Profile.CLIENT, SECOND, FIRST, SECOND));
    assertThat(exchange()).isEqualTo(succeeded(false, 2, 1));
    assertThat(exchange()).isEqualTo(succeeded(true, 2, 1));
    serverTls.install(material("server-1", Profile.SERVER, SECOND, FIRST, SECOND));
    assertThat(exchange()).isEqualTo(succeeded(false, 2, 2));
    assertThat(exchange()).isEqualTo(succeeded(true, 2, 2));
  }

  @Test
  void aSessionOfARemovedGenerationIsNotResumedByTheServer() throws Exception {
    exchange();
    assertThat(exchange()).isEqualTo(succeeded(true, 1, 1));
    serverTls.install(material("server-1", Profile.SERVER, SECOND, SECOND));
    assertThat(exchange())
        .isInstanceOfSatisfying(
            Outcome.Failed.class,
            f -> assertThat(f.cause()).isEqualTo(FailureCause.REFUSED_BY_SERVER));
  }

  @Test
  void aSessionWithAServerOfARemovedGenerationIsNotResumedByTheClient() throws Exception {
    exchange();
    assertThat(exchange()).isEqualTo(succeeded(true, 1, 1));
    clientTls.install(material("client-1", Profile.CLIENT, SECOND, SECOND));
    assertThat(exchange())
        .isInstanceOfSatisfying(
            Outcome.Failed.class,
            f -> assertThat(f.cause()).isEqualTo(FailureCause.UNTRUSTED_SERVER));
  }

  @Test
  void aResumedConnectionThatTrustLeftBehindGetsNoAnswer() throws Exception {
    exchange();
    assertThat(exchange()).isEqualTo(succeeded(true, 1, 1));
    try (var plain = new Socket();
        var lease = clientTls.lease(plain).orElseThrow()) {
      plain.connect(server.address());
      var connection = Connection.toServer(lease, plain, SERVER.value());
      connection.open();
      assertThat(connection.resumed()).isTrue();
      Future<?> replaced = replaceServers(material("server-1", Profile.SERVER, SECOND, SECOND));
      connection.writeLine("hello".getBytes(UTF_8));
      assertThatThrownBy(connection::readLine).isInstanceOf(IOException.class);
      replaced.get();
    }
    assertThat(server.turnedAway()).isEqualTo(1);
  }

  @Test
  void installWaitsForConnectionsUnderEarlierMaterial() throws Exception {
    try (var plain = new Socket();
        var lease = clientTls.lease(plain).orElseThrow()) {
      plain.connect(server.address());
      var connection = Connection.toServer(lease, plain, SERVER.value());
      connection.open();
      Future<?> replaced =
          replaceServers(material("server-1", Profile.SERVER, SECOND, FIRST, SECOND));
      assertThat(replaced.isDone()).isFalse();
      connection.writeLine("hello".getBytes(UTF_8));
      assertThat(connection.readLine()).contains("\"client\":\"client-1\"");
      replaced.get();
    }
  }

  @Test
  void aConnectionThatDoesNotEndIsCut() throws Exception {
    var impatient = new MutualTls(Duration.ofMillis(10));
    impatient.install(material("client-1", Profile.CLIENT, FIRST, FIRST));
    try (var plain = new Socket();
        var _ = impatient.lease(plain).orElseThrow()) {
      impatient.install(material("client-1", Profile.CLIENT, SECOND, SECOND));
      assertThat(plain.isClosed()).isTrue();
    }
  }

  /** Begins to replace the server's material, and returns once it is in force. */
  private Future<?> replaceServers(Material material) {
    Future<?> replaced =
        CompletableFuture.runAsync(() -> {
          try {
            serverTls.install(material);
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        });
    await().until(() -> serverTls.material().equals(Optional.of(material)));
    return replaced;
  }

  @Test
  void noExchangeFailsWhileMaterialIsReplacedAtAnyMoment() throws Exception {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    var stop = new AtomicBoolean();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var loops =
          java.util.stream.IntStream.range(0, 4)
              .mapToObj(_ ->
                  threads.submit(() -> {
                    while (!stop.get()) {
                      exchange();
                    }
                    return null;
                  }))
              .toList();
      for (int swap = 0; swap < 40; swap++) {
        SoftwareCa issuer = random.nextBoolean() ? FIRST : SECOND;
        boolean ofServer = random.nextBoolean();
        String name = ofServer ? "server-1" : "client-1";
        Profile profile = ofServer ? Profile.SERVER : Profile.CLIENT;
        (ofServer ? serverTls : clientTls)
            .install(
                new Material(
                    new ParticipantName(name),
                    trust(FIRST, SECOND),
                    Optional.of(credential(name, profile, issuer))));
        long before = exchanges.tally().made();
        int more = random.nextInt(6);
        await()
            .pollInterval(Duration.ofMillis(1))
            .until(() -> exchanges.tally().made() >= before + more);
      }
      stop.set(true);
      for (Future<?> loop : loops) {
        loop.get();
      }
    }
    assertThat(exchanges.firstFailure()).as("seed %d", seed).isEmpty();
    assertThat(exchanges.tally().full()).isPositive();
  }
}
