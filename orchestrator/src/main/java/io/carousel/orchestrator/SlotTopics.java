package io.carousel.orchestrator;

import io.carousel.events.SlotName;
import io.carousel.orchestrator.log.Cluster;
import io.carousel.orchestrator.log.TopicSetup;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The topics of each slot, made one slot after the other; one that fails stops no other. */
final class SlotTopics {
  private static final Logger LOG = LoggerFactory.getLogger(SlotTopics.class);

  private final Consumer<SlotName> make;
  private final Supplier<? extends Set<SlotName>> slots;

  // Guarded by this.
  private final Set<SlotName> made = new HashSet<>();

  SlotTopics(Cluster cluster, Supplier<? extends Set<SlotName>> slots) {
    this(slot -> TopicSetup.ensure(cluster, List.of(slot)), slots);
  }

  SlotTopics(Consumer<SlotName> make, Supplier<? extends Set<SlotName>> slots) {
    this.make = make;
    this.slots = slots;
  }

  /** Makes what is missing of slots that were not seen to yet; logs what fails. */
  synchronized void ensure() {
    Set<SlotName> now = slots.get();
    made.retainAll(now);
    for (SlotName slot : now) {
      if (!made.contains(slot)) {
        ensure(slot);
      }
    }
  }

  private void ensure(SlotName slot) {
    try {
      make.accept(slot);
      made.add(slot);
    } catch (RuntimeException e) {
      LOG.error("the topics of slot '{}' could not be made; trying again in 30 s", slot, e);
    }
  }
}
