package io.carousel.agent.output;

import io.carousel.agent.Material;
import io.carousel.agent.OwnCredential;
import io.carousel.agent.Trust;
import io.carousel.agent.UnfitMaterial;
import io.carousel.agent.certificate.Certificates;
import io.carousel.events.Bytes;
import io.carousel.events.Digest;
import io.carousel.events.ParticipantName;
import io.carousel.events.Profile;
import io.carousel.events.Serial;
import io.carousel.events.TrustBundle;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a set says about itself, in {@code carousel.json} beside its other files; no secret. The
 * agent goes on from it after a restart.
 *
 * @param bundle that was in place when it was written
 * @param contents the same for sets whose other files say the same
 */
record SetDescription(
    ParticipantName owner, TrustBundle bundle, Optional<Held> credential, Digest contents) {
  static final String FILE = "carousel.json";

  /**
   * A credential without its key.
   *
   * @param issuerKey SHA-256 of the SubjectPublicKeyInfo of the CA key
   * @param certificate DER
   * @param above CA certificates that are shown with it, DER
   */
  record Held(
      Profile profile,
      Serial serial,
      int generation,
      Digest issuerKey,
      Bytes certificate,
      List<Bytes> above) {
    Held {
      above = List.copyOf(above);
    }
  }

  static SetDescription of(Supply supply) {
    return new SetDescription(
        supply.owner(),
        supply.trust().bundle(),
        supply.credential().map(SetDescription::held),
        supply.contents());
  }

  private static Held held(OwnCredential own) {
    return new Held(
        own.profile(),
        own.serial(),
        own.generation(),
        own.issuerKey(),
        Certificates.der(own.certificate()),
        own.above().stream().map(Certificates::der).toList());
  }

  /** Gives the key of the set. */
  @FunctionalInterface
  interface KeyReader {
    PrivateKey read() throws GeneralSecurityException, java.io.IOException;
  }

  /**
   * The material that the set was made of.
   *
   * @throws UnfitMaterial if its files do not belong together
   */
  Material material(KeyReader key) throws UnfitMaterial {
    try {
      Optional<OwnCredential> own = Optional.empty();
      if (credential.isPresent()) {
        own = Optional.of(own(credential.get(), key.read()));
      }
      return new Material(owner, Trust.of(bundle), own);
    } catch (GeneralSecurityException | java.io.IOException e) {
      throw new UnfitMaterial("its credential is unfit: " + e.getMessage(), e);
    }
  }

  private static OwnCredential own(Held held, PrivateKey key) throws CertificateException {
    X509Certificate certificate = Certificates.read(held.certificate());
    if (!Certificates.belongTogether(certificate, key)) {
      throw new CertificateException("its key is another certificate's");
    }
    var above = new ArrayList<X509Certificate>();
    for (Bytes ca : held.above()) {
      above.add(Certificates.read(ca));
    }
    return new OwnCredential(
        held.profile(),
        held.serial(),
        held.generation(),
        held.issuerKey(),
        certificate,
        key,
        above);
  }
}
