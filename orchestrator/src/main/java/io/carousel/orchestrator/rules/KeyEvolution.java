package io.carousel.orchestrator.rules;

import io.carousel.events.AuthorityEvent.CaCertificateAdopted;
import io.carousel.events.AuthorityEvent.CaCertificateIssued;
import io.carousel.events.AuthorityEvent.CaCertificateRequested;
import io.carousel.events.AuthorityEvent.CrlIssued;
import io.carousel.events.AuthorityEvent.CrlRequested;
import io.carousel.events.AuthorityEvent.KeyAdopted;
import io.carousel.events.AuthorityEvent.KeyAdoptionRequested;
import io.carousel.events.AuthorityEvent.KeyCommandFailed;
import io.carousel.events.AuthorityEvent.KeyDestroyed;
import io.carousel.events.AuthorityEvent.KeyDestructionRequested;
import io.carousel.events.AuthorityEvent.KeyRequested;
import io.carousel.events.AuthorityEvent.KeyStageReached;
import io.carousel.events.AuthorityEvent.SurplusKeyFound;
import io.carousel.events.Format;
import io.carousel.events.KeyId;
import io.carousel.events.KeyPlace;
import java.util.Optional;

/** What each event changes in the life of a key. */
final class KeyEvolution {
  private KeyEvolution() {}

  static House requested(House house, Authority a, KeyRequested e) {
    KeyPlace place = KeyPlace.of(e.slot(), e.format());
    var wanted = new Key.Wanted(place, e.command(), Optional.empty());
    // One that was asked for before is not waited for any more.
    House next =
        key(a, e.generation(), place) instanceof Key.Wanted before
            ? house.answered(before.command())
            : house;
    return next.with(withKey(a, e.generation(), wanted))
        .asks(Commands.generate(e, house.sequence()));
  }

  static House requested(House house, Authority a, KeyAdoptionRequested e) {
    var wanted = new Key.Wanted(KeyPlace.of(e.slot(), e.format()), e.command(), Optional.empty());
    return house.with(withKey(a, e.generation(), wanted)).asks(Commands.adopt(e, house.sequence()));
  }

  static House adopted(House house, Authority a, KeyAdopted e) {
    var made =
        new Key.Made(
            KeyPlace.of(e.slot(), e.format()),
            e.command(),
            e.key(),
            e.publicKey(),
            Optional.empty(),
            e.at(),
            Optional.empty());
    // Its certification follows in the same decision and replaces this placeholder of a command.
    Key adopted =
        e.format() == Format.X509
            ? new Key.Adopted(made, e.command(), Optional.empty(), Optional.empty())
            : new Key.Ready(made, Optional.empty());
    return house.with(withKey(a, e.generation(), adopted)).answered(e.command());
  }

  static House certification(House house, Authority a, CaCertificateRequested e) {
    Generation g = a.generation(e.generation());
    if (!(key(a, e.generation(), KeyPlace.of(e.slot(), Format.X509)) instanceof Key.Adopted k)) {
      throw new IllegalStateException("a certificate was asked for before its key was adopted");
    }
    var asked = new Key.Adopted(k.made(), e.command(), Optional.of(e.draft()), Optional.empty());
    return house
        .with(withKey(a, e.generation(), asked))
        .asks(Commands.certify(e, k.made(), g.suite(Format.X509), house.sequence()));
  }

  static House certified(House house, Authority a, CaCertificateIssued e) {
    if (!(key(a, e.generation(), KeyPlace.of(e.slot(), Format.X509)) instanceof Key.Adopted k)) {
      throw new IllegalStateException("a certificate was issued for no adopted key");
    }
    var ca = new Key.CaCertificate(k.certification(), e.certificate());
    var certified = new Key.Certified(k.made(), ca, Optional.empty(), Optional.empty());
    return house.with(withKey(a, e.generation(), certified)).answered(e.command());
  }

  static House certified(House house, Authority a, CaCertificateAdopted e) {
    if (!(key(a, e.generation(), KeyPlace.of(e.slot(), Format.X509)) instanceof Key.Adopted k)) {
      throw new IllegalStateException("a certificate was adopted for no adopted key");
    }
    var ca = new Key.CaCertificate(e.command(), e.certificate());
    var certified = new Key.Certified(k.made(), ca, Optional.empty(), Optional.empty());
    return house.with(withKey(a, e.generation(), certified));
  }

  static House crlRequested(House house, Authority a, CrlRequested e) {
    var asked = Optional.of(new Key.CrlAsked(e.command(), e.draft()));
    Generation g = a.generation(e.generation());
    return switch (key(a, e.generation(), KeyPlace.of(e.slot(), Format.X509))) {
      case Key.Certified k ->
          house
              .with(a.with(g.with(new Key.Certified(k.made(), k.ca(), asked, Optional.empty()))))
              .asks(Commands.crl(e, g, k.ca().certificate(), house.sequence()));
      case Key.Ready k -> {
        Key.Published p = k.x509().orElseThrow();
        var next =
            new Key.Published(p.ca(), p.command(), p.crl(), p.draft(), asked, Optional.empty());
        yield house
            .with(a.with(g.with(new Key.Ready(k.made(), Optional.of(next)))))
            .asks(Commands.crl(e, g, p.ca().certificate(), house.sequence()));
      }
      case null, default ->
          throw new IllegalStateException("a CRL was asked for of a key without a certificate");
    };
  }

