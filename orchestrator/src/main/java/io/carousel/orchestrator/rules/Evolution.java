package io.carousel.orchestrator.rules;

import io.carousel.events.AuthorRole;
import io.carousel.events.AuthorityEvent;
import io.carousel.events.AuthorityEvent.AuthorityCreated;
import io.carousel.events.AuthorityEvent.AuthorityOpened;
import io.carousel.events.AuthorityEvent.BundleSignatureRequested;
import io.carousel.events.AuthorityEvent.BundleSigned;
import io.carousel.events.AuthorityEvent.CaCertificateAdopted;
import io.carousel.events.AuthorityEvent.CaCertificateImported;
import io.carousel.events.AuthorityEvent.CaCertificateIssued;
import io.carousel.events.AuthorityEvent.CaCertificateRequested;
import io.carousel.events.AuthorityEvent.CaRequestIssued;
import io.carousel.events.AuthorityEvent.CaRequestWanted;
import io.carousel.events.AuthorityEvent.ClientsUpdating;
import io.carousel.events.AuthorityEvent.CredentialsRevoked;
import io.carousel.events.AuthorityEvent.CrlIssued;
import io.carousel.events.AuthorityEvent.CrlRequested;
import io.carousel.events.AuthorityEvent.GenerationDistrusted;
import io.carousel.events.AuthorityEvent.GenerationRetrusted;
import io.carousel.events.AuthorityEvent.KeyAdopted;
import io.carousel.events.AuthorityEvent.KeyAdoptionRequested;
import io.carousel.events.AuthorityEvent.KeyCommandFailed;
import io.carousel.events.AuthorityEvent.KeyDestroyed;
import io.carousel.events.AuthorityEvent.KeyDestructionRequested;
import io.carousel.events.AuthorityEvent.KeyRequested;
import io.carousel.events.AuthorityEvent.KeyShown;
import io.carousel.events.AuthorityEvent.KeyStageReached;
import io.carousel.events.AuthorityEvent.PolicyChanged;
import io.carousel.events.AuthorityEvent.RollbackStarted;
import io.carousel.events.AuthorityEvent.RolledBack;
import io.carousel.events.AuthorityEvent.RootCrlImported;
import io.carousel.events.AuthorityEvent.RotationCompleted;
import io.carousel.events.AuthorityEvent.RotationStarted;
import io.carousel.events.AuthorityEvent.ServersUpdating;
import io.carousel.events.AuthorityEvent.SlotJoinCancelled;
import io.carousel.events.AuthorityEvent.SlotJoined;
import io.carousel.events.AuthorityEvent.SlotJoining;
import io.carousel.events.AuthorityEvent.SlotLeaveCancelled;
import io.carousel.events.AuthorityEvent.SlotLeaving;
import io.carousel.events.AuthorityEvent.SlotLeft;
import io.carousel.events.AuthorityEvent.SlotTrusted;
import io.carousel.events.AuthorityEvent.SurplusKeyFound;
import io.carousel.events.AuthorityEvent.TrustExtended;
import io.carousel.events.EnrolmentEvent.EnrolmentTokenCreated;
import io.carousel.events.EnrolmentEvent.EnrolmentTokenMisused;
import io.carousel.events.EnrolmentEvent.EnrolmentTokenRevoked;
import io.carousel.events.FleetEvent.ParticipantEnrolled;
import io.carousel.events.FleetEvent.ParticipantEnrolledByToken;
import io.carousel.events.FleetEvent.ParticipantReadmitted;
import io.carousel.events.FleetEvent.ParticipantRemoved;
import io.carousel.events.HouseEvent.ActRefused;
import io.carousel.events.HouseEvent.AnswerRepeated;
import io.carousel.events.HouseEvent.AuthorEnrolled;
import io.carousel.events.HouseEvent.AuthorRemoved;
import io.carousel.events.HouseEvent.CommandsRefused;
import io.carousel.events.HouseEvent.DueWorkFailed;
import io.carousel.events.HouseEvent.DueWorkResumed;
import io.carousel.events.HouseEvent.FeatureLevelRaised;
import io.carousel.events.HouseEvent.Founded;
import io.carousel.events.HouseEvent.RecordsRejected;
import io.carousel.events.HouseEvent.SlotFound;
import io.carousel.events.HouseEvent.SlotFrozen;
import io.carousel.events.HouseEvent.SlotHeard;
import io.carousel.events.HouseEvent.SlotInspected;
import io.carousel.events.HouseEvent.SlotInspectionFailed;
import io.carousel.events.HouseEvent.SlotInspectionRequested;
import io.carousel.events.HouseEvent.SlotLost;
import io.carousel.events.HouseEvent.SlotRegistered;
import io.carousel.events.HouseEvent.SlotRemoved;
import io.carousel.events.HouseEvent.SlotSilent;
import io.carousel.events.HouseEvent.SlotThawed;
import io.carousel.events.HouseEvent.TermStarted;
import io.carousel.events.HouseEvent.TimeSetBack;
import io.carousel.events.HouseEvent.UnorderedAnswer;
import io.carousel.events.HouseEvent.UnorderedCommandRefused;
import io.carousel.events.HouseEvent.WorkerLimitsTooNarrow;
import io.carousel.events.SlotName;
import io.carousel.events.seal.KnownAuthor;
import io.carousel.events.seal.Recorded;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What each event changes. Total: whatever the log holds was decided by these rules. */
final class Evolution {
  /**
   * Longer than a clock can run ahead without a leap in the log: what is dropped does not return.
   */
  private static final Duration MARGIN = Duration.ofDays(3);

