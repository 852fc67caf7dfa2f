/**
 * Whom a worker believes, and how far: who is enrolled and what phase it is by the checked log of
 * events, whether a command is theirs and of this phase, and what this worker was started to sign
 * whatever anybody asks.
 *
 * <p>May touch the JDK, {@code io.carousel.events} and the words of refusal. Knows no broker: what
 * it needs of the log it says as a port, {@link io.carousel.signer.trust.LogTail}.
 */
package io.carousel.signer.trust;
