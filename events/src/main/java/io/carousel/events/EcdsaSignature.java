package io.carousel.events;

import java.math.BigInteger;

/**
 * The two numbers of an ECDSA signature, which each format writes in its own way: X.509 as DER, SSH
 * as two mpints, JOSE in a fixed length.
 *
 * @param r from 1 to the order of the curve less 1, as {@code s} (FIPS 186-5, section 6.4.2)
 */
public record EcdsaSignature(NistCurve curve, BigInteger r, BigInteger s) {
  /** Checks both numbers. */
  public EcdsaSignature {
    for (BigInteger number : new BigInteger[] {r, s}) {
      if (number.signum() <= 0 || number.compareTo(curve.order()) >= 0) {
        throw new UnreadableDer("a number of an ECDSA signature is not of %s".formatted(curve));
      }
    }
  }

  /**
   * From the form of X.509: Ecdsa-Sig-Value (RFC 3279, section 2.2.3) in DER.
   *
   * @throws UnreadableDer if it is none, or not one of that curve
   */
  public static EcdsaSignature ofDer(NistCurve curve, Bytes der) {
    var outer = new Der.Reader(der.toArray());
    var numbers = new Der.Reader(outer.contents(Der.SEQUENCE));
    outer.end();
    var signature = new EcdsaSignature(curve, numbers.positive(), numbers.positive());
    numbers.end();
    return signature;
  }

  /**
   * From the form of JOSE (RFC 7518, section 3.4): both numbers, each as long as the order.
   *
   * @throws UnreadableDer if it is none, or not one of that curve
   */
  public static EcdsaSignature ofFixed(NistCurve curve, Bytes fixed) {
    int octets = curve.octets();
    if (fixed.length() != 2 * octets) {
      throw new UnreadableDer("a signature of %s has %d octets".formatted(curve, 2 * octets));
    }
    byte[] bytes = fixed.toArray();
    return new EcdsaSignature(
        curve, new BigInteger(1, bytes, 0, octets), new BigInteger(1, bytes, octets, octets));
  }

  /** In the form of X.509. */
  public Bytes der() {
    return Bytes.of(Der.element(Der.SEQUENCE, Der.integer(r), Der.integer(s)));
  }

  /** In the form of JOSE. */
  public Bytes fixed() {
    byte[] fixed = new byte[2 * curve.octets()];
    FixedLength.put(r, curve.octets(), fixed, 0);
    FixedLength.put(s, curve.octets(), fixed, curve.octets());
    return Bytes.of(fixed);
  }
}
