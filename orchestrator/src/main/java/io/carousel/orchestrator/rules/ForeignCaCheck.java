package io.carousel.orchestrator.rules;

import io.carousel.events.Bytes;
import io.carousel.events.Digest;
import io.carousel.events.ForeignKey;
import io.carousel.events.Suite;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Whether a CA certificate that was made elsewhere may be used here (RFC 5280, section 4). What it
 * says beyond that is as it is: verifiers know it already.
 */
final class ForeignCaCheck {
  /** Longest certificate; in octets. Bundles are small. */
  private static final int LIMIT = 16 * 1024;

  private static final int KEY_CERT_SIGN = 5;
  private static final int CRL_SIGN = 6;

  /** Longest subject key identifier; in octets. */
  static final int IDENTIFIER_LIMIT = 64;

  private static final byte OCTET_STRING = 4;

  private ForeignCaCheck() {}

  /** What keeps verifiers from trusting it. */
  static Optional<String> importable(ForeignKey key, Instant now) {
    X509Certificate x;
    try {
      x = parsed(key.certificate().orElseThrow());
    } catch (GeneralSecurityException e) {
      return Optional.of("it is no certificate: " + e.getMessage());
    }
    if (!Bytes.of(x.getPublicKey().getEncoded()).equals(key.publicKey())) {
      return Optional.of("it is of another key");
    }
    return isCa(x, false).or(() -> validity(x, now, Duration.ZERO)).or(() -> own(x));
  }

  /** What keeps a key of that suite from signing under it. */
  static Optional<String> adoptable(
      Bytes certificate, Suite suite, Instant now, Duration leafLifetime) {
    X509Certificate x;
    try {
      x = parsed(certificate);
    } catch (GeneralSecurityException e) {
      return Optional.of("it is no certificate: " + e.getMessage());
    }
    if (!x.getSigAlgOID().equals(CaCheck.signature(suite))) {
      return Optional.of("its signature algorithm is not that of suite " + suite);
    }
    return isCa(x, true)
        .or(() -> validity(x, now, leafLifetime))
        .or(() -> own(x))
        .or(() -> identified(x));
  }

  /** Whether it is of another key than that. */
  static Optional<String> otherKey(Bytes certificate, Digest publicKey) {
    try {
      return Digest.of(parsed(certificate).getPublicKey().getEncoded()).equals(publicKey)
          ? Optional.empty()
          : Optional.of("it is of another key than the token's");
    } catch (GeneralSecurityException e) {
      return Optional.of("it is no certificate: " + e.getMessage());
    }
  }

  private static X509Certificate parsed(Bytes certificate) throws GeneralSecurityException {
    if (certificate.length() > LIMIT) {
      throw new GeneralSecurityException(
          "it has %d octets; %d are allowed".formatted(certificate.length(), LIMIT));
    }
    return CaCheck.parse(certificate);
  }

  /** Without a key usage it may be used for all of them (RFC 5280, section 4.2.1.3). */
  private static Optional<String> isCa(X509Certificate x, boolean signsCrls) {
    if (x.getBasicConstraints() < 0) {
      return Optional.of("it is no CA certificate");
    }
    boolean[] usage = x.getKeyUsage();
    boolean may = usage == null || (usage[KEY_CERT_SIGN] && (usage[CRL_SIGN] || !signsCrls));
    return may
        ? Optional.empty()
        : Optional.of(
            "its key usage does not allow to sign certificates" + (signsCrls ? " and CRLs" : ""));
  }

  private static Optional<String> validity(X509Certificate x, Instant now, Duration needed) {
    if (now.isBefore(x.getNotBefore().toInstant())) {
      return Optional.of("it is not valid before " + x.getNotBefore().toInstant());
    }
    Instant end = x.getNotAfter().toInstant();
    if (!now.plus(needed).isBefore(end)) {
      return Optional.of(
          needed.isZero()
              ? "it ended at " + end
              : "it ends at %s, within the lifetime of one credential".formatted(end));
    }
    return Optional.empty();
  }

  /** Verifiers find its credentials by name, and take its key from nobody else. */
  private static Optional<String> own(X509Certificate x) {
    if (!Names.subject(x).matches(Names.issuer(x))) {
      return Optional.of("it was issued by another CA; only self-signed ones are taken");
    }
    if (x.getSubjectX500Principal().getName().isEmpty()) {
      return Optional.of("its subject is empty");
    }
    try {
      x.verify(x.getPublicKey());
      return Optional.empty();
    } catch (GeneralSecurityException e) {
      return Optional.of("it does not verify under its own key");
    }
  }

  /** Whether it has a subject key identifier that can be repeated below it. */
  static boolean isIdentified(X509Certificate x) {
    byte[] value = x.getExtensionValue(CaCheck.KEY_IDENTIFIER);
    return value != null
        && value.length > 4
        && value.length <= 4 + IDENTIFIER_LIMIT
        && value[2] == OCTET_STRING
        && value[3] == value.length - 4;
  }

  private static Optional<String> identified(X509Certificate x) {
    return isIdentified(x)
        ? Optional.empty()
        : Optional.of(
            "it has no subject key identifier of at most %d octets".formatted(IDENTIFIER_LIMIT));
  }
}
