package io.carousel.signer.token.pkcs11;

import static org.xipki.pkcs11.wrapper.PKCS11Constants.*;

import io.carousel.events.Suite;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * How a suite is done through PKCS#11: its mechanisms, what goes in and what comes out.
 *
 * <p>Digests are made on this host: not every module has the mechanisms that digest too, and some
 * take an input of any length for {@code CKM_ECDSA} and sign something else.
 */
enum Algorithm {
  RSA(CKK_RSA, CKM_RSA_PKCS_KEY_PAIR_GEN, CKM_RSA_PKCS),
  EC(CKK_EC, CKM_EC_KEY_PAIR_GEN, CKM_ECDSA),
  EDWARDS(CKK_EC_EDWARDS, CKM_EC_EDWARDS_KEY_PAIR_GEN, CKM_EDDSA);

  /** DigestInfo of SHA-256 up to the digest (RFC 8017, section 9.2, note 1). */
  private static final byte[] SHA_256_INFO =
      HexFormat.of().parseHex("3031300d060960864801650304020105000420");

  private final long keyType;
  private final long generation;
  private final long signing;

  Algorithm(long keyType, long generation, long signing) {
    this.keyType = keyType;
    this.generation = generation;
    this.signing = signing;
  }

  static Algorithm of(Suite suite) {
    return switch (suite.family()) {
      case RSA -> RSA;
      case EC -> EC;
      case ED25519 -> EDWARDS;
    };
  }

  long keyType() {
    return keyType;
  }

  long generation() {
    return generation;
  }

  long signing() {
    return signing;
  }

  /** What C_Sign gets for a whole message. */
  static byte[] input(Suite suite, byte[] message) {
    byte[] hashed = suite.digest().map(name -> digest(name, message)).orElse(message);
    return switch (suite.family()) {
      case RSA -> concat(SHA_256_INFO, hashed);
      case EC, ED25519 -> hashed;
    };
  }

  /** The signature in X.509's form; empty if what C_Sign returned cannot be one. */
  static Optional<byte[]> output(Suite suite, byte[] raw) {
    Optional<byte[]> whole = Optional.of(raw).filter(r -> r.length == suite.signatureOctets());
    return switch (suite.family()) {
      case RSA, ED25519 -> whole;
      case EC -> whole.flatMap(Algorithm::der);
    };
  }

  /** r‖s as {@code Ecdsa-Sig-Value} (RFC 3279, section 2.2.3); neither may be zero. */
  private static Optional<byte[]> der(byte[] raw) {
    BigInteger r = new BigInteger(1, Arrays.copyOf(raw, raw.length / 2));
    BigInteger s = new BigInteger(1, Arrays.copyOfRange(raw, raw.length / 2, raw.length));
    if (r.signum() == 0 || s.signum() == 0) {
      return Optional.empty();
    }
    byte[] body = concat(integer(r), integer(s));
    // two integers of at most 49 bytes each: every length fits into one byte
    return Optional.of(concat(new byte[] {0x30, (byte) body.length}, body));
  }

  private static byte[] integer(BigInteger value) {
    byte[] bytes = value.toByteArray();
    return concat(new byte[] {0x02, (byte) bytes.length}, bytes);
  }

  static byte[] concat(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  private static byte[] digest(String algorithm, byte[] message) {
    try {
      return MessageDigest.getInstance(algorithm).digest(message);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK lacks " + algorithm, e);
    }
  }
}
