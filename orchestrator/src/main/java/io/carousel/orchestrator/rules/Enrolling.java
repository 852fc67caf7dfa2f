package io.carousel.orchestrator.rules;

import io.carousel.events.Bytes;
import io.carousel.events.Digest;
import io.carousel.events.EnrolmentRequest;
import io.carousel.events.HouseId;
import io.carousel.events.TokenMisuse;
import io.carousel.events.seal.Authorship;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What comes of a host that asks to be let in by a token. The owner decides by it; every
 * orchestrator looks by it first, so that whoever holds no token's key never gets to the owner, and
 * adds nothing to the log.
 */
public sealed interface Enrolling {
  /** How far a host's clock may be off. */
  Duration CLOCK_TOLERANCE = Duration.ofMinutes(5);

  /** It comes in, in place of another identity if there is one. */
  record Admitted(Grant grant, Optional<Participant> replaced) implements Enrolling {}

  /** It is in already; nothing changes. */
  record Repeated(Participant participant) implements Enrolling {}

  /** Turned away; the log need not know. */
  record TurnedAway(Refusal why) implements Enrolling {}

  /** Turned away, though it holds the token's key. */
  record Misused(Grant grant, TokenMisuse what, Refusal why) implements Enrolling {
    /** Whether the log has not heard enough of it. */
    public boolean worthTelling() {
      return grant.misuses() < Grant.TOLD;
    }
  }

  /** What comes of that request, in that house, at that moment. */
  static Enrolling of(House house, EnrolmentRequest asked, Instant now) {
    return look(house, asked, now.isBefore(house.clock()) ? house.clock() : now);
  }

  private static Enrolling look(House house, EnrolmentRequest asked, Instant now) {
    Optional<Refusal> unfit = unfit(house, asked);
    if (unfit.isPresent()) {
      return new TurnedAway(unfit.get());
    }
    Optional<Participant> known = house.participant(asked.participant());
    Optional<Participant> same = known.filter(p -> p.identityKey().equals(asked.identityKey()));
    if (same.flatMap(Participant::token).filter(asked.token()::equals).isPresent()) {
      return new Repeated(same.get());
    }
    Optional<Grant> found = house.grant(asked.token(), now);
    if (found.isEmpty()) {
      return new TurnedAway(new EnrolmentRefusal.UnknownToken(asked.token()));
    }
    Grant grant = found.get();
    if (!signed(house, asked, grant.publicKey(), asked.tokenSignature())) {
      return new TurnedAway(
          new EnrolmentRefusal.NotSigned(
              asked.participant(), "the key of enrolment token " + grant.id()));
    }
    Duration off = Duration.between(asked.time(), now).abs();
    if (off.compareTo(CLOCK_TOLERANCE) > 0) {
      return new TurnedAway(new EnrolmentRefusal.ClockOff(asked.participant(), asked.time(), off));
    }
    if (asked.identityKey().equals(grant.publicKey())) {
      // Whoever else has the token could speak for the host.
      return new TurnedAway(
          new Refusal.KeyUnusable(
              "the identity key of " + asked.participant(), "it is the enrolment token's"));
    }
    if (same.isPresent()) {
      return same.get().memberships().equals(grant.memberships())
          ? new Repeated(same.get())
          : new TurnedAway(
              new EnrolmentRefusal.AlreadyEnrolled(asked.participant(), asked.token()));
    }
    return granted(grant, known, asked, now);
  }

  private static Optional<Refusal> unfit(House house, EnrolmentRequest asked) {
    Optional<Refusal> kept = MemberNames.flaw(asked.participant());
    if (kept.isPresent()) {
      return kept;
    }
    Optional<String> flaw = Proofs.flawOfEd25519(asked.identityKey());
    if (flaw.isPresent()) {
      return Optional.of(
          new Refusal.KeyUnusable("the identity key of " + asked.participant(), flaw.get()));
    }
    return signed(house, asked, asked.identityKey(), asked.identitySignature())
        ? Optional.empty()
        : Optional.of(
            new EnrolmentRefusal.NotSigned(asked.participant(), "the identity key that it brings"));
  }

  private static boolean signed(House house, EnrolmentRequest asked, Bytes key, Bytes signature) {
    Optional<HouseId> id = house.id();
    return id.isPresent()
        && Authorship.verifies(key, asked.statement(id.get()), signature.toArray());
  }

  /** Of somebody who is new, or known by that name with another identity. */
  private static Enrolling granted(
      Grant grant, Optional<Participant> known, EnrolmentRequest asked, Instant now) {
    Digest identity = asked.identityKey().digest();
    if (grant.removed().contains(identity)) {
      return new TurnedAway(new EnrolmentRefusal.IdentityRemoved(asked.participant(), grant.id()));
    }
    if (grant.barred().contains(asked.participant())) {
      return new TurnedAway(new EnrolmentRefusal.NameBarred(asked.participant(), grant.id()));
    }
    if (grant.revoked().isPresent()) {
      return new Misused(
          grant,
          TokenMisuse.REVOKED,
          new EnrolmentRefusal.TokenRevoked(grant.id(), grant.revoked().get().at()));
    }
    if (grant.usedUp().isPresent()) {
      return new Misused(
          grant, TokenMisuse.USED_UP, new EnrolmentRefusal.TokenUsedUp(grant.id(), grant.uses()));
    }
    if (!grant.isOpen(now)) {
      return new Misused(
          grant,
          TokenMisuse.EXPIRED,
          new EnrolmentRefusal.TokenExpired(grant.id(), grant.expiresAt()));
    }
    if (!grant.names().matches(asked.participant())) {
      return new Misused(
          grant,
          TokenMisuse.OTHER_NAME,
          new EnrolmentRefusal.NameNotAllowed(grant.id(), asked.participant(), grant.names()));
    }
    if (known.isPresent() && !grant.replace()) {
      return new Misused(
          grant, TokenMisuse.NAME_TAKEN, new EnrolmentRefusal.NameTaken(asked.participant()));
    }
    return new Admitted(grant, known);
  }
}
