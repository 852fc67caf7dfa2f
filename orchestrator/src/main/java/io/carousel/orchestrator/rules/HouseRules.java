package io.carousel.orchestrator.rules;

import static io.carousel.orchestrator.rules.Decision.accept;
import static io.carousel.orchestrator.rules.Decision.refuse;

import io.carousel.events.AuthorRole;
import io.carousel.events.AuthorityEvent.AuthorityCreated;
import io.carousel.events.AuthorityName;
import io.carousel.events.Digest;
import io.carousel.events.Event;
import io.carousel.events.FleetEvent.ParticipantEnrolled;
import io.carousel.events.FleetEvent.ParticipantReadmitted;
import io.carousel.events.FleetEvent.ParticipantRemoved;
import io.carousel.events.Format;
import io.carousel.events.HouseEvent.AuthorEnrolled;
import io.carousel.events.HouseEvent.AuthorRemoved;
import io.carousel.events.HouseEvent.FeatureLevelRaised;
import io.carousel.events.HouseEvent.SlotRegistered;
import io.carousel.events.Membership;
import io.carousel.events.OperatorAct;
import io.carousel.events.OperatorAct.CreateAuthority;
import io.carousel.events.OperatorAct.EnrolAuthor;
import io.carousel.events.OperatorAct.EnrolParticipant;
import io.carousel.events.OperatorAct.RaiseFeatureLevel;
import io.carousel.events.OperatorAct.RegisterSlot;
import io.carousel.events.OperatorAct.RemoveAuthor;
import io.carousel.events.OperatorAct.RemoveParticipant;
import io.carousel.events.SlotName;
import io.carousel.events.seal.KnownAuthor;
import io.carousel.events.wire.Wire;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is asked of the house outside a rotation: authorities, slots, authors, participants. */
final class HouseRules {
  /** The built-in authority that signs the house's own credentials and bundles. */
  private HouseRules() {}

  static Decision decide(House house, OperatorAct act, Circumstances c) {
    return switch (act) {
      case RegisterSlot a -> register(house, a, c);
      case OperatorAct.InspectSlot a -> SlotRules.decide(house, a, c);
      case OperatorAct.ThawSlot a -> SlotRules.decide(house, a, c);
      case OperatorAct.JoinSlot a -> SlotMembershipRules.decide(house, a, c);
      case OperatorAct.LeaveSlot a -> SlotMembershipRules.decide(house, a, c);
      case OperatorAct.DeclareSlotLost a -> SlotHealthRules.decide(house, a, c);
      case OperatorAct.RemoveSlot a -> SlotHealthRules.decide(house, a, c);
      case EnrolAuthor a -> enrol(house, a, c);
      case RemoveAuthor a -> remove(house, a, c);
      case RaiseFeatureLevel a -> raise(house, a, c);
      case CreateAuthority a -> create(house, a, c);
      case OperatorAct.ChangePolicy a -> PolicyRules.decide(house, a, c);
      case EnrolParticipant a -> enrol(house, a, c);
      case RemoveParticipant a -> remove(house, a, c);
      case OperatorAct.ReadmitParticipant a -> readmit(house, a, c);
      case OperatorAct.CreateEnrolmentToken a -> EnrolmentRules.decide(house, a, c);
      case OperatorAct.RevokeEnrolmentToken a -> EnrolmentRules.decide(house, a, c);
      case OperatorAct.RevokeCredentials a -> CrlRules.decide(house, a, c);
      case OperatorAct.ImportCaCertificate a -> ExternalRules.decide(house, a, c);
      case OperatorAct.ImportRootCrl a -> ExternalRules.decide(house, a, c);
      case OperatorAct.ImportForeignCrl a -> ForeignCrlRules.decide(house, a, c);
      case OperatorAct.FollowForeignCrl a -> ForeignCrlRules.decide(house, a, c);
      case OperatorAct.NoteForeignCrl a -> ForeignCrlRules.decide(house, a, c);
      case OperatorAct.DeclareKeyLost a -> LostKeys.decide(house, a, c);
      case OperatorAct.StartRotation a -> RotationRules.decide(house, a, c);
      case OperatorAct.Advance a -> RotationRules.decide(house, a, c);
      case OperatorAct.RollBack a -> RotationRules.decide(house, a, c);
      case OperatorAct.Retrust a -> TrustRules.decide(house, a, c);
      case OperatorAct.Distrust a -> TrustRules.decide(house, a, c);
    };
  }

