package io.carousel.orchestrator.rules;

import io.carousel.events.AuthorityEvent.BundleSignatureRequested;
import io.carousel.events.AuthorityEvent.CaCertificateAdopted;
import io.carousel.events.AuthorityEvent.CaCertificateImported;
import io.carousel.events.AuthorityEvent.CaCertificateIssued;
import io.carousel.events.AuthorityEvent.CaCertificateRequested;
import io.carousel.events.AuthorityEvent.CaRequestWanted;
import io.carousel.events.AuthorityEvent.CrlRequested;
import io.carousel.events.AuthorityEvent.KeyAdopted;
import io.carousel.events.AuthorityEvent.KeyAdoptionRequested;
import io.carousel.events.AuthorityEvent.KeyDestructionRequested;
import io.carousel.events.AuthorityEvent.KeyRequested;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.Event;
import io.carousel.events.Format;
import io.carousel.events.HouseEvent.SlotInspectionRequested;
import io.carousel.events.KeyPlace;
import io.carousel.events.SigningCommand.AdoptKey;
import io.carousel.events.SigningCommand.DestroyKey;
import io.carousel.events.SigningCommand.GenerateKey;
import io.carousel.events.SigningCommand.InspectToken;
import io.carousel.events.SigningCommand.KeyCommand;
import io.carousel.events.SigningCommand.SignBundle;
import io.carousel.events.SigningCommand.SignCaCertificate;
import io.carousel.events.SigningCommand.SignCaRequest;
import io.carousel.events.SigningCommand.SignCrl;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import java.util.ArrayList;
import java.util.List;

/** The key command that each wish of the log stands for. */
final class Commands {
  private Commands() {}

  /** A certificate that a key got in the same decision. */
  private record Fresh(SlotName slot, Bytes certificate) {}

  /** Of events that were decided together on that house, and are not in it yet. */
  static List<KeyCommand> of(House before, List<Event> events) {
    var commands = new ArrayList<KeyCommand>();
    KeyAdopted adopted = null;
    Fresh issued = null;
    CaCertificateAdopted kept = null;
    long sequence = before.sequence();
    for (Event event : events) {
      long at = ++sequence;
      switch (event) {
        case KeyRequested e -> commands.add(generate(e, at));
        case KeyAdoptionRequested e -> commands.add(adopt(e, at));
        case KeyDestructionRequested e -> commands.add(destroy(e, at));
        case SlotInspectionRequested e -> commands.add(inspect(e, at));
        case BundleSignatureRequested e -> commands.add(attest(before, e, at));
        case KeyAdopted e -> adopted = e;
        case CaCertificateIssued e -> issued = new Fresh(e.slot(), e.certificate());
        case CaCertificateImported e -> issued = new Fresh(e.slot(), e.certificate());
        case CaCertificateAdopted e -> kept = e;
        case CaRequestWanted e -> commands.add(request(before, e, adopted, at));
        case CaCertificateRequested e -> commands.add(certify(before, e, adopted, at));
        case CrlRequested e ->
            commands.add(
                kept == null ? crl(before, e, issued, at) : crl(before, e, adopted, kept, at));
        default -> {
          // asks nothing of a worker
        }
      }
    }
    return commands;
  }

  private static SignCaCertificate certify(
      House before, CaCertificateRequested e, KeyAdopted adopted, long event) {
    Suite suite =
        before.authority(e.authority()).orElseThrow().generation(e.generation()).suite(Format.X509);
    return certify(e, adopted, suite, event);
  }

  private static SignCaCertificate certify(
      CaCertificateRequested e, KeyAdopted adopted, Suite suite, long event) {
    return new SignCaCertificate(
        e.command(),
        event,
        e.authority(),
        e.generation(),
        e.slot(),
        adopted.key(),
        adopted.publicKey(),
        suite,
        e.draft());
  }

  /** A first CRL is asked for together with the CA certificate that it needs. */
  private static SignCrl crl(House before, CrlRequested e, Fresh issued, long event) {
    Generation g = before.authority(e.authority()).orElseThrow().generation(e.generation());
    boolean first = issued != null && issued.slot().equals(e.slot());
    return crl(e, g, first ? issued.certificate() : certificate(g, e), event);
  }

