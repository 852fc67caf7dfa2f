package io.carousel.orchestrator.rules;

import static io.carousel.orchestrator.rules.Decision.accept;
import static io.carousel.orchestrator.rules.Decision.refuse;

import io.carousel.events.AuthorityEvent.CaCertificateImported;
import io.carousel.events.AuthorityEvent.CaRequestIssued;
import io.carousel.events.AuthorityEvent.CaRequestWanted;
import io.carousel.events.AuthorityEvent.RootCrlImported;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.CaRequest;
import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.OperatorAct.CreateAuthority;
import io.carousel.events.OperatorAct.ImportCaCertificate;
import io.carousel.events.OperatorAct.ImportRootCrl;
import io.carousel.events.Serial;
import io.carousel.events.SigningCommand.SignCaRequest;
import io.carousel.events.SlotName;
import io.carousel.events.WorkerAct.CaRequestSigned;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Authorities below an external root: their keys sign requests instead of certificates, what comes
 * back is checked before it becomes a key's, and the root's CRLs are handed on.
 */
final class ExternalRules {
  private ExternalRules() {}

  /** Why that root cannot be used. */
  static Optional<Refusal> flaw(House house, CreateAuthority act, Circumstances c) {
    if (act.root().isEmpty()) {
      return Optional.empty();
    }
    if (act.formats().stream().noneMatch(f -> f.format() == Format.X509)) {
      return Optional.of(new ExternalRefusal.RootUseless(act.authority()));
    }
    return RootCheck.flaw(act.root().get(), act.policy().leafLifetime(), c.now())
        .or(() ->
            isOurs(house, External.of(act.root().get()).key())
                ? Optional.of("its key is one of this house; an authority never signs another")
                : Optional.empty())
        .map(ExternalRefusal.RootUnfit::new);
  }

  private static boolean isOurs(House house, Digest key) {
    return house.authorities().values().stream()
        .flatMap(Authority::keys)
        .anyMatch(k -> k.publicKeyDigest().filter(key::equals).isPresent());
  }

  static CaRequestWanted request(
      AuthorityName authority, int generation, SlotName slot, String subject, Circumstances c) {
    return new CaRequestWanted(
        authority, generation, slot, c.newCommand("request"), subject, c.now());
  }

  /** A worker has signed one. */
  static Decision signed(House house, CaRequestSigned act, Circumstances c) {
    if (!(house.outbox().get(act.answers()) instanceof SignCaRequest asked)
        || !asked.slot().equals(act.slot())) {
      return KeyRules.answered(house, act, c);
    }
    Optional<String> flaw = CaRequestCheck.flaw(act.request(), asked);
    return flaw.isPresent()
        ? refuse(new ExternalRefusal.RequestWrong(act.answers(), flaw.get()))
        : accept(
            new CaRequestIssued(
                asked.authority(),
                asked.generation(),
                asked.slot(),
                asked.command(),
                act.request(),
                c.now()));
  }

  /** The generation whose keys are being made. */
  private static Optional<Integer> made(Authority a) {
    return switch (a.phase()) {
      case Phase.Creating p -> Optional.of(p.first());
      case Phase.Init p -> Optional.of(p.successor());
      case Phase.Joining p -> Optional.of(p.active());
      case Phase.Standby _,
          Phase.UpdateClients _,
          Phase.UpdateServers _,
          Phase.Rollback _,
          Phase.Leaving _ ->
          Optional.empty();
    };
  }

  /** The keys whose certificates are wanted from the external root now. */
  static Stream<Key.AwaitingCertificate> awaiting(Authority a) {
    return made(a).stream()
        .flatMap(g -> a.missing(g).stream())
        .filter(Key.AwaitingCertificate.class::isInstance)
        .map(Key.AwaitingCertificate.class::cast);
  }

  /** For what that key waits, if it is for somebody outside of the house. */
  static Optional<String> awaited(AuthorityName authority, Key key) {
    return key instanceof Key.AwaitingCertificate
        ? Optional.of(
            "%s: its certificate from the external root; export the request with 'carousel authority csr %s'"
                .formatted(key.place(), authority))
        : Optional.empty();
  }

  /** Why an authority whose first keys wait for their certificates does nothing else. */
  static Optional<Refusal> creating(Authority a) {
    List<String> awaited = awaiting(a).flatMap(k -> awaited(a.name(), k).stream()).toList();
    return awaited.isEmpty()
        ? Optional.empty()
        : Optional.of(new ExternalRefusal.CertificatesAwaited(a.name(), awaited));
  }

  static Decision decide(House house, ImportCaCertificate act, Circumstances c) {
    Optional<Authority> a = house.authority(act.authority());
    if (a.isEmpty()) {
      return refuse(new Refusal.UnknownAuthority(act.authority()));
    }
    return a.get()
        .external()
        .map(external -> imported(house, a.get(), external, act, c))
        .orElseGet(() -> refuse(new ExternalRefusal.NoExternalRoot(act.authority())));
  }

