package io.carousel.events;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Optional;

/**
 * A public key taken apart, for formats that are not X.509. Each is checked: what exists can verify
 * signatures, and is the only encoding of itself.
 */
public sealed interface SubjectPublicKey {
  /** The shortest RSA modulus that any suite has (SP 800-131A, section 3); in bits. */
  int RSA_AT_LEAST = 2048;

  /** The longest RSA modulus that OpenSSH reads, and thrice what a suite has; in bits. */
  int RSA_AT_MOST = 16384;

  /**
   * The key of a SubjectPublicKeyInfo: rsaEncryption (RFC 3279, section 2.3.1), id-ecPublicKey with
   * a named curve and an uncompressed point (RFC 5480, section 2), id-Ed25519 (RFC 8410, section
   * 4).
   *
   * @param spki in DER
   * @throws UnreadableDer if it is anything else, or a key that nobody should use
   */
  static SubjectPublicKey of(Bytes spki) {
    var outer = new Der.Reader(spki.toArray());
    var info = new Der.Reader(outer.contents(Der.SEQUENCE));
    outer.end();
    byte[] algorithm = info.whole(Der.SEQUENCE);
    byte[] bits = info.contents(Der.BIT_STRING);
    info.end();
    if (bits.length == 0 || bits[0] != 0) {
      throw new UnreadableDer("the bits of a public key are not whole octets");
    }
    return KeyAlgorithm.of(algorithm).read(Arrays.copyOfRange(bits, 1, bits.length));
  }

  /**
   * The SubjectPublicKeyInfo of an X.509 certificate of version 3 (RFC 5280, section 4.1), as it
   * stands there: what comes before it is passed over, and neither it nor the rest is checked.
   *
   * @param certificate in DER
   * @throws UnreadableDer if there is none where it should be
   */
  static Bytes certified(Bytes certificate) {
    var whole = new Der.Reader(certificate.toArray());
    var signed = new Der.Reader(whole.contents(Der.SEQUENCE));
    var body = new Der.Reader(signed.contents(Der.SEQUENCE));
    body.contents(Der.VERSION);
    body.contents(Der.INTEGER);
    for (int passed = 0; passed < 4; passed++) {
      body.contents(Der.SEQUENCE); // signature, issuer, validity, subject
    }
    return Bytes.of(body.whole(Der.SEQUENCE));
  }

  /** As SubjectPublicKeyInfo, in DER: what {@link #of} reads. */
  Bytes spki();

  /** The suite that has such keys; an RSA modulus may have a length of which there is none. */
  Optional<Suite> suite();

  /** For the JDK's signatures. */
  default PublicKey jca() {
    String factory =
        switch (this) {
          case Rsa _ -> "RSA";
          case Ec _ -> "EC";
          case Ed25519 _ -> "Ed25519";
        };
    try {
      return KeyFactory.getInstance(factory)
          .generatePublic(new X509EncodedKeySpec(spki().toArray()));
    } catch (GeneralSecurityException e) {
      throw new AssertionError("a key that was checked is none for the JDK", e);
    }
  }

  /**
   * An RSA key (RFC 8017, section 3.1).
   *
   * @param modulus odd, of {@value #RSA_AT_LEAST} to {@value #RSA_AT_MOST} bits
   * @param exponent odd, more than 2^16 and less than 2^256 (FIPS 186-5, section A.1.1)
   */
  record Rsa(BigInteger modulus, BigInteger exponent) implements SubjectPublicKey {
    /** Checks both. */
    public Rsa {
      int bits = modulus.bitLength();
      if (modulus.signum() < 0
          || bits < RSA_AT_LEAST
          || bits > RSA_AT_MOST
          || !modulus.testBit(0)) {
        throw new UnreadableDer(
            "an RSA modulus is odd and has %d to %d bits; this one has %d"
                .formatted(RSA_AT_LEAST, RSA_AT_MOST, bits));
      }
      if (exponent.signum() < 0
          || exponent.bitLength() < 17
          || exponent.bitLength() > 256
          || !exponent.testBit(0)) {
        throw new UnreadableDer("an RSA exponent is odd, over 2^16 and under 2^256; this is not");
      }
    }

    /** Length of the modulus, and of a signature; in octets. */
    public int octets() {
      return (modulus.bitLength() + 7) / 8;
    }

    @Override
    public Bytes spki() {
      return KeyAlgorithm.RSA.info(
          Der.element(Der.SEQUENCE, Der.integer(modulus), Der.integer(exponent)));
    }

    @Override
    public Optional<Suite> suite() {
      return Arrays.stream(Suite.values())
          .filter(suite -> suite.family() == Suite.Family.RSA)
          .filter(suite -> suite.bits() == modulus.bitLength())
          .findFirst();
    }
  }

  /**
   * A point of a curve over a prime field.
   *
   * @param x affine, as {@code y}
   */
  record Ec(NistCurve curve, BigInteger x, BigInteger y) implements SubjectPublicKey {
    private static final byte UNCOMPRESSED = 4;

    /** Checks that the point is on the curve. */
    public Ec {
      if (!curve.holds(x, y)) {
        throw new UnreadableDer("the point of a public key is not on %s".formatted(curve));
      }
    }

    /**
     * The key whose point is so encoded.
     *
     * @throws UnreadableDer if it is no uncompressed point of that curve
     */
    public static Ec ofPoint(NistCurve curve, byte[] point) {
      int octets = curve.octets();
      if (point.length != 1 + 2 * octets || point[0] != UNCOMPRESSED) {
        throw new UnreadableDer("no uncompressed point of %s".formatted(curve));
      }
      return new Ec(
          curve, new BigInteger(1, point, 1, octets), new BigInteger(1, point, 1 + octets, octets));
    }

    /** Uncompressed (SEC 1, section 2.3.3): 4, and both coordinates. */
    public byte[] point() {
      byte[] point = new byte[1 + 2 * curve.octets()];
      point[0] = UNCOMPRESSED;
      FixedLength.put(x, curve.octets(), point, 1);
      FixedLength.put(y, curve.octets(), point, 1 + curve.octets());
      return point;
    }

    @Override
    public Bytes spki() {
      return KeyAlgorithm.of(curve).info(point());
    }

    @Override
    public Optional<Suite> suite() {
      return Optional.of(curve.suite());
    }
  }

  /**
   * An Ed25519 key (RFC 8032, section 5.1.5).
   *
   * @param point as encoded there, 32 octets
   */
  record Ed25519(Bytes point) implements SubjectPublicKey {
    /** Checks that it is a point, and not one of small order. */
    public Ed25519 {
      if (!Edwards25519.isPublicKey(point.toArray())) {
        throw new UnreadableDer("no point of edwards25519 that can be a public key");
      }
    }

    @Override
    public Bytes spki() {
      return KeyAlgorithm.ED25519.info(point.toArray());
    }

    @Override
    public Optional<Suite> suite() {
      return Optional.of(Suite.ED25519);
    }
  }
}
