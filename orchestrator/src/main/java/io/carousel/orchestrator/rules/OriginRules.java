package io.carousel.orchestrator.rules;

import io.carousel.events.Adoption;
import io.carousel.events.AuthorityEvent;
import io.carousel.events.AuthorityEvent.AuthorityOpened;
import io.carousel.events.AuthorityEvent.KeyAdoptionRequested;
import io.carousel.events.AuthorityEvent.KeyRequested;
import io.carousel.events.Bytes;
import io.carousel.events.Digest;
import io.carousel.events.ForeignKey;
import io.carousel.events.Format;
import io.carousel.events.FormatSuite;
import io.carousel.events.KeyId;
import io.carousel.events.KeyPlace;
import io.carousel.events.OperatorAct.CreateAuthority;
import io.carousel.events.Origin;
import io.carousel.events.SlotName;
import io.carousel.events.SlotReport.SeenKey;
import io.carousel.events.SubjectPublicKey;
import io.carousel.events.Suite;
import io.carousel.events.UnreadableDer;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Authorities that come from elsewhere: with keys that are in a token already, or with the public
 * keys of a CA that has its own somewhere else.
 */
final class OriginRules {
  private OriginRules() {}

  /** Why an authority cannot begin with those keys. */
  static Optional<Refusal> flaw(House house, CreateAuthority act, Circumstances c) {
    Origin origin = act.origin();
    return Stream.of(
            origin.adopted().stream().map(a -> flaw(house, act, a, c)),
            origin.imported().stream().map(k -> flaw(house, act, k, c)),
            act.formats().stream().map(f -> lacking(origin, f)))
        .flatMap(each -> each)
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static Optional<Refusal> flaw(
      House house, CreateAuthority act, Adoption adoption, Circumstances c) {
    KeyPlace place = adoption.place();
    Optional<FormatSuite> wanted =
        act.formats().stream().filter(f -> f.format() == place.format()).findFirst();
    if (wanted.isEmpty() || !act.slots().contains(place.slot())) {
      return unfit(adoption, "the authority signs no such format, or has no such slot");
    }
    if (isKnown(house, adoption.key())) {
      return Optional.of(new Refusal.KeyKnown(adoption.key()));
    }
    Optional<SeenKey> seen = seen(house, place.slot(), adoption.key());
    if (seen.isEmpty()) {
      return Optional.of(new OriginRefusal.NotSeen(place.slot(), adoption.key()));
    }
    return flaw(house, adoption, wanted.get().suite(), seen.get())
        .or(() ->
            adoption
                .certificate()
                .flatMap(der -> flaw(act, adoption, der, wanted.get().suite(), seen.get(), c)));
  }

  /** As the slot's worker saw it last; it is looked at again before it is adopted. */
  private static Optional<SeenKey> seen(House house, SlotName slot, KeyId key) {
    return Optional.ofNullable(house.slots().get(slot)).flatMap(Slot::seen).stream()
        .flatMap(i -> i.report().keys().stream())
        .filter(k -> k.key().equals(key))
        .findFirst();
  }

  private static Optional<Refusal> flaw(House house, Adoption adoption, Suite suite, SeenKey seen) {
    if (isKnown(house, seen.publicKey())) {
      return Optional.of(new Refusal.KeyKnown(adoption.key()));
    }
    if (seen.suite() != suite) {
      return unfit(
          adoption,
          "it is of suite %s, and the authority's is %s; say --suite %s=%s"
              .formatted(seen.suite(), suite, adoption.place().format(), seen.suite()));
    }
    return seen.doubtful().isEmpty() || adoption.acceptWeak()
        ? Optional.empty()
        : Optional.of(
            new OriginRefusal.KeyWeak(adoption.place().slot(), adoption.key(), seen.doubtful()));
  }

  private static Optional<Refusal> flaw(
      CreateAuthority act,
      Adoption adoption,
      Bytes certificate,
      Suite suite,
      SeenKey seen,
      Circumstances c) {
    return ForeignCaCheck.adoptable(certificate, suite, c.now(), act.policy().leafLifetime())
        .or(() -> ForeignCaCheck.otherKey(certificate, seen.publicKey()))
        .flatMap(why -> unfit(adoption, "its CA certificate is not fit: " + why));
  }

  private static Optional<Refusal> unfit(Adoption adoption, String why) {
    return Optional.of(new OriginRefusal.AdoptionUnfit(adoption.place(), adoption.key(), why));
  }

  private static Optional<Refusal> flaw(
      House house, CreateAuthority act, ForeignKey key, Circumstances c) {
    if (act.formats().stream().noneMatch(f -> f.format() == key.format())) {
      return Optional.of(
          new CredentialRefusal.FormatNotSigned(act.authority(), key.format(), act.formats()));
    }
    Digest digest = key.publicKey().digest();
    if (isKnown(house, digest)) {
      return Optional.of(new OriginRefusal.PublicKeyKnown(digest));
    }
    return (key.format() == Format.X509 ? ForeignCaCheck.importable(key, c.now()) : flaw(key))
        .map(why -> new OriginRefusal.ImportUnfit(key.format(), digest, why));
  }

  private static Optional<String> flaw(ForeignKey foreign) {
    try {
      SubjectPublicKey key = SubjectPublicKey.of(foreign.publicKey());
      return foreign
          .algorithm()
          .filter(a -> !a.fits(key))
          .map(a -> "it is not of the kind that signs by " + a.wire());
    } catch (UnreadableDer e) {
      return Optional.of(e.getMessage());
    }
  }

  /** A verify-only generation must have what verifiers of each format trust now. */
  private static Optional<Refusal> lacking(Origin origin, FormatSuite wanted) {
    boolean there =
        !origin.verifyOnly()
            || origin.imported().stream().anyMatch(k -> k.format() == wanted.format());
    return there ? Optional.empty() : Optional.of(new OriginRefusal.ImportLacking(wanted.format()));
  }

  /** Whether that id is one of the log, of whatever slot. */
  static boolean isKnown(House house, KeyId key) {
    return house.authorities().values().stream()
        .flatMap(Authority::keys)
        .anyMatch(k -> k.keyId().filter(key::equals).isPresent());
  }

  /** Whether that key is one of the log, under whatever name, in whatever slot, or elsewhere. */
  static boolean isKnown(House house, Digest publicKey) {
    return house.authorities().values().stream()
            .flatMap(Authority::keys)
            .anyMatch(k -> k.publicKeyDigest().filter(publicKey::equals).isPresent())
        || house.authorities().values().stream()
            .flatMap(a -> a.generations().values().stream())
            .flatMap(g -> g.origin().imported().stream())
            .anyMatch(k -> k.publicKey().digest().equals(publicKey));
  }

  /** How generation 1 begins: its keys are asked for, or it is there. */
  static List<AuthorityEvent> beginning(CreateAuthority act, Circumstances c) {
    if (act.origin().verifyOnly()) {
      return List.of(new AuthorityOpened(act.authority(), 1, 1, c.now()));
    }
    return KeyRules.requests(act.authority(), 1, act.slots(), act.formats(), c).stream()
        .map(r -> adopting(r, act.origin()))
        .toList();
  }

  private static AuthorityEvent adopting(KeyRequested r, Origin origin) {
    return origin
        .adoption(KeyPlace.of(r.slot(), r.format()))
        .<AuthorityEvent>map(a ->
            new KeyAdoptionRequested(
                r.authority(),
                r.generation(),
                r.slot(),
                r.format(),
                r.command(),
                r.suite(),
                a.key(),
                a.acceptWeak(),
                r.at()))
        .orElse(r);
  }
}
