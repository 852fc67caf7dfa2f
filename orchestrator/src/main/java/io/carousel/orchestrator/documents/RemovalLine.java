package io.carousel.orchestrator.documents;

/**
 * Whether a retired generation below an external root is gone for verifiers.
 *
 * @param state {@code removed}, {@code leaving}, {@code revoked} or {@code not-removable}
 * @param text for people
 */
public record RemovalLine(int generation, String state, String text) {}
