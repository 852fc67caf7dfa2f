package io.carousel.events;

import java.time.Instant;
import java.util.List;

/**
 * A participant asks for a credential.
 *
 * @param subject what is to be certified: for X.509 a PKCS#10 request (RFC 2986), DER, signed by
 *     the key; for SSH a public key (RFC 4253, section 6.6); for a JWT the SubjectPublicKeyInfo of
 *     the key to which the token is encrypted
 * @param names which of the names that its sender may have; empty: all of them
 * @param at when it asks, by its own clock; too old or too new is refused
 * @param signature by its identity key over {@link Statements#credentialRequest}
 */
public record CredentialRequest(
    ParticipantName participant,
    AuthorityName authority,
    Format format,
    Profile profile,
    Bytes subject,
    List<SubjectName> names,
    Instant at,
    Bytes signature) {

  /** Longest request that anybody reads; in bytes. */
  public static final int SUBJECT_LIMIT = 16 * 1024;

  /** Most names in one request. */
  public static final int MOST_NAMES = 256;

  /** Sorts. */
  public CredentialRequest {
    if (names.size() > MOST_NAMES) {
      throw new IllegalArgumentException(
          "the request names %d names, and a credential has %d at most"
              .formatted(names.size(), MOST_NAMES));
    }
    names = names.stream().distinct().sorted().toList();
  }
}
