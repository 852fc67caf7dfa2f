package io.carousel.agent.tls;

import static io.carousel.agent.tls.Materials.FIRST;
import static io.carousel.agent.tls.Materials.SECOND;
import static io.carousel.agent.tls.Materials.ca;
import static io.carousel.agent.tls.Materials.credential;
import static io.carousel.agent.tls.Materials.material;
import static io.carousel.agent.tls.Materials.tls;
import static io.carousel.agent.tls.Materials.trust;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.agent.Material;
import io.carousel.agent.X509Credential;
import io.carousel.events.ParticipantName;
import io.carousel.events.Profile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What makes an exchange succeed, and everything that must make it fail. */
class ExchangeTest {
  private static final ParticipantName SERVER = new ParticipantName("server-1");

  private final Exchanges exchanges = new Exchanges();
  private MutualTls serverTls;
  private ExchangeServer server;

  @BeforeEach
  void serve() throws Exception {
    serverTls = tls(material("server-1", Profile.SERVER, FIRST, FIRST));
    server = ExchangeServer.start(serverTls);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Outcome exchange(Material client) throws Exception {
    return exchange(tls(client));
  }

  private Outcome exchange(MutualTls client) throws Exception {
    return new ExchangeClient(client, exchanges).exchange(SERVER, server.address());
  }

  private static FailureCause cause(Outcome outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Failed.class);
    return ((Outcome.Failed) outcome).cause();
  }

  @Test
  void bothSidesShowWhatTheyShould() throws Exception {
    assertThat(exchange(material("client-1", Profile.CLIENT, FIRST, FIRST)))
        .isEqualTo(new Outcome.Succeeded(SERVER, false, 1, 1));
    assertThat(exchanges.tally()).isEqualTo(new Exchanges.Tally(1, 0, 0, 1, Map.of()));
  }

  @Test
  void eachSideSeesTheOthersGeneration() throws Exception {
    serverTls.install(material("server-1", Profile.SERVER, FIRST, FIRST, SECOND));
    assertThat(exchange(material("client-1", Profile.CLIENT, SECOND, FIRST, SECOND)))
        .isEqualTo(new Outcome.Succeeded(SERVER, false, 2, 1));
  }

  @Test
  void aClientOfARemovedGenerationIsRefused() throws Exception {
    serverTls.install(material("server-1", Profile.SERVER, SECOND, SECOND));
    var stale = exchange(material("client-1", Profile.CLIENT, FIRST, FIRST, SECOND));
    assertThat(cause(stale)).isEqualTo(FailureCause.REFUSED_BY_SERVER);
    assertThat(exchanges.tally())
        .isEqualTo(new Exchanges.Tally(1, 1, 0, 0, Map.of(FailureCause.REFUSED_BY_SERVER, 1L)));
  }

  @Test
  void aClientOfAnUnknownAuthorityIsRefused() throws Exception {
    var foreign = exchange(material("client-1", Profile.CLIENT, ca(1), FIRST));
    assertThat(cause(foreign)).isEqualTo(FailureCause.REFUSED_BY_SERVER);
  }

  @Test
  void aClientWhoseTrustWasRemovedTooEarlyRefusesTheServer() throws Exception {
    var early = exchange(material("client-1", Profile.CLIENT, FIRST, SECOND));
    assertThat(cause(early)).isEqualTo(FailureCause.UNTRUSTED_SERVER);
  }

  @Test
  void aServerWhoseTrustWasRemovedTooEarlyRefusesTheClient() throws Exception {
    serverTls.install(material("server-1", Profile.SERVER, FIRST, SECOND));
    var early = exchange(material("client-1", Profile.CLIENT, FIRST, FIRST, SECOND));
    assertThat(cause(early)).isEqualTo(FailureCause.REFUSED_BY_SERVER);
  }

