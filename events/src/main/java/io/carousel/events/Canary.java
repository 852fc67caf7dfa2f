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

  private Canary() {}

  /** Whose verifier it tries: its only URI, {@code carousel-canary://HOUSE/AUTHORITY/NAME}. */
  public static String uri(HouseId house, AuthorityName authority, ParticipantName participant) {
    return "carousel-canary://%s/%s/%s".formatted(house, authority, participant);
  }

  /** Whether a name is kept for canaries, so that nobody else may have it. */
  public static boolean reserves(String name) {
    return name.equals("invalid") || name.endsWith(".invalid");
  }
}
