package io.carousel.events;

import java.util.regex.Pattern;

/**
 * A certificate serial number (RFC 5280, section 4.1.2.2): lower-case hex, 1 to 20 octets,
 * positive.
 */
public record Serial(String value) implements Identifier, Comparable<Serial> {
  private static final Pattern FORM = Pattern.compile("[1-9a-f][0-9a-f]{0,38}|[1-7][0-9a-f]{39}");

  /** Checks the form. */
  public Serial {
    Identifier.check("serial number", FORM, value);
  }

  /** The serial number of that value. */
  public static Serial of(java.math.BigInteger number) {
    return new Serial(number.toString(16));
  }

  /** The number itself. */
  public java.math.BigInteger number() {
    return new java.math.BigInteger(value, 16);
  }

  @Override
  public int compareTo(Serial other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
