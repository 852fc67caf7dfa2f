package io.carousel.events.orders;

import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.Format;
import io.carousel.events.KeyId;
import io.carousel.events.KeyStage;
import io.carousel.events.LogTime;
import io.carousel.events.SlotName;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A key as the log knows it, while it is in its token.
 *
 * @param place whose it is, and where
 * @param publicKey SubjectPublicKeyInfo
 * @param standing how far it has come
 * @param certificate of the CA, DER; empty before there is one
 * @param crl whether it ever signed a CRL
 */
record Known(
    Place place,
    KeyId id,
    Bytes publicKey,
    Standing standing,
    Optional<Bytes> certificate,
    boolean crl) {

  /** Whose key, and where: an authority has one in use for each. */
  record Place(AuthorityName authority, int generation, SlotName slot, Format format) {}

  /** How far a key has come. */
  sealed interface Standing {}

  /**
   * It is, or was, the one of its place.
   *
   * @param stage empty before verifiers were told of it
   * @param since when it came so far
   * @param until the end of its hold; empty unless it is held for a time
   */
  record Living(Optional<KeyStage> stage, Instant since, Optional<Instant> until)
      implements Standing {
    /**
     * Of that event, which a clock that ran ahead may have dated: as if it had come at {@code to}.
     */
    Living dated(Instant ahead, Instant to) {
      return since.isBefore(ahead)
          ? this
          : new Living(stage, to, until.map(end -> to.plus(Duration.between(since, end))));
    }
  }

  /** A second one, that two workers made for one command; it never signed anything else. */
  record Surplus() implements Standing {}

  /** Its destruction was ordered. */
  record Doomed() implements Standing {}

  Known at(Standing next) {
    return new Known(place, id, publicKey, next, certificate, crl);
  }

  Known certified(Bytes by) {
    return new Known(place, id, publicKey, standing, Optional.of(by), crl);
  }

  Known listing() {
    return new Known(place, id, publicKey, standing, certificate, true);
  }

  /** Whether its slot must hold it: those that are held may be on their way out. */
  boolean mustBeThere() {
    return standing instanceof Living l && !l.stage().equals(Optional.of(KeyStage.HELD));
  }

  /** The end of its hold; empty unless it is held for a time. */
  Optional<Instant> heldUntil() {
    return standing instanceof Living l ? l.until() : Optional.empty();
  }

  /** Why it must not be destroyed at that time of the log; empty if it may be. */
  Optional<String> whyKept(LogTime time) {
    return switch (standing) {
      case Surplus _ -> Optional.empty();
      case Doomed _ -> Optional.of("its destruction was ordered before");
      case Living l when !l.stage().equals(Optional.of(KeyStage.HELD)) ->
          Optional.of(
              "it is not retired: its stage is %s"
                  .formatted(l.stage().map(KeyStage::wire).orElse("adopted")));
      case Living l ->
          l.until().isEmpty()
              ? Optional.of("it is retired, and held for ever")
              : l.until()
                  .filter(end -> end.isAfter(time.now()))
                  .or(time::unsettledUntil)
                  .map(end -> "it is retired, and held until " + end);
    };
  }
}