  private static Decision register(House house, RegisterSlot act, Circumstances c) {
    Slot known = house.slots().get(act.slot());
    if (known != null && !known.isDeclaredAs(act.module(), act.custody())) {
      return refuse(new SlotRefusal.SlotExists(act.slot()));
    }
    return accept(new SlotRegistered(act.slot(), act.module(), act.custody(), act.by(), c.now()));
  }

  private static Decision enrol(House house, EnrolAuthor act, Circumstances c) {
    Optional<String> flaw = Proofs.flawOfEd25519(act.publicKey());
    if (flaw.isPresent()) {
      return refuse(new Refusal.KeyUnusable("the key of author " + act.author(), flaw.get()));
    }
    if (act.slot().filter(s -> !house.slots().containsKey(s)).isPresent()) {
      return refuse(unknown(house, act.slot().get()));
    }
    var wanted = new KnownAuthor(act.author(), act.role(), act.slot(), act.publicKey());
    KnownAuthor known = house.authors().get(act.author());
    if (known != null && !known.equals(wanted)) {
      return refuse(new Refusal.AuthorTaken(act.author()));
    }
    return accept(
        new AuthorEnrolled(
            act.author(), act.role(), act.slot(), act.publicKey(), act.by(), c.now()));
  }

  private static Decision remove(House house, RemoveAuthor act, Circumstances c) {
    KnownAuthor known = house.authors().get(act.author());
    if (known == null) {
      return refuse(new Refusal.UnknownAuthor(act.author()));
    }
    // The owner signs the very event that says so: it must not be the one who goes.
    if (known.role() == AuthorRole.ORCHESTRATOR
        && (known.name().equals(c.author().name()) || orchestrators(house) == 1)) {
      return refuse(new Refusal.LastOrchestrator(act.author()));
    }
    return accept(new AuthorRemoved(act.author(), act.reason(), act.by(), c.now()));
  }

  private static long orchestrators(House house) {
    return house.authors().values().stream()
        .filter(a -> a.role() == AuthorRole.ORCHESTRATOR)
        .count();
  }

  private static Decision raise(House house, RaiseFeatureLevel act, Circumstances c) {
    if (act.level() <= house.featureLevel() || act.level() > Wire.FEATURE_LEVEL) {
      return refuse(
          new Refusal.LevelUnsupported(act.level(), house.featureLevel(), Wire.FEATURE_LEVEL));
    }
    return accept(new FeatureLevelRaised(act.level(), act.by(), c.now()));
  }

  /** The house is known by certificates under keys that it made itself, and by nothing else. */
  private static boolean isFitForHouse(CreateAuthority act) {
    return act.formats().stream().allMatch(f -> f.format() == Format.X509)
        && act.root().isEmpty()
        && act.policy().naming().trustDomain().isEmpty()
        && !act.origin().elsewhere();
  }

  private static Decision create(House house, CreateAuthority act, Circumstances c) {
    if (act.authority().equals(AuthorityName.BUILT_IN) && !isFitForHouse(act)) {
      return refuse(new Refusal.NameReserved(act.authority()));
    }
    if (house.authority(act.authority()).isPresent()) {
      return refuse(new Refusal.AuthorityExists(act.authority()));
    }
    for (SlotName slot : act.slots()) {
      if (!house.slots().containsKey(slot)) {
        return refuse(unknown(house, slot));
      }
      Optional<Refusal> tooLong = NamingRules.tooLong(act.policy(), act.authority(), slot);
      if (tooLong.isPresent()) {
        return refuse(tooLong.get());
      }
      if (house.slots().get(slot).lost().isPresent()) {
        return refuse(new SlotRefusal.Lost(slot, act.authority()));
      }
    }
    Optional<Refusal> flaw =
        NamingRules.flaw(act.authority(), act.policy(), act.formats())
            .or(() -> SlotRules.lacking(house, act.slots(), act.formats()))
            .or(() -> PolicyRules.beyond(house, act))
            .or(() -> ExternalRules.flaw(house, act, c));
    if (flaw.isPresent()) {
      return refuse(flaw.get());
    }
    Optional<Refusal> unfit = OriginRules.flaw(house, act, c);
    if (unfit.isPresent()) {
      return refuse(unfit.get());
    }
    var events = new ArrayList<Event>();
    events.add(
        new AuthorityCreated(
            act.authority(),
            act.formats(),
            act.slots(),
            act.policy(),
            act.by(),
            c.now(),
            act.root(),
            act.origin()));
    events.addAll(OriginRules.beginning(act, c));
    return new Decision.Accepted(events, List.of());
  }

