package io.carousel.agent.certificate;

import io.carousel.events.Bytes;
import io.carousel.events.Digest;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The CRLs of one authority, as it publishes them. */
public record Crls(List<X509CRL> lists) {
  /** None. */
  public static final Crls NONE = new Crls(List.of());

  /** Copies. */
  public Crls {
    lists = List.copyOf(lists);
  }

  /**
   * Reads PEM blocks.
   *
   * @throws CRLException if there is anything else
   */
  public static Crls read(byte[] pem) throws CRLException {
    try {
      return new Crls(
          CertificateFactory.getInstance("X.509")
              .generateCRLs(new ByteArrayInputStream(pem))
              .stream()
              .map(X509CRL.class::cast)
              .toList());
    } catch (CRLException e) {
      throw e;
    } catch (CertificateException e) {
      throw new CRLException("this JDK reads no CRLs", e);
    }
  }

  /** Their text. */
  public Bytes pem() {
    return Pem.crls(lists);
  }

  /** What tells them from others. */
  public Digest digest() {
    return pem().digest();
  }

  /** Whether there is one that this CA has signed: without it, checkers take nothing of the CA. */
  public boolean covers(X509Certificate ca) {
    return lists.stream()
        .filter(
            crl -> Certificates.same(crl.getIssuerX500Principal(), ca.getSubjectX500Principal()))
        .anyMatch(crl -> isSignedBy(crl, ca));
  }

  private static boolean isSignedBy(X509CRL crl, X509Certificate ca) {
    try {
      crl.verify(ca.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** What the CRL of that issuer says of a certificate of its; empty if it does not list it. */
  public Optional<X509CRLEntry> entry(X509Certificate certificate, X509Certificate issuer) {
    return lists.stream()
        .filter(crl -> Certificates.lists(crl, certificate))
        .filter(crl -> isSignedBy(crl, issuer))
        .map(crl -> crl.getRevokedCertificate(certificate.getSerialNumber()))
        .findFirst();
  }

  /** A list here that is older than one of the same issuer there; empty if there is none. */
  public Optional<X509CRL> olderThanIn(Crls held) {
    return lists.stream()
        .filter(crl ->
            held.lists.stream()
                .filter(h ->
                    Certificates.same(h.getIssuerX500Principal(), crl.getIssuerX500Principal()))
                .anyMatch(
                    h -> crl.getThisUpdate().toInstant().isBefore(h.getThisUpdate().toInstant())))
        .findFirst();
  }

  /** When the first of them is past its time; empty if none says so. */
  public Optional<Instant> nextUpdate() {
    return lists.stream()
        .filter(crl -> crl.getNextUpdate() != null)
        .map(crl -> crl.getNextUpdate().toInstant())
        .min(Instant::compareTo);
  }
}
