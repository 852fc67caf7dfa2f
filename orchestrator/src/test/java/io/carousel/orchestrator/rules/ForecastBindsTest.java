package io.carousel.orchestrator.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import io.carousel.events.AuthorityEvent.ClientsUpdating;
import io.carousel.events.AuthorityEvent.CredentialsRevoked;
import io.carousel.events.AuthorityEvent.GenerationDistrusted;
import io.carousel.events.AuthorityEvent.RollbackStarted;
import io.carousel.events.AuthorityEvent.RotationCompleted;
import io.carousel.events.AuthorityEvent.SlotLeaving;
import io.carousel.events.AuthorityEvent.SlotLeft;
import io.carousel.events.Breakage;
import io.carousel.events.Event;
import io.carousel.events.FleetEvent.ParticipantEnrolled;
import io.carousel.events.FleetEvent.ParticipantRemoved;
import io.carousel.events.HouseEvent.SlotLost;
import io.carousel.events.Membership;
import io.carousel.events.OperatorAct;
import io.carousel.events.OperatorAct.Advance;
import io.carousel.events.OperatorAct.DeclareSlotLost;
import io.carousel.events.OperatorAct.Distrust;
import io.carousel.events.OperatorAct.EnrolParticipant;
import io.carousel.events.OperatorAct.LeaveSlot;
import io.carousel.events.OperatorAct.RemoveParticipant;
import io.carousel.events.OperatorAct.Retrust;
import io.carousel.events.OperatorAct.RevokeCredentials;
import io.carousel.events.OperatorAct.RollBack;
import io.carousel.events.ParticipantName;
import io.carousel.events.RevocationReason;
import io.carousel.events.Role;
import io.carousel.events.Serial;
import io.carousel.orchestrator.rules.Evidence.Shown;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whoever was heard within its lease and would break is named, or the step is not taken. */
@Timeout(value = 60, threadMode = SEPARATE_THREAD)
class ForecastBindsTest {
  private static final Duration BEYOND_LEASE = Scene.POLICY.lease().plusSeconds(1);

  @Test
  void abandonedLiveVerifierMustBeNamed() {
    Scene s = verifierBehind();
    Refusal.WouldBreak refused = wouldBreak(s, breaking(s, List.of("server"), List.of()));
    assertThat(refused.unnamed())
        .containsExactly(
            new Breakage(
                name("server"),
                "would refuse x509 of generation 2, which client, peer would present"));
    assertThat(refused.message()).contains("--break server");
    List<Event> events = s.story.accept(breaking(s, List.of("server"), List.of("server")));
    assertThat(((ClientsUpdating) events.getFirst()).evidence().breaks())
        .isEqualTo(refused.unnamed());
  }

  @Test
  void abandonedSilentVerifierNeedsNoName() {
    Scene s = verifierBehind();
    s.story.now(s.story.now().plus(BEYOND_LEASE));
    s.fleet.member("client").keepsUp();
    s.fleet.member("peer").keepsUp();
    List<Event> events = s.story.accept(breaking(s, List.of("server"), List.of()));
    assertThat(((ClientsUpdating) events.getFirst()).evidence().breaks()).isEmpty();
  }

  /** The lease itself still counts: what is heard at its last moment is heard. */
  @Test
  void leaseBindsToItsLastMoment() {
    Scene s = verifierBehind();
    s.story.now(s.story.now().plus(Scene.POLICY.lease()));
    s.fleet.member("client").keepsUp();
    s.fleet.member("peer").keepsUp();
    wouldBreak(s, breaking(s, List.of("server"), List.of()));
  }

  @Test
  void abandonedLivePresenterMustBeNamed() {
    Scene s = presenterBehind();
    Refusal.WouldBreak refused = wouldBreak(s, breaking(s, List.of("server"), List.of()));
    assertThat(refused.unnamed())
        .singleElement()
        .satisfies(b -> {
          assertThat(b.participant()).isEqualTo(name("server"));
          assertThat(b.what()).contains("presents x509 of generation 1").contains("client, peer");
        });
    List<Event> events = s.story.accept(breaking(s, List.of("server"), List.of("server")));
    assertThat(((RotationCompleted) events.getFirst()).evidence().breaks())
        .extracting(Breakage::participant)
        .containsExactly(name("server"));
  }

