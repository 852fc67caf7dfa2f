package io.carousel.orchestrator.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.ParticipantName;
import io.carousel.orchestrator.rules.Evidence.Shown;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Who says that connections stand since before a CA left. */
class EarlierConnectionsTest {
  private static void says(Scene s, String name, Optional<Integer> connections) {
    FakeFleet.Member m = s.fleet.member(name);
    Shown r = m.report();
    m.report(
        new Shown(
            r.counter(),
            r.bundle(),
            r.challenge(),
            r.trusts(),
            r.presents(),
            r.tried(),
            r.trouble(),
            connections,
            r.heard()));
  }

  private static EarlierConnections of(Scene s) {
    return EarlierConnections.of(s.story.house(), s.fleet.name(), s.fleet.evidence());
  }

  @Test
  void whoHasMostIsNamedFirst() {
    Scene s = Scene.standby();
    s.fleet.keepsUp();
    says(s, "peer", Optional.of(2));
    says(s, "server", Optional.of(40));
    says(s, "client", Optional.of(2));
    assertThat(of(s).total()).isEqualTo(44);
    assertThat(of(s).most(5)).isEqualTo(List.of(name("server"), name("client"), name("peer")));
    assertThat(of(s).most(1)).containsExactly(name("server"));
  }

  @Test
  void whoHasNoneOrCannotSeeThemIsNotNamed() {
    Scene s = Scene.standby();
    s.fleet.keepsUp();
    says(s, "peer", Optional.of(0));
    assertThat(of(s).of()).isEmpty();
    assertThat(of(s).total()).isZero();
  }

  private static ParticipantName name(String text) {
    return new ParticipantName(text);
  }
}
