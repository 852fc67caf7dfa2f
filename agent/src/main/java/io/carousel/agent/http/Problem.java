package io.carousel.agent.http;

/**
 * How the house says no.
 *
 * @param code stable, for programs
 * @param message what is wrong and why
 * @param next what to do about it; may be empty
 */
record Problem(String code, String message, String next) {}
