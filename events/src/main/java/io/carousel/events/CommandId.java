package io.carousel.events;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.UUID;

/**
 * The identity of something asked: a version-7 UUID (RFC 9562, section 5.7), so that its age can be
 * told.
 */
public final class CommandId implements Identifier, Comparable<CommandId> {
  /** A hexadecimal digit for each x, for y one of four; everything else as it stands. */
  private static final String FORM = "xxxxxxxx-xxxx-7xxx-yxxx-xxxxxxxxxxxx";

  // Numbers, not a text: an owner keeps the ids of all acts of a day.
  private final long high;
  private final long low;

  private CommandId(UUID id) {
    this.high = id.getMostSignificantBits();
    this.low = id.getLeastSignificantBits();
  }

  /**
   * What that text says.
   *
   * @throws IllegalArgumentException if it is not such a UUID in lower case
   */
  public CommandId(String value) {
    this(parsed(value));
  }

  private static UUID parsed(String value) {
    if (value == null || !fits(value)) {
      throw new IllegalArgumentException(
          "%s is no command id".formatted(Identifier.printable(value)));
    }
    return UUID.fromString(value);
  }

  private static boolean fits(String value) {
    boolean fits = value.length() == FORM.length();
    for (int i = 0; fits && i < FORM.length(); i++) {
      char c = value.charAt(i);
      fits =
          switch (FORM.charAt(i)) {
            case 'x' -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
            case 'y' -> c == '8' || c == '9' || c == 'a' || c == 'b';
            default -> c == FORM.charAt(i);
          };
    }
    return fits;
  }

  /**
   * An id of that moment.
   *
   * @param random ten bytes of randomness, or bytes derived from what causes the command
   */
  public static CommandId of(Instant at, byte[] random) {
    byte[] b = new byte[16];
    long millis = at.toEpochMilli();
    for (int i = 0; i < 6; i++) {
      b[i] = (byte) (millis >>> (40 - 8 * i));
    }
    System.arraycopy(random, 0, b, 6, 10);
    b[6] = (byte) (0x70 | (b[6] & 0x0f));
    b[8] = (byte) (0x80 | (b[8] & 0x3f));
    var buffer = ByteBuffer.wrap(b);
    return new CommandId(new UUID(buffer.getLong(), buffer.getLong()));
  }

  /** When it was made, by its maker's clock. */
  public Instant madeAt() {
    return Instant.ofEpochMilli(high >>> 16);
  }

  @Override
  public String value() {
    return new UUID(high, low).toString();
  }

  /** The older first. */
  @Override
  public int compareTo(CommandId other) {
    int order = Long.compareUnsigned(high, other.high);
    return order == 0 ? Long.compareUnsigned(low, other.low) : order;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CommandId o && high == o.high && low == o.low;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(low ^ high);
  }

  @Override
  public String toString() {
    return value();
  }
}
