package io.carousel.events;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/**
 * One attribute of a distinguished name.
 *
 * @param type object identifier, its contents in DER
 * @param tag of the value
 * @param contents of the value
 * @param value all of it, DER
 */
record NameAttribute(Bytes type, int tag, Bytes contents, Bytes value) {
  private static final int OBJECT_IDENTIFIER = 0x06;

  /** The types of the texts that names are made of, and how each is read. */
  private enum Text {
    UTF8(0x0c, "UTF8String", StandardCharsets.UTF_8),
    NUMERIC(0x12, "NumericString", StandardCharsets.US_ASCII),
    PRINTABLE(0x13, "PrintableString", StandardCharsets.US_ASCII),
    // What is written in practice; of the rest of T.61 nobody makes use.
    TELETEX(0x14, "TeletexString", StandardCharsets.ISO_8859_1),
    IA5(0x16, "IA5String", StandardCharsets.US_ASCII),
    VISIBLE(0x1a, "VisibleString", StandardCharsets.US_ASCII),
    UNIVERSAL(0x1c, "UniversalString", Charset.forName("UTF-32BE")),
    BMP(0x1e, "BMPString", StandardCharsets.UTF_16BE);

    private final int tag;
    private final String name;
    private final Charset charset;

    Text(int tag, String name, Charset charset) {
      this.tag = tag;
      this.name = name;
      this.charset = charset;
    }

    private static Optional<Text> of(int tag) {
      return Arrays.stream(values()).filter(t -> t.tag == tag).findFirst();
    }
  }

  /** RFC 4514, section 3, and what else is often met. */
  private static final Map<String, String> NAMES =
      Map.ofEntries(
          Map.entry("550403", "CN"),
          Map.entry("550405", "serialNumber"),
          Map.entry("550406", "C"),
          Map.entry("550407", "L"),
          Map.entry("550408", "ST"),
          Map.entry("550409", "STREET"),
          Map.entry("55040a", "O"),
          Map.entry("55040b", "OU"),
          Map.entry("2a864886f70d010901", "emailAddress"),
          Map.entry("0992268993f22c640119", "DC"),
          Map.entry("0992268993f22c640101", "UID"));

  static NameAttribute read(byte[] contents) {
    var reader = new Der.Reader(contents);
    byte[] type = reader.contents(OBJECT_IDENTIFIER);
    int tag = reader.tag();
    byte[] value = reader.whole(tag);
    reader.end();
    return new NameAttribute(
        Bytes.of(type), tag, Bytes.of(new Der.Reader(value).contents(tag)), Bytes.of(value));
  }

  boolean matches(NameAttribute other) {
    if (!type.equals(other.type)) {
      return false;
    }
    Optional<String> own = prepared();
    return value.equals(other.value) || (own.isPresent() && own.equals(other.prepared()));
  }

  private Optional<String> text() {
    return Text.of(tag)
        .map(t -> new String(contents.toArray(), t.charset))
        .filter(text -> text.indexOf('\ufffd') < 0);
  }

  private Optional<String> prepared() {
    return text().map(PreparedText::of);
  }

  /** Type, text and octets. */
  String words() {
    String oid = HexFormat.of().formatHex(type.toArray());
    String name = NAMES.getOrDefault(oid, "OID " + oid);
    String kind = Text.of(tag).map(t -> t.name).orElse("0x%02x".formatted(tag));
    return "%s=%s %s (DER %s)"
        .formatted(
            name,
            kind,
            text().map(Identifier::printable).orElse("(no text)"),
            HexFormat.of().formatHex(value.toArray()));
  }
}
