package io.carousel.orchestrator.credential;

import io.carousel.events.AuthorityName;
import io.carousel.events.SlotName;

/** Names that credentials say to the world, and under which orchestrators answer. */
public final class Names {
  /** Below this, everybody may read: what verifiers need is no secret. */
  public static final String OPEN = "/pub/";

  private Names() {}

  /** Path of the CRL of one key. */
  public static String crl(AuthorityName authority, int generation, SlotName slot) {
    return (OPEN + "%s/crls/%d/%s").formatted(authority, generation, slot);
  }

  /** Path of the CA certificate of one key. */
  public static String certificate(AuthorityName authority, int generation, SlotName slot) {
    return (OPEN + "%s/certificates/%d/%s").formatted(authority, generation, slot);
  }
}
