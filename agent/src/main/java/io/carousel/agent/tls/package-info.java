/**
 * Mutual TLS 1.3 by JSSE whose keys and trust are replaced while it runs, and exchanges over it
 * that succeed only when both sides have shown what they should; and the TLS by which participant
 * and house know each other.
 *
 * <p>Every replacement gets a TLS context of its own: no handshake ever sees half of two materials,
 * and no session of an earlier context can be resumed in a later one. This room knows JSSE, the
 * agent's core and {@code certificate}.
 */
package io.carousel.agent.tls;
