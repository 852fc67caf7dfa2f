package io.carousel.events;

import java.math.BigInteger;

/**
 * A certificate serial number (RFC 5280, section 4.1.2.2): 1 to 20 octets, positive; travels in
 * lower-case hex without leading zeros. Orders as a number.
 */
public final class Serial implements Identifier, Comparable<Serial> {
  private static final int DIGITS = 40;
  private static final int DIGITS_OF_LONG = 16;

  // Numbers, not a text: an orchestrator keeps several for each of a hundred thousand participants.
  private final int high;
  private final long middle;
  private final long low;

  /**
   * What that text says.
   *
   * @throws IllegalArgumentException if it is no such number in lower-case hex
   */
  public Serial(String value) {
    if (value == null || !isSerial(value)) {
      throw new IllegalArgumentException(
          "%s is no serial number".formatted(Identifier.printable(value)));
    }
    this.low = part(value, 0);
    this.middle = part(value, 1);
    this.high = (int) part(value, 2);
  }

  private static boolean isSerial(String value) {
    int length = value.length();
    if (length == 0 || length > DIGITS || value.charAt(0) == '0') {
      return false;
    }
    for (int i = 0; i < length; i++) {
      char c = value.charAt(i);
      if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
        return false;
      }
    }
    // The highest bit of 20 octets is the sign.
    return length < DIGITS || value.charAt(0) < '8';
  }

  /** So many digits from the end. */
  private static long part(String value, int number) {
    int end = value.length() - number * DIGITS_OF_LONG;
    int start = Math.max(0, end - DIGITS_OF_LONG);
    return end <= 0 ? 0 : Long.parseUnsignedLong(value, start, end, 16);
  }

  /** The serial number of that value. */
  public static Serial of(BigInteger number) {
    return new Serial(number.toString(16));
  }

  /** The number itself. */
  public BigInteger number() {
    return new BigInteger(value(), 16);
  }

  @Override
  public String value() {
    if (high != 0) {
      return Integer.toHexString(high) + whole(middle) + whole(low);
    }
    return middle != 0 ? Long.toHexString(middle) + whole(low) : Long.toHexString(low);
  }

  private static String whole(long part) {
    String digits = Long.toHexString(part);
    return "0".repeat(DIGITS_OF_LONG - digits.length()) + digits;
  }

  @Override
  public int compareTo(Serial other) {
    int order = Integer.compare(high, other.high);
    if (order == 0) {
      order = Long.compareUnsigned(middle, other.middle);
    }
    return order == 0 ? Long.compareUnsigned(low, other.low) : order;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Serial o && high == o.high && middle == o.middle && low == o.low;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(low ^ middle) + high;
  }

  @Override
  public String toString() {
    return value();
  }
}
