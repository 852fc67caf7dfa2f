package io.carousel.events;

/**
 * A credential handed out.
 *
 * @param certificate DER
 * @param issuer the CA certificate that signed it, DER
 * @param bundle the number of the trust bundle at that moment
 */
public record Credential(
    AuthorityName authority,
    int generation,
    Profile profile,
    Serial serial,
    Bytes certificate,
    Bytes issuer,
    long bundle) {}
