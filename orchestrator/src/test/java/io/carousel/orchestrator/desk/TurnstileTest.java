package io.carousel.orchestrator.desk;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TurnstileTest {
  private static final long MILLISECOND = 1_000_000;

  private final AtomicLong time = new AtomicLong(17);
  private final Turnstile turnstile = new Turnstile(2, time::get, new Random(5));

  @Test
  void letsInAsManyAsThereIsRoomFor() {
    Turnstile.Pass first = turnstile.enter().orElseThrow();
    assertThat(turnstile.enter()).isPresent();
    assertThat(turnstile.enter()).isEmpty();
    first.close();
    assertThat(turnstile.enter()).isPresent();
    assertThat(turnstile.enter()).isEmpty();
  }

  @Test
  void sendsEachAwayForAnotherMoment() {
    stays(Duration.ofSeconds(1), 200);
    Duration last = Duration.ZERO;
    for (int i = 1; i <= 100; i++) {
      Duration next = turnstile.comeBack();
      assertThat(next.minus(last)).isBetween(Duration.ofMillis(490), Duration.ofMillis(510));
      last = next;
    }
  }

  @Test
  void whatIsPastIsNotGivenOutAgain() {
    stays(Duration.ofSeconds(1), 200);
    turnstile.comeBack();
    time.addAndGet(Duration.ofHours(1).toNanos());
    assertThat(turnstile.comeBack()).isLessThan(Duration.ofMillis(510));
  }

  @Test
  void nobodyIsSentAwayForLong() {
    stays(Duration.ofSeconds(20), 200);
    for (int i = 0; i < 1_000; i++) {
      assertThat(turnstile.comeBack()).isLessThanOrEqualTo(Turnstile.LONGEST);
    }
    assertThat(turnstile.comeBack()).isGreaterThan(Turnstile.LONGEST.dividedBy(3));
  }

  /**
   * A fleet comes at once; each obeys. Simulated: the house serves a thousand in a second, however
   * many are inside.
   */
  @Test
  void aHerdIsServedAtFullSpeedAndSeldomTurnedAwayTwice() {
    var house = new Turnstile(256, time::get, new Random(5));
    int fleet = 20_000;
    var coming = new PriorityQueue<Long>(Comparator.naturalOrder());
    long began = time.get();
    var random = new Random(7);
    for (int i = 0; i < fleet; i++) {
      coming.add(began + random.nextLong(500 * MILLISECOND));
    }
    var inside = new ArrayDeque<Turnstile.Pass>();
    int served = 0;
    int turnedAway = 0;
    while (served < fleet) {
      time.addAndGet(MILLISECOND);
      if (!inside.isEmpty()) {
        inside.removeFirst().close();
        served++;
      }
      var again = new ArrayList<Long>();
      while (!coming.isEmpty() && coming.peek() <= time.get()) {
        coming.poll();
        var pass = house.enter();
        pass.ifPresent(inside::addLast);
        if (pass.isEmpty()) {
          turnedAway++;
          long seconds = Math.max(1, house.comeBack().plusMillis(999).toSeconds());
          again.add(
              time.get()
                  + Duration.ofSeconds(seconds).toNanos()
                  + random.nextLong(1_000 * MILLISECOND));
        }
      }
      coming.addAll(again);
    }
    assertThat(Duration.ofNanos(time.get() - began))
        .as("a thousand in a second")
        .isLessThan(Duration.ofSeconds(30));
    assertThat(turnedAway).isLessThan(2 * fleet);
  }

  private void stays(Duration stay, int times) {
    for (int i = 0; i < times; i++) {
      try (var _ = turnstile.enter().orElseThrow()) {
        time.addAndGet(stay.toNanos());
      }
    }
  }
}
