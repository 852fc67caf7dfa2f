/**
 * The HTTP API: what the front desk offers, on loopback and behind a secret in a file. Start at
 * {@link io.carousel.orchestrator.http.ApiServer}; its endpoints are listed in {@link
 * io.carousel.orchestrator.http.OperatorEndpoints} and {@link
 * io.carousel.orchestrator.http.FleetEndpoints}.
 *
 * <p>This room knows the JDK, Helidon's web server (here and nowhere else), SLF4J, {@code events},
 * the desk, the rules' state and how it looks as bytes, the documents and the story.
 */
package io.carousel.orchestrator.http;