  /** Verifiers outside of the fleet follow the published bundle too. */
  @Test
  void livePresenterWithoutEnrolledVerifierMustBeNamed() {
    Scene s = Scene.empty();
    s.fleet.enrol("web-1", Role.PRESENTS_SERVER);
    s.fleet.keepsUp();
    s.trusted();
    s.story.accept(s.nobody());
    s.story.accept(breaking(s, true));
    s.fleet.member("web-1").follows();
    s.fleet.member("web-1").reports();
    Refusal.WouldBreak refused = wouldBreak(s, breaking(s, List.of("web-1"), List.of()));
    assertThat(refused.unnamed().getFirst().what()).contains("whoever follows the trust bundle");
  }

  @Test
  void eachOfSeveralMustBeNamed() {
    Scene s = Scene.standby();
    s.fleet.keepsUp();
    s.trusted();
    s.fleet.member("client").keepsUp();
    List<String> both = List.of("peer", "server");
    assertThat(wouldBreak(s, breaking(s, both, List.of("peer"))).unnamed())
        .extracting(Breakage::participant)
        .containsExactly(name("server"));
    assertThat(wouldBreak(s, breaking(s, both, List.of())).unnamed()).hasSize(2);
    s.story.accept(breaking(s, both, both));
  }

  @Test
  void namingSomebodyWhoWouldNotBreakIsRefused() {
    Scene s = verifierBehind();
    assertThat(s.story.refuse(breaking(s, List.of("server"), List.of("server", "client"))))
        .isInstanceOfSatisfying(
            Refusal.WouldNotBreak.class,
            r -> assertThat(r.names()).containsExactly(name("client")));
    s.fleet.keepsUp();
    assertThat(s.story.refuse(breaking(s, List.of(), List.of("server"))).code())
        .isEqualTo("would-not-break");
    assertThat(s.story.refuse(breaking(s, List.of(), List.of("who"))).code())
        .isEqualTo("would-not-break");
  }

  /** It is no way around the gate. */
  @Test
  void namingOpensNoGate() {
    Scene s = verifierBehind();
    assertThat(s.story.refuse(breaking(s, List.of(), List.of("server"))).code())
        .isEqualTo("gate-closed");
  }

  @Test
  void nobodyIsNoWayAroundTheForecast() {
    Scene s = Scene.empty();
    s.fleet.enrol("reader", Role.VERIFIES);
    s.fleet.enrol("writer", Role.PRESENTS_SERVER);
    s.fleet.keepsUp();
    s.trusted();
    s.fleet.member("writer").keepsUp();
    s.story.accept(
        new Advance(Scene.USER, s.user().seen(), List.of(name("reader")), false, "later", "p-1"));
    // Nobody presents as a client: the gate asks nobody.
    assertThat(wouldBreak(s, breaking(s, true)).unnamed())
        .extracting(Breakage::participant)
        .containsExactly(name("reader"));
  }

  @Test
  void anotherMachineUnderTheNameIsNotTheOneThatBreaks() {
    Scene s = Scene.standby().updatingServers();
    s.story.accept(new RemoveParticipant(name("server"), "gone", "p-1", List.of(name("server"))));
    s.fleet.replace(s.fleet.member("server"));
    s.fleet.keepsUp();
    s.story.accept(breaking(s, List.of("server"), List.of()));
  }

  @Test
  void wayBackIsBoundToo() {
    for (Function<Scene, Scene> phase :
        List.<Function<Scene, Scene>>of(Scene::updatingClients, Scene::updatingServers)) {
      Scene s = phase.apply(Scene.standby());
      s.fleet.keepsUp();
      lets(s, "server", 1);
      Refusal.WouldBreak refused = wouldBreak(s, s.rollBack());
      assertThat(refused.unnamed())
          .extracting(Breakage::participant)
          .containsExactly(name("server"));
      List<Event> events =
          s.story.accept(
              new RollBack(Scene.USER, s.user().seen(), "no", "p-1", List.of(name("server"))));
      assertThat(((RollbackStarted) events.getFirst()).breaks()).hasSize(1);
    }
    Scene init = Scene.standby().trusted();
    init.fleet.keepsUp();
    lets(init, "server", 1);
    assertThat(
            init.story
                .refuse(
                    new RollBack(
                        Scene.USER, init.user().seen(), "no", "p-1", List.of(name("server"))))
                .code())
        .isEqualTo("would-not-break");
    init.turned();
  }

