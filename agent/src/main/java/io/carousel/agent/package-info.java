/**
 * The participant's side: a key of its own, a credential and a trust bundle for each authority it
 * belongs to, kept current while an authority rotates, and reported with proof.
 *
 * <p>This room knows the contract, the JDK and {@code certificate}. It reaches the house through
 * the port {@link io.carousel.agent.House} ({@code http} is one way there) and puts new material to
 * work through the port {@link io.carousel.agent.Installation} ({@code tls} is one place for it);
 * it knows neither of the two.
 */
package io.carousel.agent;
