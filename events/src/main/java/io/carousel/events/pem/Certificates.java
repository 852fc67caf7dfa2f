package io.carousel.events.pem;

import io.carousel.events.Bytes;
import io.carousel.events.Identifier;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/** Certificates as files hold them: DER, PEM, and PKCS #7 (RFC 2315) in either. */
public final class Certificates {
  private Certificates() {}

  /**
   * Every certificate of that file, in their order.
   *
   * @throws UnreadablePem if it holds none, or one that is damaged; says what it holds instead
   */
  public static List<X509Certificate> of(byte[] file) {
    if (PemText.isDer(file)) {
      return der(file);
    }
    List<X509Certificate> all = new ArrayList<>();
    List<String> others = new ArrayList<>();
    for (PemBlock block : PemText.read(PemText.text(file))) {
      if (isOf(block.label())) {
        all.addAll(of(block));
      } else {
        others.add(Identifier.printable(block.label()));
      }
    }
    if (all.isEmpty()) {
      throw new UnreadablePem("it holds no certificate, and instead: " + String.join(", ", others));
    }
    return List.copyOf(all);
  }

  /** Whether blocks of that label hold certificates. */
  public static boolean isOf(String label) {
    return switch (label) {
      case "CERTIFICATE", "X509 CERTIFICATE", "X.509 CERTIFICATE", "TRUSTED CERTIFICATE" -> true;
      case "PKCS7", "CMS", "PKCS #7 SIGNED DATA" -> true;
      default -> false;
    };
  }

  /**
   * The certificates of a block of such a label.
   *
   * @throws UnreadablePem if it is damaged, or holds none
   */
  public static List<X509Certificate> of(PemBlock block) {
    byte[] content = block.content().toArray();
    // OpenSSL adds what it trusts a certificate for, behind it (x509(1), -trustout).
    return der(block.label().equals("TRUSTED CERTIFICATE") ? PemText.first(content) : content);
  }

  private static List<X509Certificate> der(byte[] der) {
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      List<X509Certificate> all = new ArrayList<>();
      for (Certificate each : factory.generateCertificates(new ByteArrayInputStream(der))) {
        all.add((X509Certificate) each);
      }
      if (!all.isEmpty()) {
        return all;
      }
    } catch (GeneralSecurityException e) {
      throw new UnreadablePem("a certificate in it cannot be read: " + e.getMessage(), e);
    }
    throw new UnreadablePem("it holds no certificate");
  }

  /** Its bytes, DER. */
  public static Bytes der(X509Certificate certificate) {
    try {
      return Bytes.of(certificate.getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate that was read cannot be written", e);
    }
  }
}
