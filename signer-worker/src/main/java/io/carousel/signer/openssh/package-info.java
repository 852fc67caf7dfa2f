/**
 * OpenSSH certificates: the bytes that a command fixes and their rehearsal. Writes and reads by
 * {@code io.carousel.events.openssh}, whose reader shares nothing with its writer, and compares
 * every field with the command.
 *
 * <p>May touch the JDK, {@code io.carousel.events} and the words of refusal.
 */
package io.carousel.signer.openssh;
