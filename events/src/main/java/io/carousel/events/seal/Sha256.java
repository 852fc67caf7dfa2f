package io.carousel.events.seal;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256, and the two ways in which a tree uses it. One thread at a time. */
final class Sha256 {
  private static final int LENGTH = 32;

  private final MessageDigest sha;
  private final byte[] node = new byte[1 + 2 * LENGTH];

  Sha256() {
    try {
      sha = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
    node[0] = 1;
  }

  /** Of everything that was {@linkplain #add added} since the last hash. */
  byte[] hash() {
    return sha.digest();
  }

  void add(byte[] part) {
    sha.update(part);
  }

  /** Of an entry, after a zero byte (RFC 9162, section 2.1.1). */
  byte[] leaf(byte[] entry) {
    sha.update((byte) 0);
    return sha.digest(entry);
  }

  /** Of two hashes, after a one byte (RFC 9162, section 2.1.1). */
  byte[] node(byte[] left, byte[] right) {
    System.arraycopy(left, 0, node, 1, LENGTH);
    System.arraycopy(right, 0, node, 1 + LENGTH, LENGTH);
    return sha.digest(node);
  }
}
