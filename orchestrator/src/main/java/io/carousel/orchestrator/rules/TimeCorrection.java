package io.carousel.orchestrator.rules;

import io.carousel.events.EnrolmentTokenId;
import io.carousel.events.HouseEvent.TimeSetBack;
import java.time.Instant;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What becomes of moments that a wrong clock wrote into the state, when the log's time is set back:
 * none stays in the future, or what waits for it would wait for as long as the clock was ahead.
 *
 * <p>Ends of holds are another matter: whether the clocks were ahead or are behind now is not known
 * for sure, and a key that is destroyed too early does not come back. They are moved only where the
 * events show that the clocks were ahead ({@link io.carousel.events.LogTime#aheadSince}).
 */
final class TimeCorrection {
  private final Instant to;
  private final Optional<Instant> ahead;

  private TimeCorrection(Instant to, Optional<Instant> ahead) {
    this.to = to;
    this.ahead = ahead;
  }

  /** That house, with the time that it was set back to. */
  static House applied(House before, House house, TimeSetBack e) {
    var correction = new TimeCorrection(e.at(), before.time().aheadSince(e.at()));
    House next = house;
    for (Slot slot : house.slots().values()) {
      next = next.with(correction.slot(slot));
    }
    for (Authority a : house.authorities().values()) {
      next = next.with(correction.authority(a));
    }
    var grants = new TreeMap<EnrolmentTokenId, Grant>();
    house.grants().forEach((id, grant) -> grants.put(id, grant.createdBy(e.at())));
    next = next.withGrants(grants);
    for (DueFailure failure : house.failures().values()) {
      next = next.failing(failure.by(e.at(), Due.LAST_RETRY));
    }
    return next;
  }

  private Instant past(Instant at) {
    return at.isAfter(to) ? to : at;
  }

  private Slot slot(Slot slot) {
    var refusals = new TreeMap<String, Slot.Refusals>();
    slot.refusals()
        .forEach((code, r) ->
            refusals.put(code, new Slot.Refusals(r.count(), r.detail(), past(r.last()))));
    return slot.with(refusals).silent(slot.silent().map(this::past));
  }

  private Authority authority(Authority a) {
    Authority next = a.with(phase(a.phase()));
    for (Authority.Revoked r : a.revoked().values()) {
      next = next.with(new Authority.Revoked(r.credential(), past(r.since()), r.cause()));
    }
    if (a.attestation().isPresent()) {
      Attestation s = a.attestation().get();
      next = next.with(new Attestation(s.statement(), past(s.since()), s.wishes(), s.earlier()));
    }
    return ahead.isPresent() ? holds(next, ahead.get()) : next;
  }

  private Phase phase(Phase phase) {
    return switch (phase) {
      case Phase.Init p ->
          new Phase.Init(p.rotation(), p.active(), p.successor(), p.trustedSince().map(this::past));
      case Phase.Joining p ->
          new Phase.Joining(p.active(), p.slot(), p.trustedSince().map(this::past));
      case Phase.Creating _,
          Phase.Standby _,
          Phase.UpdateClients _,
          Phase.UpdateServers _,
          Phase.Rollback _,
          Phase.Leaving _ ->
          phase;
    };
  }

  private Authority holds(Authority a, Instant since) {
    Authority next = a;
    for (Generation g : a.generations().values()) {
      Generation dated = g;
      for (Key key : g.keys().values()) {
        if (key instanceof Key.Living k) {
          dated = dated.with(k.with(k.made().dated(since, to)));
        }
      }
      next = next.with(dated);
    }
    return next;
  }
}
