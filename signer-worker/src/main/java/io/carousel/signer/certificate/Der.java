package io.carousel.signer.certificate;

import io.carousel.events.Bytes;
import io.carousel.events.Suite;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Object;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/** Encodings that several classes here need. */
final class Der {
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

  /** Certificates and CRLs are put together the same way (RFC 5280, sections 4.1 and 5.1). */
  static Bytes signed(Bytes tbs, Suite suite, byte[] signature) {
    var parts = new ASN1EncodableVector(3);
    try {
      parts.add(ASN1Primitive.fromByteArray(tbs.toArray()));
    } catch (IOException e) {
      throw new UncheckedIOException("a draft of ours is not DER", e);
    }
    parts.add(algorithm(suite));
    parts.add(new DERBitString(signature));
    return encode(new DERSequence(parts));
  }

  static Bytes encode(ASN1Object object) {
    try {
      return Bytes.of(object.getEncoded(ASN1Encoding.DER));
    } catch (IOException e) {
      throw new UncheckedIOException("an object of ours cannot be encoded", e);
    }
  }
}
