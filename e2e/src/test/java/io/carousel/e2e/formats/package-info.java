/**
 * A rotation of all formats at once, under load, judged by programs that nobody here wrote:
 * OpenSSL, GnuTLS, the JDK's path validation, OpenSSH, and Nimbus.
 */
package io.carousel.e2e.formats;
