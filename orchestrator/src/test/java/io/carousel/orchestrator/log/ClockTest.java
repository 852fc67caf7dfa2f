package io.carousel.orchestrator.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.carousel.events.HouseEvent;
import io.carousel.events.Reply;
import io.carousel.events.seal.Recorded;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A clock that is wrong for a while stops nothing, and what it wrote stays in order. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ClockTest {
  private final TestHouse house = new TestHouse();
  private final AtomicReference<Duration> off = new AtomicReference<>(Duration.ZERO);

  ClockTest() {
    house.clock = () -> Instant.now().plus(off.get());
  }

  @AfterEach
  void close() {
    house.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"P30D", "PT1H", "PT-1H", "P-30D", "P10000D"})
  void anExcursionStopsNothingWhileItLastsOrAfterIt(Duration excursion) {
    var owner = house.founder();
    decides(owner, "before");
    off.set(excursion);
    decides(owner, "within");
    off.set(Duration.ZERO);
    decides(owner, "after");
    owner.close();

    var again = house.start("first", false, Cuts.NONE).owning();
    decides(again, "restarted");
    again.close();
    off.set(excursion);
    var amid = house.start("first", false, Cuts.NONE).owning();
    decides(amid, "amid");
    amid.close();
    off.set(Duration.ZERO);
    decides(house.start("first", false, Cuts.NONE).owning(), "end");
    assertOrdered(house.replayed());
  }

  /** Nobody asks for anything, and time-driven work is due all the same. */
  @ParameterizedTest
  @ValueSource(strings = {"P30D", "PT10S"})
  void theLogGoesOnByThePresentOnceTheClockIsRight(Duration excursion) {
    var owner = house.founder();
    off.set(excursion);
    decides(owner, "within");
    Instant ahead = owner.chronicle().now().at();
    off.set(Duration.ZERO);
    await()
        .atMost(TestHouse.PATIENCE)
        .until(() -> owner.chronicle().now().at().isBefore(Instant.now().plusSeconds(1)));
    List<Recorded> log = house.replayed();
    assertThat(log)
        .filteredOn(r -> r.event() instanceof HouseEvent.TimeSetBack)
        .singleElement()
        .satisfies(
            r -> assertThat(((HouseEvent.TimeSetBack) r.event()).from()).isAfterOrEqualTo(ahead));
    decides(owner, "after");
    assertThat(owner.chronicle().now().at()).isBefore(Instant.now().plusSeconds(1));
    owner.close();
    decides(house.start("first", false, Cuts.NONE).owning(), "restarted");
    assertOrdered(house.replayed());
  }

  /** One clock that is behind is no evidence against all the others. */
  @Test
  void theLogIsNotSetBackByOneClockAlone() {
    var owner = house.founder();
    decides(owner, "before");
    off.set(Duration.ofHours(-1));
    decides(owner, "within");
    assertThat(house.replayed()).noneMatch(r -> r.event() instanceof HouseEvent.TimeSetBack);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void anySequenceOfExcursionsKeepsTheLogInOrder(long seed) {
    var random = new Random(seed);
    var owner = house.founder();
    for (int i = 0; i < 40; i++) {
      off.set(Duration.ofSeconds(random.nextLong(-40L * 86_400, 40L * 86_400)));
      decides(owner, "s" + i);
      if (random.nextInt(10) == 0) {
        owner.close();
        owner = house.start("first", false, Cuts.NONE).owning();
      }
    }
    assertOrdered(house.replayed());
    assertThat(owner.chronicle().now().state()).hasSize(40);
  }

  private static void decides(TestHouse.Instance owner, String slot) {
    assertThat(owner.register(slot)).as(slot).isInstanceOf(Reply.Accepted.class);
  }

  private static void assertOrdered(List<Recorded> log) {
    for (int i = 1; i < log.size(); i++) {
      Instant before = log.get(i - 1).event().at();
      if (log.get(i).event() instanceof HouseEvent.TimeSetBack back) {
        assertThat(back.from()).isEqualTo(before);
        assertThat(back.at()).isBefore(before);
      } else {
        assertThat(log.get(i).event().at()).isAfterOrEqualTo(before);
      }
    }
  }
}
