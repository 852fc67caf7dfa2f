package io.carousel.agent.certificate;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.carousel.events.Bytes;
import io.carousel.events.Digest;
import io.carousel.events.DistinguishedName;
import io.carousel.events.Serial;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CRLException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.KeyPurposeId;

/** What certificates say (RFC 5280). */
public final class Certificates {
  /** Longest certificate that is read; in bytes. */
  private static final int LIMIT = 64 * 1024;

  /** Longest CRL that is read; in bytes. */
  private static final int CRL_LIMIT = 256 * 1024;

  private Certificates() {}

  /**
   * Reads one certificate in DER.
   *
   * @throws CertificateException if the bytes are anything else, or more than that
   */
  public static X509Certificate read(Bytes der) throws CertificateException {
    if (der.length() > LIMIT) {
      throw new CertificateException("%d bytes are no certificate".formatted(der.length()));
    }
    var in = new ByteArrayInputStream(der.toArray());
    var certificate =
        (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    if (!isExactly(der, certificate.getEncoded(), certificate.getSignature())) {
      throw new CertificateException("the bytes are not exactly one certificate in DER");
    }
    return certificate;
  }

  /**
   * The JDK takes no notice of what follows, and not of how many bits of the signature's last octet
   * are said to be unused: one certificate would have many encodings.
   */
  private static boolean isExactly(Bytes der, byte[] read, byte[] signature) {
    return Bytes.of(read).equals(der) && read[read.length - signature.length - 1] == 0;
  }

  /**
   * Reads one CRL in DER.
   *
   * @throws CRLException if the bytes are anything else, or that issuer did not sign it
   */
  public static X509CRL readCrl(Bytes der, X509Certificate issuer) throws CRLException {
    if (der.length() > CRL_LIMIT) {
      throw new CRLException("%d bytes are no CRL of a root".formatted(der.length()));
    }
    try {
      var in = new ByteArrayInputStream(der.toArray());
      var crl = (X509CRL) CertificateFactory.getInstance("X.509").generateCRL(in);
      if (!isExactly(der, crl.getEncoded(), crl.getSignature())) {
        throw new CRLException("the bytes are not exactly one CRL in DER");
      }
      crl.verify(issuer.getPublicKey());
      if (same(crl.getIssuerX500Principal(), issuer.getSubjectX500Principal())) {
        return crl;
      }
    } catch (CRLException e) {
      throw e;
    } catch (GeneralSecurityException e) {
      throw new CRLException("its signature does not hold", e);
    }
    throw new CRLException("it is of another issuer");
  }

  /** Whether that CRL is of the certificate's issuer, and lists it. */
  public static boolean lists(X509CRL crl, X509Certificate certificate) {
    return same(crl.getIssuerX500Principal(), certificate.getIssuerX500Principal())
        && crl.getRevokedCertificate(certificate.getSerialNumber()) != null;
  }

  /** Whether both name the same (RFC 5280, section 7.1): the JDK takes some texts apart. */
  static boolean same(X500Principal one, X500Principal other) {
    return DistinguishedName.of(one.getEncoded()).matches(DistinguishedName.of(other.getEncoded()));
  }

  /** All of it. */
  public static Bytes der(X509Certificate certificate) {
    try {
      return Bytes.of(certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalArgumentException("a certificate that was read has no encoding", e);
    }
  }

  /** SHA-256 of all of it. */
  public static Digest digest(X509Certificate certificate) {
    return der(certificate).digest();
  }

  /** SHA-256 of its SubjectPublicKeyInfo. */
  public static Digest keyDigest(X509Certificate certificate) {
    return Digest.of(certificate.getPublicKey().getEncoded());
  }

  /**
   * Its serial number.
   *
   * @throws CertificateException if it is not positive or longer than 20 octets
   */
  public static Serial serial(X509Certificate certificate) throws CertificateException {
    try {
      return Serial.of(certificate.getSerialNumber());
    } catch (IllegalArgumentException e) {
      throw new CertificateException(e.getMessage(), e);
    }
  }

  /** Whether what the key signs verifies by the certificate: ECDSA over P-256. */
  public static boolean belongTogether(X509Certificate certificate, PrivateKey key) {
    return belongTogether(certificate.getPublicKey(), key);
  }

  /** Whether they are the two halves of a key for ECDSA. */
  public static boolean belongTogether(PublicKey certified, PrivateKey key) {
    byte[] probe = "carousel-key-check\n".getBytes(US_ASCII);
    try {
      Signature ecdsa = Signature.getInstance("SHA256withECDSA");
      ecdsa.initSign(key);
      ecdsa.update(probe);
      byte[] signature = ecdsa.sign();
      ecdsa.initVerify(certified);
      ecdsa.update(probe);
      return ecdsa.verify(signature);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** Whether the issuer's name and key fit the certificate. */
  public static boolean isSignedBy(X509Certificate certificate, X509Certificate issuer) {
    if (!same(certificate.getIssuerX500Principal(), issuer.getSubjectX500Principal())) {
      return false;
    }
    try {
      certificate.verify(issuer.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /**
   * The one common name of its subject.
   *
   * @throws CertificateException if it has none or several
   */
  public static String commonName(X509Certificate certificate) throws CertificateException {
    try {
      RDN[] names =
          X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded())
              .getRDNs(BCStyle.CN);
      if (names.length != 1 || names[0].isMultiValued()) {
        throw new CertificateException("its subject has not exactly one common name");
      }
      return IETFUtils.valueToString(names[0].getFirst().getValue());
    } catch (IllegalArgumentException e) {
      throw new CertificateException("its subject cannot be read: " + e.getMessage(), e);
    }
  }

  /** Its dNSNames (RFC 5280, section 4.2.1.6). */
  public static List<String> dnsNames(X509Certificate certificate) throws CertificateException {
    return Optional.ofNullable(certificate.getSubjectAlternativeNames()).stream()
        .flatMap(java.util.Collection::stream)
        .filter(name -> name.get(0).equals(GeneralName.dNSName))
        .map(name -> (String) name.get(1))
        .toList();
  }

  /** Whether TLS clients may show it (extended key usage, RFC 5280, section 4.2.1.12). */
  public static boolean isForClients(X509Certificate certificate) throws CertificateException {
    return isFor(certificate, KeyPurposeId.id_kp_clientAuth);
  }

  /** Whether TLS servers may show it (extended key usage, RFC 5280, section 4.2.1.12). */
  public static boolean isForServers(X509Certificate certificate) throws CertificateException {
    return isFor(certificate, KeyPurposeId.id_kp_serverAuth);
  }

  private static boolean isFor(X509Certificate certificate, KeyPurposeId purpose)
      throws CertificateException {
    List<String> purposes = certificate.getExtendedKeyUsage();
    return purposes != null && purposes.contains(purpose.getId());
  }
}
