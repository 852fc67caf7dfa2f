package io.carousel.events.openssh;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.carousel.events.Bytes;
import java.math.BigInteger;
import java.nio.ByteBuffer;

/** Reads the data types of SSH (RFC 4251, section 5), in their one shortest form. */
final class SshInput {
  private final ByteBuffer in;
  private final String what;

  private SshInput(ByteBuffer in, String what) {
    this.in = in;
    this.what = what;
  }

  /**
   * @param what is read, for the message
   */
  static SshInput of(Bytes bytes, String what) {
    return new SshInput(ByteBuffer.wrap(bytes.toArray()), what);
  }

  int position() {
    return in.position();
  }

  boolean hasMore() {
    return in.hasRemaining();
  }

  void end() {
    if (in.hasRemaining()) {
      throw bad("%d bytes follow its end".formatted(in.remaining()));
    }
  }

  int octet() {
    need(Byte.BYTES);
    return in.get() & 0xff;
  }

  int uint32() {
    need(Integer.BYTES);
    return in.getInt();
  }

  long uint64() {
    need(Long.BYTES);
    return in.getLong();
  }

  Bytes string() {
    return Bytes.of(take());
  }

  /** What is inside the string that follows. */
  SshInput inside(String inner) {
    return new SshInput(ByteBuffer.wrap(take()), inner);
  }

  /** A string of printable ASCII; all texts of these formats are kept to it here. */
  String text() {
    byte[] octets = take();
    for (byte octet : octets) {
      if (octet < 0x20 || octet == 0x7f) {
        throw bad("a text in it holds more than printable ASCII");
      }
    }
    return new String(octets, ISO_8859_1);
  }

  /** A number over nought. */
  BigInteger positive() {
    byte[] octets = take();
    if (octets.length == 0 || octets[0] < 0) {
      throw bad("a number in it is not positive");
    }
    if (octets[0] == 0 && (octets.length == 1 || octets[1] >= 0)) {
      throw bad("a number in it has more octets than it needs");
    }
    return new BigInteger(octets);
  }

  UnreadableSsh bad(String why) {
    return new UnreadableSsh("not a readable %s: %s".formatted(what, why));
  }

  private byte[] take() {
    int length = uint32();
    if (length < 0 || length > in.remaining()) {
      throw bad("a string in it says that it is longer than what holds it");
    }
    byte[] octets = new byte[length];
    in.get(octets);
    return octets;
  }

  private void need(int octets) {
    if (in.remaining() < octets) {
      throw bad("it ends too early");
    }
  }
}
