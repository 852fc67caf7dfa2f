/**
 * The token room: what a signer worker may ask of one HSM token, and what it is promised.
 *
 * <p>Start at {@link io.carousel.signer.token.Token}. No key material ever crosses this port: keys
 * are made in the token, used in the token and destroyed in the token, and only public keys and
 * signatures come out.
 *
 * <p>May touch the JDK and {@code io.carousel.events}. Knows nothing of PKCS#11: that is the
 * business of {@code io.carousel.signer.token.pkcs11}, which is behind this port.
 */
package io.carousel.signer.token;
