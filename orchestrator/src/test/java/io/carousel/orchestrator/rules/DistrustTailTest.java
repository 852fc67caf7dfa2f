package io.carousel.orchestrator.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.ParticipantName;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Who is said to trust still what is retired. */
class DistrustTailTest {
  @Test
  void nobodyTrustsWhatIsRetiredBeforeAnythingIs() {
    Scene s = Scene.standby().updatingServers();
    s.fleet.keepsUp();
    assertThat(tails(s)).isEmpty();
  }

  @Test
  void whoHasNotLetGoOfItYetIsNamed() {
    Scene s = Scene.standby().updatingServers();
    s.fleet.keepsUp();
    s.story.accept(s.advance());
    assertThat(tails(s)).containsExactly(tail(1, "client", "peer", "server"));
    s.fleet.member("client").keepsUp();
    assertThat(tails(s)).containsExactly(tail(1, "peer", "server"));
    s.fleet.keepsUp();
    assertThat(tails(s)).isEmpty();
  }

  @Test
  void afterARollbackItIsTheSuccessor() {
    Scene s = Scene.standby().updatingServers();
    s.fleet.keepsUp();
    s.story.accept(s.rollBack());
    s.fleet.keepsUp();
    s.story.accept(s.advance());
    assertThat(tails(s)).containsExactly(tail(2, "client", "peer", "server"));
    s.fleet.keepsUp();
    assertThat(tails(s)).isEmpty();
  }

  @Test
  void whoWasAwayForTwoRotationsIsNamedForEach() {
    Scene s = Scene.standby();
    s.fleet.keepsUp();
    for (int rotation = 0; rotation < 2; rotation++) {
      s.story.accept(s.start());
      s.story.settle();
      for (int phase = 0; phase < 3; phase++) {
        s.fleet.member("client").keepsUp();
        s.fleet.member("server").keepsUp();
        s.story.accept(s.abandoning("away", "peer"));
      }
    }
    s.fleet.member("client").keepsUp();
    s.fleet.member("server").keepsUp();
    assertThat(tails(s)).containsExactly(tail(1, "peer"));
  }

  private static List<DistrustTail> tails(Scene s) {
    return DistrustTail.of(s.story.house(), s.user(), s.fleet.evidence());
  }

  private static DistrustTail tail(int generation, String... names) {
    return new DistrustTail(
        generation,
        Stream.of(names).map(ParticipantName::new).collect(Collectors.toCollection(TreeSet::new)));
  }
}
