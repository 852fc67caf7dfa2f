package io.carousel.orchestrator.rules;

import io.carousel.events.AuthorRole;
import io.carousel.events.AuthorityEvent;
import io.carousel.events.AuthorityEvent.AuthorityCreated;
import io.carousel.events.AuthorityEvent.AuthorityOpened;
import io.carousel.events.AuthorityEvent.CaCertificateIssued;
import io.carousel.events.AuthorityEvent.CaCertificateRequested;
import io.carousel.events.AuthorityEvent.ClientsUpdating;
import io.carousel.events.AuthorityEvent.KeyAdopted;
import io.carousel.events.AuthorityEvent.KeyCommandFailed;
import io.carousel.events.AuthorityEvent.KeyDestroyed;
import io.carousel.events.AuthorityEvent.KeyDestructionRequested;
import io.carousel.events.AuthorityEvent.KeyRequested;
import io.carousel.events.AuthorityEvent.RollbackStarted;
import io.carousel.events.AuthorityEvent.RolledBack;
import io.carousel.events.AuthorityEvent.RotationCompleted;
import io.carousel.events.AuthorityEvent.RotationStarted;
import io.carousel.events.AuthorityEvent.ServersUpdating;
import io.carousel.events.AuthorityEvent.SurplusKeyFound;
import io.carousel.events.AuthorityEvent.TrustExtended;
import io.carousel.events.CommandId;
import io.carousel.events.FleetEvent.ParticipantEnrolled;
import io.carousel.events.FleetEvent.ParticipantRemoved;
import io.carousel.events.HouseEvent.ActRefused;
import io.carousel.events.HouseEvent.AnswerRepeated;
import io.carousel.events.HouseEvent.AuthorEnrolled;
import io.carousel.events.HouseEvent.AuthorRemoved;
import io.carousel.events.HouseEvent.FeatureLevelRaised;
import io.carousel.events.HouseEvent.Founded;
import io.carousel.events.HouseEvent.RecordsRejected;
import io.carousel.events.HouseEvent.SlotRegistered;
import io.carousel.events.HouseEvent.TermStarted;
import io.carousel.events.SlotName;
import io.carousel.events.seal.KnownAuthor;
import io.carousel.events.seal.Recorded;
import java.util.Optional;
import org.pcollections.TreePMap;

/** What each event changes. Total: whatever the log holds was decided by these rules. */
final class Evolution {
  private Evolution() {}

