package io.carousel.orchestrator.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.EnrolmentTokenId;
import io.carousel.events.seal.EnrolmentToken;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How many hosts use one token at a time. */
@Timeout(30)
class TokenTurnsTest {
  private static final Duration LONG = Duration.ofSeconds(20);
  private final TokenTurns turns = new TokenTurns();
  private final EnrolmentTokenId token = EnrolmentToken.create().id();

  @Test
  void noMoreAreInsideThanThereAreUses() throws Exception {
    var inside = new AtomicInteger();
    var most = new AtomicInteger();
    var begin = new CountDownLatch(1);
    var threads =
        IntStream.range(0, 20)
            .mapToObj(_ ->
                Thread.ofVirtual()
                    .start(() -> {
                      try {
                        begin.await();
                      } catch (InterruptedException e) {
                        return;
                      }
                      if (turns.enter(token, () -> 3, LONG)) {
                        most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                        Thread.onSpinWait();
                        inside.decrementAndGet();
                        turns.leave(token);
                      }
                    }))
            .toList();
    begin.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(most.get()).isBetween(1, 3);
    assertThat(inside.get()).isZero();
  }

  @Test
  void whoFindsNoPlaceInTimeIsToldSoAndOtherTokensAreFree() {
    assertThat(turns.enter(token, () -> 1, LONG)).isTrue();
    assertThat(turns.enter(token, () -> 1, Duration.ofMillis(10))).isFalse();
    assertThat(turns.enter(EnrolmentToken.create().id(), () -> 1, LONG)).isTrue();
    turns.leave(token);
    assertThat(turns.enter(token, () -> 0, LONG)).isTrue();
  }
}
