package io.carousel.events;

import java.time.Instant;

/**
 * A participant asks for a credential.
 *
 * @param csr PKCS#10 (RFC 2986), DER; signed by the key to be certified
 * @param at when it asks, by its own clock; too old or too new is refused
 * @param signature by its identity key over {@link Statements#credentialRequest}
 */
public record CredentialRequest(
    ParticipantName participant,
    AuthorityName authority,
    Profile profile,
    Bytes csr,
    Instant at,
    Bytes signature) {

  /** Longest request that anybody reads; in bytes. */
  public static final int CSR_LIMIT = 16 * 1024;
}
