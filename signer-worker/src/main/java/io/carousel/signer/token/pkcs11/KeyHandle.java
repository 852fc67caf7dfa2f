package io.carousel.signer.token.pkcs11;

import io.carousel.signer.token.Protection;
import io.carousel.signer.token.TokenKey;
import java.util.Set;

/**
 * Where a whole key pair is in the token, while one login lasts.
 *
 * @param privateKey object handle of the private half
 * @param publicKey object handle of the public half
 * @param key what it is
 * @param denied protections that the token says it has not
 */
record KeyHandle(long privateKey, long publicKey, TokenKey key, Set<Protection> denied) {}
