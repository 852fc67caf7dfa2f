package io.carousel.events;

import java.util.Arrays;
import java.util.Base64;

/** Bytes as a value: never change, compare by content, travel as base64 (RFC 4648, section 4). */
public final class Bytes {
  private final byte[] content;

  /** Once it was asked for; whoever comes at the same time computes it twice. */
  private Digest digest;

  private Bytes(byte[] content) {
    this.content = content;
  }

  /** A copy of those bytes. */
  public static Bytes of(byte[] content) {
    return new Bytes(content.clone());
  }

  /**
   * What that base64 text says.
   *
   * @throws IllegalArgumentException if it is not base64
   */
  public static Bytes ofBase64(String text) {
    return new Bytes(Base64.getDecoder().decode(text));
  }

  /** A copy. */
  public byte[] toArray() {
    return content.clone();
  }

  /** How many. */
  public int length() {
    return content.length;
  }

  /** Their base64 form. */
  public String base64() {
    return Base64.getEncoder().encodeToString(content);
  }

  /** Their SHA-256 digest. */
  public Digest digest() {
    Digest known = digest;
    if (known == null) {
      known = Digest.of(content);
      digest = known;
    }
    return known;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes b && Arrays.equals(content, b.content);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(content);
  }

  @Override
  public String toString() {
    return content.length <= 24 ? base64() : "%d bytes %s".formatted(length(), digest().brief());
  }
}
