package io.carousel.orchestrator.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.AuthorityEvent;
import io.carousel.events.AuthorityEvent.CaCertificateImported;
import io.carousel.events.AuthorityEvent.RolledBack;
import io.carousel.events.AuthorityEvent.RotationCompleted;
import io.carousel.events.AuthorityName;
import io.carousel.events.Event;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.api.Test;

/** The invariants hold below an external root, too, whenever it signs. */
class ExternalSimulationTest {
  private static final AuthorityName EDGE = new AuthorityName("edge");

  @Property(tries = 15, shrinking = ShrinkingMode.OFF)
  void invariantsHold(@ForAll long seed) {
    assertThat(run(seed, 250)).isNotEmpty();
  }

  @Test
  void theSimulationReachesWhatItIsFor() {
    var all = new ArrayList<Event>();
    for (long seed = 1; seed <= 96; seed++) {
      run(seed, 500).stream()
          .filter(e -> e instanceof AuthorityEvent a && a.authority().equals(EDGE))
          .forEach(all::add);
    }
    for (Class<?> kind :
        List.of(CaCertificateImported.class, RotationCompleted.class, RolledBack.class)) {
      assertThat(all).filteredOn(kind::isInstance).as(kind.getSimpleName()).isNotEmpty();
    }
  }

  private static List<Event> run(long seed, int steps) {
    try {
      return Simulation.belowRoot(seed).run(steps);
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError("the history of seed %d".formatted(seed), e);
    }
  }
}
