package io.carousel.orchestrator.rules;

import io.carousel.events.Bytes;
import io.carousel.events.SigningCommand.SignCaCertificate;
import io.carousel.events.Suite;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;

/** What can be checked of keys, signatures and certificates without asking anybody. */
public final class Proofs {
  private static final int KEY_CERT_SIGN = 5;
  private static final int CRL_SIGN = 6;

  private Proofs() {}

  /** Why that SubjectPublicKeyInfo is no key of that suite. */
  static Optional<String> flaw(Suite suite, Bytes publicKey) {
    PublicKey key;
    try {
      key = key(suite, publicKey);
    } catch (GeneralSecurityException e) {
      return Optional.of("it is no public key for suite " + suite);
    }
    int bits =
        switch (key) {
          case RSAPublicKey rsa -> rsa.getModulus().bitLength();
          case ECPublicKey ec -> ec.getParams().getCurve().getField().getFieldSize();
          case EdECPublicKey _ -> Suite.ED25519.bits();
          default -> 0;
        };
    return bits == suite.bits()
        ? Optional.empty()
        : Optional.of("it has %d bits and suite %s needs %d".formatted(bits, suite, suite.bits()));
  }

  /** Why that is no Ed25519 key. */
  static Optional<String> flawOfEd25519(Bytes publicKey) {
    return flaw(Suite.ED25519, publicKey);
  }

  /** Whether that signature of that suite holds. */
  static boolean verifies(Suite suite, Bytes publicKey, byte[] statement, Bytes signature) {
    try {
      Signature s = Signature.getInstance(suite.jcaSignature());
      s.initVerify(key(suite, publicKey));
      s.update(statement);
      return s.verify(signature.toArray());
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** Why that certificate is not the one that was asked for (RFC 5280, sections 4.1 and 4.2). */
  static Optional<String> flawOfCa(Bytes certificate, SignCaCertificate asked) {
    X509Certificate x;
    try {
      x = parse(certificate);
      x.verify(key(asked.suite(), asked.publicKey()));
    } catch (GeneralSecurityException e) {
      return Optional.of("it does not verify under its own key");
    }
    var subject = new X500Principal(asked.draft().subject());
    if (!x.getSubjectX500Principal().equals(subject)
        || !x.getIssuerX500Principal().equals(subject)) {
      return Optional.of("its subject or issuer is another");
    }
    if (!x.getSerialNumber().equals(asked.draft().serial().number())) {
      return Optional.of("its serial number is another");
    }
    if (!x.getNotBefore().toInstant().equals(asked.draft().notBefore())
        || !x.getNotAfter().toInstant().equals(asked.draft().notAfter())) {
      return Optional.of("its validity is another");
    }
    if (!Bytes.of(x.getPublicKey().getEncoded()).equals(asked.publicKey())) {
      return Optional.of("its public key is another");
    }
    boolean[] usage = x.getKeyUsage();
    if (x.getBasicConstraints() != 0
        || usage == null
        || !usage[KEY_CERT_SIGN]
        || !usage[CRL_SIGN]) {
      return Optional.of("it is no CA certificate of path length 0 that may sign CRLs");
    }
    return Optional.empty();
  }

  /** When the first CA certificate of a generation ends; long ago if it has none. */
  static Instant earliestEnd(Generation generation) {
    return generation
        .certified()
        .map(k -> end(k.certificate()))
        .min(Instant::compareTo)
        .orElse(Instant.MIN);
  }

  /** When that certificate ends. */
  public static Instant end(Bytes certificate) {
    try {
      return parse(certificate).getNotAfter().toInstant();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate of the log cannot be read", e);
    }
  }

  private static X509Certificate parse(Bytes der) throws GeneralSecurityException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(der.toArray()));
  }

  private static PublicKey key(Suite suite, Bytes publicKey) throws GeneralSecurityException {
    String algorithm =
        switch (suite.family()) {
          case RSA -> "RSA";
          case EC -> "EC";
          case ED25519 -> "Ed25519";
        };
    return KeyFactory.getInstance(algorithm)
        .generatePublic(new X509EncodedKeySpec(publicKey.toArray()));
  }
}
