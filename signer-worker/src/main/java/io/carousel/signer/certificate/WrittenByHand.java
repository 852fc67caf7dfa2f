package io.carousel.signer.certificate;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.carousel.events.Bytes;
import io.carousel.events.CrlNumber;
import java.io.ByteArrayOutputStream;

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
  private static final int BOOLEAN = 0x01;
  private static final int BIT_STRING = 0x03;
  private static final int SET = 0x31;
  private static final byte[] TRUE = {(byte) 0xff};
  private static final byte[] ZERO_OCTET = {0};
  // One unused bit, then keyCertSign and cRLSign (RFC 5280, section 4.2.1.3).
  private static final byte[] CERTIFICATES_AND_CRLS = {1, 6};
  // 2.5.29.19, 2.5.29.15, 2.5.29.14 and 1.2.840.113549.1.9.14
  private static final byte[] BASIC_CONSTRAINTS = {0x55, 0x1d, 0x13};
  private static final byte[] KEY_USAGE = {0x55, 0x1d, 0x0f};
  private static final byte[] SUBJECT_KEY = {0x55, 0x1d, 0x0e};
  private static final byte[] EXTENSION_REQUEST = {
    0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 1, 9, 0x0e
  };
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
  static Bytes crlNumber(CrlNumber number) {
    byte[] octets = number.number().toByteArray();
    return Bytes.of(of(OCTET_STRING, of(INTEGER, octets)));
  }

  /** One place of the issuer's certificate (RFC 5280, section 4.2.2.1). */
  static Bytes caIssuers(String url) {
    byte[] method = of(OBJECT_IDENTIFIER, CA_ISSUERS);
    byte[] place = of(URI, url.getBytes(US_ASCII));
    return Bytes.of(of(OCTET_STRING, of(SEQUENCE, of(SEQUENCE, method, place))));
  }

  /**
   * The attributes of a request for a CA certificate: the extensions of a CA of path length 0 that
   * signs certificates and CRLs (RFC 2985, section 5.4.2).
   */
  static Bytes caRequestAttributes(Bytes identifier) {
    byte[] constraints =
        extension(
            BASIC_CONSTRAINTS, true, of(SEQUENCE, of(BOOLEAN, TRUE), of(INTEGER, ZERO_OCTET)));
    byte[] usage = extension(KEY_USAGE, true, of(BIT_STRING, CERTIFICATES_AND_CRLS));
    byte[] key = extension(SUBJECT_KEY, false, of(OCTET_STRING, identifier.toArray()));
    byte[] extensions = of(SEQUENCE, constraints, usage, key);
    byte[] attribute = of(SEQUENCE, of(OBJECT_IDENTIFIER, EXTENSION_REQUEST), of(SET, extensions));
    return Bytes.of(of(ZERO, attribute));
  }

  private static byte[] extension(byte[] oid, boolean critical, byte[] value) {
    byte[] flag = critical ? of(BOOLEAN, TRUE) : new byte[0];
    return of(SEQUENCE, of(OBJECT_IDENTIFIER, oid), flag, of(OCTET_STRING, value));
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
