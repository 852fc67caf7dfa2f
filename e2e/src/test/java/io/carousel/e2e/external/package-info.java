/**
 * Authorities below a root that openssl keeps, in both of its uses: what verifiers accept and
 * refuse in every phase, judged by OpenSSL, GnuTLS and the JDK's path validation.
 */
package io.carousel.e2e.external;
