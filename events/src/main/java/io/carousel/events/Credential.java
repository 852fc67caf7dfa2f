package io.carousel.events;

import java.util.List;

/**
 * A credential handed out.
 *
 * @param content DER, an OpenSSH certificate (blob), or an encrypted token (compact JWE)
 * @param chain CA certificates above it, DER; none but for X.509
 * @param bundle the number of the trust bundle at that moment
 */
public record Credential(
    AuthorityName authority,
    int generation,
    Format format,
    Profile profile,
    Serial serial,
    Bytes content,
    List<Bytes> chain,
    long bundle) {
  /** Copies. */
  public Credential {
    chain = List.copyOf(chain);
  }
}
