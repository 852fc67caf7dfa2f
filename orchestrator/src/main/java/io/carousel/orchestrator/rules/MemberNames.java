package io.carousel.orchestrator.rules;

import io.carousel.events.Canary;
import io.carousel.events.Format;
import io.carousel.events.Membership;
import io.carousel.events.NameBounds;
import io.carousel.events.ParticipantName;
import io.carousel.events.ParticipantUri;
import io.carousel.events.SpiffeId;
import io.carousel.events.SubjectName;
import io.carousel.events.SubjectName.Kind;
import io.carousel.events.TrustDomain;
import io.carousel.events.jose.JwtClaims;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Whether names can become what credentials hold: what no worker would sign later is refused when a
 * participant is enrolled, or a token for it is made.
 */
final class MemberNames {
  private MemberNames() {}

  /** Why nobody can have that name. It becomes a common name, a dNSName and a principal. */
  static Optional<Refusal> flaw(ParticipantName name) {
    if (Canary.reserves(name.value())) {
      return Optional.of(new EnrolmentRefusal.NameKept(name.value()));
    }
    return SubjectName.isHost(name.value())
        ? Optional.empty()
        : unfit(
            name.value(),
            "it becomes a dNSName, and is no name of a host: between dots stand 1 to 63 lower-case letters, digits and hyphens, with no hyphen at either end, and an address is no name (RFC 1123, section 2.1)");
  }

  /** Why no worker of the authority's slots would sign one of those names, as they said last. */
  static Optional<Refusal> unsigned(House house, Authority authority, Membership membership) {
    List<NameBounds> bounds =
        authority.slots().stream()
            .map(s -> house.slots().get(s))
            .flatMap(s -> Optional.ofNullable(s).stream())
            .map(s -> s.seen().flatMap(i -> i.report().names()))
            .flatMap(Optional::stream)
            .toList();
    if (bounds.size() < authority.slots().size()) {
      // A slot that has not said may sign it.
      return Optional.empty();
    }
    for (SubjectName name : membership.names()) {
      List<String> flaws = bounds.stream().flatMap(b -> b.flaw(name).stream()).toList();
      if (!flaws.isEmpty() && flaws.size() == bounds.size()) {
        return unfit(
            name.value(),
            "no worker of authority '%s' signs it: %s; allow it in limits.names of a worker's configuration and run 'carousel slot check', or leave it out"
                .formatted(authority.name(), flaws.getFirst()));
      }
    }
    return Optional.empty();
  }

  /** Why a member cannot have those names. */
  static Optional<Refusal> flaw(Authority authority, Membership membership) {
    long audiences = membership.names(Format.JWT).size();
    if (audiences > JwtClaims.AUDIENCE_LIMIT) {
      return unfit(
          membership.names(Format.JWT).getLast().value(),
          "a token is for %d audiences at most, and these are %d"
              .formatted(JwtClaims.AUDIENCE_LIMIT, audiences));
    }
    return membership.names().stream().flatMap(name -> flaw(authority, name)).findFirst();
  }

  private static Stream<Refusal> flaw(Authority authority, SubjectName name) {
    if (name.kind().format() == Format.X509 && Canary.reserves(name.text())) {
      return Stream.of(new EnrolmentRefusal.NameKept(name.text()));
    }
    if (name.kind() != Kind.URI) {
      return Stream.empty();
    }
    if (ParticipantUri.reserves(name.text())) {
      return unfit(name.value(), "URIs of that scheme are kept for participants and canaries")
          .stream();
    }
    Optional<TrustDomain> domain = authority.policy().naming().trustDomain();
    return domain
        .map(d -> inDomain(authority, d, name))
        .orElseGet(() -> outside(authority, name))
        .stream();
  }

  private static Optional<Refusal> outside(Authority authority, SubjectName name) {
    return name.isSpiffe()
        ? unfit(
            name.value(),
            "authority '%s' has no SPIFFE trust domain, and issues no SVIDs; create one with --spiffe-trust-domain, or leave the name out"
                .formatted(authority.name()))
        : Optional.empty();
  }

  private static Optional<Refusal> inDomain(
      Authority authority, TrustDomain domain, SubjectName name) {
    if (!name.isSpiffe()) {
      return unfit(
          name.value(),
          "authority '%s' issues SVIDs, which hold no URI but their SPIFFE ID"
              .formatted(authority.name()));
    }
    SpiffeId id = new SpiffeId(name.text());
    if (!id.domain().equals(domain)) {
      return unfit(
          name.value(),
          "authority '%s' issues SVIDs of the trust domain '%s'"
              .formatted(authority.name(), domain));
    }
    return Canary.reserves(id)
        ? unfit(name.value(), "that path is kept for canaries")
        : Optional.empty();
  }

  private static Optional<Refusal> unfit(String name, String why) {
    return Optional.of(new EnrolmentRefusal.NameUnfit(name, why));
  }
}
