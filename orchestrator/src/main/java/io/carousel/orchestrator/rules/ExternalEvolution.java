package io.carousel.orchestrator.rules;

import io.carousel.events.AuthorityEvent.CaCertificateImported;
import io.carousel.events.AuthorityEvent.CaRequestIssued;
import io.carousel.events.AuthorityEvent.CaRequestWanted;
import io.carousel.events.AuthorityEvent.RootCrlImported;
import io.carousel.events.Format;
import io.carousel.events.KeyPlace;
import io.carousel.events.SlotName;
import io.carousel.events.seal.Recorded;
import java.util.Optional;

/** What each event changes of an authority below an external root. */
final class ExternalEvolution {
  private ExternalEvolution() {}

  static House wanted(House house, Authority a, CaRequestWanted e) {
    Generation g = a.generation(e.generation());
    if (!(key(g, e.slot()) instanceof Key.Adopted k)) {
      throw new IllegalStateException("a request was asked for before its key was adopted");
    }
    var requesting = new Key.Requesting(k.made(), e.command(), e.subject(), Optional.empty());
    return house
        .with(a.with(g.with(requesting)))
        .asks(Commands.request(e, k.made(), g.suite(Format.X509), house.sequence()));
  }

  static House issued(House house, Authority a, CaRequestIssued e) {
    Generation g = a.generation(e.generation());
    if (!(key(g, e.slot()) instanceof Key.Requesting k)) {
      throw new IllegalStateException("a request was signed by no key that was asked for one");
    }
    var awaiting = new Key.AwaitingCertificate(k.made(), k.asked(), k.subject(), e.request());
    return house.with(a.with(g.with(awaiting))).answered(e.command());
  }

  static House imported(House house, Authority a, CaCertificateImported e) {
    Generation g = a.generation(e.generation());
    if (!(key(g, e.slot()) instanceof Key.AwaitingCertificate k)) {
      throw new IllegalStateException("a certificate was imported for no key that waits for one");
    }
    var ca = new Key.CaCertificate(k.asked(), e.certificate());
    var certified = new Key.Certified(k.made(), ca, Optional.empty(), Optional.empty());
    return house.with(a.with(g.with(certified)).with(external(a).with(e)));
  }

  static House crl(House house, Authority a, RootCrlImported e, Recorded recorded) {
    return house.with(
        a.with(external(a).with(e))
            .extendsTrust(a.phase(), recorded.sequence(), recorded.hash())
            .withBundle(e.bundle()));
  }

  private static External external(Authority a) {
    return a.external()
        .orElseThrow(() ->
            new IllegalStateException("authority %s has no external root".formatted(a.name())));
  }

  private static Key key(Generation g, SlotName slot) {
    return g.keys().get(KeyPlace.of(slot, Format.X509));
  }
}
