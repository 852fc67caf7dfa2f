package io.carousel.orchestrator.rules;

import io.carousel.events.TrustBundle;
import io.carousel.events.TrustBundle.TrustedCa;
import java.util.List;

/** The trust bundle of an authority, as its phase has it. */
public final class Bundles {
  private Bundles() {}

  /** What verifiers must trust now. */
  public static TrustBundle of(Authority a) {
    List<TrustedCa> trusted =
        a.phase().trusted().stream()
            .flatMap(g -> a.generation(g).certified().map(k -> trusted(g, k)))
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
        trusted);
  }

  private static TrustedCa trusted(int generation, Key.Certified key) {
    return new TrustedCa(generation, key.slot(), key.certificate(), key.publicKey().digest());
  }
}
