package io.carousel.events;

import java.math.BigInteger;
import java.util.regex.Pattern;

/** The number of a CRL (RFC 5280, section 5.2.3): decimal, not negative, 20 octets at most. */
public record CrlNumber(String value) implements Identifier, Comparable<CrlNumber> {
  private static final Pattern FORM = Pattern.compile("0|[1-9][0-9]{0,48}");
  private static final int MOST_BITS = 159;

  /** Checks the form. */
  public CrlNumber {
    Identifier.check("CRL number", FORM, value);
    if (new BigInteger(value).bitLength() > MOST_BITS) {
      throw new IllegalArgumentException("a CRL number has 20 octets at most");
    }
  }

  /** The number of that value. */
  public static CrlNumber of(BigInteger number) {
    return new CrlNumber(number.toString());
  }

  /** The number itself. */
  public BigInteger number() {
    return new BigInteger(value);
  }

  @Override
  public int compareTo(CrlNumber other) {
    return number().compareTo(other.number());
  }

  @Override
  public String toString() {
    return value;
  }
}
