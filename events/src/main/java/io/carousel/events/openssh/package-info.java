/**
 * The formats of OpenSSH as values: public keys, certificates, revocation lists, and the lines by
 * which hosts and users come to trust a key (PROTOCOL.certkeys, PROTOCOL.krl; RFC 4251, 4253, 5656,
 * 8332, 8709). What writes a format shares no code with what reads it, so that reading back shows
 * what was written. Knows the JDK and {@code events} alone; signs nothing.
 */
package io.carousel.events.openssh;
