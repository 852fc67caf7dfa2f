package io.carousel.events;

/**
 * A CA outside of the house that signs the CA certificates of an authority.
 *
 * @param certificate DER
 * @param use what verifiers do with it
 */
public record ExternalRoot(Bytes certificate, RootUse use) {
  /** Longest certificate, of a root or below it; in bytes. */
  public static final int CERTIFICATE_LIMIT = 16 * 1024;

  /** Longest CRL of a root; in bytes. */
  public static final int CRL_LIMIT = 64 * 1024;

  /** Refuses what is too long to be one. */
  public ExternalRoot {
    checkCertificate(certificate);
  }

  static void checkCertificate(Bytes certificate) {
    check("certificate", certificate, CERTIFICATE_LIMIT);
  }

  static void checkCrl(Bytes crl) {
    check("CRL", crl, CRL_LIMIT);
  }

  private static void check(String what, Bytes der, int limit) {
    if (der.length() > limit) {
      throw new IllegalArgumentException(
          "a %s of %d bytes is too long: at most %d are read".formatted(what, der.length(), limit));
    }
  }
}
