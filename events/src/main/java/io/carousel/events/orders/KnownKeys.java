package io.carousel.events.orders;

import io.carousel.events.AuthorityEvent;
import io.carousel.events.AuthorityEvent.CaCertificateAdopted;
import io.carousel.events.AuthorityEvent.CaCertificateImported;
import io.carousel.events.AuthorityEvent.CaCertificateIssued;
import io.carousel.events.AuthorityEvent.CrlIssued;
import io.carousel.events.AuthorityEvent.KeyAdopted;
import io.carousel.events.AuthorityEvent.KeyAdoptionRequested;
import io.carousel.events.AuthorityEvent.KeyDestroyed;
import io.carousel.events.AuthorityEvent.KeyDestructionRequested;
import io.carousel.events.AuthorityEvent.KeyRequested;
import io.carousel.events.AuthorityEvent.KeyStageReached;
import io.carousel.events.AuthorityEvent.RotationStarted;
import io.carousel.events.AuthorityEvent.SurplusKeyFound;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.Format;
import io.carousel.events.KeyId;
import io.carousel.events.LogTime;
import io.carousel.events.RotationId;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import io.carousel.events.orders.Known.Doomed;
import io.carousel.events.orders.Known.Living;
import io.carousel.events.orders.Known.Place;
import io.carousel.events.orders.Known.Surplus;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** The keys that are in their tokens, as far as the log knows. One thread at a time. */
final class KnownKeys {
  private final Map<Name, Known> keys = new HashMap<>();
  private final Map<Place, KeyId> places = new HashMap<>();
  private final Map<Place, Suite> suites = new HashMap<>();

  private final Map<RotationId, RotationStarted> rotations = new HashMap<>();

  /** A CKA_ID in one token. */
  private record Name(SlotName slot, KeyId id) {}

  void accept(AuthorityEvent event) {
    switch (event) {
      case KeyRequested e -> suites.put(place(e, e.generation(), e.slot(), e.format()), e.suite());
      case KeyAdoptionRequested e ->
          suites.put(place(e, e.generation(), e.slot(), e.format()), e.suite());
      case KeyAdopted e -> {
        Place place = place(e, e.generation(), e.slot(), e.format());
        places.put(place, e.key());
        put(
            known(
                place,
                e.key(),
                e.publicKey(),
                new Living(Optional.empty(), e.at(), Optional.empty())));
      }
      case SurplusKeyFound e ->
          put(
              known(
                  place(e, e.generation(), e.slot(), e.format()),
                  e.key(),
                  e.publicKey(),
                  new Surplus()));
      case CaCertificateIssued e ->
          change(e, e.generation(), e.slot(), k -> k.certified(e.certificate()));
      case CaCertificateImported e ->
          change(e, e.generation(), e.slot(), k -> k.certified(e.certificate()));
      case CaCertificateAdopted e ->
          change(e, e.generation(), e.slot(), k -> k.certified(e.certificate()));
      case CrlIssued e -> change(e, e.generation(), e.slot(), Known::listing);
      case KeyStageReached e ->
          change(
              e.slot(), e.key(), k -> k.at(new Living(Optional.of(e.stage()), e.at(), e.until())));
      case KeyDestructionRequested e -> change(e.slot(), e.key(), k -> k.at(new Doomed()));
      case RotationStarted e -> rotations.put(e.rotation(), e);
      case KeyDestroyed e -> keys.remove(new Name(e.slot(), e.key()));
      case AuthorityEvent.KeyDeclaredLost e -> keys.remove(new Name(e.slot(), e.key()));
      default -> {
        // changes no key
      }
    }
  }

  private static Place place(AuthorityEvent e, int generation, SlotName slot, Format format) {
    return new Place(e.authority(), generation, slot, format);
  }

  private static Known known(Place place, KeyId id, Bytes publicKey, Known.Standing standing) {
    return new Known(place, id, publicKey, standing, Optional.empty(), false);
  }

  private void put(Known key) {
    keys.put(new Name(key.place().slot(), key.id()), key);
  }

  private void change(SlotName slot, KeyId id, UnaryOperator<Known> change) {
    keys.computeIfPresent(new Name(slot, id), (_, key) -> change.apply(key));
  }

  private void change(
      AuthorityEvent e, int generation, SlotName slot, UnaryOperator<Known> change) {
    KeyId id = places.get(place(e, generation, slot, Format.X509));
    if (id != null) {
      change(slot, id, change);
    }
  }

  /** The events since that time were dated by a clock that ran ahead. */
  void date(Instant ahead, Instant to) {
    keys.replaceAll(
        (_, key) -> key.standing() instanceof Living l ? key.at(l.dated(ahead, to)) : key);
  }

  /** The end of that key's hold; empty if it is not held for a time. */
  Optional<Instant> heldUntil(SlotName slot, KeyId id) {
    return Optional.ofNullable(keys.get(new Name(slot, id))).flatMap(Known::heldUntil);
  }

  /** Nothing of that slot is within reach any more. */
  void forget(SlotName slot) {
    keys.keySet().removeIf(name -> name.slot().equals(slot));
  }

  /** The X.509 key of that generation in that slot, while it is in its token. */
  Optional<Known> x509(AuthorityName authority, int generation, SlotName slot) {
    KeyId id = places.get(new Place(authority, generation, slot, Format.X509));
    return id == null ? Optional.empty() : Optional.ofNullable(keys.get(new Name(slot, id)));
  }

  /** The suite that was asked for there. */
  Suite suite(Place place) {
    return suites.get(place);
  }

  /** The generation that leaves by that rotation; 0 if the log knows none. */
  int retiring(RotationId id) {
    return Optional.ofNullable(rotations.get(id)).map(RotationStarted::retiring).orElse(0);
  }

  /** The generation that comes by that rotation; 0 if the log knows none. */
  int successor(RotationId id) {
    return Optional.ofNullable(rotations.get(id)).map(RotationStarted::successor).orElse(0);
  }

  /** Those in that slot. */
  Stream<Known> in(SlotName slot) {
    return keys.values().stream().filter(k -> k.place().slot().equals(slot));
  }

  /** Why that key must not be destroyed by what was ordered; empty if it may be. */
  Optional<String> whyKept(KeyDestructionRequested e, LogTime time) {
    Known key = keys.get(new Name(e.slot(), e.key()));
    if (key == null) {
      return Optional.of("the log knows no key %s in slot '%s'".formatted(e.key(), e.slot()));
    }
    if (!key.publicKey().equals(e.publicKey())
        || !key.place().equals(place(e, e.generation(), e.slot(), e.format()))) {
      return Optional.of(
          "the log knows key %s with another public key, or as another authority's"
              .formatted(e.key()));
    }
    return key.whyKept(time).map(why -> "key %s must be kept: %s".formatted(e.key(), why));
  }
}
