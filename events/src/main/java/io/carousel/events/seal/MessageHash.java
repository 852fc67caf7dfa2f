package io.carousel.events.seal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Map;

/**
 * The one encoding of a record that is hashed: a label, then topic, key, all headers but the
 * signature in the order of their names, and the value, each preceded by its length in four bytes,
 * big-endian; the count of headers likewise. An absent key has the length 2^32-1.
 */
public final class MessageHash {
  private static final byte[] LABEL = "carousel-record-v1\n".getBytes(UTF_8);

  private MessageHash() {}

  /** SHA-256 over that encoding; 32 bytes. */
  public static byte[] of(Message message) {
    MessageDigest sha = sha256();
    sha.update(LABEL);
    add(sha, message.topic().getBytes(UTF_8));
    if (message.key() == null) {
      addLength(sha, -1);
    } else {
      add(sha, message.key().getBytes(UTF_8));
    }
    boolean signed = message.headers().containsKey(Message.SIGNATURE);
    addLength(sha, message.headers().size() - (signed ? 1 : 0));
    for (Map.Entry<String, String> header : message.headers().entrySet()) {
      if (!header.getKey().equals(Message.SIGNATURE)) {
        add(sha, header.getKey().getBytes(UTF_8));
        add(sha, header.getValue().getBytes(UTF_8));
      }
    }
    add(sha, message.value());
    return sha.digest();
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  private static void add(MessageDigest sha, byte[] part) {
    addLength(sha, part.length);
    sha.update(part);
  }

  private static void addLength(MessageDigest sha, int length) {
    sha.update((byte) (length >>> 24));
    sha.update((byte) (length >>> 16));
    sha.update((byte) (length >>> 8));
    sha.update((byte) length);
  }
}
