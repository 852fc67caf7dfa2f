/**
 * The HTTP API: what the front desk offers. {@link io.carousel.orchestrator.http.ApiServer} offers
 * all of it on loopback, behind a secret in a file; {@link io.carousel.orchestrator.http.Listener}
 * offers to participants of other machines what is theirs, over TLS by the authority of the house.
 * Who calls is found out at the {@link io.carousel.orchestrator.http.Door} of each. The endpoints
 * are listed in {@link io.carousel.orchestrator.http.OperatorEndpoints} and {@link
 * io.carousel.orchestrator.http.FleetEndpoints}.
 *
 * <p>This room knows the JDK, Jetty's server (here and nowhere else), SLF4J, {@code events}, the
 * desk, the rules' state and how it looks as bytes, the documents and the story.
 */
package io.carousel.orchestrator.http;
