/**
 * Authorities that come from elsewhere: a software CA whose running fleet moves into the HSM, and a
 * key that was in a token before the house was.
 */
package io.carousel.e2e.origins;
