package io.carousel.events;

/** A SHA-256 digest in lower-case hex. */
public record Digest(String value) implements Identifier, Comparable<Digest> {
  /** Checks the form. */
  public Digest {
    Identifier.checkHex("SHA-256 digest", 64, value);
  }

  /** SHA-256 of those bytes. */
  public static Digest of(byte[] bytes) {
    try {
      return ofHash(java.security.MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  /** A digest already computed; 32 bytes. */
  public static Digest ofHash(byte[] hash) {
    return new Digest(java.util.HexFormat.of().formatHex(hash));
  }

  /** The 32 bytes. */
  public byte[] bytes() {
    return java.util.HexFormat.of().parseHex(value);
  }

  /** The first eight characters, for people. */
  public String brief() {
    return value.substring(0, 8);
  }

  @Override
  public int compareTo(Digest other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
