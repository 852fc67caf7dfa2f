package io.carousel.orchestrator.rules;

import io.carousel.events.AuthorityName;
import io.carousel.events.HouseEvent.DueWorkFailed;
import io.carousel.events.SlotName;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Time-driven work of one authority and slot that failed when it was last tried.
 *
 * @param authority empty if it is the slot's own work
 * @param slot empty if it concerns the authority as a whole
 * @param attempts how many tries have failed for this reason
 * @param since when it first failed for this reason
 * @param retryAt when it is tried again
 */
public record DueFailure(
    Optional<AuthorityName> authority,
    Optional<SlotName> slot,
    String reason,
    int attempts,
    Instant since,
    Instant retryAt) {

  static DueFailure of(House house, DueWorkFailed e) {
    DueFailure before = house.failures().get(key(e.authority(), e.slot()));
    boolean same = before != null && before.reason().equals(e.reason());
    return new DueFailure(
        e.authority(),
        e.slot(),
        e.reason(),
        e.attempts(),
        same ? before.since() : e.at(),
        e.retryAt());
  }

  /** Not of later than that moment, and tried again no longer after it than that. */
  DueFailure by(Instant now, Duration longest) {
    Instant latest = now.plus(longest);
    return new DueFailure(
        authority,
        slot,
        reason,
        attempts,
        since.isAfter(now) ? now : since,
        retryAt.isAfter(latest) ? latest : retryAt);
  }

  /** Where the state keeps it: names have no slash. */
  static String key(Optional<AuthorityName> authority, Optional<SlotName> slot) {
    return authority.map(AuthorityName::value).orElse("")
        + "/"
        + slot.map(SlotName::value).orElse("");
  }

  String key() {
    return key(authority, slot);
  }

  /** Whose work it is, for people. */
  public static String subject(Optional<AuthorityName> authority, Optional<SlotName> slot) {
    Optional<String> ofSlot = slot.map("slot %s"::formatted);
    return authority
        .map(a -> "authority %s".formatted(a) + ofSlot.map(s -> " on " + s).orElse(""))
        .or(() -> ofSlot)
        .orElse("the house");
  }

  /** Why, since when, and when it is tried again; for people. */
  public String text() {
    return "work that is due for %s has failed since %s: %s; it is tried again at %s"
        .formatted(subject(authority, slot), since, reason, retryAt);
  }
}
