package io.carousel.signer.token.pkcs11;

import io.carousel.events.Suite;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.spec.RSAPublicKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/**
 * Public keys as tokens hold them, turned into DER {@code SubjectPublicKeyInfo} (RFC 5280, section
 * 4.1; RFC 5480; RFC 8410). What is not exactly a key of a known suite is none.
 */
final class PublicKeys {
  private static final HexFormat HEX = HexFormat.of();

  /** {@code CKA_EC_PARAMS} as modules give it: the OID, or for Edwards curves also the name. */
  private static final Map<String, Suite> CURVES =
      Map.of(
          "06082a8648ce3d030107", Suite.ECDSA_P256,
          "06052b81040022", Suite.ECDSA_P384,
          "06032b6570", Suite.ED25519,
          "130c656477617264733235353139", Suite.ED25519);

  private static final Map<Suite, byte[]> PARAMS =
      Map.of(
          Suite.ECDSA_P256, HEX.parseHex("06082a8648ce3d030107"),
          Suite.ECDSA_P384, HEX.parseHex("06052b81040022"),
          Suite.ED25519, HEX.parseHex("06032b6570"));

  /** {@code SubjectPublicKeyInfo} up to the point. */
  private static final Map<Suite, byte[]> PREFIXES =
      Map.of(
          Suite.ECDSA_P256,
          HEX.parseHex("3059301306072a8648ce3d020106082a8648ce3d030107034200"),
          Suite.ECDSA_P384,
          HEX.parseHex("3076301006072a8648ce3d020106052b81040022036200"),
          Suite.ED25519,
          HEX.parseHex("302a300506032b6570032100"));

  /** Length of the bare point in bytes; uncompressed for the NIST curves. */
  private static final Map<Suite, Integer> POINTS =
      Map.of(Suite.ECDSA_P256, 65, Suite.ECDSA_P384, 97, Suite.ED25519, 32);

  private PublicKeys() {}

  /** What {@code CKA_EC_PARAMS} must be to make a key of that suite. */
  static byte[] ecParams(Suite suite) {
    return PARAMS.get(suite).clone();
  }

  /** The suite of a curve, if it is one of ours. */
  static Optional<Suite> curve(byte[] ecParams) {
    return Optional.ofNullable(CURVES.get(HEX.formatHex(ecParams)));
  }

  /** The suite of a modulus, if it is one of ours. */
  static Optional<Suite> modulus(BigInteger modulus) {
    return Arrays.stream(Suite.values())
        .filter(s -> s.family() == Suite.Family.RSA && s.bits() == modulus.bitLength())
        .findFirst();
  }

  static byte[] rsa(BigInteger modulus, BigInteger exponent) {
    try {
      return KeyFactory.getInstance("RSA")
          .generatePublic(new RSAPublicKeySpec(modulus, exponent))
          .getEncoded();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK cannot encode an RSA public key", e);
    }
  }

  /**
   * A point, which modules give wrapped as an OCTET STRING, as a BIT STRING, or bare; the length
   * tells which.
   */
  static Optional<byte[]> ec(Suite suite, byte[] ecPoint) {
    int length = POINTS.get(suite);
    return bare(ecPoint, length)
        .filter(p -> suite == Suite.ED25519 || p[0] == 0x04)
        .map(p -> Algorithm.concat(PREFIXES.get(suite), p));
  }

  private static Optional<byte[]> bare(byte[] ecPoint, int length) {
    int wrapping = ecPoint.length - length;
    boolean sound =
        switch (wrapping) {
          case 0 -> true;
          case 2 -> ecPoint[0] == 0x04 && ecPoint[1] == length;
          case 3 -> ecPoint[0] == 0x03 && ecPoint[1] == length + 1 && ecPoint[2] == 0;
          default -> false;
        };
    return sound
        ? Optional.of(Arrays.copyOfRange(ecPoint, wrapping, ecPoint.length))
        : Optional.empty();
  }
}
