package io.carousel.events.seal;

import io.carousel.events.Bytes;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.util.Arrays;
import java.util.HexFormat;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.bouncycastle.math.ec.rfc8032.Ed25519.PublicPoint;

/**
 * Ed25519 (RFC 8032, section 5.1), by Bouncy Castle: a replay checks one signature for each batch,
 * and the JDK's own takes eight times as long.
 */
final class Ed25519Signature {
  /** SubjectPublicKeyInfo of a key before its 32 bytes (RFC 8410, section 4). */
  private static final byte[] SPKI = HexFormat.of().parseHex("302a300506032b6570032100");

  /** PrivateKeyInfo of a key before its 32 bytes (RFC 8410, section 7). */
  private static final byte[] PKCS8 = HexFormat.of().parseHex("302e020100300506032b657004220420");

  private static final int KEY = Ed25519.PUBLIC_KEY_SIZE;
  private static final int SIGNATURE = Ed25519.SIGNATURE_SIZE;

  private Ed25519Signature() {}

  static KeyPair newKey() {
    try {
      return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every JDK from 15 has Ed25519", e);
    }
  }

  /**
   * The 32 bytes that a private key is made from.
   *
   * @throws IllegalArgumentException if it is no Ed25519 key, or does not say
   */
  static byte[] seed(PrivateKey key) {
    byte[] encoded = key.getEncoded();
    if (encoded == null || !isKey(encoded, PKCS8)) {
      throw new IllegalArgumentException("an author signs with an Ed25519 key");
    }
    return Arrays.copyOfRange(encoded, PKCS8.length, encoded.length);
  }

  /** The SubjectPublicKeyInfo of the key that is made from those 32 bytes. */
  static Bytes publicKey(byte[] seed) {
    byte[] spki = Arrays.copyOf(SPKI, SPKI.length + KEY);
    Ed25519.generatePublicKey(seed, 0, spki, SPKI.length);
    return Bytes.of(spki);
  }

  /** A signature of 64 bytes. */
  static byte[] sign(byte[] seed, byte[] statement) {
    byte[] signature = new byte[SIGNATURE];
    Ed25519.sign(seed, 0, statement, 0, statement.length, signature, 0);
    return signature;
  }

  /**
   * Whether that signature holds.
   *
   * @param publicKey SubjectPublicKeyInfo; no signature holds under what is none of Ed25519, nor
   *     under a point of small order, under which every statement would
   */
  static boolean verifies(Bytes publicKey, byte[] statement, byte[] signature) {
    byte[] spki = publicKey.toArray();
    if (!isKey(spki, SPKI) || signature.length != SIGNATURE) {
      return false;
    }
    PublicPoint point = Ed25519.validatePublicKeyPartialExport(spki, SPKI.length);
    return point != null && Ed25519.verify(signature, 0, point, statement, 0, statement.length);
  }

  private static boolean isKey(byte[] encoded, byte[] prefix) {
    return encoded.length == prefix.length + KEY
        && Arrays.equals(encoded, 0, prefix.length, prefix, 0, prefix.length);
  }
}
