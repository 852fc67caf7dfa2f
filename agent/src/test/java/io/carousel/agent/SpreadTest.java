package io.carousel.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.carousel.events.ParticipantName;
import io.carousel.events.Role;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A participant that would take its time with what a change asks for, and how long it takes. */
class SpreadTest {
  private static final ParticipantName WEB = new ParticipantName("web-1");

  private final TestHabits.HandClock clock = new TestHabits.HandClock();
  private final FakeHouse house = new FakeHouse(clock, Duration.ofMinutes(60));
  private final Identity identity = Identity.create(WEB);
  private final List<Material> installed = new CopyOnWriteArrayList<>();
  private Participant participant;

  /** Draws always the same share of it. */
  private void start(Duration spread, double drawn) {
    house.enrol(identity, FakeHouse.membership(Role.PRESENTS_CLIENT, Role.VERIFIES));
    var habits =
        new Habits(
            Duration.ofHours(2),
            Duration.ofMillis(50),
            Duration.ofMillis(5),
            Duration.ofMillis(50),
            spread,
            clock,
            new Random() {
              private static final long serialVersionUID = 1L;

              @Override
              public double nextDouble() {
                return drawn;
              }
            });
    participant =
        Participant.start(
            identity,
            List.of(FakeHouse.membership(Role.PRESENTS_CLIENT, Role.VERIFIES)),
            house,
            _ -> installed::add,
            habits);
  }

  @AfterEach
  void stop() {
    participant.close();
  }

  private Standing standing() {
    return participant.standing(FakeHouse.AUTHORITY);
  }

  private void awaitPolls(int more) {
    long before = house.polls();
    await().pollInterval(Duration.ofMillis(2)).until(() -> house.polls() >= before + more);
  }

  @Test
  void trustIsTakenAtOnceAndTheRestWaits() {
    start(Duration.ofHours(1), 0.5);
    await().until(house::gateHolds);
    assertThat(house.credentialsIssued()).as("its first credential waits for nobody").isEqualTo(1);
    house.start();
    await().until(() -> standing().trusts().equals(List.of(1, 2)));
    awaitPolls(3);
    assertThat(house.gateHolds()).as("it has not reported it").isFalse();
    assertThat(standing().upToDate()).isFalse();
  }

  @Test
  void whatHoldsNothingThatServesWaitsForNobody() {
    start(Duration.ofHours(1), 0.5);
    await().until(house::gateHolds);
    clock.move(Duration.ofMinutes(61));
    house.start();
    await().until(() -> house.credentialsIssued() == 2);
  }

  @Test
  void whatIsDueIsReportedTogether() {
    start(Duration.ofMillis(400), 0.5);
    await().until(house::gateHolds);
    house.start();
    await().until(house::gateHolds);
    long before = standing().reports();
    house.updateClients();
    await().until(house::gateHolds);
    assertThat(standing().presents().getFirst().generation()).isEqualTo(2);
    assertThat(standing().reports()).isEqualTo(before + 1);
  }
}
