package io.carousel.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.carousel.agent.certificate.Certificates;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.Membership;
import io.carousel.events.ParticipantName;
import io.carousel.events.Profile;
import io.carousel.events.Report;
import io.carousel.events.Role;
import io.carousel.events.Statements;
import io.carousel.events.TrustBundle;
import java.io.IOException;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a participant does with canaries, and what it says of them. */
class TryingTest {
  private static final ParticipantName WEB = new ParticipantName("web-1");
  private static final Membership SERVER =
      FakeHouse.membership(Role.PRESENTS_SERVER, Role.VERIFIES);

  private final TestHabits.HandClock clock = new TestHabits.HandClock();
  private final FakeHouse house = new FakeHouse(clock, Duration.ofMinutes(60));
  private final Identity identity = Identity.create(WEB);
  private final Server server = new Server();
  private final Remembering memory = new Remembering();
  private Participant participant;

  /** A server that takes clients of the CAs that it was given, and sometimes of others. */
  private static final class Server implements Installation {
    private volatile Optional<Trust> trust = Optional.empty();
    private volatile Optional<Found> found = Optional.empty();
    private volatile boolean trustsMore;
    private volatile boolean ignoresItsFiles;
    private volatile boolean away;
    private final AtomicInteger tried = new AtomicInteger();

    @Override
    public void install(Material material) {
      trust = Optional.of(material.trust());
    }

    @Override
    public Optional<Found> found() {
      return found;
    }

    @Override
    public Optional<Profile> triedBy() {
      return Optional.of(Profile.CANARY_CLIENT);
    }

    @Override
    public boolean accepts(X509Credential canary) throws NoVerdict {
      tried.incrementAndGet();
      if (away) {
        throw new NoVerdict("nobody is there");
      }
      boolean known = trust.orElseThrow().issuerOf(canary.certificate()).isPresent();
      return trustsMore || (known && !ignoresItsFiles);
    }
  }

  private static final class Remembering implements Memory {
    private volatile Optional<TrustBundle> bundle = Optional.empty();
    private volatile long counter;
    private volatile Trials trials = Trials.NONE;

    @Override
    public Optional<TrustBundle> bundle(AuthorityName authority) {
      return bundle;
    }

    @Override
    public void keep(TrustBundle newest) throws IOException {
      bundle = Optional.of(newest);
    }

    @Override
    public long counter() {
      return counter;
    }

    @Override
    public void keep(long number) {
      counter = number;
    }

    @Override
    public Trials trials(AuthorityName authority) {
      return trials;
    }

    @Override
    public void keep(AuthorityName authority, Trials next) {
      trials = next;
    }
  }

  private void start(Installation installation) {
    house.enrol(identity, SERVER);
    participant =
        Participant.start(
            identity,
            java.util.List.of(SERVER),
            house,
            _ -> installation,
            TestHabits.quick(clock, 1),
            memory);
    awaitGate();
  }

  @AfterEach
  void stop() {
    if (participant != null) {
      participant.close();
    }
  }

  private static void awaits(BooleanSupplier what) {
    await().pollInterval(Duration.ofMillis(2)).until(what::getAsBoolean);
  }

  private void awaitGate() {
    awaits(house::gateHolds);
  }

  private Report report() {
    return house.lastReport(WEB).orElseThrow();
  }

  private Standing standing() {
    return participant.standing(FakeHouse.AUTHORITY);
  }

  @Test
  void itIsShownBeforeAndAfterAndReportedWithProof() throws Exception {
    start(server);
    assertThat(report().tried()).isEmpty();
    house.start();
    awaitGate();
    Report.Tried tried = report().tried().getFirst();
    assertThat(tried.refused()).isTrue();
    assertThat(report().tried()).hasSize(1);
    assertThat(server.tried.get()).isEqualTo(2);
    X509Certificate canary = Certificates.read(tried.canary());
    assertThat(house.cas(2).stream().map(ca -> certificate(ca.certificate())))
        .anyMatch(ca -> Certificates.isSignedBy(canary, ca));
    byte[] statement = Statements.tried(house.id(), WEB, FakeHouse.AUTHORITY, tried.canary(), true);
    Signature ecdsa = Signature.getInstance("SHA256withECDSA");
    ecdsa.initVerify(canary.getPublicKey());
    ecdsa.update(statement);
    assertThat(ecdsa.verify(tried.possession().toArray())).isTrue();
  }

