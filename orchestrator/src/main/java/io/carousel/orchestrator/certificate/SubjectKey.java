package io.carousel.orchestrator.certificate;

import io.carousel.events.Bytes;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/** Which keys of requesters are strong enough. */
public final class SubjectKey {
  private static final int RSA_LEAST = 2048;
  private static final int RSA_MOST = 8192;
  private static final Set<Integer> CURVES = Set.of(256, 384);
  private static final String ED25519 = "1.3.101.112";
  private static final int ECDH_CURVE = 256;

  private SubjectKey() {}

  /**
   * Passes a key that may be certified.
   *
   * @param publicKey SubjectPublicKeyInfo
   * @throws Unacceptable with the reason
   */
  public static Bytes strong(Bytes publicKey) throws Unacceptable {
    Optional<String> weakness = weakness(parse(publicKey), publicKey.toArray());
    if (weakness.isPresent()) {
      throw new Unacceptable(weakness.get());
    }
    return publicKey;
  }

  /**
   * Passes a key to which a token can be encrypted: on P-256.
   *
   * @param publicKey SubjectPublicKeyInfo
   * @throws Unacceptable with the reason
   */
  public static Bytes forEcdh(Bytes publicKey) throws Unacceptable {
    String algorithm = parse(publicKey).getAlgorithm().getAlgorithm().getId();
    try {
      if (algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey.getId())
          && key("EC", publicKey.toArray()) instanceof ECPublicKey ec
          && ec.getParams().getCurve().getField().getFieldSize() == ECDH_CURVE) {
        return publicKey;
      }
    } catch (GeneralSecurityException e) {
      throw new Unacceptable("the key to which the token is encrypted is damaged");
    }
    throw new Unacceptable("no token can be encrypted to a key of algorithm " + algorithm);
  }

  private static SubjectPublicKeyInfo parse(Bytes publicKey) throws Unacceptable {
    SubjectPublicKeyInfo info;
    try {
      info = SubjectPublicKeyInfo.getInstance(publicKey.toArray());
      if (info == null || !Bytes.of(info.getEncoded("DER")).equals(publicKey)) {
        throw new Unacceptable("the key is not in canonical DER");
      }
    } catch (IOException | RuntimeException e) {
      // The parser throws whatever its depths throw at bytes that are no key.
      throw new Unacceptable("the key is no SubjectPublicKeyInfo");
    }
    if (info.getPublicKeyData().getPadBits() != 0) {
      throw new Unacceptable("the key's last octet has unused bits");
    }
    return info;
  }

  private static PublicKey key(String algorithm, byte[] encoded) throws GeneralSecurityException {
    return KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(encoded));
  }

  private static Optional<String> weakness(SubjectPublicKeyInfo key, byte[] encoded) {
    String algorithm = key.getAlgorithm().getAlgorithm().getId();
    if (algorithm.equals(ED25519)) {
      return Optional.empty();
    }
    boolean rsa = algorithm.equals(PKCSObjectIdentifiers.rsaEncryption.getId());
    boolean ec = algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey.getId());
    if (algorithm.equals(PKCSObjectIdentifiers.id_RSASSA_PSS.getId())) {
      return Optional.of(
          "the request's key is restricted to RSASSA-PSS, which few readers take; use a key of rsaEncryption");
    }
    if (!rsa && !ec) {
      return Optional.of("the request's key is of an algorithm that is not accepted: " + algorithm);
    }
    if (ec && !(key.getAlgorithm().getParameters() instanceof ASN1ObjectIdentifier)) {
      return Optional.of(
          "the request's EC key spells out its curve instead of naming it; use a named curve, P-256 or P-384");
    }
    byte[] point = key.getPublicKeyData().getOctets();
    if (ec && point.length > 0 && (point[0] == 2 || point[0] == 3)) {
      return Optional.of(
          "the request's EC key is a compressed point, which few readers take; write it uncompressed");
    }
    try {
      PublicKey parsed = key(rsa ? "RSA" : "EC", encoded);
      return parsed instanceof RSAPublicKey r ? weakness(r) : weakness((ECPublicKey) parsed);
    } catch (GeneralSecurityException e) {
      return Optional.of(
          "the request's key cannot be used: it is on no accepted curve, or damaged");
    }
  }

  private static Optional<String> weakness(RSAPublicKey key) {
    int bits = key.getModulus().bitLength();
    return bits >= RSA_LEAST && bits <= RSA_MOST
        ? Optional.empty()
        : Optional.of(
            "the request's RSA key has %d bits; use %d to %d".formatted(bits, RSA_LEAST, RSA_MOST));
  }

  private static Optional<String> weakness(ECPublicKey key) {
    int bits = key.getParams().getCurve().getField().getFieldSize();
    return CURVES.contains(bits)
        ? Optional.empty()
        : Optional.of("the request's EC key has %d bits; use P-256 or P-384".formatted(bits));
  }
}
