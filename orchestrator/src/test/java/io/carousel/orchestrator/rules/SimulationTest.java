package io.carousel.orchestrator.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.AuthorityEvent.GenerationDistrusted;
import io.carousel.events.AuthorityEvent.GenerationRetrusted;
import io.carousel.events.AuthorityEvent.KeyDestroyed;
import io.carousel.events.AuthorityEvent.RolledBack;
import io.carousel.events.AuthorityEvent.RotationCompleted;
import io.carousel.events.AuthorityEvent.SlotJoinCancelled;
import io.carousel.events.AuthorityEvent.SlotJoined;
import io.carousel.events.AuthorityEvent.SlotLeft;
import io.carousel.events.AuthorityEvent.SurplusKeyFound;
import io.carousel.events.Event;
import io.carousel.events.HouseEvent.SlotFound;
import io.carousel.events.HouseEvent.SlotLost;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.api.Test;

/** The invariants hold in every history that chance can think of. */
class SimulationTest {

  @Property(tries = 40, shrinking = ShrinkingMode.OFF)
  void invariantsHold(@ForAll long seed) {
    assertThat(run(seed, 250)).isNotEmpty();
  }

  @Test
  void theSimulationReachesWhatItIsFor() {
    var all = new ArrayList<Event>();
    for (long seed = 1; seed <= 48; seed++) {
      all.addAll(run(seed, 400));
    }
    for (Class<?> kind :
        List.of(
            RotationCompleted.class,
            RolledBack.class,
            SurplusKeyFound.class,
            KeyDestroyed.class,
            SlotJoined.class,
            SlotJoinCancelled.class,
            SlotLeft.class,
            SlotLost.class,
            SlotFound.class)) {
      assertThat(all).filteredOn(kind::isInstance).as(kind.getSimpleName()).hasSizeGreaterThan(3);
    }
    assertThat(all)
        .hasAtLeastOneElementOfType(GenerationRetrusted.class)
        .hasAtLeastOneElementOfType(GenerationDistrusted.class);
  }

  private static List<Event> run(long seed, int steps) {
    try {
      return new Simulation(seed).run(steps);
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError("the history of seed %d".formatted(seed), e);
    }
  }
}
