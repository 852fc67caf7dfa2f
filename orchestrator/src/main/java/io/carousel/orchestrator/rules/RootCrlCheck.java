package io.carousel.orchestrator.rules;

import io.carousel.events.Bytes;
import io.carousel.events.CrlNumber;
import io.carousel.events.Serial;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.cert.CRLReason;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/** CRLs of an external root (RFC 5280, section 5). */
final class RootCrlCheck {
  private static final String NUMBER = "2.5.29.20";

  private RootCrlCheck() {}

  /** A CRL that is the root's, with its number if it has one. */
  record Read(X509CRL crl, Optional<CrlNumber> number) {}

  /** What is wrong with a CRL. */
  static final class Unfit extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient boolean ofIssuer;

    Unfit(String message) {
      this(message, true);
    }

    private Unfit(String message, boolean ofIssuer) {
      super(message);
      this.ofIssuer = ofIssuer;
    }

    /** Whether it is the issuer's at least. */
    boolean isOfIssuer() {
      return ofIssuer;
    }
  }

  /**
   * Reads one that is complete, the root's, in force, and newer than the last.
   *
   * @throws Unfit if it is not
   */
  static Read read(Bytes der, External external, Instant now) throws Unfit {
    return read(der, root(external), "the root", external.crl(), now);
  }

  /**
   * Reads one that is complete, the issuer's, in force, and newer than the last.
   *
   * @param called what the issuer is called in messages
   * @throws Unfit if it is not
   */
  static Read read(
      Bytes der,
      X509Certificate issuer,
      String called,
      Optional<External.RootCrl> last,
      Instant now)
      throws Unfit {
    X509CRL crl = parse(der);
    Optional<String> other = Names.otherIssuer(crl, issuer);
    if (other.isPresent()) {
      throw new Unfit(
          "its issuer is '%s' and not %s '%s' (%s)"
              .formatted(
                  crl.getIssuerX500Principal(),
                  called,
                  issuer.getSubjectX500Principal(),
                  other.get()),
          false);
    }
    require(isSigned(crl, issuer), "it does not verify under %s's key".formatted(called));
    require(
        RootCheck.isSound(crl.getSigAlgOID()),
        "its signature algorithm %s is none of RSA and ECDSA with SHA-2, and EdDSA"
            .formatted(crl.getSigAlgName()));
    complete(crl);
    Optional<CrlNumber> number = number(crl);
    timely(crl, now);
    if (last.isPresent()) {
      newer(crl, number, last.get());
    }
    return new Read(crl, number);
  }

  private static void require(boolean holds, String otherwise) throws Unfit {
    if (!holds) {
      throw new Unfit(otherwise);
    }
  }

  private static X509CRL parse(Bytes der) throws Unfit {
    try {
      byte[] bytes = der.toArray();
      var crl =
          (X509CRL)
              CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(bytes));
      if (crl != null && Arrays.equals(crl.getEncoded(), bytes)) {
        return crl;
      }
    } catch (GeneralSecurityException e) {
      // said below
    }
    throw new Unfit("it is not one CRL in DER");
  }

  private static X509Certificate root(External external) {
    try {
      return CaCheck.parse(external.root().certificate());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a root of the log cannot be read", e);
    }
  }

  private static boolean isSigned(X509CRL crl, X509Certificate root) {
    try {
      crl.verify(root.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** Partial, indirect and delta CRLs say so critically, in the whole or in an entry. */
  private static void complete(X509CRL crl) throws Unfit {
    require(
        CaCheck.nonNull(crl.getCriticalExtensionOIDs()).isEmpty(),
        "it has a critical extension, and so is no plain, complete CRL");
    if (crl.getRevokedCertificates() != null) {
      for (X509CRLEntry entry : crl.getRevokedCertificates()) {
        require(
            CaCheck.nonNull(entry.getCriticalExtensionOIDs()).isEmpty(),
            "one of its entries has a critical extension");
      }
    }
  }

  /** CAs in Go write CRLs without one, against RFC 5280, section 5.2.3. */
  private static Optional<CrlNumber> number(X509CRL crl) throws Unfit {
    try {
      return Optional.ofNullable(crl.getExtensionValue(NUMBER)).map(CrlNumber::ofExtension);
    } catch (IllegalArgumentException e) {
      throw new Unfit(e.getMessage());
    }
  }

  private static void timely(X509CRL crl, Instant now) throws Unfit {
    Instant from = crl.getThisUpdate().toInstant();
    require(!now.isBefore(from), "it begins at %s, and it is %s".formatted(from, now));
    require(crl.getNextUpdate() != null, "it does not say when the next one comes");
    Instant to = crl.getNextUpdate().toInstant();
    require(now.isBefore(to), "the one after it was due at %s".formatted(to));
  }

  /** By number and by time; by time alone where one of both has no number. */
  private static void newer(X509CRL crl, Optional<CrlNumber> number, External.RootCrl last)
      throws Unfit {
    Instant from = crl.getThisUpdate().toInstant();
    if (number.isEmpty() || last.number().isEmpty()) {
      require(
          from.isAfter(last.thisUpdate()),
          "it was made at %s, and %s was imported already".formatted(from, last.words()));
      return;
    }
    require(
        number.get().compareTo(last.number().get()) > 0,
        "its number is %s, and %s was imported already".formatted(number.get(), last.words()));
    require(
        !from.isBefore(last.thisUpdate()),
        "it was made before %s, which was imported already".formatted(last.words()));
  }

  /** The newest CRL that was brought, which was read before. */
  static X509CRL of(External.RootCrl known) {
    try {
      return parse(known.crl());
    } catch (Unfit e) {
      throw new IllegalStateException("a CRL of the log cannot be read", e);
    }
  }

  /** Whether it revokes that serial number for good. */
  static boolean revokes(X509CRL crl, Serial serial) {
    X509CRLEntry entry = crl.getRevokedCertificate(serial.number());
    return entry != null && entry.getRevocationReason() != CRLReason.CERTIFICATE_HOLD;
  }

  /** Whether verifiers that hold it refuse that serial number, for good or for a time. */
  static boolean lists(X509CRL crl, Serial serial) {
    return crl.getRevokedCertificate(serial.number()) != null;
  }
}