  private static Decision enrol(House house, EnrolParticipant act, Circumstances c) {
    Optional<String> flaw = Proofs.flawOfEd25519(act.identityKey());
    if (flaw.isPresent()) {
      return refuse(
          new Refusal.KeyUnusable("the identity key of " + act.participant(), flaw.get()));
    }
    Optional<Refusal> unfit =
        MemberNames.flaw(act.participant()).or(() -> flaw(house, act.memberships()));
    if (unfit.isPresent()) {
      return refuse(unfit.get());
    }
    Optional<Participant> known = house.participant(act.participant());
    if (known.filter(p -> !p.identityKey().equals(act.identityKey())).isPresent()) {
      return refuse(new Refusal.IdentityTaken(act.participant()));
    }
    StepBreaks breaks = RoleChange.of(house, act).breaks(house, c);
    return breaks
        .unless(act.breaks())
        .map(Decision::refuse)
        .orElseGet(() ->
            accept(
                new ParticipantEnrolled(
                    act.participant(),
                    act.identityKey(),
                    act.memberships(),
                    act.by(),
                    c.now(),
                    breaks.accepted(act.breaks()))));
  }

  /** Why nobody can do that. */
  static Optional<Refusal> flaw(House house, List<Membership> memberships) {
    for (Membership m : memberships) {
      Optional<Authority> authority = house.authority(m.authority());
      if (authority.isEmpty()) {
        return Optional.of(new Refusal.UnknownAuthority(m.authority()));
      }
      Optional<Refusal> unfit =
          MemberNames.flaw(authority.get(), m)
              .or(() -> MemberNames.unsigned(house, authority.get(), m));
      if (unfit.isPresent()) {
        return unfit;
      }
      for (Format format : m.formats()) {
        if (!authority.get().signs(format)) {
          return Optional.of(
              new CredentialRefusal.FormatNotSigned(
                  m.authority(), format, authority.get().formats()));
        }
      }
    }
    return Optional.empty();
  }

  private static Decision remove(House house, RemoveParticipant act, Circumstances c) {
    Optional<Participant> member = house.participant(act.participant());
    if (member.isEmpty()) {
      return refuse(new Refusal.UnknownParticipant(act.participant()));
    }
    StepBreaks breaks = removing(house, member.get(), c);
    return breaks
        .unless(act.breaks())
        .map(Decision::refuse)
        .orElseGet(() ->
            accept(
                new ParticipantRemoved(
                    act.participant(),
                    act.reason(),
                    act.by(),
                    c.now(),
                    breaks.accepted(act.breaks()),
                    EnrolmentRules.openFor(house, act.participant(), c.now()))));
  }

  private static Decision readmit(
      House house, OperatorAct.ReadmitParticipant act, Circumstances c) {
    Optional<Participant> member = house.participant(act.participant());
    if (member.isEmpty()) {
      return refuse(new Refusal.UnknownParticipant(act.participant()));
    }
    if (act.reason().isBlank()) {
      return refuse(new Refusal.ReasonMissing("giving a participant credentials again"));
    }
    Digest identity = member.get().identityKey().digest();
    return house.withheld().values().stream().noneMatch(w -> w.identity().equals(identity))
        ? refuse(new CredentialRefusal.NothingWithheld(act.participant()))
        : accept(
            new ParticipantReadmitted(
                act.participant(), identity, act.reason(), act.by(), c.now()));
  }

  /** Who was heard lately is at work: it gets nothing more once it is removed. */
  private static StepBreaks removing(House house, Participant member, Circumstances c) {
    List<AuthorityName> heard =
        member.memberships().stream()
            .map(Membership::authority)
            .flatMap(name -> house.authority(name).stream())
            .filter(a -> c.evidence().apply(a.name()).isHeard(member.name(), a.policy().lease()))
            .map(Authority::name)
            .toList();
    return StepBreaks.of(
        member.name() + " is removed",
        heard.isEmpty()
            ? Map.of()
            : Map.of(
                member.name(),
                "was heard within its lease, and would get no more credentials and no more trust bundles of %s"
                    .formatted(Refusal.few(heard))));
  }

  private static Refusal unknown(House house, SlotName slot) {
    return new SlotRefusal.UnknownSlot(slot, List.copyOf(house.slots().keySet()));
  }
}
