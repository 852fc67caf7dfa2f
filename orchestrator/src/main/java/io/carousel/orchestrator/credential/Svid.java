package io.carousel.orchestrator.credential;

import io.carousel.events.AuthorityName;
import io.carousel.events.Canary;
import io.carousel.events.CredentialRequest;
import io.carousel.events.Format;
import io.carousel.events.Membership;
import io.carousel.events.ParticipantName;
import io.carousel.events.SpiffeId;
import io.carousel.events.SubjectName;
import io.carousel.events.TrustDomain;
import io.carousel.orchestrator.desk.Declined;
import io.carousel.orchestrator.desk.Declined.Kind;
import io.carousel.orchestrator.rules.Authority;
import java.util.List;
import java.util.Optional;

/**
 * Which SPIFFE ID a participant's credentials have: the one that it asks for, of those that it is
 * enrolled with; if it is enrolled with none, its name in the trust domain of its authority.
 *
 * @param domain of the authority; empty: it issues no SVIDs
 * @param held by the participant; at least one if there is a domain
 */
record Svid(
    AuthorityName authority,
    ParticipantName participant,
    Optional<TrustDomain> domain,
    List<SubjectName> held) {

  static Svid of(Authority authority, Membership membership, ParticipantName participant) {
    Optional<TrustDomain> domain = authority.policy().naming().trustDomain();
    List<SubjectName> enrolled =
        membership.names(Format.X509).stream().filter(SubjectName::isSpiffe).toList();
    List<SubjectName> held =
        domain.isPresent() && enrolled.isEmpty()
            ? List.of(name(SpiffeId.of(domain.get(), participant.value())))
            : enrolled;
    return new Svid(authority.name(), participant, domain, held);
  }

  private static SubjectName name(SpiffeId id) {
    return SubjectName.of(SubjectName.Kind.URI, id.value());
  }

  /** Whether that is the SPIFFE ID that it has by its name. */
  boolean isOwn(SubjectName name) {
    return domain.isPresent() && held.contains(name);
  }

  /**
   * Passes names without SPIFFE IDs, and any where the authority issues SVIDs.
   *
   * @throws Declined with the reason
   */
  void checkSpeaksOfIt(List<SubjectName> wanted) {
    Optional<SubjectName> spiffe = wanted.stream().filter(SubjectName::isSpiffe).findFirst();
    if (domain.isEmpty() && spiffe.isPresent()) {
      throw new Declined(
          Kind.CONFLICT,
          "no-trust-domain",
          "authority '%s' has no SPIFFE trust domain, and issues no SVIDs; leave the name %s out, or ask an authority that was created with one"
              .formatted(authority, spiffe.get()));
    }
  }

  /**
   * The one of that credential; empty if it is no SVID.
   *
   * @throws Declined if several could be meant
   */
  Optional<SpiffeId> id(CredentialRequest request, List<SubjectName> wanted) {
    if (domain.isEmpty() || request.format() == Format.SSH) {
      return Optional.empty();
    }
    if (request.profile().isCanary()) {
      return Optional.of(Canary.spiffe(domain.get(), authority, participant));
    }
    List<SubjectName> asked = wanted.stream().filter(SubjectName::isSpiffe).toList();
    List<SubjectName> possible = asked.isEmpty() ? held : asked;
    if (possible.size() > 1) {
      throw new Declined(
          Kind.INVALID,
          "several-spiffe-ids",
          "an SVID has exactly one SPIFFE ID, and %s are %s; ask for one of them by name"
              .formatted(
                  possible,
                  asked.isEmpty() ? "what '%s' may hold".formatted(participant) : "asked for"));
    }
    return Optional.of(new SpiffeId(possible.getFirst().text()));
  }
}