  private static Decision imported(
      House house, Authority a, External external, ImportCaCertificate act, Circumstances c) {
    List<Key.AwaitingCertificate> awaiting = awaiting(a).toList();
    if (awaiting.isEmpty()) {
      return refuse(new ExternalRefusal.NoCertificateAwaited(a.name()));
    }
    X509Certificate x;
    try {
      x = CaCheck.parse(act.certificate());
    } catch (GeneralSecurityException e) {
      return unfit(a, CertificateFlaw.UNREADABLE, "it is not one certificate in DER");
    }
    Bytes publicKey = Bytes.of(x.getPublicKey().getEncoded());
    Optional<Key.AwaitingCertificate> key =
        awaiting.stream().filter(k -> k.publicKey().equals(publicKey)).findFirst();
    if (key.isEmpty()) {
      return unfit(
          a,
          CertificateFlaw.KEY,
          "its key is none of those that wait for a certificate (%s)"
              .formatted(Refusal.few(awaiting.stream().map(Key::place).toList())));
    }
    Bytes subject = CaRequest.read(key.get().request()).subject();
    Optional<ImportedCheck.Found> flaw =
        new ImportedCheck(x, certificate(external), a.policy(), c.now())
            .flaw(subject)
            .or(() -> serial(house, external, x.getSerialNumber()));
    return flaw.isPresent()
        ? unfit(a, flaw.get().flaw(), flaw.get().detail())
        : taken(a, key.get(), x, act, c);
  }

  private static Decision unfit(Authority a, CertificateFlaw flaw, String detail) {
    return refuse(new ExternalRefusal.CertificateUnfit(a.name(), flaw, detail));
  }

  private static X509Certificate certificate(External external) {
    try {
      return CaCheck.parse(external.root().certificate());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a root of the log cannot be read", e);
    }
  }

  /** One that CRLs can tell from all that the same root signed for this house. */
  private static Optional<ImportedCheck.Found> serial(
      House house, External external, BigInteger number) {
    Serial serial;
    try {
      serial = Serial.of(number);
    } catch (IllegalArgumentException e) {
      return Optional.of(
          new ImportedCheck.Found(
              CertificateFlaw.SERIAL, "its serial number is not positive, or is too long"));
    }
    boolean known =
        house.authorities().values().stream()
            .flatMap(a -> a.external().stream())
            .filter(e -> e.key().equals(external.key()))
            .flatMap(e -> e.imported().stream())
            .anyMatch(i -> i.serial().equals(serial));
    return known
        ? Optional.of(
            new ImportedCheck.Found(
                CertificateFlaw.SERIAL,
                "its serial number %s is that of another certificate of the same root"
                    .formatted(serial)))
        : Optional.empty();
  }

  private static Decision taken(
      Authority a,
      Key.AwaitingCertificate key,
      X509Certificate x,
      ImportCaCertificate act,
      Circumstances c) {
    int generation = made(a).orElseThrow();
    return accept(
        new CaCertificateImported(
            a.name(),
            generation,
            key.slot(),
            key.asked(),
            act.certificate(),
            Serial.of(x.getSerialNumber()),
            x.getNotAfter().toInstant(),
            act.by(),
            c.now()),
        CrlRules.first(a, generation, key.slot(), act.certificate(), c));
  }

  static Decision decide(House house, ImportRootCrl act, Circumstances c) {
    Optional<Authority> found = house.authority(act.authority());
    if (found.isEmpty()) {
      return refuse(new Refusal.UnknownAuthority(act.authority()));
    }
    Authority a = found.get();
    if (a.external().isEmpty()) {
      return refuse(new ExternalRefusal.NoExternalRoot(a.name()));
    }
    External external = a.external().get();
    if (!external.trustsRoot()) {
      return refuse(new ExternalRefusal.RootCrlUseless(a.name()));
    }
    RootCrlCheck.Read read;
    try {
      read = RootCrlCheck.read(act.crl(), external, c.now());
    } catch (RootCrlCheck.Unfit e) {
      return refuse(new ExternalRefusal.RootCrlUnfit(a.name(), e.getMessage()));
    }
    List<Integer> inUse = inUse(a, external, read.crl());
    return inUse.isEmpty()
        ? accept(
            new RootCrlImported(
                a.name(),
                a.bundle() == 0 ? 0 : a.bundle() + 1,
                read.number(),
                read.crl().getThisUpdate().toInstant(),
                read.crl().getNextUpdate().toInstant(),
                act.crl(),
                act.by(),
                c.now()))
        : refuse(new ExternalRefusal.RootCrlTooEarly(a.name(), inUse));
  }

  /** The generations that it lists, and that are trusted or about to be. */
  private static List<Integer> inUse(Authority a, External external, X509CRL crl) {
    return external.imported().stream()
        .filter(i -> RootCrlCheck.lists(crl, i.serial()))
        .map(External.Imported::generation)
        .filter(g -> isInUse(a, g))
        .distinct()
        .toList();
  }

  private static boolean isInUse(Authority a, int generation) {
    return switch (a.phase()) {
      case Phase.Creating p -> generation == p.first();
      case Phase.Init p -> generation == p.active() || generation == p.successor();
      case Phase.Standby _,
          Phase.UpdateClients _,
          Phase.UpdateServers _,
          Phase.Rollback _,
          Phase.Joining _,
          Phase.Leaving _ ->
          a.trusted().contains(generation);
    };
  }
}
