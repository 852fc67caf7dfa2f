package io.carousel.orchestrator.application;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.Act.RefusalsSeen;
import io.carousel.events.SlotName;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 10, unit = TimeUnit.SECONDS)
class ForgeriesTest {
  private static final SlotName A = new SlotName("a");
  private static final SlotName B = new SlotName("b");

  private final List<RefusalsSeen> told = new ArrayList<>();
  private boolean tells = true;
  private long now;
  private final Forgeries forgeries = new Forgeries(() -> tells, told::add, () -> now);

  @Test
  void aFloodIsToldByCountOnceAMinute() {
    for (int i = 0; i < 20_000; i++) {
      forgeries.seen(A, "author 'x' is not enrolled");
    }
    assertThat(told).singleElement().satisfies(t -> assertThat(t.count()).isEqualTo(1));
    forgeries.seen(B, "no header");
    assertThat(told).hasSize(2);
    now += Forgeries.PAUSE.toNanos();
    forgeries.tell();
    assertThat(told).hasSize(3);
    assertThat(told.getLast().slot()).isEqualTo(A);
    assertThat(told.getLast().code()).isEqualTo("forged");
    assertThat(told.getLast().count()).isEqualTo(19_999);
    assertThat(told.getLast().detail()).endsWith("author 'x' is not enrolled");
    now += Forgeries.PAUSE.toNanos();
    forgeries.tell();
    assertThat(told).hasSize(3);
  }

  @Test
  void onlyOneInstanceTells() {
    tells = false;
    forgeries.seen(A, "x");
    now += Forgeries.PAUSE.toNanos();
    forgeries.tell();
    assertThat(told).isEmpty();
    tells = true;
    forgeries.seen(A, "y");
    assertThat(told).singleElement().satisfies(t -> assertThat(t.count()).isEqualTo(1));
  }
}
