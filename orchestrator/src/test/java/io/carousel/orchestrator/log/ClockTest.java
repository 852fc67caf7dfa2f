package io.carousel.orchestrator.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.Reply;
import io.carousel.events.seal.Recorded;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
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
      assertThat(log.get(i).event().at()).isAfterOrEqualTo(log.get(i - 1).event().at());
    }
  }
}