  @Test
  void endOfTrustOnceMoreIsBoundToo() {
    Scene s = Scene.standby().completed();
    s.fleet.keepsUp();
    s.story.accept(new Retrust(Scene.USER, s.user().seen(), 1, "once more", "p-1"));
    s.fleet.keepsUp();
    FakeFleet.Member server = s.fleet.member("server");
    server.takesUp(
        s.fleet.issued().stream()
            .filter(i -> i.holder().equals(server.name()) && i.generation() == 1)
            .limit(1)
            .toList());
    server.reports();
    Refusal.WouldBreak refused = wouldBreak(s, distrust(s, List.of()));
    assertThat(refused.unnamed().getFirst().what()).contains("presents x509 of generation 1");
    List<Event> events = s.story.accept(distrust(s, List.of(name("server"))));
    assertThat(((GenerationDistrusted) events.getFirst()).evidence().breaks()).hasSize(1);
  }

  @Test
  void revocationNamesWhoPresentsWhatIsRevoked() {
    Scene s = Scene.standby();
    s.fleet.keepsUp();
    Serial shown = s.fleet.member("server").presents().getFirst().serial();
    Refusal.WouldBreak refused = wouldBreak(s, revoke(Optional.of("server"), List.of(), List.of()));
    assertThat(refused.unnamed().getFirst().what()).contains(shown.value());
    wouldBreak(s, revoke(Optional.empty(), List.of(shown), List.of()));
    assertThat(
            s.story
                .refuse(revoke(Optional.of("server"), List.of(), List.of("client", "server")))
                .code())
        .isEqualTo("would-not-break");
    List<Event> events =
        s.story.accept(revoke(Optional.of("server"), List.of(), List.of("server")));
    assertThat(((CredentialsRevoked) events.getFirst()).breaks()).hasSize(1);
  }

  @Test
  void revokingWhatNobodyPresentsNeedsNoName() {
    Scene s = Scene.standby();
    Serial old = s.fleet.member("server").presents().getFirst().serial();
    s.fleet.keepsUp();
    s.story.accept(revoke(Optional.empty(), List.of(old), List.of()));
    s.story.now(s.story.now().plus(BEYOND_LEASE));
    s.story.accept(revoke(Optional.of("server"), List.of(), List.of()));
  }

  @Test
  void removalOfALiveMemberNamesIt() {
    Scene s = Scene.standby();
    s.fleet.keepsUp();
    var unnamed = new RemoveParticipant(name("server"), "scrapped", "p-1");
    assertThat(wouldBreak(s, unnamed).unnamed().getFirst().what()).contains("heard");
    List<Event> events =
        s.story.accept(
            new RemoveParticipant(name("server"), "scrapped", "p-1", List.of(name("server"))));
    assertThat(((ParticipantRemoved) events.getFirst()).breaks()).hasSize(1);
    s.story.now(s.story.now().plus(BEYOND_LEASE));
    s.story.accept(new RemoveParticipant(name("peer"), "scrapped", "p-1"));
  }

  @Test
  void rolesThatALiveMemberLosesNameIt() {
    Scene s = Scene.standby();
    s.fleet.keepsUp();
    Membership all = s.fleet.member("server").membership();
    var presents = List.of(new Membership(all.authority(), List.of(Role.PRESENTS_SERVER)));
    var unnamed = new EnrolParticipant(name("server"), Story.identity("server"), presents, "p-1");
    assertThat(wouldBreak(s, unnamed).unnamed().getFirst().what()).contains("no gate");

    List<Event> events =
        s.story.accept(
            new EnrolParticipant(
                name("server"),
                Story.identity("server"),
                presents,
                "p-1",
                List.of(name("server"))));

    assertThat(((ParticipantEnrolled) events.getFirst()).breaks()).hasSize(1);
    // More than before, the same, and less of whoever is silent, need no name.
    s.story.accept(
        new EnrolParticipant(name("server"), Story.identity("server"), List.of(all), "p-1"));
    s.story.accept(
        new EnrolParticipant(name("server"), Story.identity("server"), List.of(all), "p-1"));
    s.story.now(s.story.now().plus(BEYOND_LEASE));
    s.story.accept(unnamed);
  }

  @Test
  void slotThatLeavesOrIsLostIsBoundToo() {
    Scene s = Scene.standby();
    s.fleet.keepsUp();
    trustsOnly(s, "server", Scene.B);
    var leave = new LeaveSlot(Scene.USER, s.user().seen(), Scene.B, "old", "p-1");
    var lost = new DeclareSlotLost(Scene.B, "no answer", "p-1");
    boolean presented =
        s.fleet.members().stream()
            .flatMap(m -> m.presents().stream())
            .anyMatch(i -> i.slot().equals(Scene.B));
    assertThat(presented).isTrue();
    assertThat(wouldBreak(s, leave).unnamed().getFirst().participant()).isEqualTo(name("server"));
    wouldBreak(s, lost);
    assertThat(
            s.story.weigh(
                Story.OWNER,
                new DeclareSlotLost(Scene.B, "no answer", "p-1", List.of(name("server")))))
        .isInstanceOfSatisfying(
            Decision.Accepted.class,
            a -> assertThat(((SlotLost) a.events().getFirst()).breaks()).hasSize(1));
    List<Event> events =
        s.story.accept(
            new LeaveSlot(
                Scene.USER, s.user().seen(), Scene.B, "old", "p-1", List.of(name("server"))));
    assertThat(((SlotLeaving) events.getFirst()).breaks()).hasSize(1);
  }

