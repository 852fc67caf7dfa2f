package io.carousel.orchestrator.credential;

import io.carousel.events.AuthorityName;
import io.carousel.events.HouseId;
import io.carousel.events.SlotName;

/** Names that credentials say to the world, and under which orchestrators answer. */
public final class Names {
  /** Below this, everybody may read: what verifiers need is no secret. */
  public static final String OPEN = "/pub/";

  private Names() {}

  /** Who issues the tokens of that authority (RFC 7519, section 4.1.1). */
  public static String issuer(HouseId house, AuthorityName authority) {
    return "carousel://%s/%s".formatted(house, authority);
  }

  /** Path of the CRL of one key. */
  public static String crl(AuthorityName authority, int generation, SlotName slot) {
    return (OPEN + "%s/crls/%d/%s").formatted(authority, generation, slot);
  }

  /** Path of the CA certificate of one key. */
  public static String certificate(AuthorityName authority, int generation, SlotName slot) {
    return (OPEN + "%s/certificates/%d/%s").formatted(authority, generation, slot);
  }
}
