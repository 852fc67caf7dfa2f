package io.carousel.events;

import java.time.Instant;

/**
 * What a CA certificate will say beyond its key (RFC 5280): path length 0, keyCertSign and cRLSign,
 * subject and issuer equal.
 *
 * @param subject distinguished name (RFC 4514), its own for each generation and slot
 * @param serial 128-bit
 */
public record CaDraft(String subject, Serial serial, Instant notBefore, Instant notAfter) {}
