package io.carousel.events;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.util.Arrays;

/** The little of DER (X.690, section 10) that public keys and ECDSA signatures are made of. */
final class Der {
  static final int INTEGER = 0x02;
  static final int BIT_STRING = 0x03;
  static final int SEQUENCE = 0x30;

  /** [0] of a certificate: its version. */
  static final int VERSION = 0xa0;

  private Der() {}

  /** An element of that tag around those contents. */
  static byte[] element(int tag, byte[]... contents) {
    var content = new ByteArrayOutputStream();
    for (byte[] part : contents) {
      content.writeBytes(part);
    }
    var out = new ByteArrayOutputStream();
    out.write(tag);
    writeLength(out, content.size());
    out.writeBytes(content.toByteArray());
    return out.toByteArray();
  }

  static byte[] integer(BigInteger number) {
    return element(INTEGER, number.toByteArray());
  }

  private static void writeLength(ByteArrayOutputStream out, int length) {
    if (length < 0x80) {
      out.write(length);
      return;
    }
    byte[] octets = BigInteger.valueOf(length).toByteArray();
    int from = octets[0] == 0 ? 1 : 0;
    out.write(0x80 | (octets.length - from));
    out.write(octets, from, octets.length - from);
  }

  /** Reads elements one after the other. */
  static final class Reader {
    /** No key or signature is longer than two octets can say. */
    private static final int LENGTH_OCTETS = 2;

    private final byte[] bytes;
    private int at;

    Reader(byte[] bytes) {
      this.bytes = bytes;
    }

    /** The contents of the next element, which must be of that tag. */
    byte[] contents(int tag) {
      if (octet() != tag) {
        throw new UnreadableDer(
            "there is no element of tag 0x%02x where one must be".formatted(tag));
      }
      int length = length();
      if (length > bytes.length - at) {
        throw new UnreadableDer("an element says that it is longer than what holds it");
      }
      at += length;
      return Arrays.copyOfRange(bytes, at - length, at);
    }

    /** The next element whole, which must be of that tag. */
    byte[] whole(int tag) {
      int from = at;
      contents(tag);
      return Arrays.copyOfRange(bytes, from, at);
    }

    /** The next element, a positive integer. */
    BigInteger positive() {
      byte[] octets = contents(INTEGER);
      if (octets.length == 0 || octets[0] < 0 || (octets.length == 1 && octets[0] == 0)) {
        throw new UnreadableDer("an integer that must be positive is not");
      }
      if (octets.length > 1 && octets[0] == 0 && octets[1] >= 0) {
        throw new UnreadableDer("an integer has more octets than it needs");
      }
      return new BigInteger(octets);
    }

    /** The tag of the next element, which is not read by this. */
    int tag() {
      if (!hasMore()) {
        throw new UnreadableDer("the bytes end too early");
      }
      return bytes[at] & 0xff;
    }

    boolean hasMore() {
      return at < bytes.length;
    }

    void end() {
      if (at != bytes.length) {
        throw new UnreadableDer("there are bytes after the end");
      }
    }

    private int length() {
      int first = octet();
      if (first < 0x80) {
        return first;
      }
      int octets = first & 0x7f;
      if (octets == 0 || octets > LENGTH_OCTETS) {
        throw new UnreadableDer("a length is of no form that DER allows here");
      }
      int length = 0;
      for (int i = 0; i < octets; i++) {
        length = length << 8 | octet();
      }
      if (length < (octets == 1 ? 0x80 : 0x100)) {
        throw new UnreadableDer("a length has more octets than it needs");
      }
      return length;
    }

    private int octet() {
      if (at == bytes.length) {
        throw new UnreadableDer("the bytes end too early");
      }
      return bytes[at++] & 0xff;
    }
  }
}
