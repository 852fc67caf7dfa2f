package io.carousel.events;

import java.util.regex.Pattern;

/**
 * A SPIFFE ID with a path, as {@code spiffe://example.org/web-1} (SPIFFE ID, section 2): a trust
 * domain and one or more segments of letters, digits, dots, hyphens and underscores, none of them
 * empty, {@code .} or {@code ..}; no query, fragment, port or percent-encoding.
 */
public record SpiffeId(String value) implements Identifier {
  /** Longest SPIFFE ID; in bytes (section 2.3). */
  public static final int LIMIT = 2_048;

  /** How one begins. */
  public static final String SCHEME = "spiffe://";

  private static final Pattern SEGMENT = Pattern.compile("[A-Za-z0-9._-]+");

  /** Checks the whole. */
  public SpiffeId {
    if (value == null || !value.startsWith(SCHEME)) {
      throw unfit(value, "it does not begin with spiffe:// in lower case");
    }
    if (value.length() > LIMIT) {
      throw unfit(
          value, "it has %d bytes, and at most %d are allowed".formatted(value.length(), LIMIT));
    }
    int slash = value.indexOf('/', SCHEME.length());
    if (slash < 0) {
      throw unfit(value, "it has no path, and names the trust domain itself and nobody in it");
    }
    try {
      new TrustDomain(value.substring(SCHEME.length(), slash));
    } catch (IllegalArgumentException e) {
      throw unfit(value, e.getMessage());
    }
    for (String segment : value.substring(slash + 1).split("/", -1)) {
      if (segment.equals(".") || segment.equals("..")) {
        throw unfit(value, "its path has a segment '%s'".formatted(segment));
      }
      if (!SEGMENT.matcher(segment).matches()) {
        throw unfit(
            value,
            segment.isEmpty()
                ? "its path has an empty segment, or ends with a slash"
                : "a segment of its path has other characters than letters, digits, dots, hyphens and underscores");
      }
    }
  }

  /** Of that path in that trust domain; without a slash before the path. */
  public static SpiffeId of(TrustDomain domain, String path) {
    return new SpiffeId(SCHEME + domain + "/" + path);
  }

  /** Its trust domain. */
  public TrustDomain domain() {
    return new TrustDomain(value.substring(SCHEME.length(), slash()));
  }

  /** Its path; without a slash before it. */
  public String path() {
    return value.substring(slash() + 1);
  }

  private int slash() {
    return value.indexOf('/', SCHEME.length());
  }

  private static IllegalArgumentException unfit(String value, String why) {
    return new IllegalArgumentException(
        "%s is no SPIFFE ID: %s".formatted(Identifier.printable(value), why));
  }

  @Override
  public String toString() {
    return value;
  }
}
