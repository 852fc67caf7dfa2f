package io.carousel.orchestrator.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.EvidenceGrade;
import io.carousel.orchestrator.rules.Evidence.Shown;
import io.carousel.orchestrator.rules.Evidence.ShownCanary;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** An authority's policy says what shows that its verifiers trust a successor. */
class TrustEvidenceTest {
  private static Scene init(EvidenceGrade grade) {
    Scene s = Scene.standby(Scene.asking(grade, Scene.POLICY.presentsEvidence()));
    s.trusted();
    s.fleet.keepsUp();
    return s;
  }

  /** The reports of all, with other canaries. */
  private static void tried(Scene s, List<ShownCanary> canaries) {
    for (FakeFleet.Member m : s.fleet.members()) {
      Shown r = m.report();
      m.report(
          new Shown(
              r.counter(),
              r.bundle(),
              r.challenge(),
              r.trusts(),
              r.presents(),
              canaries,
              r.trouble(),
              r.earlierConnections(),
              r.heard()));
    }
  }

  private static ShownCanary canary(int generation) {
    return new ShownCanary(generation, FakeFleet.CANARY, true);
  }

  private static String outcome(Scene s) {
    return s.story.ask(s.advance()) instanceof Decision.Refused r ? r.why().code() : "advanced";
  }

  private static Set<Gate.Reason> reasons(Scene s) {
    Gate gate = Gate.of(s.story.house(), s.user(), s.fleet.evidence(), s.story.now());
    return gate.lacking(Set.of()).stream()
        .map(a -> a.lacking().orElseThrow().reason())
        .collect(java.util.stream.Collectors.toSet());
  }

  @Test
  void observedAsksEveryVerifierForACanaryOfTheSuccessor() {
    Scene s = init(EvidenceGrade.OBSERVED);
    tried(s, List.of());
    assertThat(reasons(s)).containsExactly(Gate.Reason.NOT_TRIED);
    assertThat(outcome(s)).isEqualTo("gate-closed");
    tried(s, List.of(canary(1)));
    assertThat(outcome(s)).isEqualTo("gate-closed");
    tried(s, List.of(canary(2)));
    assertThat(reasons(s)).isEmpty();
    assertThat(outcome(s)).isEqualTo("advanced");
  }

  @Test
  void whoWasTriedOnceMustShowItAgainByDefault() {
    Scene s = init(Scene.POLICY.trustEvidence());
    tried(s, List.of(canary(1)));
    assertThat(reasons(s)).containsExactly(Gate.Reason.NOT_TRIED);
    tried(s, List.of(canary(2)));
    assertThat(outcome(s)).isEqualTo("advanced");
  }

  @Test
  void whoNeverWasTriedIsBelievedByDefault() {
    Scene s = init(EvidenceGrade.STRONGEST);
    tried(s, List.of());
    assertThat(outcome(s)).isEqualTo("advanced");
  }

  @Test
  void reportedBelievesEverybody() {
    Scene s = init(EvidenceGrade.REPORTED);
    tried(s, List.of(canary(1)));
    assertThat(outcome(s)).isEqualTo("advanced");
  }
}
