package io.carousel.orchestrator.rules;

import io.carousel.events.Bytes;
import io.carousel.events.SigningCommand.SignCaCertificate;
import io.carousel.events.Suite;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import javax.security.auth.x500.X500Principal;

/**
 * Whether a CA certificate is, field by field, the one that was asked for (RFC 5280, sections 4.1
 * and 4.2). Verifiers will be told to trust it: what was not asked for is refused, known or not.
 */
final class CaCheck {
  static final String KEY_IDENTIFIER = "2.5.29.14";
  static final String KEY_USAGE = "2.5.29.15";
  static final String BASIC_CONSTRAINTS = "2.5.29.19";
  private static final int KEY_CERT_SIGN = 5;
  private static final int CRL_SIGN = 6;
  static final int KEY_IDENTIFIER_OCTETS = 20;
  private static final byte OCTET_STRING = 4;

  private CaCheck() {}

  /** What is wrong with it. */
  static Optional<String> flaw(Bytes certificate, SignCaCertificate asked) {
    X509Certificate x;
    try {
      x = parse(certificate);
      x.verify(Proofs.key(asked.suite(), asked.publicKey()));
    } catch (GeneralSecurityException e) {
      return Optional.of("it does not verify under its own key");
    }
    return names(x, asked).or(() -> body(x, asked)).or(() -> extensions(x, asked));
  }

  /** A certificate that is nothing but DER. */
  static X509Certificate parse(Bytes der) throws GeneralSecurityException {
    var x =
        (X509Certificate)
            CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(der.toArray()));
    // The factory reads PEM too, takes no notice of what follows, and not of how many bits of the
    // signature's last octet are said to be unused: one certificate would have many encodings.
    byte[] bytes = der.toArray();
    int signature = bytes.length - x.getSignature().length;
    if (!Arrays.equals(x.getEncoded(), bytes) || bytes[signature - 1] != 0) {
      throw new CertificateEncodingException("it is not encoded as it should be (DER)");
    }
    return x;
  }

  private static Optional<String> names(X509Certificate x, SignCaCertificate asked) {
    X500Principal subject = x.getSubjectX500Principal();
    String wanted = new X500Principal(asked.draft().subject()).getName();
    // Some verifiers compare the encoded names: both must be the same to the byte.
    return subject.getName().equals(wanted)
            && Arrays.equals(subject.getEncoded(), x.getIssuerX500Principal().getEncoded())
        ? Optional.empty()
        : Optional.of("its subject or issuer is another");
  }

  private static Optional<String> body(X509Certificate x, SignCaCertificate asked) {
    if (!x.getSerialNumber().equals(asked.draft().serial().number())) {
      return Optional.of("its serial number is another");
    }
    if (!x.getNotBefore().toInstant().equals(asked.draft().notBefore())
        || !x.getNotAfter().toInstant().equals(asked.draft().notAfter())) {
      return Optional.of("its validity is another");
    }
    if (!Bytes.of(x.getPublicKey().getEncoded()).equals(asked.publicKey())) {
      return Optional.of("its public key is another");
    }
    if (!x.getSigAlgOID().equals(signature(asked.suite()))) {
      return Optional.of("its signature algorithm is not that of suite " + asked.suite());
    }
    return x.getIssuerUniqueID() == null && x.getSubjectUniqueID() == null
        ? Optional.empty()
        : Optional.of("it has unique identifiers, which were not asked for");
  }

  private static Optional<String> extensions(X509Certificate x, SignCaCertificate asked) {
    if (!Set.of(KEY_USAGE, BASIC_CONSTRAINTS).equals(nonNull(x.getCriticalExtensionOIDs()))
        || !Set.of(KEY_IDENTIFIER).equals(nonNull(x.getNonCriticalExtensionOIDs()))) {
      return Optional.of("its extensions are not the three that were asked for");
    }
    boolean[] usage = x.getKeyUsage();
    var allowed = new HashSet<Integer>();
    for (int i = 0; i < usage.length; i++) {
      if (usage[i]) {
        allowed.add(i);
      }
    }
    if (x.getBasicConstraints() != 0 || !allowed.equals(Set.of(KEY_CERT_SIGN, CRL_SIGN))) {
      return Optional.of("it is no CA of path length 0 that signs certificates and CRLs alone");
    }
    return Arrays.equals(x.getExtensionValue(KEY_IDENTIFIER), keyIdentifier(asked.publicKey()))
        ? Optional.empty()
        : Optional.of("its subject key identifier is not that of its key");
  }

  static Set<String> nonNull(Set<String> oids) {
    return oids == null ? Set.of() : oids;
  }

  /**
   * The first 160 bits of SHA-256 over the key's bits (RFC 7093, section 2), as extension value.
   */
  static byte[] keyIdentifier(Bytes publicKey) {
    byte[] digest = Bytes.of(keyBits(publicKey)).digest().bytes();
    return ByteBuffer.allocate(4 + KEY_IDENTIFIER_OCTETS)
        .put(OCTET_STRING)
        .put((byte) (2 + KEY_IDENTIFIER_OCTETS))
        .put(OCTET_STRING)
        .put((byte) KEY_IDENTIFIER_OCTETS)
        .put(digest, 0, KEY_IDENTIFIER_OCTETS)
        .array();
  }

  /** The content of the BIT STRING in a SubjectPublicKeyInfo that was found sound before. */
  static byte[] keyBits(Bytes publicKey) {
    ByteBuffer der = ByteBuffer.wrap(publicKey.toArray());
    length(der);
    int algorithm = length(der);
    der.position(der.position() + algorithm);
    // After the length of a BIT STRING one octet says how many bits of the last are unused: none.
    byte[] bits = new byte[length(der) - 1];
    der.get();
    der.get(bits);
    return bits;
  }

  /** Reads past a tag and its length, which it returns (X.690, section 8.1.3). */
  private static int length(ByteBuffer der) {
    der.get();
    int first = Byte.toUnsignedInt(der.get());
    if (first < 0x80) {
      return first;
    }
    int length = 0;
    for (int i = 0; i < (first & 0x7f); i++) {
      length = length << 8 | Byte.toUnsignedInt(der.get());
    }
    return length;
  }

  static String signature(Suite suite) {
    return switch (suite) {
      case RSA_2048, RSA_3072, RSA_4096 -> "1.2.840.113549.1.1.11";
      case ECDSA_P256 -> "1.2.840.10045.4.3.2";
      case ECDSA_P384 -> "1.2.840.10045.4.3.3";
      case ED25519 -> "1.3.101.112";
    };
  }
}