  /** A key that keeps its certificate is adopted together with its first CRL's wish. */
  private static SignCrl crl(
      House before, CrlRequested e, KeyAdopted adopted, CaCertificateAdopted kept, long event) {
    Suite suite =
        before.authority(e.authority()).orElseThrow().generation(e.generation()).suite(Format.X509);
    return new SignCrl(
        e.command(),
        event,
        e.authority(),
        e.generation(),
        e.slot(),
        adopted.key(),
        adopted.publicKey(),
        suite,
        kept.certificate(),
        e.draft());
  }

  private static Bytes certificate(Generation g, CrlRequested e) {
    return switch (g.keys().get(KeyPlace.of(e.slot(), Format.X509))) {
      case Key.Ready k -> k.certificate().orElseThrow();
      case Key.Certified k -> k.ca().certificate();
      case null, default ->
          throw new IllegalStateException("a CRL was asked for before its CA certificate");
    };
  }

  static GenerateKey generate(KeyRequested e, long event) {
    return new GenerateKey(
        e.command(), event, e.authority(), e.generation(), e.slot(), e.format(), e.suite());
  }

  static AdoptKey adopt(KeyAdoptionRequested e, long event) {
    return new AdoptKey(
        e.command(),
        event,
        e.authority(),
        e.generation(),
        e.slot(),
        e.format(),
        e.suite(),
        e.key(),
        e.acceptWeak());
  }

  static SignCaCertificate certify(
      CaCertificateRequested e, Key.Made key, Suite suite, long event) {
    return new SignCaCertificate(
        e.command(),
        event,
        e.authority(),
        e.generation(),
        e.slot(),
        key.id(),
        key.publicKey(),
        suite,
        e.draft());
  }

  private static SignCaRequest request(
      House before, CaRequestWanted e, KeyAdopted adopted, long event) {
    Suite suite =
        before.authority(e.authority()).orElseThrow().generation(e.generation()).suite(Format.X509);
    return new SignCaRequest(
        e.command(),
        event,
        e.authority(),
        e.generation(),
        e.slot(),
        adopted.key(),
        adopted.publicKey(),
        suite,
        e.subject());
  }

  static SignCaRequest request(CaRequestWanted e, Key.Made key, Suite suite, long event) {
    return new SignCaRequest(
        e.command(),
        event,
        e.authority(),
        e.generation(),
        e.slot(),
        key.id(),
        key.publicKey(),
        suite,
        e.subject());
  }

  /** Of a key that is in that generation. */
  static SignCrl crl(CrlRequested e, Generation g, Bytes issuer, long event) {
    if (!(g.keys().get(KeyPlace.of(e.slot(), Format.X509)) instanceof Key.Living key)) {
      throw new IllegalStateException("a CRL was asked for of a key that is not there");
    }
    return new SignCrl(
        e.command(),
        event,
        e.authority(),
        e.generation(),
        e.slot(),
        key.id(),
        key.publicKey(),
        g.suite(Format.X509),
        issuer,
        e.draft());
  }

  /** By a key that verifiers of the built-in authority trust. */
  static SignBundle attest(House house, BundleSignatureRequested e, long event) {
    Generation g = house.authority(AuthorityName.BUILT_IN).orElseThrow().generation(e.generation());
    if (!(g.keys().get(KeyPlace.of(e.slot(), Format.X509)) instanceof Key.Ready key)) {
      throw new IllegalStateException("a bundle is to be signed by a key that cannot sign");
    }
    return new SignBundle(
        e.command(),
        event,
        AuthorityName.BUILT_IN,
        e.generation(),
        e.slot(),
        key.id(),
        key.publicKey(),
        g.suite(Format.X509),
        e.statement());
  }

  static InspectToken inspect(SlotInspectionRequested e, long event) {
    return new InspectToken(e.command(), event, e.slot(), e.expected());
  }

  static DestroyKey destroy(KeyDestructionRequested e, long event) {
    return new DestroyKey(
        e.command(),
        event,
        e.authority(),
        e.generation(),
        e.slot(),
        e.format(),
        e.key(),
        e.publicKey());
  }
}
