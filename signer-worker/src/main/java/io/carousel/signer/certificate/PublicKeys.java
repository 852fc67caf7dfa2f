package io.carousel.signer.certificate;

import io.carousel.events.Bytes;
import io.carousel.events.Suite;
import io.carousel.signer.refusal.Refusal;
import io.carousel.signer.refusal.Refused;
import java.io.IOException;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.util.PublicKeyFactory;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/** Which public keys may stand in a certificate, and whether one is of a suite. */
public final class PublicKeys {
  private static final int LEAST_RSA_BITS = 2048;
  // Larger moduli only slow every verifier down.
  private static final int MOST_RSA_BITS = 8192;

  private PublicKeys() {}

  private enum Curve {
    P256(X9ObjectIdentifiers.prime256v1),
    P384(SECObjectIdentifiers.secp384r1);

    private final ASN1ObjectIdentifier oid;

    Curve(ASN1ObjectIdentifier oid) {
      this.oid = oid;
    }
  }

  private record Kind(Suite.Family family, int bits) {}

  /**
   * Passes RSA from 2048 to 8192 bits, P-256, P-384 and Ed25519 keys that are well formed: DER,
   * named curve, a point on the curve and of full order.
   *
   * @param key SubjectPublicKeyInfo (RFC 5280, section 4.1.2.7)
   * @throws Refused as {@link Refusal#BAD_KEY}
   */
  public static void check(Bytes key) throws Refused {
    kind(key);
  }

  /**
   * Passes well formed keys of exactly that suite.
   *
   * @throws Refused as {@link Refusal#BAD_KEY}
   */
  public static void check(Bytes key, Suite suite) throws Refused {
    Kind kind = kind(key);
    if (kind.family() != suite.family() || kind.bits() != suite.bits()) {
      throw bad("the key is not of the suite %s".formatted(suite), null);
    }
  }

  private static Kind kind(Bytes key) throws Refused {
    SubjectPublicKeyInfo info = parse(key);
    ASN1ObjectIdentifier algorithm = info.getAlgorithm().getAlgorithm();
    if (algorithm.equals(PKCSObjectIdentifiers.rsaEncryption)) {
      return rsa(info);
    }
    if (algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
      return curve(info);
    }
    if (algorithm.equals(EdECObjectIdentifiers.id_Ed25519)) {
      return ed25519(info);
    }
    throw bad(
        "keys of algorithm %s are not signed here; use RSA, P-256, P-384 or Ed25519"
            .formatted(algorithm),
        null);
  }

  private static SubjectPublicKeyInfo parse(Bytes key) throws Refused {
    try {
      var info = SubjectPublicKeyInfo.getInstance(ASN1Primitive.fromByteArray(key.toArray()));
      if (info != null
          && Der.encode(info).equals(key)
          && info.getPublicKeyData().getPadBits() == 0) {
        return info;
      }
    } catch (IOException | RuntimeException e) {
      throw bad("the key is no SubjectPublicKeyInfo", e);
    }
    throw bad("the key is not DER, or its last octet has unused bits", null);
  }

  private static Kind rsa(SubjectPublicKeyInfo info) throws Refused {
    var key = (RSAKeyParameters) decode(info);
    int bits = key.getModulus().bitLength();
    if (bits < LEAST_RSA_BITS || bits > MOST_RSA_BITS) {
      throw bad(
          "an RSA key must have %d to %d bits, not %d"
              .formatted(LEAST_RSA_BITS, MOST_RSA_BITS, bits),
          null);
    }
    if (key.getExponent().bitLength() < 17 || key.getExponent().bitLength() > 64) {
      throw bad("the exponent of an RSA key must be 65537 or a little more", null);
    }
    return new Kind(Suite.Family.RSA, bits);
  }

  private static Kind curve(SubjectPublicKeyInfo info) throws Refused {
    Object parameters = info.getAlgorithm().getParameters();
    for (Curve curve : Curve.values()) {
      if (curve.oid.equals(parameters)) {
        decode(info); // refuses what is not on the curve
        byte[] point = info.getPublicKeyData().getOctets();
        if (point[0] != 0x04) {
          throw bad("the point of the key must be uncompressed (RFC 5480, section 2.2)", null);
        }
        return new Kind(Suite.Family.EC, curve == Curve.P256 ? 256 : 384);
      }
    }
    throw bad("keys of that curve are not signed here; use P-256 or P-384", null);
  }

  private static Kind ed25519(SubjectPublicKeyInfo info) throws Refused {
    byte[] point = info.getPublicKeyData().getOctets();
    if (info.getAlgorithm().getParameters() != null
        || point.length != Ed25519.PUBLIC_KEY_SIZE
        || !Ed25519.validatePublicKeyFull(point, 0)) {
      throw bad("the key is no point of full order on Ed25519", null);
    }
    return new Kind(Suite.Family.ED25519, 255);
  }

  private static AsymmetricKeyParameter decode(SubjectPublicKeyInfo info) throws Refused {
    try {
      return PublicKeyFactory.createKey(info);
    } catch (IOException | RuntimeException e) {
      throw bad("the key is malformed: %s".formatted(e.getMessage()), e);
    }
  }

  private static Refused bad(String message, Throwable cause) {
    return new Refused(Refusal.BAD_KEY, message, cause);
  }
}
