package io.carousel.orchestrator.documents;

/**
 * How the API says no.
 *
 * @param code stable, for programs
 * @param message what, why and what to do next
 */
public record Problem(String code, String message) {}
