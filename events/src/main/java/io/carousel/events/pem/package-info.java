/**
 * Files of certificates, CRLs, requests and keys as other programs write them: PEM (RFC 7468) in
 * all its real forms, DER, and certificates in PKCS #7.
 *
 * <p>May touch the JDK and {@code io.carousel.events}.
 */
package io.carousel.events.pem;
