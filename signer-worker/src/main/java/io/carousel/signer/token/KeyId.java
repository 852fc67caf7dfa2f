package io.carousel.signer.token;

import java.util.HexFormat;

/**
 * The id of one key in a token (its {@code CKA_ID}).
 *
 * @param value the bytes as lowercase hex
 */
public record KeyId(String value) implements Comparable<KeyId> {
  private static final HexFormat HEX = HexFormat.of();

  /** Refuses what is not lowercase hex of at least one byte. */
  public KeyId {
    if (!value.matches("([0-9a-f]{2})+")) {
      throw new IllegalArgumentException("a key id is lowercase hex, not '%s'".formatted(value));
    }
  }

  /** The id of those bytes. */
  public static KeyId of(byte[] bytes) {
    return new KeyId(HEX.formatHex(bytes));
  }

  /** The bytes as they are in the token. */
  public byte[] bytes() {
    return HEX.parseHex(value);
  }

  @Override
  public int compareTo(KeyId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
