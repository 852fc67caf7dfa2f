package io.carousel.events;

import java.math.BigInteger;
import java.util.regex.Pattern;

/**
 * The number of a CRL (RFC 5280, section 5.2.3): not negative, an INTEGER of 20 octets at most.
 * Travels as a decimal text, since JSON numbers of more than 53 bits are rounded by many readers.
 */
public record CrlNumber(String value) implements Identifier, Comparable<CrlNumber> {
  /** Far longer than 20 octets, so that the message can tell how many there are. */
  private static final Pattern FORM = Pattern.compile("0|[1-9][0-9]{0,999}");

  /** Most octets of the INTEGER. */
  public static final int MOST_OCTETS = 20;

  /** The number of a CA's first CRL. */
  public static final CrlNumber FIRST = new CrlNumber("1");

  /** The greatest that 20 octets hold: the first bit is the sign. */
  public static final CrlNumber GREATEST =
      of(BigInteger.ONE.shiftLeft(MOST_OCTETS * Byte.SIZE - 1).subtract(BigInteger.ONE));

  /** How many numbers must be left where numbering begins: one a second for 136 years. */
  private static final BigInteger NEEDED = BigInteger.ONE.shiftLeft(32);

  private static final byte OCTET_STRING = 4;

  /** Checks the form. */
  public CrlNumber {
    Identifier.check("CRL number (a decimal number from 0)", FORM, value);
    int octets = new BigInteger(value).bitLength() / Byte.SIZE + 1;
    if (octets > MOST_OCTETS) {
      throw new IllegalArgumentException(tooLong(octets));
    }
  }

  private static String tooLong(int octets) {
    return "the CRL number has %d octets, and no CRL number may have more than %d (RFC 5280, section 5.2.3)"
        .formatted(octets, MOST_OCTETS);
  }

  /**
   * The number of that value.
   *
   * @throws IllegalArgumentException if it is negative or has too many octets; says which
   */
  public static CrlNumber of(BigInteger number) {
    if (number.bitLength() / Byte.SIZE + 1 > MOST_OCTETS) {
      throw new IllegalArgumentException(tooLong(number.bitLength() / Byte.SIZE + 1));
    }
    return new CrlNumber(number.toString());
  }

  /** The number of that value. */
  public static CrlNumber of(long number) {
    return of(BigInteger.valueOf(number));
  }

  /**
   * The number that a CRL says.
   *
   * @param extension the value of its extension 2.5.29.20, as the JDK gives it: an OCTET STRING
   * @throws IllegalArgumentException if it is no INTEGER, negative, or has too many octets; says
   *     which
   */
  public static CrlNumber ofExtension(byte[] extension) {
    var outer = new Der.Reader(extension);
    var inner = new Der.Reader(outer.contents(OCTET_STRING));
    outer.end();
    byte[] octets = inner.contents(Der.INTEGER);
    inner.end();
    if (octets.length == 0) {
      throw new UnreadableDer("the CRL number is an INTEGER without an octet");
    }
    var number = new BigInteger(octets);
    if (number.signum() < 0) {
      throw new IllegalArgumentException(
          "the CRL number is negative, and CRL numbers begin with 0 (RFC 5280, section 5.2.3)");
    }
    return of(number);
  }

  /** The number itself. */
  public BigInteger number() {
    return new BigInteger(value);
  }

  /**
   * The one after it.
   *
   * @throws IllegalArgumentException if 20 octets hold none
   */
  public CrlNumber next() {
    return of(number().add(BigInteger.ONE));
  }

  /** Whether a CA that begins with it can go on for longer than it lives. */
  public boolean isBeginning() {
    return number().add(NEEDED).compareTo(GREATEST.number()) <= 0;
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
