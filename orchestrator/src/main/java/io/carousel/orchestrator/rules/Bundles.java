package io.carousel.orchestrator.rules;

import io.carousel.events.TrustBundle;
import io.carousel.events.TrustBundle.TrustedKey;
import java.util.List;

/** The trust bundle of an authority, as its phase has it. */
public final class Bundles {
  private Bundles() {}

  /** What verifiers must trust now. */
  public static TrustBundle of(Authority a) {
    List<TrustedKey> trusted =
        a.phase().trusted().stream()
            .flatMap(g -> a.generation(g).ready().map(k -> trusted(g, k)))
            .toList();
    return new TrustBundle(
        a.name(),
        a.bundle(),
        a.changeSequence(),
        a.phase().name(),
        a.phaseSequence(),
        a.challenge(),
        a.phase().clientGeneration(),
        a.phase().serverGeneration(),
        trusted,
        a.external().filter(_ -> !a.phase().trusted().isEmpty()).map(Bundles::root));
  }

  private static TrustBundle.Root root(External external) {
    return new TrustBundle.Root(
        external.root().use(),
        external.root().certificate(),
        external.crl().map(External.RootCrl::crl));
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