  private Evolution() {}

  static House evolve(House before, Recorded recorded) {
    House house = before.at(recorded.sequence(), before.time().after(recorded.event()));
    return switch (recorded.event()) {
      case Founded e ->
          house
              .founded(e.house(), e.featureLevel())
              .withAuthors(
                  House.persistent(house.authors())
                      .plus(
                          e.founder(),
                          new KnownAuthor(
                              e.founder(),
                              AuthorRole.ORCHESTRATOR,
                              Optional.empty(),
                              e.publicKey())));
      case TermStarted e -> house.inTerm(e.term());
      case AuthorEnrolled e ->
          house.withAuthors(
              House.persistent(house.authors())
                  .plus(
                      e.author(), new KnownAuthor(e.author(), e.role(), e.slot(), e.publicKey())));
      case AuthorRemoved e ->
          house.withAuthors(House.persistent(house.authors()).minus(e.author()));
      case FeatureLevelRaised e -> house.founded(house.id().orElseThrow(), e.level());
      case SlotRegistered e when house.slots().containsKey(e.slot()) -> house;
      case SlotRegistered e -> house.with(new Slot(e.slot(), e.module(), e.custody()));
      case SlotInspectionRequested e ->
          house
              .with(slot(house, e.slot()).asking(e.command()))
              .asks(Commands.inspect(e, house.sequence()));
      case SlotInspected e ->
          house
              .with(
                  slot(house, e.slot())
                      .inspected(
                          new Slot.Inspection(
                              e.command(), e.report(), e.findings(), e.worker(), e.at())))
              .answered(e.command());
      case SlotInspectionFailed e ->
          house.with(
              slot(house, e.slot()).failing(new Key.Failure(e.code(), e.detail(), e.lasting())));
      case SlotFrozen e -> house.with(slot(house, e.slot()).frozen(Optional.of(e.reason())));
      case SlotThawed e -> house.with(slot(house, e.slot()).frozen(Optional.empty()));
      case SlotSilent e -> house.with(slot(house, e.slot()).silent(Optional.of(e.at())));
      case SlotHeard e -> house.with(slot(house, e.slot()).silent(Optional.empty()));
      case CommandsRefused e -> house.with(slot(house, e.slot()).refusing(e));
      case UnorderedCommandRefused e -> house.with(slot(house, e.slot()).refusing(e));
      case UnorderedAnswer e -> house.with(slot(house, e.slot()).refusing(e));
      case SlotLost e -> SlotEvolution.lost(house, slot(house, e.slot()), e, recorded);
      case SlotFound e -> SlotEvolution.found(house, slot(house, e.slot()), recorded);
      case SlotRemoved e -> SlotEvolution.removed(house, slot(house, e.slot()), e);
      case ActRefused _, AnswerRepeated _, RecordsRejected _, WorkerLimitsTooNarrow _ -> house;
      case TimeSetBack e -> TimeCorrection.applied(before, house, e);
      case DueWorkFailed e -> house.failing(DueFailure.of(house, e));
      case DueWorkResumed e -> house.resumed(DueFailure.key(e.authority(), e.slot()));
      case ParticipantEnrolled e ->
          house.with(
              new Participant(
                  e.participant(),
                  e.identityKey(),
                  e.memberships(),
                  house
                      .participant(e.participant())
                      .filter(p -> p.identityKey().equals(e.identityKey()))
                      .flatMap(Participant::token)));
      case ParticipantEnrolledByToken e -> EnrolmentRules.enrolled(house, e);
      case ParticipantRemoved e -> removed(house, e);
      case ParticipantReadmitted e -> house.readmitted(e.identity());
      case EnrolmentTokenCreated e -> EnrolmentRules.created(house, e);
      case EnrolmentTokenRevoked e -> EnrolmentRules.revoked(house, e);
      case EnrolmentTokenMisused e -> EnrolmentRules.misused(house, e);
      case AuthorityCreated e -> house.with(created(e, recorded));
      case AuthorityEvent e -> AttestationRules.following(onAuthority(house, e, recorded));
    };
  }

