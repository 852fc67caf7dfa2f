package io.carousel.orchestrator.rules;

import io.carousel.events.AuthorityName;
import io.carousel.events.Format;
import io.carousel.events.FormatSuite;
import io.carousel.events.Policy;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import io.carousel.events.TrustDomain;
import java.util.List;
import java.util.Optional;

/** What CA certificates are called, and what an authority must hold to that issues SVIDs. */
final class NamingRules {
  /** The largest generation for whose number there is room. */
  private static final int MOST_GENERATIONS = 99_999;

  /** Room for both names in a common name of 64 (RFC 5280, appendix A.1, ub-common-name). */
  static final int NAMES_LIMIT = 64 - " G99999 ".length();

  private NamingRules() {}

  /** The subject of one CA certificate, its own for each generation and slot (RFC 4514). */
  static String subject(Policy policy, AuthorityName authority, int generation, SlotName slot) {
    return policy
        .naming()
        .subject()
        .map(s -> s.of(authority, generation, slot))
        .orElseGet(() -> "CN=%s G%d %s,O=Carousel".formatted(authority, generation, slot));
  }

  /** Why CA certificates of that slot would have a name that is too long. */
  static Optional<Refusal> tooLong(Policy policy, AuthorityName authority, SlotName slot) {
    if (policy.naming().subject().isEmpty()) {
      return authority.value().length() + slot.value().length() > NAMES_LIMIT
          ? Optional.of(new SlotRefusal.NamesTooLong(authority, slot, NAMES_LIMIT))
          : Optional.empty();
    }
    try {
      subject(policy, authority, MOST_GENERATIONS, slot);
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.of(new SlotRefusal.SubjectTooLong(authority, slot, e.getMessage()));
    }
  }

  /** Why an authority of those suites issues no SVIDs: its tokens could not be any. */
  static Optional<Refusal> flaw(AuthorityName authority, Policy policy, List<FormatSuite> formats) {
    Optional<TrustDomain> domain = policy.naming().trustDomain();
    boolean tokens =
        formats.stream().anyMatch(f -> f.format() == Format.JWT && f.suite() == Suite.ED25519);
    if (domain.isPresent() && tokens) {
      return Optional.of(new CredentialRefusal.NoSvidSuite(authority, Suite.ED25519));
    }
    boolean svids =
        formats.stream().anyMatch(f -> f.format() == Format.X509 || f.format() == Format.JWT);
    return domain.isPresent() && !svids
        ? Optional.of(new CredentialRefusal.NoSvidFormat(authority))
        : Optional.empty();
  }
}
