package io.carousel.events.pem;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.carousel.events.Bytes;
import io.carousel.events.Identifier;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Texts in PEM (RFC 7468) as they are found: with a byte order mark, in UTF-16, with any end of
 * line, with blanks around lines, indented, with explanatory text and headers (RFC 1421), without
 * an end of the last line. What is inside a block is base64 and nothing else.
 */
public final class PemText {
  private static final Pattern BEGIN = Pattern.compile("-----BEGIN ([^\\r\\n-]*)-----");
  private static final String END = "-----END ";
  private static final Pattern BLANKS = Pattern.compile("\\s+");
  private static final Pattern HEADER = Pattern.compile("[A-Za-z][A-Za-z0-9-]*:.*");

  private PemText() {}

  /** Those bytes as text: by their byte order mark, or else as UTF-8 or what comes nearest. */
  public static String text(byte[] bytes) {
    if (starts(bytes, 0xef, 0xbb, 0xbf)) {
      return new String(bytes, 3, bytes.length - 3, UTF_8);
    }
    if (starts(bytes, 0xff, 0xfe)) {
      return decoded(bytes, UTF_16LE);
    }
    if (starts(bytes, 0xfe, 0xff)) {
      return decoded(bytes, UTF_16BE);
    }
    String text = new String(bytes, UTF_8);
    return text.indexOf('\ufffd') < 0 ? text : new String(bytes, ISO_8859_1);
  }

  private static String decoded(byte[] bytes, Charset charset) {
    return new String(bytes, 2, bytes.length - 2, charset);
  }

  private static boolean starts(byte[] bytes, int... mark) {
    boolean so = bytes.length >= mark.length;
    for (int i = 0; so && i < mark.length; i++) {
      so = (bytes[i] & 0xff) == mark[i];
    }
    return so;
  }

  /** Whether that text has the beginning of a block. */
  public static boolean isPem(String text) {
    return BEGIN.matcher(text).find();
  }

  /** Whether those bytes are no text: what DER has first is a SEQUENCE. */
  public static boolean isDer(byte[] bytes) {
    return bytes.length > 1 && bytes[0] == 0x30 && !isPem(text(bytes));
  }

  /**
   * Every block, in their order.
   *
   * @throws UnreadablePem if there is none, or one is cut off, damaged or encrypted
   */
  public static List<PemBlock> read(String text) {
    List<PemBlock> blocks = new ArrayList<>();
    Matcher begin = BEGIN.matcher(text);
    int from = 0;
    while (begin.find(from)) {
      String label = begin.group(1).strip();
      int end = text.indexOf(END, begin.end());
      Matcher next = BEGIN.matcher(text);
      boolean cut = end < 0 || (next.find(begin.end()) && next.start() < end);
      if (cut) {
        throw new UnreadablePem(
            "the PEM block %s has no end; the text is cut off"
                .formatted(Identifier.printable(label)));
      }
      int close = text.indexOf("-----", end + END.length());
      String closing = close < 0 ? "" : text.substring(end + END.length(), close).strip();
      if (!closing.equals(label)) {
        throw new UnreadablePem(
            "the PEM block %s ends as %s"
                .formatted(Identifier.printable(label), Identifier.printable(closing)));
      }
      blocks.add(new PemBlock(label, content(label, text.substring(begin.end(), end))));
      from = close + "-----".length();
    }
    if (blocks.isEmpty()) {
      throw new UnreadablePem("the text holds no PEM block (-----BEGIN ...-----)");
    }
    return List.copyOf(blocks);
  }

  /** Headers of RFC 1421 come first, and end with an empty line. */
  private static Bytes content(String label, String body) {
    StringBuilder base64 = new StringBuilder();
    boolean header = false;
    for (String line : body.split("\\R", -1)) {
      String bare = line.strip();
      if (base64.isEmpty() && (HEADER.matcher(bare).matches() || (header && isContinued(line)))) {
        header = true;
        if (bare.startsWith("Proc-Type:") && bare.contains("ENCRYPTED")) {
          throw new UnreadablePem(
              "the PEM block %s is encrypted".formatted(Identifier.printable(label)));
        }
      } else {
        header = false;
        base64.append(BLANKS.matcher(bare).replaceAll(""));
      }
    }
    try {
      byte[] content = Base64.getDecoder().decode(base64.toString());
      if (content.length > 0) {
        return Bytes.of(content);
      }
    } catch (IllegalArgumentException e) {
      throw new UnreadablePem(
          "the PEM block %s is no base64: %s"
              .formatted(Identifier.printable(label), e.getMessage()),
          e);
    }
    throw new UnreadablePem("the PEM block %s is empty".formatted(Identifier.printable(label)));
  }

  private static boolean isContinued(String line) {
    return !line.isBlank() && Character.isWhitespace(line.charAt(0));
  }

  /**
   * What those bytes hold, which may be DER or PEM with blocks of those labels; other blocks are
   * passed over.
   *
   * @param what is wanted, for messages
   * @throws UnreadablePem if there is none of them
   */
  public static List<Bytes> contents(byte[] bytes, String what, String... labels) {
    if (isDer(bytes)) {
      return List.of(Bytes.of(bytes));
    }
    List<String> wanted = List.of(labels);
    List<PemBlock> blocks = read(text(bytes));
    List<Bytes> found =
        blocks.stream().filter(b -> wanted.contains(b.label())).map(PemBlock::content).toList();
    if (found.isEmpty()) {
      throw new UnreadablePem(
          "it holds no %s, and instead: %s"
              .formatted(
                  what,
                  String.join(
                      ", ",
                      blocks.stream()
                          .map(b -> Identifier.printable(b.label()))
                          .distinct()
                          .toList())));
    }
    return found;
  }

  /** The bytes of the first value of that DER, without what stands after it. */
  static byte[] first(byte[] der) {
    if (der.length < 2) {
      return der;
    }
    int octets = (der[1] & 0x80) == 0 ? 0 : der[1] & 0x7f;
    if (octets > 4 || der.length < 2 + octets) {
      return der;
    }
    long length = octets == 0 ? der[1] : 0;
    for (int i = 0; i < octets; i++) {
      length = length << 8 | (der[2 + i] & 0xff);
    }
    long end = 2 + octets + length;
    return end <= der.length ? Arrays.copyOf(der, (int) end) : der;
  }
}