  private static House removed(House house, ParticipantRemoved e) {
    House before =
        house.participant(e.participant()).map(p -> EnrolmentRules.left(house, p)).orElse(house);
    return EnrolmentRules.barring(before, e)
        .withParticipants(House.persistent(before.participants()).minus(e.participant()));
  }

  private static Slot slot(House house, SlotName name) {
    Slot slot = house.slots().get(name);
    if (slot == null) {
      throw new IllegalStateException("there is no slot '%s'".formatted(name));
    }
    return slot;
  }

  private static Authority created(AuthorityCreated e, Recorded recorded) {
    return Authority.created(e, new Phase.Creating(1), recorded.sequence(), recorded.hash())
        .with(Generation.of(1, e.formats(), e.origin()));
  }

  private static House onAuthority(House house, AuthorityEvent event, Recorded recorded) {
    Authority a = house.authority(event.authority()).orElseThrow();
    return switch (event) {
      case AuthorityCreated _ -> throw new AssertionError("handled before");
      case PolicyChanged e -> house.with(a.with(e.policy()));
      case KeyRequested e -> KeyEvolution.requested(house, a, e);
      case KeyAdoptionRequested e -> KeyEvolution.requested(house, a, e);
      case KeyShown _ -> house;
      case KeyAdopted e -> KeyEvolution.adopted(house, a, e);
      case CaCertificateRequested e -> KeyEvolution.certification(house, a, e);
      case CaCertificateIssued e -> KeyEvolution.certified(house, a, e);
      case CaRequestWanted e -> ExternalEvolution.wanted(house, a, e);
      case CaRequestIssued e -> ExternalEvolution.issued(house, a, e);
      case CaCertificateImported e -> ExternalEvolution.imported(house, a, e);
      case RootCrlImported e -> ExternalEvolution.crl(house, a, e, recorded);
      case AuthorityEvent.ForeignCrlImported e -> ForeignCrlRules.imported(house, a, e);
      case AuthorityEvent.ForeignCrlFollowed e -> ForeignCrlRules.followed(house, a, e);
      case AuthorityEvent.ForeignCrlFetchChanged e -> ForeignCrlRules.changed(house, a, e);
      case AuthorityEvent.KeyDeclaredLost e -> LostKeys.lost(house, a, e);
      case CaCertificateAdopted e -> KeyEvolution.certified(house, a, e);
      case CrlRequested e -> KeyEvolution.crlRequested(house, a, e);
      case CrlIssued e -> KeyEvolution.crlIssued(house, a, e);
      case BundleSignatureRequested e -> AttestationRules.requested(house, a, e);
      case BundleSigned e -> AttestationRules.signed(house, a, e);
      case KeyStageReached e -> KeyEvolution.stageReached(house, a, e);
      case SurplusKeyFound e -> KeyEvolution.surplus(house, a, e);
      case KeyDestructionRequested e -> KeyEvolution.doomed(house, a, e);
      case KeyDestroyed e -> KeyEvolution.destroyed(house, a, e);
      case KeyCommandFailed e -> KeyEvolution.failed(house, a, e);
      case CredentialsRevoked e ->
          house.with(revoked(house, a, e, recorded)).withholding(withheld(e));
      case AuthorityOpened e ->
          house.with(enters(a, new Phase.Standby(e.generation()), recorded).withBundle(e.bundle()));
      case RotationStarted e -> started(house, a, e, recorded);
      case TrustExtended e -> house.with(trusted(a, e, recorded));
      case ClientsUpdating _, ServersUpdating _, RollbackStarted _ ->
          house.with(enters(a, next(a.phase(), event), recorded));
      case GenerationRetrusted e ->
          house.with(retrusted(a, e.generation(), true, e.bundle(), recorded));
      case GenerationDistrusted e ->
          house.with(retrusted(a, e.generation(), false, e.bundle(), recorded));
      case RotationCompleted e -> settled(house, a, event, e.bundle(), a.active(), recorded);
      case RolledBack e -> settled(house, a, event, e.bundle(), successor(a), recorded);
      case SlotJoining _,
          SlotTrusted _,
          SlotJoined _,
          SlotJoinCancelled _,
          SlotLeaving _,
          SlotLeft _,
          SlotLeaveCancelled _ ->
          SlotEvolution.onMembership(house, a, event, recorded);
    };
  }

