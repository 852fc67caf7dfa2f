package io.carousel.events.openssh;

import io.carousel.events.Identifier;
import java.math.BigInteger;
import java.util.regex.Pattern;

/**
 * A serial number of an SSH certificate (PROTOCOL.certkeys): a number of 64 bits without sign, and
 * not nought, which OpenSSH takes for none and which no KRL can name.
 *
 * @param bits to be read as unsigned
 */
public record SshSerial(long bits) implements Comparable<SshSerial> {
  private static final Pattern FORM = Pattern.compile("[1-9][0-9]{0,19}");

  /** Checks that it is not nought. */
  public SshSerial {
    if (bits == 0) {
      throw new IllegalArgumentException("0 is no serial number: no KRL could revoke it");
    }
  }

  /**
   * From its decimal form.
   *
   * @throws IllegalArgumentException if it is none, or nought
   */
  public static SshSerial of(String decimal) {
    if (!FORM.matcher(decimal).matches() || new BigInteger(decimal).bitLength() > Long.SIZE) {
      throw new IllegalArgumentException(
          "%s is no serial number: use 1 to %s"
              .formatted(Identifier.printable(decimal), Long.toUnsignedString(-1)));
    }
    return new SshSerial(Long.parseUnsignedLong(decimal));
  }

  /** By their numbers without sign. */
  @Override
  public int compareTo(SshSerial other) {
    return Long.compareUnsigned(bits, other.bits);
  }

  /** Its decimal form. */
  @Override
  public String toString() {
    return Long.toUnsignedString(bits);
  }
}
