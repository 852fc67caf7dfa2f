/**
 * The PKCS#11 side of the token room: the only package that knows the wrapper around the C
 * interface.
 *
 * <p>Start at {@link io.carousel.signer.token.pkcs11.Pkcs11Token}, which says how sessions, logins
 * and the module are kept and mended. Hold these rules when changing anything here:
 *
 * <ul>
 *   <li>one {@code Cryptoki} for a library in a JVM; one worker process for a slot
 *   <li>a session belongs to one thread at a time, and is discarded after any exception
 *   <li>templates and mechanisms are made fresh for each call: the wrapper changes them
 *   <li>never the wrapper's own pool, nor its calls of PKCS#11 3.0
 *   <li>a wrong PIN is never tried again, nor is a login that may have spent a try
 *   <li>nobody waits without end for a call that hangs
 * </ul>
 *
 * <p>May touch the JDK, {@code io.carousel.events}, {@code io.carousel.signer.token}, SLF4J, {@code
 * org.xipki.pkcs11.wrapper} and {@code iaik.pkcs.pkcs11.wrapper}.
 */
package io.carousel.signer.token.pkcs11;
