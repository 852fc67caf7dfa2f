/**
 * Certificates and CRLs (RFC 5280): the bytes that a command fixes, their rehearsal, and their
 * completion with a signature. The same command always gives the same bytes.
 *
 * <p>May touch the JDK, {@code io.carousel.events} and the words of refusal; the only room of this
 * module that knows Bouncy Castle. {@link io.carousel.signer.certificate.Rehearsal} and {@link
 * io.carousel.signer.certificate.CrlRehearsal} read with the JDK's own parser on purpose, so that
 * what one library wrote another one judges.
 */
package io.carousel.signer.certificate;
