package io.carousel.events.seal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The one encoding of a record that is hashed: a label, then topic, key, all headers but the
 * signature in the order of their names, and the value, each preceded by its length in four bytes,
 * big-endian; the count of headers likewise. An absent key has the length 2^32-1.
 */
public final class MessageHash {
  private static final byte[] LABEL = "carousel-record-v1\n".getBytes(UTF_8);
  private static final int ABSENT = -1;

  private MessageHash() {}

  /** SHA-256 over that encoding; 32 bytes. */
  public static byte[] of(Message message) {
    return new Sha256().of(encoding(message));
  }

  /** That encoding. */
  static byte[] encoding(Message message) {
    List<byte[]> headers = headers(message);
    byte[] topic = message.topic().getBytes(UTF_8);
    byte[] key = message.key() == null ? null : message.key().getBytes(UTF_8);
    int length = LABEL.length + 16 + topic.length + message.value().length;
    length += key == null ? 0 : key.length;
    for (byte[] part : headers) {
      length += 4 + part.length;
    }
    var out = ByteBuffer.allocate(length).put(LABEL);
    add(out, topic);
    if (key == null) {
      out.putInt(ABSENT);
    } else {
      add(out, key);
    }
    out.putInt(headers.size() / 2);
    headers.forEach(part -> add(out, part));
    add(out, message.value());
    return out.array();
  }

  /** Names and values in turn. */
  private static List<byte[]> headers(Message message) {
    var parts = new ArrayList<byte[]>(2 * message.headers().size());
    message
        .headers()
        .forEach((name, text) -> {
          if (!name.equals(Message.SIGNATURE)) {
            parts.add(name.getBytes(UTF_8));
            parts.add(text.getBytes(UTF_8));
          }
        });
    return parts;
  }

  private static void add(ByteBuffer out, byte[] part) {
    out.putInt(part.length).put(part);
  }
}
