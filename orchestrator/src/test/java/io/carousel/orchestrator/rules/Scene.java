package io.carousel.orchestrator.rules;

import io.carousel.events.AuthorityName;
import io.carousel.events.CommandId;
import io.carousel.events.EvidenceGrade;
import io.carousel.events.ExternalRoot;
import io.carousel.events.Format;
import io.carousel.events.FormatSuite;
import io.carousel.events.KeyPlace;
import io.carousel.events.OperatorAct.Advance;
import io.carousel.events.OperatorAct.CreateAuthority;
import io.carousel.events.OperatorAct.JoinSlot;
import io.carousel.events.OperatorAct.LeaveSlot;
import io.carousel.events.OperatorAct.RollBack;
import io.carousel.events.OperatorAct.StartRotation;
import io.carousel.events.ParticipantName;
import io.carousel.events.Policy;
import io.carousel.events.PresentationGrade;
import io.carousel.events.Role;
import io.carousel.events.SigningCommand.GenerateKey;
import io.carousel.events.SigningCommand.KeyCommand;
import io.carousel.events.SlotName;
import io.carousel.events.SshOptions;
import io.carousel.events.Suite;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The authority {@code user} on two slots, with a client, a server and one that is both. */
final class Scene {
  static final AuthorityName USER = new AuthorityName("user");
  static final SlotName A = new SlotName("hsm-a");
  static final SlotName B = new SlotName("hsm-b");

  /** When every story begins. */
  static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

  /** Known to the house, and none of the authority's until it joins. */
  static final SlotName C = new SlotName("hsm-c");

  static final Policy POLICY =
      new Policy(
          Duration.ofHours(1),
          Duration.ofDays(365),
          Duration.ofMinutes(1),
          Optional.of(Duration.ofDays(7)),
          // The first CRL lasts as long as its CA: tests of CRLs choose another life for them.
          Duration.ofDays(365),
          Optional.empty(),
          Duration.ZERO,
          SshOptions.DEFAULT);

  final Story story;
  final FakeFleet fleet;

  private Scene(Policy policy) {
    this(policy, Optional.empty());
  }

  private Scene(Policy policy, Optional<ExternalRoot> root) {
    story = new Story(7, "hsm-a", "hsm-b", "hsm-c");
    fleet = new FakeFleet(story, "user");
    story.accept(
        new CreateAuthority(
            USER, FormatSuite.x509(Suite.ECDSA_P256), List.of(A, B), policy, "p-1", root));
  }

  /** The usual policy with other grades of evidence. */
  static Policy asking(EvidenceGrade trust, PresentationGrade presents) {
    return new Policy(
        POLICY.leafLifetime(),
        POLICY.caLifetime(),
        POLICY.backdating(),
        POLICY.hold(),
        POLICY.crlLifetime(),
        POLICY.distribution(),
        POLICY.jwksMaxAge(),
        POLICY.ssh(),
        POLICY.lease(),
        trust,
        presents,
        POLICY.naming());
  }

  /** Its keys are asked for, below that root. */
  static Scene below(ExternalRoot root) {
    return new Scene(POLICY, Optional.of(root));
  }

  /** Its keys are asked for. */
  static Scene creating() {
    return creating(POLICY);
  }

  static Scene creating(Policy policy) {
    return new Scene(policy);
  }

  /** Generation 1 is in use, and the fleet lives by it. */
  static Scene standby(Policy policy) {
    var scene = new Scene(policy);
    scene.story.settle();
    scene.fleet.enrol("client", Role.PRESENTS_CLIENT, Role.VERIFIES);
    scene.fleet.enrol("server", Role.PRESENTS_SERVER, Role.VERIFIES);
    scene.fleet.enrol("peer", Role.PRESENTS_CLIENT, Role.PRESENTS_SERVER, Role.VERIFIES);
    scene.fleet.keepsUp();
    return scene;
  }

  static Scene standby() {
    return standby(POLICY);
  }

  /** As {@link #standby()}, without a fleet. */
  static Scene empty() {
    var scene = new Scene(POLICY);
    scene.story.settle();
    return scene;
  }

  /** A rotation began; its keys are asked for. */
  Scene started() {
    story.accept(start());
    return this;
  }

  /** The successor's keys are there. */
  Scene trusted() {
    started();
    story.settle();
    return this;
  }

  Scene updatingClients() {
    trusted();
    return passed();
  }

  Scene updatingServers() {
    updatingClients();
    return passed();
  }

  Scene completed() {
    updatingServers();
    return passed();
  }

  /** Everybody keeps up, and the gate is passed. */
  Scene passed() {
    fleet.keepsUp();
    story.accept(advance());
    return this;
  }

  Scene turned() {
    story.accept(rollBack());
    return this;
  }

  /** Slot C is joining; its keys are asked for. */
  Scene joining() {
    story.accept(join(C));
    return this;
  }

  /** Slot C is joining, and its keys are trusted. */
  Scene joiningTrusted() {
    joining();
    story.settle();
    return this;
  }

  Scene joined() {
    joiningTrusted();
    return passed();
  }

  /** Slot B is leaving. */
  Scene leaving() {
    story.accept(leave(B));
    return this;
  }

  Scene left() {
    leaving();
    return passed();
  }

  JoinSlot join(SlotName slot) {
    return new JoinSlot(USER, user().seen(), slot, "more of them", "p-1");
  }

  LeaveSlot leave(SlotName slot) {
    return new LeaveSlot(USER, user().seen(), slot, "out of warranty", "p-1");
  }

  Authority user() {
    return story.authority("user");
  }

  StartRotation start() {
    return new StartRotation(USER, user().seen(), List.of(), "yearly", "p-1");
  }

  Advance advance() {
    return new Advance(USER, user().seen(), List.of(), false, "", "p-1");
  }

  /** Those are left behind, and broken where they must be named for that. */
  Advance abandoning(String reason, String... names) {
    List<ParticipantName> behind = List.of(names).stream().map(ParticipantName::new).toList();
    List<ParticipantName> breaks =
        Forecast.next(story.house(), user(), fleet.evidence(), story.now()).stream()
            .flatMap(f -> f.live().keySet().stream())
            .filter(behind::contains)
            .toList();
    return new Advance(USER, user().seen(), behind, false, reason, "p-1", false, breaks);
  }

  Advance nobody() {
    return new Advance(USER, user().seen(), List.of(), true, "", "p-1");
  }

  RollBack rollBack() {
    return new RollBack(USER, user().seen(), "the new keys do no good", "p-1");
  }

  /** The unanswered command of that kind for that slot. */
  <C extends KeyCommand> C asked(Class<C> kind, SlotName slot) {
    return story.house().outbox().values().stream()
        .filter(kind::isInstance)
        .map(kind::cast)
        .filter(c -> c.slot().equals(slot))
        .findFirst()
        .orElseThrow();
  }

  /** The command that asked for that key. */
  CommandId wish(int generation, SlotName slot) {
    return user().generation(generation).keys().get(KeyPlace.of(slot, Format.X509)).command();
  }

  Key key(int generation, SlotName slot) {
    return user().generation(generation).keys().get(KeyPlace.of(slot, Format.X509));
  }

  /** Slot A makes its key; it has no certificate yet. */
  Scene keyOfSlotA() {
    var wanted = asked(GenerateKey.class, A);
    story.accept(story.slot(A).does(wanted));
    return this;
  }
}
