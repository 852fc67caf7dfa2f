package io.carousel.events;

/**
 * The parts of a certification request (PKCS#10, RFC 2986, section 4), each DER as it stands there.
 *
 * @param info what is signed
 * @param subject distinguished name
 * @param publicKey SubjectPublicKeyInfo
 * @param attributes with their tag
 * @param algorithm of the signature
 * @param signature in the form of X.509
 */
public record CaRequest(
    Bytes info,
    Bytes subject,
    Bytes publicKey,
    Bytes attributes,
    Bytes algorithm,
    Bytes signature) {
  private static final int ATTRIBUTES = 0xa0; // [0], constructed

  /**
   * Reads one of version 1; nothing in it is judged.
   *
   * @throws UnreadableDer if the bytes are anything else, or more than that
   */
  public static CaRequest read(Bytes der) {
    var outer = new Der.Reader(der.toArray());
    var parts = new Der.Reader(outer.contents(Der.SEQUENCE));
    outer.end();
    byte[] info = parts.whole(Der.SEQUENCE);
    byte[] algorithm = parts.whole(Der.SEQUENCE);
    byte[] bits = parts.contents(Der.BIT_STRING);
    parts.end();
    if (bits.length == 0 || bits[0] != 0) {
      throw new UnreadableDer("its signature is not of whole octets");
    }
    var fields = new Der.Reader(new Der.Reader(info).contents(Der.SEQUENCE));
    byte[] version = fields.contents(Der.INTEGER);
    if (version.length != 1 || version[0] != 0) {
      throw new UnreadableDer("it is no request of version 1");
    }
    byte[] subject = fields.whole(Der.SEQUENCE);
    byte[] publicKey = fields.whole(Der.SEQUENCE);
    byte[] attributes = fields.whole(ATTRIBUTES);
    fields.end();
    return new CaRequest(
        Bytes.of(info),
        Bytes.of(subject),
        Bytes.of(publicKey),
        Bytes.of(attributes),
        Bytes.of(algorithm),
        Bytes.of(java.util.Arrays.copyOfRange(bits, 1, bits.length)));
  }
}