  static House crlIssued(House house, Authority a, CrlIssued e) {
    Key key = key(a, e.generation(), KeyPlace.of(e.slot(), Format.X509));
    Key.Ready ready =
        switch (key) {
          case Key.Certified k -> published(k.made(), k.ca(), k.asked().orElseThrow(), e);
          case Key.Ready k -> {
            Key.Published p = k.x509().orElseThrow();
            yield published(k.made(), p.ca(), p.asked().orElseThrow(), e);
          }
          case null, default ->
              throw new IllegalStateException("a CRL was issued by a key without a certificate");
        };
    return house.with(withKey(a, e.generation(), ready)).answered(e.command());
  }

  private static Key.Ready published(
      Key.Made made, Key.CaCertificate ca, Key.CrlAsked asked, CrlIssued e) {
    return new Key.Ready(
        made,
        Optional.of(
            new Key.Published(
                ca, e.command(), e.crl(), asked.draft(), Optional.empty(), Optional.empty())));
  }

  static House stageReached(House house, Authority a, KeyStageReached e) {
    Key key = key(a, e.generation(), KeyPlace.of(e.slot(), e.format()));
    if (!(key instanceof Key.Living k) || !k.id().equals(e.key())) {
      throw new IllegalStateException("a stage was reached by a key that is not there");
    }
    return house.with(
        withKey(a, e.generation(), k.with(k.made().at(e.stage(), e.at(), e.until()))));
  }

  static House surplus(House house, Authority a, SurplusKeyFound e) {
    var made =
        new Key.Made(
            KeyPlace.of(e.slot(), e.format()),
            e.command(),
            e.key(),
            e.publicKey(),
            Optional.empty(),
            e.at(),
            Optional.empty());
    return house.with(
        a.with(
            new Authority.Surplus(
                e.generation(),
                new Key.Doomed(made, e.command(), Optional.empty(), Optional.empty()))));
  }

  static House doomed(House house, Authority a, KeyDestructionRequested e) {
    Key old = find(a, e.generation(), KeyPlace.of(e.slot(), e.format()), e.key());
    if (!(old instanceof Key.Existing k)) {
      throw new IllegalStateException("a key is to be destroyed that is not there");
    }
    House next = house;
    // What it was still to sign, it will not sign any more.
    for (var command : house.outbox().values()) {
      if (k.waitsFor(command.command())) {
        next = next.answered(command.command());
      }
    }
    return next.with(
            replace(
                a,
                e.generation(),
                new Key.Doomed(k.made(), e.command(), k.legacy(), Optional.empty())))
        .asks(Commands.destroy(e, house.sequence()));
  }

  static House destroyed(House house, Authority a, KeyDestroyed e) {
    Key old = find(a, e.generation(), KeyPlace.of(e.slot(), e.format()), e.key());
    var gone =
        new Key.Destroyed(
            old.place(),
            old.command(),
            e.key(),
            old.publicKeyDigest().orElseThrow(),
            e.command(),
            old.legacy());
    return house.with(replace(a, e.generation(), gone)).answered(e.command());
  }

  static House failed(House house, Authority a, KeyCommandFailed e) {
    var failure = Optional.of(new Key.Failure(e.code(), e.detail(), e.lasting()));
    for (Authority.Surplus s : a.surplus().values()) {
      if (s.key() instanceof Key.Doomed k && k.waitsFor(e.command())) {
        return house.with(a.with(new Authority.Surplus(s.generation(), k.failing(failure))));
      }
    }
    Generation g = a.generation(e.generation());
    Key key = g.keys().get(KeyPlace.of(e.slot(), e.format()));
    if (key == null || !key.waitsFor(e.command())) {
      return house;
    }
    return switch (key) {
      case Key.Wanted k ->
          house.with(a.with(g.with(new Key.Wanted(k.place(), k.command(), failure))));
      case Key.Adopted k -> house.with(a.with(g.with(k.failing(failure))));
      case Key.Requesting k -> house.with(a.with(g.with(k.failing(failure))));
      case Key.Certified k -> house.with(a.with(g.with(k.failing(failure))));
      case Key.Ready k -> house.with(a.with(g.with(failing(k, failure))));
      case Key.Doomed k -> house.with(a.with(g.with(k.failing(failure))));
      case Key.Withdrawn _, Key.AwaitingCertificate _, Key.Destroyed _, Key.Unreachable _ -> house;
    };
  }

  /** What those keys were still asked for, and is not wanted any more. */
  static House withdrawn(House house, Iterable<Key> keys) {
    House next = house;
    for (Key key : keys) {
      if (key instanceof Key.Wanted wanted) {
        next = next.answered(wanted.command());
      } else if (key instanceof Key.Adopted adopted) {
        next = next.answered(adopted.certification());
      } else if (key instanceof Key.Requesting requesting) {
        next = next.answered(requesting.asked());
      } else if (key instanceof Key.Certified certified) {
        // It will never sign a credential, so nobody needs its CRL.
        next = certified.asked().map(Key.CrlAsked::command).map(next::answered).orElse(next);
      }
    }
    return next;
  }

  private static Key.Ready failing(Key.Ready key, Optional<Key.Failure> failure) {
    return new Key.Ready(
        key.made(),
        key.x509()
            .map(p ->
                new Key.Published(p.ca(), p.command(), p.crl(), p.draft(), p.asked(), failure)));
  }

  private static Authority withKey(Authority a, int generation, Key key) {
    return a.with(a.generation(generation).with(key));
  }

  private static Key key(Authority a, int generation, KeyPlace place) {
    return a.generation(generation).keys().get(place);
  }

  static Key find(Authority a, int generation, KeyPlace place, KeyId id) {
    Authority.Surplus surplus = a.surplus().get(id);
    return surplus != null ? surplus.key() : key(a, generation, place);
  }

  static Authority replace(Authority a, int generation, Key key) {
    return a.surplus().containsKey(key.keyId().orElseThrow())
        ? a.with(new Authority.Surplus(generation, key))
        : withKey(a, generation, key);
  }
}
