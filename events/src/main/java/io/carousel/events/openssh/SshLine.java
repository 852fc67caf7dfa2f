package io.carousel.events.openssh;

import io.carousel.events.Bytes;
import io.carousel.events.Identifier;
import java.util.Base64;

/**
 * A line of text that holds a key or a certificate: type, base64, and maybe a comment (sshd(8),
 * AUTHORIZED_KEYS FILE FORMAT, without options).
 *
 * @param comment empty if there is none
 */
record SshLine(String type, Bytes blob, String comment) {
  /** OpenSSH takes no longer packet (PACKET_MAX_SIZE): nobody could show more; in characters. */
  static final int LENGTH_LIMIT = 1 << 18;

  static SshLine read(String line) {
    if (line.length() > LENGTH_LIMIT) {
      throw bad("it has %d characters; %d are allowed".formatted(line.length(), LENGTH_LIMIT));
    }
    if (!Texts.isPrintable(line)) {
      throw bad("it holds more than printable ASCII");
    }
    String[] words = line.split(" ", 3);
    if (words.length < 2) {
      throw bad("a type and base64 must stand in it");
    }
    var read = new SshLine(words[0], decoded(words[1]), words.length == 3 ? words[2] : "");
    if (!SshInput.of(read.blob(), "line").text().equals(read.type())) {
      throw bad("%s is not the type of what it holds".formatted(Identifier.printable(words[0])));
    }
    return read;
  }

  /** Base64 has more than one spelling of some bytes; this takes the one that is written. */
  private static Bytes decoded(String base64) {
    try {
      Bytes bytes = Bytes.of(Base64.getDecoder().decode(base64));
      if (bytes.base64().equals(base64)) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      throw new UnreadableSsh("not a readable line: its second word is no base64", e);
    }
    throw bad("its base64 is not spelt as it should be");
  }

  private static UnreadableSsh bad(String why) {
    return new UnreadableSsh("not a readable line: " + why);
  }
}
