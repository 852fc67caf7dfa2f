package io.carousel.orchestrator.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.PresentationGrade;
import io.carousel.events.Report.Observation;
import io.carousel.orchestrator.rules.Evidence.Shown;
import io.carousel.orchestrator.rules.Evidence.ShownCredential;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** An authority's policy says what shows that its members present a successor's credentials. */
class PresentsEvidenceTest {
  private static final Optional<Observation> NOBODY_LOOKS = Optional.empty();
  private static final Optional<Observation> EVERYWHERE = Optional.of(new Observation(3, 3));
  private static final Optional<Observation> PARTLY = Optional.of(new Observation(3, 2));

  private static Scene updatingServers(PresentationGrade grade) {
    Scene s = Scene.standby(Scene.asking(Scene.POLICY.trustEvidence(), grade));
    s.trusted();
    for (int phase = 0; phase < 2; phase++) {
      s.fleet.keepsUp();
      List.of("client", "server", "peer").forEach(name -> seen(s, name, EVERYWHERE));
      s.story.accept(s.advance());
    }
    s.fleet.keepsUp();
    return s;
  }

  /** What strangers get to see of whatever the server presents. */
  private static void seen(Scene s, String name, Optional<Observation> observed) {
    FakeFleet.Member m = s.fleet.member(name);
    Shown r = m.report();
    List<ShownCredential> presents =
        r.presents().stream()
            .map(c ->
                new ShownCredential(c.format(), c.profile(), c.serial(), c.issuerKey(), observed))
            .toList();
    m.report(
        new Shown(
            r.counter(),
            r.bundle(),
            r.challenge(),
            r.trusts(),
            presents,
            r.tried(),
            r.trouble(),
            r.earlierConnections(),
            r.heard()));
  }

  private static Set<String> waitsFor(Scene s) {
    Gate gate = Gate.of(s.story.house(), s.user(), s.fleet.evidence(), s.story.now());
    return gate.lacking(Set.of()).stream()
        .filter(a -> a.lacking().orElseThrow().reason() == Gate.Reason.NOT_OBSERVED)
        .map(a -> a.about().value())
        .collect(Collectors.toSet());
  }

  private static String outcome(Scene s) {
    return s.story.ask(s.advance()) instanceof Decision.Refused r ? r.why().code() : "advanced";
  }

  @Test
  void byDefaultWhoLooksMustSeeItEverywhere() {
    Scene s = updatingServers(Scene.POLICY.presentsEvidence());
    seen(s, "server", PARTLY);
    assertThat(waitsFor(s)).containsExactly("server");
    assertThat(outcome(s)).isEqualTo("gate-closed");
    seen(s, "server", EVERYWHERE);
    assertThat(waitsFor(s)).isEmpty();
    assertThat(outcome(s)).isEqualTo("advanced");
  }

  @Test
  void byDefaultWhoCannotLookIsBelieved() {
    Scene s = updatingServers(PresentationGrade.STRONGEST);
    seen(s, "server", NOBODY_LOOKS);
    assertThat(outcome(s)).isEqualTo("advanced");
  }

  @Test
  void observedAsksEveryServerAndNoClient() {
    Scene s = updatingServers(PresentationGrade.OBSERVED);
    assertThat(waitsFor(s)).containsExactlyInAnyOrder("server", "peer");
    seen(s, "server", EVERYWHERE);
    seen(s, "peer", PARTLY);
    assertThat(waitsFor(s)).containsExactly("peer");
    seen(s, "peer", EVERYWHERE);
    assertThat(outcome(s)).isEqualTo("advanced");
  }

  @Test
  void provenGoesByProofsAlone() {
    Scene s = updatingServers(PresentationGrade.PROVEN);
    seen(s, "server", PARTLY);
    seen(s, "peer", NOBODY_LOOKS);
    assertThat(outcome(s)).isEqualTo("advanced");
  }

  @Test
  void anOldCredentialIsNotReplacedBeforeStrangersSeeTheNewOne() {
    Scene s = updatingServers(PresentationGrade.STRONGEST);
    seen(s, "server", PARTLY);
    Gate gate = Gate.of(s.story.house(), s.user(), s.fleet.evidence(), s.story.now());
    assertThat(gate.lacking(Set.of()))
        .extracting(a -> a.lacking().orElseThrow().reason())
        .contains(Gate.Reason.NOT_OBSERVED, Gate.Reason.OUTSTANDING);
  }

  @Test
  void whatWasSeenStandsInTheEvidence() {
    Scene s = updatingServers(PresentationGrade.STRONGEST);
    seen(s, "server", PARTLY);
    Gate gate = Gate.of(s.story.house(), s.user(), s.fleet.evidence(), s.story.now());
    assertThat(gate.statements()).anyMatch(line -> line.contains("seen at 2/3"));
  }
}
