package io.carousel.events;

import java.math.BigInteger;

/** Numbers in a fixed number of octets, the most significant first (RFC 8017, section 4.1). */
final class FixedLength {
  private FixedLength() {}

  /** Puts a number that fits into so many octets of the target, from there on. */
  static void put(BigInteger number, int octets, byte[] target, int from) {
    byte[] signed = number.toByteArray();
    int sign = signed.length > octets ? 1 : 0;
    int length = signed.length - sign;
    System.arraycopy(signed, sign, target, from + octets - length, length);
  }
}
