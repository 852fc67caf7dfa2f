package io.carousel.orchestrator.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.ParticipantName;
import io.carousel.events.Role;
import io.carousel.orchestrator.rules.Evidence.Shown;
import io.carousel.orchestrator.rules.Forecast.Break;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Whom a step would break: exactly those, and before anybody takes it. */
class ForecastTest {

  @Test
  void nothingLiesAheadInStandbyNorWhileKeysAreMissing() {
    assertThat(next(Scene.standby())).isEmpty();
    assertThat(next(Scene.standby().started())).isEmpty();
  }

  @Test
  void aStepForWhichEverybodyIsReadyBreaksNobody() {
    Scene s = Scene.standby().trusted();
    s.fleet.keepsUp();
    assertThat(next(s).orElseThrow().step()).isEqualTo("clients present generation 2");
    assertThat(next(s).orElseThrow().breaks()).isEmpty();
    s.passed();
    s.fleet.keepsUp();
    assertThat(next(s).orElseThrow().step()).isEqualTo("servers present generation 2");
    assertThat(next(s).orElseThrow().breaks()).isEmpty();
    s.passed();
    s.fleet.keepsUp();
    assertThat(next(s).orElseThrow().step()).isEqualTo("generation 1 is trusted no more");
    assertThat(next(s).orElseThrow().breaks()).isEmpty();
  }

  @Test
  void whoDoesNotTrustTheSuccessorWouldRefuseThoseWhoMove() {
    Scene s = Scene.standby();
    s.fleet.keepsUp();
    s.trusted();
    for (String name : List.of("client", "peer")) {
      s.fleet.member(name).keepsUp();
    }
    Forecast forecast = next(s).orElseThrow();
    assertThat(forecast.breaks()).isNotEmpty();
    for (Break b : forecast.breaks()) {
      assertThat(b.generation()).isEqualTo(2);
      assertThat(names(b.presenters())).containsExactly("client", "peer");
      assertThat(names(b.verifiers())).containsExactly("server");
      assertThat(b.heard()).isTrue();
    }
    assertThat(s.story.refuse(s.advance()).code()).isEqualTo("gate-closed");
  }

  @Test
  void whoHasNeverSpokenIsToldApart() {
    Scene s = Scene.standby().trusted();
    s.fleet.keepsUp();
    s.fleet.enrol("sleeper", Role.VERIFIES);
    assertThat(next(s).orElseThrow().breaks())
        .isNotEmpty()
        .allSatisfy(b -> {
          assertThat(names(b.verifiers())).containsExactly("sleeper");
          assertThat(b.heard()).isFalse();
        });
  }

  @Test
  void theEndOfTrustBreaksWhoeverStillPresentsIt() {
    Scene s = Scene.standby().updatingServers();
    s.fleet.keepsUp();
    assertThat(without(s, 1).orElseThrow().breaks()).isEmpty();
    // Everybody presents the successor by now: without it nothing would go any more.
    assertThat(without(s, 2).orElseThrow().breaks())
        .isNotEmpty()
        .allSatisfy(b -> {
          assertThat(b.generation()).isEqualTo(2);
          assertThat(names(b.verifiers())).containsExactly("client", "peer", "server");
        });
    assertThat(without(s, 3)).isEmpty();
  }

  @Test
  void whatWasIssuedAndNotGivenUpCountsAsPresented() {
    Scene s = Scene.standby().updatingServers();
    s.fleet.keepsUp();
    FakeFleet.Member server = s.fleet.member("server");
    Shown good = server.report();
    // It slept: what it said last belongs to an earlier phase.
    server.report(
        new Shown(
            good.counter() + 1,
            good.bundle(),
            s.story.log().getFirst().hash(),
            good.trusts(),
            List.of(),
            good.heard()));
    Set<String> presenters =
        next(s).orElseThrow().breaks().stream()
            .flatMap(b -> names(b.presenters()).stream())
            .collect(Collectors.toSet());
    assertThat(presenters).containsExactly("server");
    assertThat(s.story.refuse(s.advance()).code()).isEqualTo("gate-closed");
    s.story.accept(s.abandoning("it is switched off", "server"));
  }

  /** What grows with the square of the fleet would not end here. */
  @Test
  void aFleetIsHeldAgainstItselfInGroups() {
    Scene s = Scene.standby().trusted();
    s.fleet.keepsUp();
    Evidence few = s.fleet.evidence();
    Shown like = few.shown().get(new ParticipantName("peer"));
    int many = 20_000;
    House now = s.story.house();
    Participant peer = now.participant(new ParticipantName("peer")).orElseThrow();
    var members = new TreeMap<>(now.participants());
    for (int i = 0; i < many; i++) {
      var name = new ParticipantName("p-" + i);
      members.put(
          name, new Participant(name, peer.identityKey(), peer.memberships(), Optional.empty()));
    }
    House house = now.withParticipants(members);
    Map<ParticipantName, Shown> shown =
        IntStream.range(0, many)
            .boxed()
            .collect(Collectors.toMap(i -> new ParticipantName("p-" + i), _ -> like));
    shown.putAll(few.shown());
    var all = new Evidence(shown, few.issued(), few.offsets(), few.at());
    Authority user = house.authority(Scene.USER).orElseThrow();
    assertThat(Forecast.next(house, user, all, s.story.now()).orElseThrow().breaks()).isEmpty();
    shown.keySet().removeIf(n -> n.value().startsWith("p-1"));
    var gap = new Evidence(shown, few.issued(), few.offsets(), few.at());
    assertThat(Forecast.next(house, user, gap, s.story.now()).orElseThrow().breaks())
        .isNotEmpty()
        .allSatisfy(b -> {
          assertThat(b.presenters()).hasSizeGreaterThan(many);
          assertThat(b.verifiers()).allMatch(n -> n.value().startsWith("p-1"));
        });
  }

  private static List<String> names(SortedSet<ParticipantName> names) {
    return names.stream().map(ParticipantName::value).toList();
  }

  private static Optional<Forecast> next(Scene s) {
    return Forecast.next(s.story.house(), s.user(), s.fleet.evidence(), s.story.now());
  }

  private static Optional<Forecast> without(Scene s, int generation) {
    return Forecast.without(
        s.story.house(), s.user(), generation, s.fleet.evidence(), s.story.now());
  }
}
