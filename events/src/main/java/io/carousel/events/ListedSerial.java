package io.carousel.events;

import java.math.BigInteger;
import java.util.regex.Pattern;

/**
 * The serial number of a certificate that a CRL lists, whichever CA issued it. Unlike a {@link
 * Serial} it may be zero, negative or longer than 20 octets: CAs elsewhere have issued such
 * certificates (RFC 5280, section 4.1.2.2), and what they revoked stays revoked. Travels in
 * lower-case hex without leading zeros, after a hyphen if it is negative.
 */
public record ListedSerial(String value) implements Identifier, Comparable<ListedSerial> {
  /** Most hex digits: 1,500 entries of that length still fit into a record of the log. */
  private static final int DIGITS = 64;

  private static final Pattern FORM =
      Pattern.compile("0|-?[1-9a-f][0-9a-f]{0,%d}".formatted(DIGITS - 1));

  /** Checks the form. */
  public ListedSerial {
    Identifier.check("serial number of at most %d hex digits".formatted(DIGITS), FORM, value);
  }

  /**
   * The serial number of that value.
   *
   * @throws IllegalArgumentException if it is too long
   */
  public static ListedSerial of(BigInteger number) {
    return new ListedSerial(number.toString(16));
  }

  /** That of a certificate that was issued here. */
  public static ListedSerial of(Serial serial) {
    return new ListedSerial(serial.value());
  }

  /** The number itself. */
  public BigInteger number() {
    return new BigInteger(value, 16);
  }

  @Override
  public int compareTo(ListedSerial other) {
    return number().compareTo(other.number());
  }

  @Override
  public String toString() {
    return value;
  }
}
