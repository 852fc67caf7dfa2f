package io.carousel.signer.certificate;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.carousel.events.Bytes;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;

/**
 * Extensions that the JDK gives only as they stand, spelled out octet by octet, so that what one
 * library wrote is compared with what another hand wrote. Each is the extension's value as the JDK
 * gives it: an OCTET STRING around it.
 */
final class WrittenByHand {
  private static final int INTEGER = 0x02;
  private static final int OCTET_STRING = 0x04;
  private static final int OBJECT_IDENTIFIER = 0x06;
  private static final int SEQUENCE = 0x30;
  private static final int URI = 0x86; // [6], a name's kind
  private static final int KEY_IDENTIFIER = 0x80; // [0]
  private static final int ZERO = 0xa0; // [0], constructed
  // 1.3.6.1.5.5.7.48.2
  private static final byte[] CA_ISSUERS = {0x2b, 6, 1, 5, 5, 7, 0x30, 2};

  private WrittenByHand() {}

  /** One point with one URL (RFC 5280, section 4.2.1.13). */
  static Bytes distributionPoint(String url) {
    byte[] name = of(ZERO, of(ZERO, of(URI, url.getBytes(US_ASCII))));
    return Bytes.of(of(OCTET_STRING, of(SEQUENCE, of(SEQUENCE, name))));
  }

  /** The identifier alone (RFC 5280, section 4.2.1.1). */
  static Bytes authorityKeyIdentifier(Bytes identifier) {
    byte[] key = of(KEY_IDENTIFIER, identifier.toArray());
    return Bytes.of(of(OCTET_STRING, of(SEQUENCE, key)));
  }

  /** RFC 5280, section 4.2.1.2. */
  static Bytes subjectKeyIdentifier(Bytes identifier) {
    return Bytes.of(of(OCTET_STRING, of(OCTET_STRING, identifier.toArray())));
  }

  /** RFC 5280, section 5.2.3. */
  static Bytes crlNumber(long number) {
    byte[] octets = BigInteger.valueOf(number).toByteArray();
    return Bytes.of(of(OCTET_STRING, of(INTEGER, octets)));
  }

  /** One place of the issuer's certificate (RFC 5280, section 4.2.2.1). */
  static Bytes caIssuers(String url) {
    byte[] method = of(OBJECT_IDENTIFIER, CA_ISSUERS);
    byte[] place = of(URI, url.getBytes(US_ASCII));
    return Bytes.of(of(OCTET_STRING, of(SEQUENCE, of(SEQUENCE, method, place))));
  }

  private static byte[] of(int tag, byte[]... parts) {
    var content = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    var out = new ByteArrayOutputStream();
    out.write(tag);
    length(out, content.size());
    out.writeBytes(content.toByteArray());
    return out.toByteArray();
  }

  private static void length(ByteArrayOutputStream out, int length) {
    if (length >= 0x100) {
      out.write(0x82);
      out.write(length >>> 8);
    } else if (length >= 0x80) {
      out.write(0x81);
    }
    out.write(length);
  }
}
