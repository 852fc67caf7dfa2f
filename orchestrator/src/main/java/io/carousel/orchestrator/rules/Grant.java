package io.carousel.orchestrator.rules;

import io.carousel.events.Bytes;
import io.carousel.events.Digest;
import io.carousel.events.EnrolmentEvent.EnrolmentTokenCreated;
import io.carousel.events.EnrolmentEvent.EnrolmentTokenMisused;
import io.carousel.events.EnrolmentEvent.EnrolmentTokenRevoked;
import io.carousel.events.EnrolmentTokenId;
import io.carousel.events.Membership;
import io.carousel.events.NamePattern;
import io.carousel.events.ParticipantName;
import io.carousel.events.TokenMisuse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the holder of an enrolment token may do, and how much of that is done.
 *
 * @param publicKey the token's
 * @param createdAt when its life began
 * @param usedUp when the last of its uses was taken
 * @param removed SHA-256 of the identity keys that it let in and that were removed or replaced
 *     since: their requests can be read in the log, and must not let them in again
 * @param barred names of members that were removed while it was open: it lets in nobody under them
 * @param misuses how many were told; never more than {@link #TOLD}
 * @param lastMisuse the last of them
 */
public record Grant(
    EnrolmentTokenId id,
    Bytes publicKey,
    NamePattern names,
    List<Membership> memberships,
    int uses,
    int used,
    boolean replace,
    Instant createdAt,
    Instant expiresAt,
    String by,
    Optional<Instant> usedUp,
    Optional<Revoked> revoked,
    List<Digest> removed,
    List<ParticipantName> barred,
    int misuses,
    Optional<Misuse> lastMisuse) {
  /** How many misuses of one token the log tells. */
  public static final int TOLD = 3;

  /** How long a token stays known after its end. */
  public static final Duration KEPT = Duration.ofHours(24);

  /** Copies. */
  public Grant {
    memberships = List.copyOf(memberships);
    removed = List.copyOf(removed);
    barred = List.copyOf(barred);
  }

  /** That an operator ended it. */
  public record Revoked(String reason, String by, Instant at) {}

  /** What somebody tried who holds its key. */
  public record Misuse(ParticipantName participant, TokenMisuse why, Instant at) {}

  static Grant of(EnrolmentTokenCreated e) {
    return new Grant(
        e.token(),
        e.publicKey(),
        e.names(),
        e.memberships(),
        e.uses(),
        0,
        e.replace(),
        e.at(),
        e.expiresAt(),
        e.by(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        List.of(),
        0,
        Optional.empty());
  }

  /** The first moment at which it lets in nobody any more. */
  public Instant end() {
    return Stream.concat(Stream.of(expiresAt), Stream.concat(usedUp.stream(), revokedAt()))
        .min(Instant::compareTo)
        .orElseThrow();
  }

  private Stream<Instant> revokedAt() {
    return revoked.map(Revoked::at).stream();
  }

  /** Whether it may let somebody in. */
  public boolean isOpen(Instant now) {
    return now.isBefore(end());
  }

  /** Whether it is remembered. */
  public boolean isKnown(Instant now) {
    return now.isBefore(end().plus(KEPT));
  }

  /** With its life counted from that moment at the latest. */
  Grant createdBy(Instant now) {
    if (!createdAt.isAfter(now)) {
      return this;
    }
    return new Grant(
        id,
        publicKey,
        names,
        memberships,
        uses,
        used,
        replace,
        now,
        now.plus(Duration.between(createdAt, expiresAt)),
        by,
        usedUp,
        revoked,
        removed,
        barred,
        misuses,
        lastMisuse);
  }

  Grant used(Instant at) {
    Optional<Instant> last = used + 1 == uses ? Optional.of(at) : usedUp;
    return new Grant(
        id,
        publicKey,
        names,
        memberships,
        uses,
        used + 1,
        replace,
        createdAt,
        expiresAt,
        by,
        last,
        revoked,
        removed,
        barred,
        misuses,
        lastMisuse);
  }

  Grant revoked(EnrolmentTokenRevoked e) {
    return new Grant(
        id,
        publicKey,
        names,
        memberships,
        uses,
        used,
        replace,
        createdAt,
        expiresAt,
        by,
        usedUp,
        Optional.of(new Revoked(e.reason(), e.by(), e.at())),
        removed,
        barred,
        misuses,
        lastMisuse);
  }

  Grant without(Digest identity) {
    return new Grant(
        id,
        publicKey,
        names,
        memberships,
        uses,
        used,
        replace,
        createdAt,
        expiresAt,
        by,
        usedUp,
        revoked,
        Stream.concat(removed.stream(), Stream.of(identity)).distinct().sorted().toList(),
        barred,
        misuses,
        lastMisuse);
  }

  Grant barring(ParticipantName name) {
    return new Grant(
        id,
        publicKey,
        names,
        memberships,
        uses,
        used,
        replace,
        createdAt,
        expiresAt,
        by,
        usedUp,
        revoked,
        removed,
        Stream.concat(barred.stream(), Stream.of(name)).distinct().sorted().toList(),
        misuses,
        lastMisuse);
  }

  Grant misused(EnrolmentTokenMisused e) {
    return new Grant(
        id,
        publicKey,
        names,
        memberships,
        uses,
        used,
        replace,
        createdAt,
        expiresAt,
        by,
        usedUp,
        revoked,
        removed,
        barred,
        misuses + 1,
        Optional.of(new Misuse(e.participant(), e.why(), e.at())));
  }
}
