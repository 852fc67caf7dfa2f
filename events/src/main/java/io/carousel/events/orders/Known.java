package io.carousel.events.orders;

import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.Format;
import io.carousel.events.KeyId;
import io.carousel.events.KeyStage;
import io.carousel.events.SlotName;
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
   * @param until the end of its hold; empty unless it is held for a time
   */
  record Living(Optional<KeyStage> stage, Optional<Instant> until) implements Standing {}

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

  /** Why it must not be destroyed at that time of the log; empty if it may be. */
  Optional<String> whyKept(Instant now) {
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
                  .filter(end -> end.isAfter(now))
                  .map(end -> "it is retired, and held until " + end);
    };
  }
}
