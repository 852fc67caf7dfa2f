package io.carousel.signer.certificate;

import io.carousel.events.Bytes;
import io.carousel.events.DistinguishedName;
import io.carousel.events.Suite;
import io.carousel.signer.refusal.Refusal;
import io.carousel.signer.refusal.Refused;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Optional;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * What leaf certificates and CRLs take from the CA certificate above them. It has proven by its own
 * signature that the key which is to sign once signed this name, or by that of the external root
 * which the log names since its authority began: an orchestrator cannot make one up.
 *
 * @param certificate DER
 * @param name the subject, DER, byte for byte as in the certificate
 * @param keyIdentifier the subject key identifier
 * @param publicKey SubjectPublicKeyInfo
 * @param notAfter when it ends
 */
public record Issuer(
    Bytes certificate, Bytes name, Bytes keyIdentifier, Bytes publicKey, Instant notAfter) {

  /**
   * Reads and verifies it.
   *
   * @param suite of the key that is to sign
   * @throws Refused as {@link Refusal#BAD_ISSUER} if it is no self-signed CA certificate of that
   *     suite
   */
  public static Issuer of(Bytes certificate, Suite suite) throws Refused {
    return of(certificate, suite, Optional.empty());
  }

  /**
   * Reads and verifies it.
   *
   * @param suite of the key that is to sign
   * @param root DER; who must have signed it, if not its own key
   * @throws Refused as {@link Refusal#BAD_ISSUER} if it is no CA certificate signed by that
   */
  public static Issuer of(Bytes certificate, Suite suite, Optional<Bytes> root) throws Refused {
    X509CertificateHolder parsed = parse(certificate);
    byte[] identifier = keyIdentifier(parsed);
    Bytes publicKey = Der.encode(parsed.getSubjectPublicKeyInfo());
    if (root.isPresent()) {
      requireSignedBy(root.get(), certificate);
    } else if (!parsed.getSignatureAlgorithm().equals(Der.algorithm(suite))
        || !Signatures.hold(publicKey, suite, signedPart(parsed), parsed.getSignature())) {
      throw bad("the issuer certificate is not signed by its own %s key".formatted(suite), null);
    }
    return new Issuer(
        certificate,
        Der.encode(parsed.getSubject()),
        Bytes.of(identifier),
        publicKey,
        parsed.getNotAfter().toInstant());
  }

  private static void requireSignedBy(Bytes root, Bytes certificate) throws Refused {
    try {
      X509Certificate above = read(root);
      X509Certificate below = read(certificate);
      below.verify(above.getPublicKey());
      if (DistinguishedName.of(below.getIssuerX500Principal().getEncoded())
          .matches(DistinguishedName.of(above.getSubjectX500Principal().getEncoded()))) {
        return;
      }
    } catch (GeneralSecurityException e) {
      throw bad("the issuer certificate is not signed by the external root of its authority", e);
    }
    throw bad("the issuer certificate does not name the external root of its authority", null);
  }

  private static X509Certificate read(Bytes der) throws GeneralSecurityException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(der.toArray()));
  }

  private static X509CertificateHolder parse(Bytes certificate) throws Refused {
    try {
      var parsed = new X509CertificateHolder(certificate.toArray());
      if (Bytes.of(parsed.getEncoded()).equals(certificate)
          && parsed.toASN1Structure().getSignature().getPadBits() == 0) {
        return parsed;
      }
    } catch (IOException | RuntimeException e) {
      throw bad("the issuer is no certificate", e);
    }
    throw bad(
        "the issuer certificate is not DER, or its signature's last octet has unused bits", null);
  }

  private static byte[] keyIdentifier(X509CertificateHolder parsed) throws Refused {
    try {
      Extensions extensions = parsed.getExtensions();
      BasicConstraints constraints = BasicConstraints.fromExtensions(extensions);
      SubjectKeyIdentifier identifier = SubjectKeyIdentifier.fromExtensions(extensions);
      if (constraints != null && constraints.isCA() && identifier != null) {
        return identifier.getKeyIdentifier();
      }
    } catch (RuntimeException e) {
      throw bad("the issuer certificate has malformed extensions", e);
    }
    throw bad("the issuer certificate is no CA's, or lacks a subject key identifier", null);
  }

  private static byte[] signedPart(X509CertificateHolder parsed) {
    return Der.encode(parsed.toASN1Structure().getTBSCertificate()).toArray();
  }

  private static Refused bad(String message, Throwable cause) {
    return new Refused(Refusal.BAD_ISSUER, message, cause);
  }
}
