package io.carousel.orchestrator.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An operator hears of a CA certificate that ends while there is time to turn. */
class CaEndsTest {
  private static List<String> warnings(Scene s, Instant now) {
    return CaEnds.warnings(s.user(), now).toList();
  }

  @Test
  void aYoungCaIsNoNews() {
    Scene s = Scene.standby();
    assertThat(warnings(s, s.story.now())).isEmpty();
  }

  @Test
  void eachThatEndsSoonIsNamedWithWhatToDo() {
    Scene s = Scene.standby();
    Instant end = Proofs.earliestCertificateEnd(s.user().generation(1)).orElseThrow();
    Duration tenth = s.user().policy().caLifetime().dividedBy(10);

    assertThat(warnings(s, end.minus(tenth))).isEmpty();
    assertThat(warnings(s, end.minus(tenth).plusSeconds(1)))
        .hasSize(2)
        .allSatisfy(w ->
            assertThat(w)
                .contains("generation 1")
                .contains("ends at " + end)
                .contains("carousel rotation start user"));
    assertThat(warnings(s, end)).hasSize(2).allMatch(w -> w.contains("ended at " + end));
  }

  @Test
  void duringARotationItSaysToCompleteIt() {
    Scene s = Scene.standby();
    Instant end = Proofs.earliestCertificateEnd(s.user().generation(1)).orElseThrow();
    s.started();

    assertThat(warnings(s, end.minusSeconds(60)))
        .isNotEmpty()
        .allMatch(w -> w.contains("carousel rotation status user"));
  }
}
