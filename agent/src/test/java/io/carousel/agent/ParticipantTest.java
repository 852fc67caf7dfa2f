package io.carousel.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.carousel.agent.ShakyHouse.Fault;
import io.carousel.events.AuthorityName;
import io.carousel.events.Membership;
import io.carousel.events.ParticipantName;
import io.carousel.events.Report;
import io.carousel.events.Role;
import io.carousel.events.SlotName;
import io.carousel.events.TrustBundle;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One participant and its house. */
class ParticipantTest {
  private static final ParticipantName WEB = new ParticipantName("web-1");
  private static final Membership CLIENT =
      FakeHouse.membership(Role.PRESENTS_CLIENT, Role.VERIFIES);

  private final TestHabits.HandClock clock = new TestHabits.HandClock();
  private final FakeHouse house = new FakeHouse(clock, Duration.ofMinutes(60));
  private final Identity identity = Identity.create(WEB);
  private final List<Material> installed = new CopyOnWriteArrayList<>();
  private Participant participant;

  private void start(House through, Membership membership, Installation installation) {
    house.enrol(identity, membership);
    participant =
        Participant.start(
            identity, List.of(membership), through, _ -> installation, TestHabits.quick(clock, 1));
  }

  private void start(Membership membership) {
    start(house, membership, installed::add);
  }

  @AfterEach
  void stop() {
    if (participant != null) {
      participant.close();
    }
  }

  private Standing standing() {
    return participant.standing(FakeHouse.AUTHORITY);
  }

  private void awaitGate() {
    await().pollInterval(Duration.ofMillis(2)).until(house::gateHolds);
  }

  private void awaitProblem(String text) {
    await()
        .pollInterval(Duration.ofMillis(2))
        .until(() -> standing().problem().filter(p -> p.contains(text)).isPresent());
  }

  private void awaitPolls(int more) {
    long before = house.polls();
    await().pollInterval(Duration.ofMillis(2)).until(() -> house.polls() >= before + more);
  }

  private void awaitIssued(int more) {
    int enough = house.credentialsIssued() + more;
    await().pollInterval(Duration.ofMillis(2)).until(() -> house.credentialsIssued() >= enough);
  }

  private int presents() {
    return standing().presents().getFirst().generation();
  }

  @Test
  void itFollowsARotation() {
    start(CLIENT);
    awaitGate();
    house.start();
    awaitGate();
    assertThat(standing().trusts()).containsExactly(1, 2);
    assertThat(presents()).isEqualTo(1);
    house.updateClients();
    awaitGate();
    assertThat(presents()).isEqualTo(2);
    house.updateServers();
    awaitGate();
    house.complete();
    awaitGate();
    assertThat(standing().trusts()).containsExactly(2);
    assertThat(house.credentialsIssued()).isEqualTo(2);
  }

  /** One that comes after a step has failed is in no step's own hands. */
  @Test
  void aFaultBetweenStepsEndsNothing() {
    var faulty = new AtomicBoolean();
    var faults = new AtomicInteger();
    Habits h = TestHabits.quick(clock, 1);
    RandomGenerator random =
        () -> {
          if (faulty.get()) {
            faults.incrementAndGet();
            throw new IllegalStateException("a fault of the test");
          }
          return h.random().nextLong();
        };
    house.enrol(identity, CLIENT);
    participant =
        Participant.start(
            identity,
            List.of(CLIENT),
            house,
            _ -> installed::add,
            new Habits(
                h.heartbeat(),
                h.longPoll(),
                h.firstRetry(),
                h.lastRetry(),
                h.spread(),
                h.clock(),
                random));
    awaitGate();
    faulty.set(true);
    house.start();
    house.updateClients();
    await().pollInterval(Duration.ofMillis(2)).until(() -> faults.get() >= 2);
    faulty.set(false);
    awaitGate();
    assertThat(presents()).isEqualTo(2);
  }

