package io.carousel.events;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A name that a credential may hold beside its holder's: its kind, a colon and the name, as {@code
 * dns:web-1.example}. One name has one spelling.
 *
 * <ul>
 *   <li>{@code dns}, {@code ip}, {@code uri}, {@code email}: subject alternative names (RFC 5280,
 *       section 4.2.1.6)
 *   <li>{@code principal}: of an OpenSSH certificate
 *   <li>{@code audience}: of a JSON Web Token (RFC 7519, section 4.1.3)
 * </ul>
 */
public record SubjectName(String value) implements Identifier, Comparable<SubjectName> {
  /** Longest name but of SPIFFE, see {@link SpiffeId#LIMIT}; in characters. */
  public static final int LIMIT = 255;

  // The preferred syntax of host names (RFC 5280, section 4.2.1.6; RFC 1123, section 2.1).
  private static final Pattern LABEL = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
  private static final Pattern ADDRESS = Pattern.compile("[0-9]+(\\.[0-9]+){3}");
  private static final int HOST_LIMIT = 253;
  private static final Pattern MAILBOX =
      Pattern.compile("[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*");
  // A comma would end it in lists, as those of sshd and ssh-keygen.
  private static final Pattern PRINCIPAL = Pattern.compile("[!-+\\--~]+");
  private static final Pattern PRINTABLE = Pattern.compile("[!-~]+");
  private static final String WILDCARD = "*.";

  /** What kind of name. */
  public enum Kind implements Word {
    /** A host's name, in lower case; its first label may be a wildcard. */
    DNS("dns", Format.X509),
    /** An address, version 4 or 6 (RFC 5952). */
    IP("ip", Format.X509),
    /** An absolute URI in ASCII, as a SPIFFE ID. */
    URI("uri", Format.X509),
    /** A mailbox (RFC 5321, section 4.1.2, without quotes). */
    EMAIL("email", Format.X509),
    /** A login or host name of OpenSSH. */
    PRINCIPAL("principal", Format.SSH),
    /** Whom a token is for. */
    AUDIENCE("audience", Format.JWT);

    private final String wire;
    private final Format format;

    Kind(String wire, Format format) {
      this.wire = wire;
      this.format = format;
    }

    @Override
    public String wire() {
      return wire;
    }

    /** The format whose credentials hold such names. */
    public Format format() {
      return format;
    }

    @Override
    public String toString() {
      return wire;
    }
  }

  /** Checks the name. */
  public SubjectName {
    int colon = value == null ? -1 : value.indexOf(':');
    if (colon < 1) {
      throw new IllegalArgumentException(
          "%s is no name of a subject; write its kind, a colon and the name, as dns:web-1.example"
              .formatted(Identifier.printable(value)));
    }
    Kind kind = Word.of(Kind.class, value.substring(0, colon));
    String name = value.substring(colon + 1);
    if (isSpiffe(kind, name)) {
      new SpiffeId(name);
    } else if (name.length() > LIMIT || !fits(kind, name)) {
      throw new IllegalArgumentException(
          "%s is no %s name: %s".formatted(Identifier.printable(name), kind, form(kind)));
    }
  }

  /** The name of that kind. */
  public static SubjectName of(Kind kind, String text) {
    return new SubjectName(kind + ":" + text);
  }

  /** Its kind. */
  public Kind kind() {
    return Word.of(Kind.class, value.substring(0, value.indexOf(':')));
  }

  /** The name itself. */
  public String text() {
    return value.substring(value.indexOf(':') + 1);
  }

  /** Whether it stands for many. */
  public boolean isWildcard() {
    return kind() == Kind.DNS && text().startsWith(WILDCARD);
  }

  /** Whether it is a SPIFFE ID. */
  public boolean isSpiffe() {
    return isSpiffe(kind(), text());
  }

  /** Whoever writes that scheme in another letter case means it too (RFC 3986, section 3.1). */
  private static boolean isSpiffe(Kind kind, String name) {
    return kind == Kind.URI && name.regionMatches(true, 0, "spiffe:", 0, "spiffe:".length());
  }

  /**
   * Whether that is a host's name in lower case, with no label empty, none longer than 63 and none
   * with other characters than letters, digits and hyphens inside. Four numbers are an address and
   * no name (RFC 1123, section 2.1).
   */
  public static boolean isHost(String name) {
    for (String label : name.split("\\.", -1)) {
      if (!LABEL.matcher(label).matches()) {
        return false;
      }
    }
    return name.length() <= HOST_LIMIT && !ADDRESS.matcher(name).matches();
  }

  private static boolean fits(Kind kind, String name) {
    return switch (kind) {
      case DNS -> isHost(name.startsWith(WILDCARD) ? name.substring(WILDCARD.length()) : name);
      case IP -> isAddress(name);
      case URI -> isUri(name);
      case EMAIL -> isMailbox(name);
      case PRINCIPAL -> PRINCIPAL.matcher(name).matches();
      // A StringOrURI: what has a colon is a URI (RFC 7519, section 2).
      case AUDIENCE ->
          PRINTABLE.matcher(name).matches() && (!name.contains(":") || isAbsolute(name));
    };
  }

  private static boolean isAddress(String name) {
    try {
      return IpAddress.text(IpAddress.octets(name)).equals(name);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static boolean isUri(String name) {
    try {
      var uri = new URI(name);
      return uri.isAbsolute()
          && PRINTABLE.matcher(name).matches()
          && (uri.getRawAuthority() == null ? !name.contains("://") : isAuthority(uri))
          && uri.getScheme().equals(uri.getScheme().toLowerCase(Locale.ROOT));
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private static boolean isAbsolute(String name) {
    try {
      return new URI(name).isAbsolute();
    } catch (URISyntaxException e) {
      return false;
    }
  }

  /** A URI that has an authority has a host's name or an address in it (RFC 5280, 4.2.1.6). */
  private static boolean isAuthority(URI uri) {
    String host = uri.getHost();
    return host != null
        && (isHost(host.toLowerCase(Locale.ROOT))
            || isAddress(host.startsWith("[") ? host.substring(1, host.length() - 1) : host));
  }

  private static boolean isMailbox(String name) {
    int at = name.lastIndexOf('@');
    return at > 0
        && MAILBOX.matcher(name.substring(0, at)).matches()
        && isHost(name.substring(at + 1));
  }

  private static String form(Kind kind) {
    return switch (kind) {
      case DNS ->
          "write a host's name (RFC 1123, section 2.1): labels of lower-case letters, digits and hyphens inside, with dots between them, perhaps after '*.'; an address is ip:";
      case IP -> "write an address as 192.0.2.1 or 2001:db8::1 (RFC 5952)";
      case URI ->
          "write an absolute URI in ASCII with a host's name or an address, as https://example.org/web, or without a host (RFC 5280, section 4.2.1.6)";
      case EMAIL -> "write a mailbox, as web@example.org";
      case PRINCIPAL -> "use printable ASCII without blanks and commas";
      case AUDIENCE -> "use printable ASCII without blanks; with a colon, an absolute URI";
    };
  }

  @Override
  public int compareTo(SubjectName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
