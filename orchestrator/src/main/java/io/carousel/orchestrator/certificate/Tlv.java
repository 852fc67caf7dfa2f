package io.carousel.orchestrator.certificate;

import java.util.Arrays;
import java.util.Optional;

/** Bytes of values within DER, as they came. */
final class Tlv {
  private static final int LONG = 0x80;
  private static final int MOST_OCTETS = 4;

  private Tlv() {}

  /**
   * The first value inside a constructed one, with its tag and length; empty if a length is of the
   * indefinite form, or beyond the end.
   */
  static Optional<byte[]> firstInside(byte[] constructed) {
    int content = content(constructed, 0);
    if (content < 0) {
      return Optional.empty();
    }
    int inner = content(constructed, content);
    if (inner < 0) {
      return Optional.empty();
    }
    long end = inner + length(constructed, content);
    return end <= constructed.length
        ? Optional.of(Arrays.copyOfRange(constructed, content, (int) end))
        : Optional.empty();
  }

  /** Where the content of the value begins that begins there; negative if there is none. */
  private static int content(byte[] der, int from) {
    if (from + 2 > der.length || (der[from] & 0x1f) == 0x1f) {
      return -1;
    }
    int first = der[from + 1] & 0xff;
    int octets = first < LONG ? 0 : first & 0x7f;
    boolean definite = first < LONG || (octets >= 1 && octets <= MOST_OCTETS);
    return definite && from + 2 + octets <= der.length ? from + 2 + octets : -1;
  }

  private static long length(byte[] der, int from) {
    int first = der[from + 1] & 0xff;
    if (first < LONG) {
      return first;
    }
    long length = 0;
    for (int i = 0; i < (first & 0x7f); i++) {
      length = length << 8 | (der[from + 2 + i] & 0xff);
    }
    return length;
  }
}