  @Test
  void whatAnOutgoingSlotSignedIsReplacedAtOnce() {
    start(CLIENT);
    awaitGate();
    SlotName first = house.slotShownBy(WEB).orElseThrow();
    house.outgoing(true, first);
    await()
        .pollInterval(Duration.ofMillis(2))
        .until(() -> house.slotShownBy(WEB).filter(s -> !s.equals(first)).isPresent());
    assertThat(house.credentialsIssued()).isEqualTo(2);
    assertThat(standing().trusts()).containsExactly(1);
    // The other one is not: nothing more is asked for.
    awaitPolls(3);
    assertThat(house.credentialsIssued()).isEqualTo(2);
  }

  @Test
  void whileNobodyElseSignsItAsksAgainAtItsUsualPace() {
    start(CLIENT);
    awaitGate();
    SlotName a = new SlotName("hsm-a");
    SlotName b = new SlotName("hsm-b");
    house.outgoing(false, a, b);
    // Once they have doubled often enough, no pause is shorter than a third of the longest.
    awaitIssued(5);
    long began = System.nanoTime();
    awaitIssued(10);
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofMillis(100));
    house.outgoing(true, a);
    long told = house.bundle().sequence();
    // The other slot may have been the last to sign before that, too.
    await()
        .pollInterval(Duration.ofMillis(2))
        .until(() -> standing().sequence() == told && standing().upToDate());
    assertThat(house.slotShownBy(WEB)).contains(b);
    int last = house.credentialsIssued();
    awaitPolls(3);
    assertThat(house.credentialsIssued()).isEqualTo(last);
    assertThat(standing().problem()).isEmpty();
  }

  @Test
  void aServerMovesOnlyWithTheServers() {
    start(FakeHouse.membership(Role.PRESENTS_SERVER));
    awaitGate();
    house.start();
    awaitGate();
    house.updateClients();
    awaitGate();
    assertThat(presents()).isEqualTo(1);
    house.updateServers();
    awaitGate();
    assertThat(presents()).isEqualTo(2);
  }

  @Test
  void aVerifierHoldsNoCredential() {
    start(FakeHouse.membership(Role.VERIFIES));
    awaitGate();
    assertThat(standing().presents()).isEmpty();
    assertThat(house.lastReport(WEB).orElseThrow().presents()).isEmpty();
    assertThat(installed).hasSize(1);
  }

  @Test
  void nothingIsReportedBeforeItIsAtWork() {
    var reportedTooEarly = new AtomicReference<Report>();
    start(
        house,
        CLIENT,
        material -> {
          house
              .lastReport(WEB)
              .filter(r -> r.bundle() >= material.trust().bundle().number())
              .filter(r -> !r.presents().isEmpty() || material.x509().isEmpty())
              .filter(r ->
                  r.presents().stream()
                      .map(Report.Presented::serial)
                      .toList()
                      .equals(material.x509().stream().map(X509Credential::serial).toList()))
              .ifPresent(reportedTooEarly::set);
          installed.add(material);
        });
    awaitGate();
    house.start();
    awaitGate();
    house.updateClients();
    awaitGate();
    assertThat(reportedTooEarly.get()).isNull();
    assertThat(installed).hasSizeGreaterThanOrEqualTo(4);
  }

  @Test
  void itRenewsBeforeTwoThirdsOfTheLifetimeHavePassed() {
    start(CLIENT);
    awaitGate();
    var first = standing().presents().getFirst();
    clock.move(Duration.ofMinutes(35));
    awaitPolls(3);
    assertThat(standing().presents().getFirst()).isEqualTo(first);
    clock.move(Duration.ofMinutes(5));
    await()
        .pollInterval(Duration.ofMillis(2))
        .until(() -> !standing().presents().getFirst().equals(first));
    assertThat(house.credentialsIssued()).isEqualTo(2);
    assertThat(installed.getLast().x509().orElseThrow().key())
        .isNotEqualTo(installed.getFirst().x509().map(X509Credential::key).orElse(null));
  }

  @Test
  void aBundleThatGoesBackChangesNothing() {
    start(CLIENT);
    awaitGate();
    TrustBundle before = house.bundle();
    house.start();
    awaitGate();
    int installations = installed.size();
    house.force(
        new TrustBundle(
            before.authority(),
            before.number(),
            house.bundle().sequence() + 5,
            before.phase(),
            before.phaseSequence(),
            before.challenge(),
            1,
            1,
            before.trusted()));
    awaitProblem("never go back");
    assertThat(standing().trusts()).containsExactly(1, 2);
    assertThat(installed).hasSize(installations);
  }

  @Test
  void aCredentialOfAnOlderGenerationIsNotShown() {
    start(CLIENT);
    awaitGate();
    house.start();
    awaitGate();
    house.misissue(Optional.of(1));
    house.updateClients();
    awaitProblem("generation 1 where 2 is due");
    assertThat(presents()).isEqualTo(1);
    assertThat(installed.getLast().trust().bundle().phase().wire()).isEqualTo("init");
    house.misissue(Optional.empty());
    awaitGate();
    assertThat(presents()).isEqualTo(2);
    await().until(() -> standing().problem().isEmpty());
  }

  @Test
  void materialThatCannotBeInstalledIsTriedAgainAndNeverReported() {
    var refusals = new AtomicInteger();
    start(
        house,
        CLIENT,
        material -> {
          if (material.x509().isPresent() && refusals.getAndIncrement() < 3) {
            throw new UnfitMaterial("not today");
          }
          installed.add(material);
        });
    awaitGate();
    assertThat(refusals.get()).isGreaterThan(3);
    assertThat(house.lastReport(WEB).orElseThrow().presents()).hasSize(1);
  }

  @Test
  void anInstallationThatStumblesDoesNotEndIt() {
    var stumbles = new AtomicInteger();
    start(
        house,
        CLIENT,
        material -> {
          if (stumbles.getAndIncrement() < 2) {
            throw new UnfitMaterial("the first two are not taken");
          }
          installed.add(material);
        });
    awaitGate();
    assertThat(presents()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(value = Fault.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void callsThatFailAreMadeAgain(Fault fault) {
    var calls = new AtomicInteger();
    var random = new Random(7);
    // The first ones, and then half of them.
    var shaky =
        new ShakyHouse(
            house, () -> calls.getAndIncrement() < 4 || random.nextBoolean() ? fault : Fault.NONE);
    start(shaky, CLIENT, installed::add);
    awaitGate();
    house.start();
    awaitGate();
    house.updateClients();
    awaitGate();
    assertThat(presents()).isEqualTo(2);
  }

  @Test
  void aRestartedParticipantIsStillHeard() {
    start(CLIENT);
    awaitGate();
    long counter = house.lastReport(WEB).orElseThrow().counter();
    participant.close();
    clock.move(Duration.ofMillis(1));
    start(CLIENT);
    await()
        .pollInterval(Duration.ofMillis(2))
        .until(() -> house.lastReport(WEB).orElseThrow().counter() > counter);
    awaitGate();
  }

  @Test
  void itKeepsTryingWhenItsAuthorityIsNotThereYet() {
    var nowhere = new AuthorityName("host");
    var membership = new Membership(nowhere, List.of(Role.VERIFIES));
    start(membership);
    await()
        .pollInterval(Duration.ofMillis(2))
        .until(() -> participant.standing(nowhere).problem().isPresent());
    assertThat(participant.standing(nowhere).problem().orElseThrow())
        .contains("no authority 'host'");
    assertThatThrownBy(() -> participant.standing(FakeHouse.AUTHORITY))
        .hasMessageContaining("does not belong to authority 'db'");
  }

  @Test
  void aClosedParticipantIsSilent() {
    start(CLIENT);
    awaitGate();
    participant.close();
    long polls = house.polls();
    house.start();
    assertThat(house.polls()).isEqualTo(polls);
    assertThat(standing().trusts()).containsExactly(1);
  }

  @Test
  void reportsNeverRepeatANumber() {
    var counter = new ReportCounter(clock);
    long first = counter.next();
    long second = counter.next();
    clock.move(Duration.ofHours(-1));
    long third = counter.next();
    assertThat(List.of(first, second, third)).isSorted().doesNotHaveDuplicates();
  }
}
