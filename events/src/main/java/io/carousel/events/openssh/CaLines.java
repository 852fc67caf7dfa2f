package io.carousel.events.openssh;

import io.carousel.events.Identifier;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The public keys of CAs in a text, as they are handed out: plain public keys, lines of {@code
 * authorized_keys} with the option {@code cert-authority} and of {@code known_hosts} with the
 * marker {@code @cert-authority} (sshd(8)), and files in the format of RFC 4716. What is a key of a
 * host, a user or nobody any more is refused: whoever trusts it as a CA lets in what it signs.
 */
public final class CaLines {
  private static final String MARKER = "@cert-authority";
  private static final String OPTION = "cert-authority";
  private static final String REVOKED = "@revoked";
  private static final String BEGIN_4716 = "---- BEGIN SSH2 PUBLIC KEY ----";
  private static final String END_4716 = "---- END SSH2 PUBLIC KEY ----";
  private static final Pattern CERTIFICATE = Pattern.compile(".*-cert-v0[01]@openssh\\.com");

  /** Types that OpenSSH knows and that sign for no CA here. */
  private static final Set<String> OTHERS =
      Set.of(
          "ssh-dss",
          "ecdsa-sha2-nistp521",
          "ssh-ed448",
          "sk-ssh-ed25519@openssh.com",
          "sk-ecdsa-sha2-nistp256@openssh.com");

  private static final Set<String> TYPES =
      Set.of("ssh-rsa", "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384");

  private CaLines() {}

  /**
   * Every key, each once, in their order.
   *
   * @throws UnreadableSsh if there is none, or a line holds something else; says which line
   */
  public static List<SshPublicKey> read(String text) {
    List<SshPublicKey> keys = new ArrayList<>();
    List<String> lines = text.lines().map(CaLines::bare).toList();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (line.equals(BEGIN_4716)) {
        int end = lines.subList(i, lines.size()).indexOf(END_4716);
        if (end < 0) {
          throw at(i, "its block of RFC 4716 has no end");
        }
        keys.add(key(i, block(lines.subList(i + 1, i + end))));
        i += end;
      } else if (!line.isEmpty() && !line.startsWith("#")) {
        keys.add(key(i, fields(i, words(i, line))));
      }
    }
    if (keys.isEmpty()) {
      throw new UnreadableSsh("it holds no key");
    }
    return keys.stream().distinct().toList();
  }

  private static String bare(String line) {
    return (line.startsWith("\ufeff") ? line.substring(1) : line).strip();
  }

  /** RFC 4716, section 3.3: headers, which may go on after a backslash, and base64. */
  private static String block(List<String> lines) {
    var base64 = new StringBuilder();
    boolean header = false;
    for (String line : lines) {
      if (header || line.contains(":")) {
        header = line.endsWith("\\");
      } else {
        base64.append(line);
      }
    }
    return base64.toString();
  }

  /** Words between blanks and tabs; blanks between double quotes, as in options, end none. */
  private static List<String> words(int at, String line) {
    List<String> words = new ArrayList<>();
    var word = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '\\' && quoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
        word.append(c).append('"');
        i++;
      } else if (!quoted && (c == ' ' || c == '\t')) {
        if (!word.isEmpty()) {
          words.add(word.toString());
          word.setLength(0);
        }
      } else {
        // Only options are quoted, and they come first: a comment may hold anything.
        quoted ^= c == '"' && words.isEmpty();
        word.append(c);
      }
    }
    if (quoted) {
      throw at(at, "a double quote in its options is not closed");
    }
    words.add(word.toString());
    return words.stream().filter(w -> !w.isEmpty()).toList();
  }

  /** Where the base64 stands, after the type. */
  private static String fields(int at, List<String> words) {
    String first = words.getFirst();
    if (isType(first)) {
      return base64(at, words, 0);
    }
    if (first.equals(REVOKED)) {
      throw at(at, "it says of a key that it is revoked, and of no CA that it is to be trusted");
    }
    if (first.equals(MARKER)) {
      if (words.size() < 3 || !isType(words.get(2))) {
        throw at(at, "after @cert-authority stand the hosts, a type and base64");
      }
      return base64(at, words, 2);
    }
    if (first.startsWith("@")) {
      throw at(at, "%s is no marker that is known".formatted(Identifier.printable(first)));
    }
    if (words.size() < 2 || !isType(words.get(1))) {
      throw at(
          at,
          "it is no public key of OpenSSH: no type as ssh-ed25519 is its first word, or stands after options");
    }
    if (options(first).contains(OPTION)) {
      return base64(at, words, 1);
    }
    throw at(
        at,
        "it is the key of a host or of a user, and of no CA: neither @cert-authority nor the option cert-authority stands before it; if it is a CA's all the same, give type and base64 alone");
  }

  /** The names of options, in lower case; what they are set to may hold commas in quotes. */
  private static List<String> options(String word) {
    List<String> names = new ArrayList<>();
    var name = new StringBuilder();
    boolean quoted = false;
    for (char c : (word + ",").toCharArray()) {
      quoted ^= c == '"';
      if (c == ',' && !quoted) {
        names.add(name.toString().replaceFirst("=.*", "").toLowerCase(Locale.ROOT));
        name.setLength(0);
      } else {
        name.append(c);
      }
    }
    return names;
  }

  private static boolean isType(String word) {
    return TYPES.contains(word) || OTHERS.contains(word) || CERTIFICATE.matcher(word).matches();
  }

  private static String base64(int at, List<String> words, int type) {
    String name = words.get(type);
    if (CERTIFICATE.matcher(name).matches()) {
      throw at(at, "it is a certificate; give the public key of the CA that signed it");
    }
    if (!TYPES.contains(name)) {
      throw at(
          at,
          "keys of type %s are not taken: a CA here is of RSA, on P-256 or P-384, or of Ed25519"
              .formatted(Identifier.printable(name)));
    }
    if (words.size() < type + 2) {
      throw at(at, "no base64 stands after its type");
    }
    String base64 = words.get(type + 1);
    try {
      SshLine.read(name + " " + base64);
    } catch (UnreadableSsh e) {
      throw at(at, e.getMessage());
    }
    return base64;
  }

  private static SshPublicKey key(int at, String base64) {
    try {
      return SshPublicKey.ofBlob(io.carousel.events.Bytes.of(Base64.getDecoder().decode(base64)));
    } catch (UnreadableSsh e) {
      throw at(at, e.getMessage());
    } catch (IllegalArgumentException e) {
      throw at(at, "its base64 cannot be read");
    }
  }

  private static UnreadableSsh at(int line, String why) {
    return new UnreadableSsh("line %d: %s".formatted(line + 1, why));
  }
}