  private static X509Certificate certificate(Bytes der) {
    try {
      return Certificates.read(der);
    } catch (java.security.cert.CertificateException e) {
      throw new AssertionError(e);
    }
  }

  /** Of a whole rotation, and of the standby after it. */
  @Test
  void itIsShownOnceInARotationAndToldUntilTheNext() {
    start(server);
    house.start();
    awaitGate();
    house.updateClients();
    awaitGate();
    house.updateServers();
    awaitGate();
    house.complete();
    awaitGate();
    assertThat(house.canariesIssued()).isEqualTo(2);
    assertThat(report().tried()).hasSize(1);
    house.start();
    awaitGate();
    assertThat(house.canariesIssued()).isEqualTo(4);
    assertThat(report().tried()).hasSize(1);
    assertThat(standing().tried()).contains("generation 3 was refused before it was trusted");
  }

  @Test
  void whoAcceptsWhatItWasNotToldToTrustIsReported() {
    start(server);
    server.trustsMore = true;
    house.start();
    awaitGate();
    assertThat(report().tried().getFirst().refused()).isFalse();
    assertThat(standing().tried()).contains("generation 2 was ACCEPTED before it was trusted");
  }

  /** As when a reload had no effect, or a library cannot end a path at an intermediate. */
  @Test
  void trustThatTheVerifierDoesNotShowIsNotReported() {
    start(server);
    server.ignoresItsFiles = true;
    house.start();
    awaits(() -> report().trouble().filter(t -> t.contains("canary refused")).isPresent());
    assertThat(report().trusts()).containsExactlyInAnyOrder(keys(1));
    assertThat(report().tried()).isEmpty();
    assertThat(house.gateHolds()).isFalse();
    assertThat(standing().upToDate()).isFalse();
    // Credentials go on all the same.
    assertThat(standing().presents()).isNotEmpty();
    server.ignoresItsFiles = false;
    awaitGate();
    assertThat(report().tried().getFirst().refused()).isTrue();
    awaits(() -> standing().upToDate());
  }

  private Digest[] keys(int generation) {
    return house.bundle().trusted(Format.X509).stream()
        .filter(k -> k.generation() == generation)
        .map(TrustBundle.TrustedKey::key)
        .toArray(Digest[]::new);
  }

  @Test
  void aServerThatIsAwayHoldsNobodyBack() {
    start(server);
    server.away = true;
    house.start();
    awaitGate();
    assertThat(server.tried.get()).isEqualTo(3);
    assertThat(report().tried()).isEmpty();
    house.updateClients();
    awaitGate();
    house.updateServers();
    awaitGate();
    assertThat(standing().presents().getFirst().generation()).isEqualTo(2);
    assertThat(server.tried.get()).isEqualTo(3);
  }

  @Test
  void aHouseThatSignsNoneHoldsNobodyBack() {
    house.canaries(false);
    start(server);
    house.start();
    awaitGate();
    assertThat(server.tried.get()).isZero();
    assertThat(report().tried()).isEmpty();
  }

  @Test
  void whoCannotBeTriedAsksForNone() {
    start(material -> {});
    house.start();
    awaitGate();
    assertThat(house.canariesIssued()).isZero();
  }

  /** Its memory says that it was refused; what is installed has the successor already. */
  @Test
  void aRestartBetweenTheTwoLosesNothing() {
    start(server);
    server.ignoresItsFiles = true;
    house.start();
    awaits(() -> memory.trials.pending().isPresent() && server.tried.get() >= 2);
    participant.close();
    server.ignoresItsFiles = false;
    start(server);
    assertThat(report().tried().getFirst().refused()).isTrue();
  }

  /** An installation was cut short: the verifier may have the successor by now, or may not. */
  @Test
  void whatIsAtWorkIsMadeSureOfBeforeItIsTried() throws Exception {
    start(server);
    Trust old = server.trust.orElseThrow();
    participant.close();
    server.found =
        Optional.of(new Installation.Found(new Material(WEB, old, Optional.empty()), false));
    house.start();
    server.trust = Optional.of(Trust.of(house.bundle()));
    start(server);
    assertThat(report().tried().getFirst().refused()).isTrue();
  }

  @Test
  void aRollbackEndsIt() {
    start(server);
    server.ignoresItsFiles = true;
    house.start();
    awaits(() -> memory.trials.pending().isPresent());
    house.rollBack();
    awaitGate();
    house.rolledBack();
    awaitGate();
    assertThat(report().tried()).isEmpty();
    awaits(() -> memory.trials.equals(Trials.NONE));
  }
}
