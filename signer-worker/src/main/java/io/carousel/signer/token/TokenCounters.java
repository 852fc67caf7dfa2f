package io.carousel.signer.token;

/**
 * What has happened on one token since it was opened; each only grows.
 *
 * @param signatures signatures returned to callers
 * @param logins successful logins, the first included
 * @param reinitialisations times the module was finalised and initialised to get the token back
 * @param retries operations repeated inside after a lost session, login or token
 */
public record TokenCounters(long signatures, long logins, long reinitialisations, long retries) {}
