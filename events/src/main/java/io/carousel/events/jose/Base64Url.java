package io.carousel.events.jose;

import io.carousel.events.Bytes;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Base64;

/** Base64url without padding (RFC 7515, section 2), in its one spelling. */
final class Base64Url {
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

  private Base64Url() {}

  static String of(byte[] bytes) {
    return ENCODER.encodeToString(bytes);
  }

  /** Base64urlUInt (RFC 7518, section 2): no more octets than it needs. */
  static String of(BigInteger positive) {
    byte[] octets = positive.toByteArray();
    int sign = octets[0] == 0 ? 1 : 0;
    return of(Arrays.copyOfRange(octets, sign, octets.length));
  }

  /**
   * @param what is read, for the message
   * @throws UnreadableJose if it is none, or spelt otherwise
   */
  static Bytes read(String what, String text) {
    Bytes bytes;
    try {
      bytes = Bytes.of(Base64.getUrlDecoder().decode(text));
    } catch (IllegalArgumentException e) {
      throw new UnreadableJose("the %s is no base64url".formatted(what), e);
    }
    if (!of(bytes.toArray()).equals(text)) {
      throw new UnreadableJose("the %s is not spelt as base64url should be".formatted(what));
    }
    return bytes;
  }
}
