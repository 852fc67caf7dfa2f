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
        a.trusted().stream().map(a::generation).flatMap(Bundles::trusted).toList();
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
        a.external().filter(_ -> !a.trusted().isEmpty()).map(Bundles::root));
  }

  private static TrustBundle.Root root(External external) {
    return new TrustBundle.Root(
        external.root().use(),
        external.root().certificate(),
        external.crl().map(External.RootCrl::crl));
  }

  private static Stream<TrustedKey> trusted(Generation g) {
    return Stream.concat(
        g.ready().map(k -> trusted(g.number(), k)),
        g.origin().imported().stream().map(k -> trusted(g.number(), k)));
  }

  private static TrustedKey trusted(int generation, ForeignKey key) {
    return new TrustedKey(
        generation,
        Optional.empty(),
        key.format(),
        key.publicKey(),
        key.certificate(),
        key.publicKey().digest());
  }

  private static TrustedKey trusted(int generation, Key.Ready key) {
    return new TrustedKey(
        generation,
        key.slot(),
        key.format(),
        key.publicKey(),
        key.certificate(),
        key.publicKey().digest());
  }
}
