package io.carousel.agent.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.carousel.agent.FakeHouse;
import io.carousel.agent.House;
import io.carousel.agent.ShakyHouse;
import io.carousel.agent.ShakyHouse.Fault;
import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whole rotations while clients and servers exchange without pause. */
class RotationUnderLoadTest {
  private static final int EXCHANGES_IN_EACH_PHASE = 40;

  private final FakeHouse house = new FakeHouse();

  @Test
  void noExchangeFailsInAWholeRotation() throws Exception {
    try (var fleet = fleet(house, 1)) {
      rotate(fleet);
      assertNothingFailed(fleet, 1);
      assertThat(fleet.participants())
          .allSatisfy(p -> {
            var standing = p.standing(FakeHouse.AUTHORITY);
            assertThat(standing.trusts()).containsExactly(2);
            assertThat(standing.presents().getFirst().generation()).isEqualTo(2);
            assertThat(standing.problem()).isEmpty();
          });
    }
  }

  @Test
  void noExchangeFailsWhenARotationIsRolledBackAndStartedAgain() throws Exception {
    try (var fleet = fleet(house, 2)) {
      house.start();
      settle(fleet);
      house.updateClients();
      settle(fleet);
      house.updateServers();
      settle(fleet);
      house.rollBack();
      settle(fleet);
      house.rolledBack();
      settle(fleet);
      assertThat(house.bundle().clientGeneration()).isEqualTo(1);
      rotate(fleet);
      assertNothingFailed(fleet, 2);
    }
  }

  @Test
  void noExchangeFailsWhileEveryThirdCallToTheHouseIsLost() throws Exception {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    Fault[] faults = Fault.values();
    var shaky =
        new ShakyHouse(
            house,
            () -> random.nextInt(3) > 0 ? Fault.NONE : faults[random.nextInt(faults.length)]);
    try (var fleet = fleet(shaky, seed)) {
      rotate(fleet);
      assertNothingFailed(fleet, seed);
    }
  }

  private TestFleet fleet(House through, long seed) throws IOException {
    var fleet = new TestFleet(house, through, seed);
    for (int i = 1; i <= 4; i++) {
      fleet.client("client-" + i);
    }
    fleet.server("server-1");
    fleet.server("server-2");
    fleet.both("gateway");
    awaitGate();
    fleet.exchangeWithoutPause();
    settle(fleet);
    return fleet;
  }

  private void rotate(TestFleet fleet) {
    house.start();
    settle(fleet);
    house.updateClients();
    settle(fleet);
    house.updateServers();
    settle(fleet);
    house.complete();
    settle(fleet);
  }

  /** Until all are where the phase wants them, and have exchanged there for a while. */
  private void settle(TestFleet fleet) {
    awaitGate();
    long before = fleet.exchanges().tally().made();
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(5))
        .until(() -> fleet.exchanges().tally().made() >= before + EXCHANGES_IN_EACH_PHASE);
  }

  private void awaitGate() {
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(5))
        .until(house::gateHolds);
  }

  private static void assertNothingFailed(TestFleet fleet, long seed) {
    Exchanges.Tally tally = fleet.exchanges().tally();
    assertThat(fleet.exchanges().firstFailure()).as("first failure; seed %d", seed).isEmpty();
    assertThat(tally.failed()).isZero();
    assertThat(tally.resumed()).as("resumed of %s", tally).isPositive();
    assertThat(tally.full()).as("full of %s", tally).isPositive();
    assertThat(tally.made()).isEqualTo(tally.full() + tally.resumed());
  }
}
