package io.carousel.orchestrator.cli;

import io.carousel.events.Bytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CRL;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;

/** Certificates and CRLs in files, as other programs write them: PEM (RFC 7468) or DER. */
final class X509File {
  /** Longer than any chain of certificates, or CRL of a root; in bytes. */
  private static final int LIMIT = 1024 * 1024;

  private X509File() {}

  /**
   * The certificates in a file, in their order.
   *
   * @throws CommandFailed if it holds none, or cannot be read
   */
  static List<X509Certificate> certificates(Path file) {
    try {
      List<X509Certificate> all =
          factory().generateCertificates(bytes(file)).stream()
              .map(X509Certificate.class::cast)
              .toList();
      if (!all.isEmpty()) {
        return all;
      }
    } catch (GeneralSecurityException e) {
      // said below
    }
    throw CommandFailed.because(
        "%s holds no certificate in PEM or DER; check which file it is".formatted(file));
  }

  /**
   * The one CRL in a file, DER.
   *
   * @throws CommandFailed if it holds none or several, or cannot be read
   */
  static Bytes crl(Path file) {
    try {
      Collection<? extends CRL> all = factory().generateCRLs(bytes(file));
      if (all.size() == 1) {
        return Bytes.of(((X509CRL) all.iterator().next()).getEncoded());
      }
    } catch (GeneralSecurityException e) {
      // said below
    }
    throw CommandFailed.because(
        "%s does not hold exactly one CRL in PEM or DER; check which file it is".formatted(file));
  }

  /** Its bytes, DER. */
  static Bytes der(X509Certificate certificate) {
    try {
      return Bytes.of(certificate.getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate that was read cannot be written", e);
    }
  }

  private static ByteArrayInputStream bytes(Path file) {
    try (var in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(LIMIT + 1);
      if (bytes.length > LIMIT) {
        throw CommandFailed.because("%s is longer than %d bytes".formatted(file, LIMIT));
      }
      return new ByteArrayInputStream(bytes);
    } catch (IOException e) {
      throw CommandFailed.because("%s cannot be read: %s".formatted(file, e.getMessage()));
    }
  }

  private static CertificateFactory factory() throws GeneralSecurityException {
    return CertificateFactory.getInstance("X.509");
  }
}
