/**
 * The work itself: what a worker does with a command that was let through, and how it answers.
 * Looks before it acts, so that a command may come again after any crash; what fails is answered,
 * never dropped.
 *
 * <p>May touch the JDK, {@code io.carousel.events}, SLF4J and the worker's rooms for tokens, for
 * each format ({@code certificate}, {@code openssh}, {@code jwt}), trust and refusal. Knows no
 * broker.
 */
package io.carousel.signer.work;
