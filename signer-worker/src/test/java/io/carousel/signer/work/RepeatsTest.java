package io.carousel.signer.work;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.Bytes;
import io.carousel.events.KeyId;
import io.carousel.events.LeafOrder;
import io.carousel.events.Profile;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import io.carousel.events.WorkerAct.KeyGenerated;
import io.carousel.signer.Asked;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RepeatsTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Bytes SOME = Bytes.of(new byte[1]);

  private static LeafOrder order(Instant deadline) {
    var slot = new SlotName("hsm-a");
    var made = new KeyGenerated(Asked.id(), slot, new KeyId("00"), SOME, SOME);
    return Asked.with(
            Asked.ssh(Asked.key(slot, Suite.ED25519), made, Profile.CLIENT, "a"),
            o -> o.deadline = deadline)
        .order();
  }

  @Test
  void theFirstIsNoRepeat() {
    var repeats = new Repeats();
    LeafOrder one = order(NOW.plusSeconds(60));
    assertThat(repeats.again(one, NOW)).isFalse();
    assertThat(repeats.again(order(NOW.plusSeconds(60)), NOW)).isFalse();
    assertThat(repeats.again(one, NOW)).isTrue();
    assertThat(repeats.again(one, NOW.plusSeconds(60))).as("to its deadline").isTrue();
    assertThat(repeats.again(one, NOW.plusSeconds(61))).as("past it").isFalse();
  }

  @Test
  void whatIsLateIsForgottenFirst() {
    var repeats = new Repeats(3);
    LeafOrder lasting = order(NOW.plusSeconds(60));
    repeats.again(lasting, NOW);
    repeats.again(order(NOW.plusSeconds(1)), NOW);
    repeats.again(order(NOW.plusSeconds(1)), NOW);
    assertThat(repeats.again(order(NOW.plusSeconds(60)), NOW.plusSeconds(2))).isFalse();
    assertThat(repeats.remembered()).isEqualTo(2);
    assertThat(repeats.again(lasting, NOW.plusSeconds(2))).isTrue();
  }

  @Test
  void itNeverHoldsMoreThanItHasRoomFor() {
    var repeats = new Repeats(3);
    LeafOrder first = order(NOW.plusSeconds(60));
    repeats.again(first, NOW);
    for (int i = 0; i < 10; i++) {
      repeats.again(order(NOW.plusSeconds(60)), NOW);
    }
    assertThat(repeats.remembered()).isEqualTo(3);
    assertThat(repeats.again(first, NOW)).isFalse();
  }
}
