package io.carousel.events;

/**
 * What certificates and tokens call a participant where its authority issues no SVIDs: {@code
 * carousel:HOUSE/AUTHORITY/NAME}. A URI without a host: one with a host would need a name of DNS
 * there (RFC 5280, section 4.2.1.6), and a house has none.
 */
public final class ParticipantUri {
  private static final String SCHEME = "carousel:";

  private ParticipantUri() {}

  /** Of that participant of one authority of one house. */
  public static String of(HouseId house, AuthorityName authority, ParticipantName participant) {
    return issuer(house, authority) + "/" + participant;
  }

  /** Of that authority itself: who issues its tokens (RFC 7519, section 4.1.1). */
  public static String issuer(HouseId house, AuthorityName authority) {
    return SCHEME + house + "/" + authority;
  }

  /** Whether a URI is kept for those of houses and canaries, so that nobody may choose it. */
  public static boolean reserves(String uri) {
    return uri.startsWith(SCHEME) || uri.startsWith("carousel-canary:");
  }
}
