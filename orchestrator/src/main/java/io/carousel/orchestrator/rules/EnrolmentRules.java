package io.carousel.orchestrator.rules;

import static io.carousel.orchestrator.rules.Decision.accept;
import static io.carousel.orchestrator.rules.Decision.refuse;

import io.carousel.events.Act.EnrolByToken;
import io.carousel.events.EnrolmentEvent.EnrolmentTokenCreated;
import io.carousel.events.EnrolmentEvent.EnrolmentTokenMisused;
import io.carousel.events.EnrolmentEvent.EnrolmentTokenRevoked;
import io.carousel.events.EnrolmentRequest;
import io.carousel.events.EnrolmentTokenId;
import io.carousel.events.FleetEvent.ParticipantEnrolledByToken;
import io.carousel.events.FleetEvent.ParticipantRemoved;
import io.carousel.events.OperatorAct.CreateEnrolmentToken;
import io.carousel.events.OperatorAct.RevokeEnrolmentToken;
import io.carousel.events.ParticipantName;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.pcollections.TreePMap;

/** Enrolment tokens: who may let hosts in without being an operator. */
final class EnrolmentRules {
  /** Most that are open at one time, and most that ended and are remembered. */
  static final int MOST = 10_000;

  private EnrolmentRules() {}

  static Decision decide(House house, CreateEnrolmentToken act, Circumstances c) {
    Optional<String> flaw = Proofs.flawOfEd25519(act.publicKey());
    if (flaw.isPresent()) {
      return refuse(new Refusal.KeyUnusable("the key of the enrolment token", flaw.get()));
    }
    EnrolmentTokenId id = EnrolmentTokenId.of(act.publicKey());
    if (house.grants().containsKey(id)) {
      return refuse(new EnrolmentRefusal.TokenExists(id));
    }
    Optional<Refusal> unfit = HouseRules.flaw(house, act.memberships());
    if (unfit.isPresent()) {
      return refuse(unfit.get());
    }
    if (open(house.grants(), c.now()).count() >= MOST) {
      return refuse(new EnrolmentRefusal.TooManyTokens(MOST));
    }
    return accept(
        new EnrolmentTokenCreated(
            id,
            act.publicKey(),
            act.names(),
            act.memberships(),
            act.uses(),
            act.replace(),
            c.now().plus(act.life()),
            act.by(),
            c.now()));
  }

  private static Stream<Grant> open(SortedMap<EnrolmentTokenId, Grant> all, Instant now) {
    return all.values().stream().filter(g -> g.isOpen(now));
  }

  static Decision decide(House house, RevokeEnrolmentToken act, Circumstances c) {
    Optional<Grant> grant = house.grant(act.token(), c.now());
    if (grant.isEmpty()) {
      return refuse(new EnrolmentRefusal.UnknownToken(act.token()));
    }
    if (!grant.get().isOpen(c.now())) {
      return refuse(new EnrolmentRefusal.TokenEnded(act.token(), grant.get().end()));
    }
    if (act.reason().isBlank()) {
      return refuse(new Refusal.ReasonMissing("revoking an enrolment token"));
    }
    return accept(new EnrolmentTokenRevoked(act.token(), act.reason(), act.by(), c.now()));
  }

  static Decision decide(House house, EnrolByToken act, Circumstances c) {
    EnrolmentRequest asked = act.request();
    return switch (Enrolling.of(house, asked, c.now())) {
      case Enrolling.Admitted a ->
          accept(
              new ParticipantEnrolledByToken(
                  asked,
                  a.grant().publicKey(),
                  a.grant().memberships(),
                  a.replaced().map(p -> p.identityKey().digest()),
                  c.now()));
      // Only if it asked twice at once: who asks again later is answered without asking the owner.
      case Enrolling.Repeated r ->
          refuse(new EnrolmentRefusal.AlreadyEnrolled(r.participant().name(), asked.token()));
      case Enrolling.TurnedAway t -> refuse(t.why());
      case Enrolling.Misused m when m.worthTelling() ->
          new Decision.Refused(
              m.why(),
              List.of(
                  new EnrolmentTokenMisused(
                      asked.token(),
                      asked.participant(),
                      asked.identityKey().digest(),
                      m.what(),
                      c.now())));
      case Enrolling.Misused m -> refuse(m.why());
    };
  }

  // What each event changes.

  static House created(House house, EnrolmentTokenCreated e) {
    return house.withGrants(remembered(house, e.at()).plus(e.token(), Grant.of(e)));
  }

  /** Those that are open or ended lately, the latest first if there are too many. */
  private static TreePMap<EnrolmentTokenId, Grant> remembered(House house, Instant now) {
    SortedMap<EnrolmentTokenId, Grant> all = house.grants();
    TreePMap<EnrolmentTokenId, Grant> kept = House.persistent(all);
    if (house.time().unsettledUntil().isPresent()) {
      return kept;
    }
    List<Grant> ended =
        all.values().stream()
            .filter(g -> !g.isOpen(now))
            .sorted(Comparator.comparing(Grant::end).reversed())
            .toList();
    for (int i = 0; i < ended.size(); i++) {
      if (i >= MOST || !ended.get(i).isKnown(now)) {
        kept = kept.minus(ended.get(i).id());
      }
    }
    return kept;
  }

  static House revoked(House house, EnrolmentTokenRevoked e) {
    return with(house, of(house, e.token()).revoked(e));
  }

  static House misused(House house, EnrolmentTokenMisused e) {
    return with(house, of(house, e.token()).misused(e));
  }

  static House enrolled(House house, ParticipantEnrolledByToken e) {
    Grant grant = of(house, e.request().token());
    if (!grant.publicKey().equals(e.tokenKey()) || grant.usedUp().isPresent()) {
      throw new IllegalStateException(
          "enrolment token %s can have let in nobody".formatted(grant.id()));
    }
    House without = house.participant(e.participant()).map(p -> left(house, p)).orElse(house);
    return with(without, of(without, grant.id()).used(e.at()))
        .with(
            new Participant(
                e.participant(),
                e.request().identityKey(),
                e.memberships(),
                Optional.of(grant.id())));
  }

  /** The token that let it in does not let it in again. */
  static House left(House house, Participant participant) {
    return participant
        .token()
        .flatMap(id -> Optional.ofNullable(house.grants().get(id)))
        .map(g -> with(house, g.without(participant.identityKey().digest())))
        .orElse(house);
  }

  /** The open tokens that could let in somebody under that name. */
  static List<EnrolmentTokenId> openFor(House house, ParticipantName name, Instant now) {
    return open(house.grants(), now).filter(g -> g.names().matches(name)).map(Grant::id).toList();
  }

  /** None of them lets in anybody under the name of who was removed. */
  static House barring(House house, ParticipantRemoved e) {
    House barred = house;
    for (EnrolmentTokenId id : e.barred()) {
      barred = with(barred, of(barred, id).barring(e.participant()));
    }
    return barred;
  }

  private static Grant of(House house, EnrolmentTokenId id) {
    return Optional.ofNullable(house.grants().get(id))
        .orElseThrow(
            () -> new IllegalStateException("there is no enrolment token %s".formatted(id)));
  }

  private static House with(House house, Grant grant) {
    return house.withGrants(House.persistent(house.grants()).plus(grant.id(), grant));
  }
}
