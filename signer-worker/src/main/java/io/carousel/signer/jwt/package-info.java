/**
 * JSON Web Tokens: the bytes that a command fixes, their rehearsal, and their encryption to who
 * asked. The only room of this module that knows Nimbus, which reads back what {@code
 * io.carousel.events.jose} wrote.
 *
 * <p>May touch the JDK, {@code io.carousel.events}, Nimbus JOSE + JWT and the words of refusal.
 */
package io.carousel.signer.jwt;
