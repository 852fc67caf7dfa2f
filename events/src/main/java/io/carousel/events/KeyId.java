package io.carousel.events;

import java.util.regex.Pattern;

/** A CKA_ID (PKCS#11): lower-case hex of 1 to 64 bytes, fresh for each attempt at a key. */
public record KeyId(String value) implements Identifier, Comparable<KeyId> {
  private static final Pattern FORM = Pattern.compile("(?:[0-9a-f]{2}){1,64}");

  /** Checks the form. */
  public KeyId {
    Identifier.check("key id", FORM, value);
  }

  /** The identity of those bytes. */
  public static KeyId of(byte[] bytes) {
    return new KeyId(java.util.HexFormat.of().formatHex(bytes));
  }

  /** The bytes of the CKA_ID. */
  public byte[] bytes() {
    return java.util.HexFormat.of().parseHex(value);
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