  @Test
  void aServerCertificateIsNoClientCertificate() throws Exception {
    var wrongUse = exchange(material("client-1", Profile.SERVER, FIRST, FIRST));
    assertThat(cause(wrongUse)).isEqualTo(FailureCause.REFUSED_BY_SERVER);
  }

  @Test
  void aClientCertificateIsNoServerCertificate() throws Exception {
    serverTls.install(material("server-1", Profile.CLIENT, FIRST, FIRST));
    var wrongUse = exchange(material("client-1", Profile.CLIENT, FIRST, FIRST));
    assertThat(cause(wrongUse)).isEqualTo(FailureCause.UNTRUSTED_SERVER);
  }

  @Test
  void anotherServerAtTheAddressIsNoticed() throws Exception {
    serverTls.install(material("server-2", Profile.SERVER, FIRST, FIRST));
    var other = exchange(material("client-1", Profile.CLIENT, FIRST, FIRST));
    assertThat(cause(other)).isEqualTo(FailureCause.WRONG_SERVER);
  }

  @Test
  void anExpiredClientIsRefused() throws Exception {
    Instant now = Instant.now();
    X509Credential expired =
        credential("client-1", Profile.CLIENT, FIRST, now.minusSeconds(120), now.minusSeconds(60));
    var client = new Material(new ParticipantName("client-1"), trust(FIRST), Optional.of(expired));
    assertThat(cause(exchange(client))).isEqualTo(FailureCause.REFUSED_BY_SERVER);
  }

  @Test
  void anAnswerAboutSomebodyElseIsNoSuccess() throws Exception {
    // The client takes itself for another than its certificate says, as a mixed-up server would.
    var mixedUp =
        new Material(
            new ParticipantName("client-2"),
            trust(FIRST),
            Optional.of(credential("client-1", Profile.CLIENT, FIRST)));
    assertThat(cause(exchange(mixedUp))).isEqualTo(FailureCause.WRONG_ANSWER);
  }

  @Test
  void nobodyListening() throws Exception {
    InetSocketAddress nobody;
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = (InetSocketAddress) taken.getLocalSocketAddress();
    }
    var client = tls(material("client-1", Profile.CLIENT, FIRST, FIRST));
    var outcome = new ExchangeClient(client, exchanges).exchange(SERVER, nobody);
    assertThat(cause(outcome)).isEqualTo(FailureCause.UNREACHABLE);
  }

  @Test
  void aClientWithoutCredentialFailsAtHome() throws Exception {
    assertThat(cause(exchange(new MutualTls()))).isEqualTo(FailureCause.NO_CREDENTIAL);
  }

  @Test
  void aServerWithoutCredentialTurnsEverybodyAway() throws Exception {
    try (var bare = ExchangeServer.start(new MutualTls())) {
      var client = tls(material("client-1", Profile.CLIENT, FIRST, FIRST));
      var outcome = new ExchangeClient(client, exchanges).exchange(SERVER, bare.address());
      assertThat(cause(outcome)).isEqualTo(FailureCause.CONNECTION_LOST);
    }
  }

  @Test
  void anInterruptedExchangeIsNotCounted() throws Exception {
    var client = tls(material("client-1", Profile.CLIENT, FIRST, FIRST));
    try (var silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var address = (InetSocketAddress) silent.getLocalSocketAddress();
      var thread =
          Thread.ofVirtual()
              .unstarted(() ->
                  assertThatThrownBy(
                          () -> new ExchangeClient(client, exchanges).exchange(SERVER, address))
                      .isInstanceOf(InterruptedException.class));
      var thrown = new java.util.concurrent.atomic.AtomicReference<Throwable>();
      thread.setUncaughtExceptionHandler((_, e) -> thrown.set(e));
      thread.start();
      silent.accept().getInputStream().read();
      thread.interrupt();
      thread.join();
      assertThat(thrown.get()).isNull();
      assertThat(exchanges.tally().made()).isZero();
    }
  }
}
