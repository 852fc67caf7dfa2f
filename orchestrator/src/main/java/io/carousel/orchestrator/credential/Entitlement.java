package io.carousel.orchestrator.credential;

import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.ParticipantName;
import io.carousel.events.Profile;
import io.carousel.events.SpiffeId;
import io.carousel.events.SubjectName;
import java.util.List;
import java.util.Optional;

/**
 * What somebody may have. Whoever makes one has checked who asks, what its roles allow, which names
 * it may hold, and that it holds the key.
 *
 * @param identity SHA-256 of the identity key (SubjectPublicKeyInfo) that asks
 * @param key SubjectPublicKeyInfo to be certified; for a token, to which it is encrypted
 * @param names beside its own; of that format alone; of an SVID its SPIFFE ID too
 * @param spiffe the subject of a token that is an SVID; empty for everything else
 */
public record Entitlement(
    ParticipantName participant,
    Digest identity,
    AuthorityName authority,
    Format format,
    Profile profile,
    Bytes key,
    List<SubjectName> names,
    Optional<SpiffeId> spiffe) {
  /** Copies. */
  public Entitlement {
    names = List.copyOf(names);
  }

  /** The login or host names of an OpenSSH certificate: the holder's own if it has no other. */
  List<String> principals() {
    return names.isEmpty() ? List.of(participant.value()) : texts();
  }

  /** For whom a token is: its authority if nobody else is named. */
  List<String> audiences() {
    return names.isEmpty() ? List.of(authority.value()) : texts();
  }

  private List<String> texts() {
    return names.stream().map(SubjectName::text).toList();
  }
}
