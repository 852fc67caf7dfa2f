package io.carousel.orchestrator.cli;

import io.carousel.events.Bytes;
import io.carousel.events.pem.Certificates;
import io.carousel.events.pem.PemText;
import io.carousel.events.pem.UnreadablePem;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
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
      return Certificates.of(bytes(file));
    } catch (UnreadablePem e) {
      throw CommandFailed.because(
          "%s holds no certificate in PEM or DER: %s".formatted(file, e.getMessage()));
    }
  }

  /**
   * The one CRL in a file, DER.
   *
   * @throws CommandFailed if it holds none or several, or cannot be read
   */
  static Bytes crl(Path file) {
    String why;
    try {
      List<Bytes> all = PemText.contents(bytes(file), "CRL", "X509 CRL", "CRL");
      if (all.size() == 1) {
        var in = new ByteArrayInputStream(all.getFirst().toArray());
        return Bytes.of(((X509CRL) factory().generateCRL(in)).getEncoded());
      }
      why = "it holds %d".formatted(all.size());
    } catch (GeneralSecurityException | UnreadablePem e) {
      why = e.getMessage();
    }
    throw CommandFailed.because(
        "%s does not hold exactly one CRL in PEM or DER: %s".formatted(file, why));
  }

  /** Its bytes, DER. */
  static Bytes der(X509Certificate certificate) {
    return Certificates.der(certificate);
  }

  private static byte[] bytes(Path file) {
    try (var in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(LIMIT + 1);
      if (bytes.length > LIMIT) {
        throw CommandFailed.because("%s is longer than %d bytes".formatted(file, LIMIT));
      }
      return bytes;
    } catch (IOException e) {
      throw CommandFailed.because("%s cannot be read: %s".formatted(file, e.getMessage()));
    }
  }

  private static CertificateFactory factory() throws GeneralSecurityException {
    return CertificateFactory.getInstance("X.509");
  }
}
