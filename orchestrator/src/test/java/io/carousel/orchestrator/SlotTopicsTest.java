package io.carousel.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.SlotName;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Topics of slots, of which some cannot be made. */
@Timeout(10)
class SlotTopicsTest {
  private static final SlotName A = new SlotName("hsm-a");
  private static final SlotName B = new SlotName("hsm-b");
  private static final SlotName C = new SlotName("hsm-c");

  @Test
  void aSlotThatFailsStopsNoOtherAndIsTriedAgain() {
    var tried = new ArrayList<SlotName>();
    Set<SlotName> broken = new TreeSet<>(List.of(A));
    Set<SlotName> slots = new TreeSet<>(List.of(A, B));
    var topics =
        new SlotTopics(
            slot -> {
              tried.add(slot);
              if (broken.contains(slot)) {
                throw new IllegalStateException("the broker does not want to");
              }
            },
            () -> slots);
    topics.ensure();
    assertThat(tried).containsExactly(A, B);
    slots.add(C);
    topics.ensure();
    assertThat(tried).containsExactly(A, B, A, C);
    broken.clear();
    topics.ensure();
    topics.ensure();
    assertThat(tried).containsExactly(A, B, A, C, A);
  }
}
