package io.carousel.events;

/**
 * A key that the log expects in a token.
 *
 * @param publicKey SHA-256 of its SubjectPublicKeyInfo
 */
public record ExpectedKey(KeyId key, Digest publicKey, Suite suite) {}
