package io.carousel.events;

import java.time.Duration;

/**
 * A certificate by which a verifier is tried: signed by a key that is about to be trusted, shown
 * once before the verifier trusts that key, when it must be refused, and once after, when it must
 * be accepted. It lives for minutes, is held by the participant whose own verifier it tries, and
 * names nobody: whoever lets others in by their names lets in nobody by it.
 */
public final class Canary {
  /** Its common name and only dNSName; below {@code .invalid} nobody can be (RFC 2606). */
  public static final String NAME = "canary.invalid";

  /** From its making to its end. */
  public static final Duration LIFE = Duration.ofMinutes(5);

  /** No participant is called so. */
  private static final String PATH = "_carousel-canary";

  private Canary() {}

  /** Whose verifier it tries: its only URI, {@code carousel-canary:HOUSE/AUTHORITY/NAME}. */
  public static String uri(HouseId house, AuthorityName authority, ParticipantName participant) {
    return "carousel-canary:%s/%s/%s".formatted(house, authority, participant);
  }

  /**
   * The same where certificates are SVIDs, whose verifiers take no other URI: {@code
   * spiffe://DOMAIN/_carousel-canary/AUTHORITY/NAME}.
   */
  public static SpiffeId spiffe(
      TrustDomain domain, AuthorityName authority, ParticipantName participant) {
    return SpiffeId.of(domain, "%s/%s/%s".formatted(PATH, authority, participant));
  }

  /** Whether a SPIFFE ID is kept for canaries, so that nobody else may have it. */
  public static boolean reserves(SpiffeId id) {
    return id.path().equals(PATH) || id.path().startsWith(PATH + "/");
  }

  /** Whether a name is kept for canaries, so that nobody else may have it. */
  public static boolean reserves(String name) {
    return name.equals("invalid") || name.endsWith(".invalid");
  }
}