  @Test
  void abandonedAtTheGateOfASlotIsBoundToo() {
    Scene s = Scene.standby().leaving();
    s.fleet.keepsUp();
    FakeFleet.Member server = s.fleet.member("server");
    server.takesUp(
        s.fleet.issued().stream()
            .filter(i -> i.holder().equals(server.name()) && i.slot().equals(Scene.B))
            .limit(1)
            .toList());
    server.reports();
    assertThat(server.presents()).isNotEmpty();
    wouldBreak(s, breaking(s, List.of("server"), List.of()));
    List<Event> events = s.story.accept(breaking(s, List.of("server"), List.of("server")));
    assertThat(((SlotLeft) events.getFirst()).evidence().breaks()).hasSize(1);
  }

  /** In init: the server has not taken up the new bundle, and was heard just now. */
  private static Scene verifierBehind() {
    Scene s = Scene.standby();
    s.fleet.keepsUp();
    s.trusted();
    s.fleet.member("client").keepsUp();
    s.fleet.member("peer").keepsUp();
    return s;
  }

  /** In update-servers: the server presents generation 1, and was heard just now. */
  private static Scene presenterBehind() {
    Scene s = Scene.standby().updatingServers();
    s.fleet.member("client").keepsUp();
    s.fleet.member("peer").keepsUp();
    s.fleet.member("server").follows();
    s.fleet.member("server").reports();
    return s;
  }

  /** That one trusts everything but that generation. */
  private static void lets(Scene s, String name, int generation) {
    FakeFleet.Member member = s.fleet.member(name);
    trusting(
        member,
        member.report().trusts().stream()
            .filter(k -> !s.user().generation(generation).owns(k))
            .collect(java.util.stream.Collectors.toSet()));
  }

  private static void trustsOnly(Scene s, String name, io.carousel.events.SlotName slot) {
    trusting(
        s.fleet.member(name),
        s.user()
            .inForce()
            .trusted()
            .filter(t -> t.key().slot().equals(slot))
            .map(t -> t.key().publicKey().digest())
            .collect(java.util.stream.Collectors.toSet()));
  }

  private static void trusting(FakeFleet.Member member, Set<io.carousel.events.Digest> keys) {
    Shown last = member.report();
    member.report(
        new Shown(
            last.counter() + 1,
            last.bundle(),
            last.challenge(),
            keys,
            last.presents(),
            last.heard()));
  }

  private static Refusal.WouldBreak wouldBreak(Scene s, OperatorAct act) {
    Refusal refused = s.story.refuse(act);
    assertThat(refused.code()).as(refused.message()).isEqualTo("would-break");
    return (Refusal.WouldBreak) refused;
  }

  private static Advance breaking(Scene s, List<String> abandoned, List<String> broken) {
    return new Advance(
        Scene.USER,
        s.user().seen(),
        names(abandoned),
        false,
        "we cannot wait",
        "p-1",
        false,
        names(broken));
  }

  private static Advance breaking(Scene s, boolean nobody) {
    return new Advance(Scene.USER, s.user().seen(), List.of(), nobody, "", "p-1", false, List.of());
  }

  private static Distrust distrust(Scene s, List<ParticipantName> broken) {
    return new Distrust(
        Scene.USER,
        s.user().seen(),
        1,
        List.of(name("server")),
        false,
        false,
        "enough",
        "p-1",
        broken);
  }

  private static RevokeCredentials revoke(
      Optional<String> participant, List<Serial> serials, List<String> broken) {
    return new RevokeCredentials(
        Scene.USER,
        serials,
        participant.map(ParticipantName::new),
        RevocationReason.SUPERSEDED,
        "why",
        "p-1",
        names(broken));
  }

  private static List<ParticipantName> names(List<String> all) {
    return Stream.of(all).flatMap(List::stream).map(ParticipantName::new).toList();
  }

  private static ParticipantName name(String name) {
    return new ParticipantName(name);
  }
}
