/**
 * A participant that is nothing but a script with curl and openssl, moved by a rotation like any.
 */
package io.carousel.e2e.plain;
