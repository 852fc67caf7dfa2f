package io.carousel.events;

/**
 * A SPIFFE trust domain, as {@code example.org} (SPIFFE ID, section 2.1): 1 to 255 lower-case
 * letters, digits, dots, hyphens and underscores.
 */
public record TrustDomain(String value) implements Identifier, Comparable<TrustDomain> {
  private static final int LIMIT = 255;

  /** Checks the name. */
  public TrustDomain {
    boolean fits = value != null && !value.isEmpty() && value.length() <= LIMIT;
    for (int i = 0; fits && i < value.length(); i++) {
      char c = value.charAt(i);
      fits = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
    }
    if (!fits) {
      throw new IllegalArgumentException(
          "%s is no SPIFFE trust domain: use 1 to %d lower-case letters, digits, dots, hyphens and underscores, as example.org"
              .formatted(Identifier.printable(value), LIMIT));
    }
  }

  @Override
  public int compareTo(TrustDomain other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
