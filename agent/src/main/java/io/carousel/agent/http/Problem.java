package io.carousel.agent.http;

/**
 * How the house says no.
 *
 * @param code stable, for programs
 * @param message what, why and what to do next
 */
record Problem(String code, String message) {}
