package io.carousel.orchestrator.rules;

import io.carousel.events.ExternalRoot;
import io.carousel.events.RootUse;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** Whether a certificate may stand above an authority as its external root. */
final class RootCheck {
  private static final int KEY_CERT_SIGN = 5;
  private static final int CRL_SIGN = 6;
  private static final int LEAST_RSA_BITS = 2048;
  private static final int LEAST_CURVE_BITS = 256;

  /**
   * Signature algorithms with SHA-2 or better: RSA (RFC 4055, section 5), ECDSA (RFC 5758, section
   * 3.2), Ed25519 and Ed448 (RFC 8410, section 3).
   */
  private static final Set<String> SOUND =
      Set.of(
          "1.2.840.113549.1.1.11",
          "1.2.840.113549.1.1.12",
          "1.2.840.113549.1.1.13",
          "1.2.840.10045.4.3.2",
          "1.2.840.10045.4.3.3",
          "1.2.840.10045.4.3.4",
          "1.3.101.112",
          "1.3.101.113");

  private RootCheck() {}

  /**
   * What is wrong with it.
   *
   * @param reach how long it must last from now at least
   */
  static Optional<String> flaw(ExternalRoot root, Duration reach, Instant now) {
    X509Certificate x;
    try {
      x = CaCheck.parse(root.certificate());
      if (x.getSubjectX500Principal().equals(x.getIssuerX500Principal())) {
        x.verify(x.getPublicKey());
      }
    } catch (GeneralSecurityException e) {
      return Optional.of("it is not one certificate in DER whose own signature holds");
    }
    if (x.getSubjectX500Principal().getName().isEmpty()) {
      return Optional.of("it has no subject");
    }
    return power(x, root.use()).or(() -> key(x.getPublicKey())).or(() -> life(x, reach, now));
  }

  private static Optional<String> power(X509Certificate x, RootUse use) {
    if (x.getBasicConstraints() < 0) {
      return Optional.of("it is no CA's");
    }
    if (x.getBasicConstraints() == 0) {
      return Optional.of("its path length allows no CA below it");
    }
    boolean[] usage = x.getKeyUsage();
    if (usage != null && !usage[KEY_CERT_SIGN]) {
      return Optional.of("its key usage does not allow it to sign certificates");
    }
    return usage != null && !usage[CRL_SIGN] && use == RootUse.ROOT
        ? Optional.of(
            "its key usage does not allow it to sign CRLs, and verifiers that trust a root can forget a CA below it by nothing else")
        : Optional.empty();
  }

  private static Optional<String> key(PublicKey key) {
    boolean strong =
        switch (key) {
          case RSAPublicKey rsa -> rsa.getModulus().bitLength() >= LEAST_RSA_BITS;
          case ECPublicKey ec ->
              ec.getParams().getCurve().getField().getFieldSize() >= LEAST_CURVE_BITS;
          case EdECPublicKey _ -> true;
          default -> false;
        };
    return strong
        ? Optional.empty()
        : Optional.of("its key is neither RSA of 2048 bits, nor on a curve of 256 bits, or better");
  }

  private static Optional<String> life(X509Certificate x, Duration reach, Instant now) {
    if (now.isBefore(x.getNotBefore().toInstant())) {
      return Optional.of("it is not valid before " + x.getNotBefore().toInstant());
    }
    Instant end = x.getNotAfter().toInstant();
    return end.isBefore(now.plus(reach))
        ? Optional.of("it ends at %s, within the lifetime of one credential".formatted(end))
        : Optional.empty();
  }

  /** Whether nobody has broken that signature algorithm. */
  static boolean isSound(String algorithm) {
    return SOUND.contains(algorithm);
  }
}