  private static House started(House house, Authority a, RotationStarted e, Recorded recorded) {
    Authority rotating = a.withRotation(a.rotations() + 1, e.formats());
    var init = new Phase.Init(e.rotation(), e.retiring(), e.successor(), Optional.empty());
    return house.with(
        enters(rotating.with(Generation.of(e.successor(), e.formats())), init, recorded));
  }

  private static Authority trusted(Authority a, TrustExtended e, Recorded recorded) {
    if (!(a.phase() instanceof Phase.Init p)) {
      throw new IllegalStateException("trust was extended outside init");
    }
    var same = new Phase.Init(p.rotation(), p.active(), p.successor(), Optional.of(e.at()));
    return a.extendsTrust(same, recorded.sequence(), recorded.hash()).withBundle(e.bundle());
  }

  private static Authority retrusted(
      Authority a, int generation, boolean now, long bundle, Recorded recorded) {
    return a.with(a.generation(generation).retrusted(now))
        .extendsTrust(a.phase(), recorded.sequence(), recorded.hash())
        .withBundle(bundle);
  }

  /** Both ends of a rotation: one generation stays, the other retires and its wishes end. */
  private static House settled(
      House house, Authority a, AuthorityEvent end, long bundle, int retiring, Recorded recorded) {
    Generation old = a.generation(retiring);
    Phase standby = next(a.phase(), end);
    Authority settled = enters(a.with(old.withdrawn()), standby, recorded).withBundle(bundle);
    int active = settled.active();
    House next =
        house.with(settled.withRotation(a.rotations(), settled.generation(active).formats()));
    return KeyEvolution.withdrawn(next, old.keys().values());
  }

  private static int successor(Authority a) {
    return a.phase() instanceof Phase.Rollback p ? p.successor() : a.generations().lastKey();
  }

  /** Where a phase goes; anything that the phase table does not know cannot have been written. */
  private static Phase next(Phase phase, AuthorityEvent event) {
    return switch (phase) {
      case Phase.Init p when event instanceof ClientsUpdating ->
          new Phase.UpdateClients(p.rotation(), p.active(), p.successor());
      case Phase.UpdateClients p when event instanceof ServersUpdating ->
          new Phase.UpdateServers(p.rotation(), p.retiring(), p.successor());
      case Phase.UpdateServers p when event instanceof RotationCompleted ->
          new Phase.Standby(p.successor());
      case Phase.Rollback p when event instanceof RolledBack -> new Phase.Standby(p.active());
      case Phase.Init p when event instanceof RollbackStarted ->
          new Phase.Rollback(
              p.rotation(), p.active(), p.successor(), p.name(), p.successorTrusted());
      case Phase.UpdateClients p when event instanceof RollbackStarted ->
          new Phase.Rollback(p.rotation(), p.retiring(), p.successor(), p.name(), true);
      case Phase.UpdateServers p when event instanceof RollbackStarted ->
          new Phase.Rollback(p.rotation(), p.retiring(), p.successor(), p.name(), true);
      case Phase.Creating _,
          Phase.Standby _,
          Phase.Init _,
          Phase.UpdateClients _,
          Phase.UpdateServers _,
          Phase.Rollback _,
          Phase.Joining _,
          Phase.Leaving _ ->
          throw new IllegalStateException(
              "%s cannot follow in phase %s"
                  .formatted(event.getClass().getSimpleName(), phase.name()));
    };
  }

  private static Authority enters(Authority a, Phase phase, Recorded recorded) {
    return a.enters(phase, recorded.sequence(), recorded.hash());
  }

  /** Who gets no other credential in the place of what was revoked. */
  private static List<Withheld> withheld(CredentialsRevoked e) {
    return e.cause().allowsReplacement()
        ? List.of()
        : e.credentials().stream()
            .map(c -> Withheld.of(e.authority(), c, e.cause(), e.at()))
            .toList();
  }

  /**
   * With what was revoked; what expired so long ago that no CRL need list it any more is dropped.
   */
  private static Authority revoked(
      House house, Authority a, CredentialsRevoked e, Recorded recorded) {
    List<Authority.Revoked> more =
        e.credentials().stream().map(c -> new Authority.Revoked(c, e.at(), e.cause())).toList();
    Instant expired =
        house.time().unsettledUntil().isPresent()
            ? Instant.MIN
            : e.at().minus(a.policy().crlLifetime()).minus(MARGIN);
    return a.withRevoked(more, expired, recorded.sequence());
  }
}
