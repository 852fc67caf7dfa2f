package io.carousel.agent.certificate;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.carousel.events.Bytes;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CRLException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;

/** Keys, certificates and CRLs as text (RFC 7468). */
public final class Pem {
  private static final String KEY = "PRIVATE KEY";
  private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

  private Pem() {}

  /** PKCS#8, not encrypted. */
  public static Bytes key(PrivateKey key) {
    return bytes(block(KEY, key.getEncoded()));
  }

  /** One block after the other. */
  public static Bytes certificates(List<X509Certificate> certificates) {
    var text = new StringBuilder();
    for (X509Certificate certificate : certificates) {
      try {
        text.append(block("CERTIFICATE", certificate.getEncoded()));
      } catch (CertificateEncodingException e) {
        throw new IllegalArgumentException("a certificate that was read has no encoding", e);
      }
    }
    return bytes(text.toString());
  }

  /** One block after the other. */
  public static Bytes crls(List<X509CRL> crls) {
    var text = new StringBuilder();
    for (X509CRL crl : crls) {
      try {
        text.append(block("X509 CRL", crl.getEncoded()));
      } catch (CRLException e) {
        throw new IllegalArgumentException("a CRL that was read has no encoding", e);
      }
    }
    return bytes(text.toString());
  }

  /** Texts one after the other. */
  public static Bytes joined(Bytes... texts) {
    var all = new StringBuilder();
    for (Bytes text : texts) {
      all.append(new String(text.toArray(), US_ASCII));
    }
    return bytes(all.toString());
  }

  /**
   * Reads an elliptic-curve key in PKCS#8.
   *
   * @throws GeneralSecurityException if the text is none
   */
  public static PrivateKey readKey(byte[] text) throws GeneralSecurityException {
    String content = new String(text, ISO_8859_1);
    String begin = "-----BEGIN %s-----".formatted(KEY);
    int from = content.indexOf(begin);
    int to = content.indexOf("-----END %s-----".formatted(KEY));
    if (from < 0 || to < from) {
      throw new InvalidKeySpecException("there is no PEM block '%s'".formatted(KEY));
    }
    try {
      byte[] der =
          Base64.getMimeDecoder().decode(content.substring(from + begin.length(), to).strip());
      return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der));
    } catch (IllegalArgumentException e) {
      throw new InvalidKeySpecException("the PEM block '%s' is no base64".formatted(KEY), e);
    }
  }

  private static String block(String label, byte[] der) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(label, LINES.encodeToString(der), label);
  }

  private static Bytes bytes(String text) {
    return Bytes.of(text.getBytes(US_ASCII));
  }
}
