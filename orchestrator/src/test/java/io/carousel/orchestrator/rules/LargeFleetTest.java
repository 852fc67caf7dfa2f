package io.carousel.orchestrator.rules;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.carousel.events.Bytes;
import io.carousel.events.FleetEvent.ParticipantEnrolled;
import io.carousel.events.Membership;
import io.carousel.events.OperatorAct.EnrolParticipant;
import io.carousel.events.ParticipantName;
import io.carousel.events.Role;
import io.carousel.events.seal.Recorded;
import java.lang.management.ManagementFactory;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What one more participant costs does not grow with those who are there. */
class LargeFleetTest {
  private static final int FEW = 1_000;
  private static final int MANY = 20_000;
  private static final int SAMPLE = 500;
  private static final Bytes IDENTITY = Story.identity("all");

  private final Story story = Scene.empty().story;
  private final Circumstances circumstances = story.circumstances(Story.OWNER);
  private House house = story.house();
  private int enrolled;

  @Test
  void anEnrolmentCopiesNothingThatGrows() {
    grow(FEW);
    long amongFew = allocatedByEnrolling();
    grow(MANY);
    long amongMany = allocatedByEnrolling();
    assertThat(house.participants()).hasSize(MANY + SAMPLE);
    // A tree of twenty times as many is less than twice as deep.
    assertThat(amongMany).isLessThan(2 * amongFew);
  }

  /** Straight to that many, by what was decided before. */
  private void grow(int count) {
    while (enrolled < count) {
      EnrolParticipant act = next();
      evolve(
          new ParticipantEnrolled(
              act.participant(), act.identityKey(), act.memberships(), "p-1", house.clock()));
    }
  }

  private long allocatedByEnrolling() {
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < SAMPLE; i++) {
      var accepted = (Decision.Accepted) Rules.decide(house, next(), circumstances);
      evolve((ParticipantEnrolled) accepted.events().getFirst());
    }
    return threads.getCurrentThreadAllocatedBytes() - before;
  }

  private EnrolParticipant next() {
    var name = new ParticipantName("web-" + ++enrolled);
    var verifies = new Membership(Scene.USER, List.of(Role.VERIFIES));
    return new EnrolParticipant(name, IDENTITY, List.of(verifies), "p-1");
  }

  private void evolve(ParticipantEnrolled event) {
    Recorded last = story.log().getLast();
    house =
        Rules.evolve(
            house,
            new Recorded(
                house.sequence() + 1,
                last.hash(),
                "event",
                Story.OWNER.name(),
                Optional.empty(),
                Optional.empty(),
                0,
                Rules.VERSION,
                Collections.emptySortedSet(),
                event));
  }
}
