/**
 * JOSE as values: public keys and sets of them (RFC 7517, 7518, 7638, 8037) and signed tokens (RFC
 * 7515, 7519). Knows the JDK, {@code events} and, for JSON as text, {@code events.wire}; signs
 * nothing.
 */
package io.carousel.events.jose;