  static House evolve(House before, Recorded recorded) {
    House house = before.at(recorded.sequence(), recorded.event().at());
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
      case SlotRegistered e -> house.with(new Slot(e.slot(), e.module(), e.custody()));
      case ActRefused _, AnswerRepeated _, RecordsRejected _ -> house;
      case ParticipantEnrolled e ->
          house.withParticipants(
              House.persistent(house.participants())
                  .plus(
                      e.participant(),
                      new Participant(e.participant(), e.identityKey(), e.memberships())));
      case ParticipantRemoved e ->
          house.withParticipants(House.persistent(house.participants()).minus(e.participant()));
      case AuthorityCreated e -> house.with(created(e, recorded));
      case AuthorityEvent e -> onAuthority(house, e, recorded);
    };
  }

  private static Authority created(AuthorityCreated e, Recorded recorded) {
    return new Authority(
            e.authority(),
            e.suite(),
            e.slots(),
            e.policy(),
            new Phase.Creating(1),
            recorded.sequence(),
            recorded.sequence(),
            recorded.hash(),
            0,
            0,
            TreePMap.empty(),
            TreePMap.empty())
        .with(Generation.of(1, e.suite()));
  }

  private static House onAuthority(House house, AuthorityEvent event, Recorded recorded) {
    Authority a = house.authority(event.authority()).orElseThrow();
    return switch (event) {
      case AuthorityCreated _ -> throw new AssertionError("handled before");
      case KeyRequested e ->
          house
              .with(
                  withKey(
                      a, e.generation(), new Key.Wanted(e.slot(), e.command(), Optional.empty())))
              .asks(Commands.generate(e));
      case KeyAdopted e -> house.with(adopted(a, e)).answered(e.command());
      case CaCertificateRequested e -> certification(house, a, e);
      case CaCertificateIssued e -> house.with(certified(a, e)).answered(e.command());
      case SurplusKeyFound e ->
          house.with(
              a.with(
                  new Authority.Surplus(
                      e.generation(),
                      new Key.Doomed(
                          e.slot(),
                          e.command(),
                          e.key(),
                          e.publicKey(),
                          e.command(),
                          Optional.empty()))));
      case KeyDestructionRequested e -> house.with(doomed(a, e)).asks(Commands.destroy(e));
      case KeyDestroyed e -> house.with(destroyed(a, e)).answered(e.command());
      case KeyCommandFailed e -> house.with(failed(a, e));
      case AuthorityOpened e ->
          house.with(enters(a, new Phase.Standby(e.generation()), recorded).withBundle(e.bundle()));
      case RotationStarted e -> started(house, a, e, recorded);
      case TrustExtended e -> house.with(trusted(a, e, recorded));
      case ClientsUpdating _, ServersUpdating _, RollbackStarted _ ->
          house.with(enters(a, next(a.phase(), event), recorded));
      case RotationCompleted e -> settled(house, a, event, e.bundle(), a.active(), recorded);
      case RolledBack e -> settled(house, a, event, e.bundle(), successor(a), recorded);
    };
  }

  private static House started(House house, Authority a, RotationStarted e, Recorded recorded) {
    Authority rotating = a.withRotation(a.rotations() + 1, e.suite());
    var init = new Phase.Init(e.rotation(), e.retiring(), e.successor(), false);
    return house.with(
        enters(rotating.with(Generation.of(e.successor(), e.suite())), init, recorded));
  }

  private static Authority trusted(Authority a, TrustExtended e, Recorded recorded) {
    if (!(a.phase() instanceof Phase.Init p)) {
      throw new IllegalStateException("trust was extended outside init");
    }
    var same = new Phase.Init(p.rotation(), p.active(), p.successor(), true);
    return a.extendsTrust(same, recorded.sequence(), recorded.hash()).withBundle(e.bundle());
  }

  /** Both ends of a rotation: one generation stays, the other retires and its wishes end. */
  private static House settled(
      House house, Authority a, AuthorityEvent end, long bundle, int retiring, Recorded recorded) {
    Generation old = a.generation(retiring);
    Phase standby = next(a.phase(), end);
    Authority settled =
        enters(a.with(old.retiredAt(recorded.event().at())), standby, recorded).withBundle(bundle);
    int active = settled.active();
    House next =
        house.with(settled.withRotation(a.rotations(), settled.generation(active).suite()));
    for (Key key : old.keys().values()) {
      if (key instanceof Key.Wanted wanted) {
        next = next.answered(wanted.command());
      } else if (key instanceof Key.Adopted adopted) {
        next = next.answered(adopted.certification());
      }
    }
    return next;
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
          Phase.Rollback _ ->
          throw new IllegalStateException(
              "%s cannot follow in phase %s"
                  .formatted(event.getClass().getSimpleName(), phase.name()));
    };
  }

  private static Authority enters(Authority a, Phase phase, Recorded recorded) {
    return a.enters(phase, recorded.sequence(), recorded.hash());
  }

  private static Authority withKey(Authority a, int generation, Key key) {
    return a.with(a.generation(generation).with(key));
  }

  private static Authority adopted(Authority a, KeyAdopted e) {
    // Its certification follows in the same decision and replaces this placeholder of a stage.
    return withKey(
        a,
        e.generation(),
        new Key.Adopted(
            e.slot(),
            e.command(),
            e.key(),
            e.publicKey(),
            e.command(),
            Optional.empty(),
            Optional.empty()));
  }

  private static House certification(House house, Authority a, CaCertificateRequested e) {
    Generation g = a.generation(e.generation());
    if (!(g.keys().get(e.slot()) instanceof Key.Adopted k)) {
      throw new IllegalStateException("a certificate was asked for before its key was adopted");
    }
    var asked =
        new Key.Adopted(
            k.slot(),
            k.command(),
            k.id(),
            k.publicKey(),
            e.command(),
            Optional.of(e.draft()),
            Optional.empty());
    return house
        .with(withKey(a, e.generation(), asked))
        .asks(Commands.certify(e, k.id(), k.publicKey(), g.suite()));
  }

  private static Authority certified(Authority a, CaCertificateIssued e) {
    if (!(a.generation(e.generation()).keys().get(e.slot()) instanceof Key.Adopted k)) {
      throw new IllegalStateException("a certificate was issued for no adopted key");
    }
    return withKey(
        a,
        e.generation(),
        new Key.Certified(
            k.slot(), k.command(), k.id(), k.publicKey(), k.certification(), e.certificate()));
  }

  private static Authority doomed(Authority a, KeyDestructionRequested e) {
    Key old = find(a, e.generation(), e.slot(), e.key());
    var doomed =
        new Key.Doomed(
            e.slot(), old.command(), e.key(), e.publicKey(), e.command(), Optional.empty());
    return replace(a, e.generation(), doomed);
  }

  private static Authority destroyed(Authority a, KeyDestroyed e) {
    Key old = find(a, e.generation(), e.slot(), e.key());
    var gone =
        new Key.Destroyed(
            e.slot(), old.command(), e.key(), old.publicKeyDigest().orElseThrow(), e.command());
    return replace(a, e.generation(), gone);
  }

  private static Key find(Authority a, int generation, SlotName slot, io.carousel.events.KeyId id) {
    Authority.Surplus surplus = a.surplus().get(id);
    return surplus != null ? surplus.key() : a.generation(generation).keys().get(slot);
  }

  private static Authority replace(Authority a, int generation, Key key) {
    return a.surplus().containsKey(key.keyId().orElseThrow())
        ? a.with(new Authority.Surplus(generation, key))
        : withKey(a, generation, key);
  }

  private static Authority failed(Authority a, KeyCommandFailed e) {
    var failure = Optional.of(new Key.Failure(e.code(), e.detail(), e.lasting()));
    Generation g = a.generation(e.generation());
    for (Authority.Surplus s : a.surplus().values()) {
      if (s.key() instanceof Key.Doomed k && k.destruction().equals(e.command())) {
        return a.with(new Authority.Surplus(s.generation(), k.failing(failure)));
      }
    }
    return switch (g.keys().get(e.slot())) {
      case Key.Wanted k when k.command().equals(e.command()) ->
          a.with(g.with(new Key.Wanted(k.slot(), k.command(), failure)));
      case Key.Adopted k when k.certification().equals(e.command()) ->
          a.with(g.with(k.failing(failure)));
      case Key.Doomed k when k.destruction().equals(e.command()) ->
          a.with(g.with(k.failing(failure)));
      case null, default -> a;
    };
  }

  /** Whether that command was ever given to that slot, answered or not. */
  static boolean everAsked(House house, CommandId command, SlotName slot) {
    return house.authorities().values().stream()
        .anyMatch(a ->
            a.generations().values().stream()
                    .flatMap(g -> g.keys().values().stream())
                    .anyMatch(k -> k.slot().equals(slot) && k.causedBy(command))
                || a.surplus().values().stream()
                    .anyMatch(s -> s.key().slot().equals(slot) && s.key().causedBy(command)));
  }
}
