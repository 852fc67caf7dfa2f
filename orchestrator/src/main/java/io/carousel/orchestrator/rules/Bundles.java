package io.carousel.orchestrator.rules;

import io.carousel.events.TrustBundle;
import io.carousel.events.TrustBundle.TrustedKey;
import java.util.List;

/** The trust bundle of an authority, as its phase has it. */
public final class Bundles {
  private Bundles() {}

  /** What verifiers must trust now. */
  public static TrustBundle of(Authority a) {
    List<TrustedKey> trusted = a.inForce().trusted().map(Bundles::trusted).toList();
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

  private static TrustedKey trusted(InForce.Trusted t) {
    Key.Ready key = t.key();
    return new TrustedKey(
        t.generation().number(),
        key.slot(),
        key.format(),
        key.publicKey(),
        key.certificate(),
        key.publicKey().digest(),
        t.outgoing());
  }
}
