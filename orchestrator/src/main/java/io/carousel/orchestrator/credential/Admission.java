package io.carousel.orchestrator.credential;

import io.carousel.events.AuthorityName;
import io.carousel.events.CredentialRequest;
import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.Membership;
import io.carousel.events.RevocationReason;
import io.carousel.events.SpiffeId;
import io.carousel.events.Statements;
import io.carousel.events.SubjectName;
import io.carousel.events.seal.Authorship;
import io.carousel.orchestrator.desk.Declined;
import io.carousel.orchestrator.desk.Declined.Kind;
import io.carousel.orchestrator.rules.Authority;
import io.carousel.orchestrator.rules.House;
import io.carousel.orchestrator.rules.Participant;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Whether who asks for a credential may have it. */
final class Admission {
  /** How far a requester's clock may be off. */
  private static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(5);

  private final Clock clock;

  Admission(Clock clock) {
    this.clock = clock;
  }

  /**
   * Passes who may have what it asks for.
   *
   * @throws Declined with the reason
   */
  Entitlement admit(House now, CredentialRequest request) {
    Authority authority = authority(now, request.authority());
    Participant sender =
        now.participant(request.participant())
            .orElseThrow(() ->
                new Declined(
                    Kind.FORBIDDEN,
                    "unknown-participant",
                    "participant '%s' is not enrolled".formatted(request.participant())));
    checkSignature(now, sender, request);
    Membership membership = membership(sender, request);
    checkNotWithheld(now, sender.identityKey().digest(), request.authority());
    Subject subject = Subject.of(request);
    Svid svid = Svid.of(authority, membership, sender.name());
    checkNames(membership, sender, svid, subject.wanted());
    Optional<SpiffeId> id = svid.id(request, subject.wanted());
    return new Entitlement(
        sender.name(),
        sender.identityKey().digest(),
        request.authority(),
        request.format(),
        request.profile(),
        subject.key(),
        names(subject, membership, request, id),
        id.filter(_ -> request.format() == Format.JWT));
  }

  /** Of a certificate that is an SVID, no URI but its SPIFFE ID. */
  private static List<SubjectName> names(
      Subject subject, Membership membership, CredentialRequest request, Optional<SpiffeId> id) {
    List<SubjectName> names = subject.names(membership, request);
    return request.format() == Format.X509 && id.isPresent()
        ? Stream.concat(
                names.stream().filter(n -> n.kind() != SubjectName.Kind.URI),
                Stream.of(SubjectName.of(SubjectName.Kind.URI, id.get().value())))
            .toList()
        : names;
  }

  static Authority authority(House now, AuthorityName name) {
    return now.authority(name)
        .orElseThrow(() ->
            new Declined(
                Kind.NOT_FOUND,
                "unknown-authority",
                "there is no authority '%s'; see 'carousel authority list'".formatted(name)));
  }

  /**
   * Refuses whose credential was revoked for a cause after which it may have no other.
   *
   * @throws Declined with the reason
   */
  static void checkNotWithheld(House now, Digest identity, AuthorityName authority) {
    now.withheld(identity, authority)
        .ifPresent(w -> {
          throw new Declined(
              Kind.FORBIDDEN,
              w.cause() == RevocationReason.KEY_COMPROMISE
                  ? "credential-compromised"
                  : "privilege-withdrawn",
              w.text());
        });
  }

  private void checkSignature(House now, Participant sender, CredentialRequest request) {
    Duration off = Duration.between(request.at(), clock.instant()).abs();
    if (off.compareTo(CLOCK_TOLERANCE) > 0) {
      throw new Declined(
          Kind.INVALID,
          "clock-off",
          "the request is of %s, %d s from this clock; set the clock of '%s' right"
              .formatted(request.at(), off.toSeconds(), sender.name()));
    }
    byte[] statement =
        Statements.credentialRequest(
            now.id().orElseThrow(),
            request.participant(),
            request.authority(),
            request.format(),
            request.profile(),
            request.subject(),
            request.names(),
            request.at());
    if (!Authorship.verifies(sender.identityKey(), statement, request.signature().toArray())) {
      throw new Declined(
          Kind.FORBIDDEN,
          "bad-signature",
          "the request is not signed by the identity key of '%s'".formatted(sender.name()));
    }
  }

  private static Membership membership(Participant sender, CredentialRequest request) {
    return sender
        .membership(request.authority())
        .filter(m -> allows(m, request))
        .orElseThrow(() ->
            new Declined(
                Kind.FORBIDDEN,
                "wrong-profile",
                "participant '%s' may not have a credential for %s in format %s of authority '%s'; its roles allow %s"
                    .formatted(
                        sender.name(),
                        request.profile(),
                        request.format(),
                        request.authority(),
                        sender
                            .membership(request.authority())
                            .map(m -> m.profiles(request.format()).toString())
                            .orElse("none"))));
  }

  private static boolean allows(Membership m, CredentialRequest request) {
    return request.profile().isCanary()
        ? request.format() == Format.X509 && m.canaries().contains(request.profile())
        : m.profiles(request.format()).contains(request.profile());
  }

  private static void checkNames(
      Membership membership, Participant sender, Svid svid, List<SubjectName> wanted) {
    svid.checkSpeaksOfIt(wanted);
    List<SubjectName> forbidden =
        wanted.stream()
            .filter(
                n -> !membership.mayHold(n) && !Subject.isOwn(n, sender.name()) && !svid.isOwn(n))
            .toList();
    if (!forbidden.isEmpty()) {
      throw new Declined(
          Kind.FORBIDDEN,
          "name-forbidden",
          "participant '%s' is not enrolled with the name %s; enrol it with that name, or leave it out"
              .formatted(sender.name(), forbidden.getFirst()));
    }
  }
}
