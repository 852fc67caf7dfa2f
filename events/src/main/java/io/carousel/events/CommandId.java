package io.carousel.events;

/**
 * The identity of something asked: a version-7 UUID (RFC 9562, section 5.7), so that its age can be
 * told.
 */
public record CommandId(String value) implements Identifier, Comparable<CommandId> {
  /** A hexadecimal digit for each x, for y one of four; everything else as it stands. */
  private static final String FORM = "xxxxxxxx-xxxx-7xxx-yxxx-xxxxxxxxxxxx";

  /** Checks the form. */
  public CommandId {
    if (value == null || !fits(value)) {
      throw new IllegalArgumentException(
          "%s is no command id".formatted(Identifier.printable(value)));
    }
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
  public static CommandId of(java.time.Instant at, byte[] random) {
    byte[] b = new byte[16];
    long millis = at.toEpochMilli();
    for (int i = 0; i < 6; i++) {
      b[i] = (byte) (millis >>> (40 - 8 * i));
    }
    System.arraycopy(random, 0, b, 6, 10);
    b[6] = (byte) (0x70 | (b[6] & 0x0f));
    b[8] = (byte) (0x80 | (b[8] & 0x3f));
    var buffer = java.nio.ByteBuffer.wrap(b);
    return new CommandId(new java.util.UUID(buffer.getLong(), buffer.getLong()).toString());
  }

  /** When it was made, by its maker's clock. */
  public java.time.Instant madeAt() {
    return java.time.Instant.ofEpochMilli(
        Long.parseLong(value.substring(0, 8) + value.substring(9, 13), 16));
  }

  @Override
  public int compareTo(CommandId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
