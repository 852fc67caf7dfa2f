package io.carousel.signer.certificate;

import io.carousel.events.Bytes;
import io.carousel.events.Suite;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Object;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/** Encodings that several classes here need. */
final class Der {
  private static final byte SEQUENCE = 0x30;
  // One octet of tag, and at most five of length.
  private static final int MOST_HEADER = 6;

  private Der() {}

  /**
   * How certificates name the suite's signature: RSA with NULL parameters (RFC 4055, section 5),
   * ECDSA (RFC 5758, section 3.2) and Ed25519 (RFC 8410, section 3) with none.
   */
  static AlgorithmIdentifier algorithm(Suite suite) {
    return switch (suite) {
      case RSA_2048, RSA_3072, RSA_4096 ->
          new AlgorithmIdentifier(PKCSObjectIdentifiers.sha256WithRSAEncryption, DERNull.INSTANCE);
      case ECDSA_P256 -> bare(X9ObjectIdentifiers.ecdsa_with_SHA256);
      case ECDSA_P384 -> bare(X9ObjectIdentifiers.ecdsa_with_SHA384);
      case ED25519 -> bare(EdECObjectIdentifiers.id_Ed25519);
    };
  }

  private static AlgorithmIdentifier bare(ASN1ObjectIdentifier oid) {
    return new AlgorithmIdentifier(oid);
  }

  /**
   * The three parts of a certificate or a CRL (RFC 5280, sections 4.1 and 5.1) side by side: to
   * take the first apart, only to write it again, would cost as much as making it did.
   */
  static Bytes signed(Bytes tbs, Suite suite, byte[] signature) {
    byte[] draft = tbs.toArray();
    byte[] algorithm = encode(algorithm(suite)).toArray();
    byte[] bits = encode(new DERBitString(signature)).toArray();
    int length = draft.length + algorithm.length + bits.length;
    var out = ByteBuffer.allocate(MOST_HEADER + length);
    out.put(SEQUENCE);
    putLength(out, length);
    out.put(draft).put(algorithm).put(bits);
    return Bytes.of(Arrays.copyOf(out.array(), out.position()));
  }

  /** In the fewest octets, as DER wants it (X.690, section 10.1). */
  private static void putLength(ByteBuffer out, int length) {
    if (length < 0x80) {
      out.put((byte) length);
      return;
    }
    int octets = (Integer.SIZE - Integer.numberOfLeadingZeros(length) + 7) / 8;
    out.put((byte) (0x80 | octets));
    for (int i = octets - 1; i >= 0; i--) {
      out.put((byte) (length >>> (8 * i)));
    }
  }

  static Bytes encode(ASN1Object object) {
    try {
      return Bytes.of(object.getEncoded(ASN1Encoding.DER));
    } catch (IOException e) {
      throw new UncheckedIOException("an object of ours cannot be encoded", e);
    }
  }
}
