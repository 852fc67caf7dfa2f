package io.carousel.events.seal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

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
    return of(message, new Sha256());
  }

  /** The same, without laying the encoding out: every record that is read comes through here. */
  static byte[] of(Message message, Sha256 sha) {
    eachPart(message, sha::add);
    return sha.hash();
  }

  /** That encoding. */
  static byte[] encoding(Message message) {
    var out = new ByteArrayOutputStream();
    eachPart(message, out::writeBytes);
    return out.toByteArray();
  }

  private static void eachPart(Message message, Consumer<byte[]> out) {
    List<byte[]> headers = headers(message);
    out.accept(LABEL);
    add(out, message.topic().getBytes(UTF_8));
    if (message.key() == null) {
      out.accept(number(ABSENT));
    } else {
      add(out, message.key().getBytes(UTF_8));
    }
    out.accept(number(headers.size() / 2));
    headers.forEach(part -> add(out, part));
    add(out, message.value());
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

  private static void add(Consumer<byte[]> out, byte[] part) {
    out.accept(number(part.length));
    out.accept(part);
  }

  private static byte[] number(int number) {
    return new byte[] {
      (byte) (number >>> 24), (byte) (number >>> 16), (byte) (number >>> 8), (byte) number
    };
  }
}
