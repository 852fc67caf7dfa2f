package io.carousel.signer.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.events.HouseId;
import io.carousel.events.SigningCommand.GenerateKey;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import io.carousel.events.orders.Finding;
import io.carousel.signer.Asked;
import io.carousel.signer.Ordered;
import io.carousel.signer.TestLog;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A command may be seen before the event that ordered it, though both were written at once. */
@Timeout(30)
class OrderCheckTest {
  private static final SlotName SLOT = new SlotName("hsm-a");

  private final TestLog log = new TestLog(new HouseId("00112233445566778899aabbccddeeff"));
  private final AtomicLong nanos = new AtomicLong();
  private boolean shown = true;
  private final OrderCheck check =
      new OrderCheck(
          log.roll,
          () -> {
            if (shown) {
              log.read();
            }
          },
          nanos::get);

  @BeforeEach
  void open() {
    log.write(Asked.created(List.of(SLOT)));
    log.read();
  }

  private GenerateKey ordered() {
    GenerateKey asked = Asked.key(SLOT, Suite.ED25519);
    long event = Ordered.events(asked).stream().mapToLong(log::write).reduce((_, b) -> b).orElse(0);
    return Ordered.by(event, asked);
  }

  @Test
  void commandWaitsForItsEvent() throws LogUnreachable {
    shown = false;
    GenerateKey asked = ordered();
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> check.find(asked))
          .isInstanceOf(LogUnreachable.class)
          .hasMessageContaining("not in the log yet");
      nanos.addAndGet(Duration.ofMillis(500).toNanos());
    }
    shown = true;
    assertThat(check.find(asked)).isInstanceOf(Finding.Stands.class);
  }

  @Test
  void whatNamesAnEventThatNeverComesHoldsNothingUpForLong() throws LogUnreachable {
    GenerateKey never = Ordered.by(1_000_000, Asked.key(SLOT, Suite.ED25519));
    assertThatThrownBy(() -> check.find(never)).isInstanceOf(LogUnreachable.class);
    nanos.addAndGet(Duration.ofSeconds(3).toNanos());
    assertThat(check.find(never)).isInstanceOf(Finding.Unordered.class);

    GenerateKey next = Ordered.by(1_000_000, Asked.key(SLOT, Suite.ED25519));
    assertThat(check.find(next)).isInstanceOf(Finding.Unordered.class);
    assertThat(check.find(ordered())).isInstanceOf(Finding.Stands.class);
    nanos.addAndGet(Duration.ofMinutes(1).toNanos());
    assertThatThrownBy(() -> check.find(next)).isInstanceOf(LogUnreachable.class);
  }

  @Test
  void whatNamesAnEventThatWasReadIsUnorderedAtOnce() throws LogUnreachable {
    GenerateKey forged = Ordered.by(1, Asked.key(SLOT, Suite.ED25519));
    assertThat(check.find(forged)).isInstanceOf(Finding.Unordered.class);
  }
}
