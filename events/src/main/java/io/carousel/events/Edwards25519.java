package io.carousel.events;

import java.math.BigInteger;

/** The points of edwards25519 (RFC 8032, section 5.1). */
final class Edwards25519 {
  /** Length of an encoded point; in octets. */
  static final int OCTETS = 32;

  private static final BigInteger ONE = BigInteger.ONE;
  private static final BigInteger TWO = BigInteger.TWO;
  private static final BigInteger P = TWO.pow(255).subtract(BigInteger.valueOf(19));
  private static final BigInteger D =
      BigInteger.valueOf(-121665).multiply(BigInteger.valueOf(121666).modInverse(P)).mod(P);

  private Edwards25519() {}

  /**
   * Whether those 32 octets encode a point as section 5.1.3 of RFC 8032 decodes it, and one that
   * may be a public key: under a point of small order a signature can hold for any message.
   */
  static boolean isPublicKey(byte[] encoded) {
    BigInteger y = ordinate(encoded);
    if (encoded.length != OCTETS || y.compareTo(P) >= 0) {
      return false;
    }
    BigInteger yy = y.multiply(y).mod(P);
    BigInteger xx = yy.subtract(ONE).multiply(D.multiply(yy).add(ONE).modInverse(P)).mod(P);
    return isSquare(xx) && !isOfSmallOrder(yy);
  }

  private static BigInteger ordinate(byte[] littleEndian) {
    byte[] octets = new byte[littleEndian.length];
    for (int i = 0; i < octets.length; i++) {
      octets[i] = littleEndian[octets.length - 1 - i];
    }
    return new BigInteger(1, octets).clearBit(8 * OCTETS - 1);
  }

  private static boolean isSquare(BigInteger number) {
    return number.signum() == 0 || number.modPow(P.subtract(ONE).shiftRight(1), P).equals(ONE);
  }

  /**
   * From y squared: 1 for the points of order 1 and 2, 0 for order 4. The double of a point of
   * order 8 has y = 0, so that x² = -y² by the addition law, and the curve's equation becomes that
   * of the last line.
   */
  private static boolean isOfSmallOrder(BigInteger yy) {
    return yy.equals(ONE)
        || yy.signum() == 0
        || D.multiply(yy).multiply(yy).add(yy.multiply(TWO)).mod(P).equals(ONE);
  }
}
