package io.carousel.orchestrator.rules;

import io.carousel.events.ForeignKey;
import io.carousel.events.Profile;
import io.carousel.events.TrustBundle;
import io.carousel.events.TrustBundle.TrustedKey;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The trust bundle of an authority, as its phase has it. */
public final class Bundles {
  private Bundles() {}

  /** What verifiers must trust now. */
  public static TrustBundle of(Authority a) {
    List<TrustedKey> trusted =
        a.trusted().stream().map(a::generation).flatMap(g -> trusted(a, g)).toList();
    return new TrustBundle(
        a.name(),
        a.bundle(),
        a.changeSequence(),
        a.phase().name(),
        a.phaseSequence(),
        a.challenge(),
        a.issuing(Profile.CLIENT),
        a.issuing(Profile.SERVER),
        trusted,
        a.external().filter(_ -> !a.trusted().isEmpty()).map(Bundles::root),
        a.attestation()
            .filter(s -> s.statement().bundle() == a.bundle())
            .map(Attestation::signatures)
            .orElse(List.of()),
        a.policy().naming().trustDomain());
  }

  private static TrustBundle.Root root(External external) {
    return new TrustBundle.Root(
        external.root().use(),
        external.root().certificate(),
        external.crl().map(External.RootCrl::crl));
  }

  private static Stream<TrustedKey> trusted(Authority a, Generation g) {
    return Stream.concat(
        a.inForce().trusted(g).map(Bundles::trusted),
        // A key for tokens may have several names.
        g.origin().imported().stream().map(k -> trusted(g.number(), k)).distinct());
  }

  private static TrustedKey trusted(int generation, ForeignKey key) {
    return new TrustedKey(
        generation,
        Optional.empty(),
        key.format(),
        key.publicKey(),
        key.certificate(),
        key.publicKey().digest(),
        false);
  }

  private static TrustedKey trusted(InForce.Trusted t) {
    Key.Ready key = t.key();
    return new TrustedKey(
        t.generation().number(),
        Optional.of(key.slot()),
        key.format(),
        key.publicKey(),
        key.certificate(),
        key.publicKey().digest(),
        t.outgoing());
  }
}
