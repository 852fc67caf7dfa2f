package io.carousel.events.pem;

import io.carousel.events.Bytes;

/**
 * One block of a PEM text.
 *
 * @param label as {@code CERTIFICATE}
 * @param content decoded
 */
public record PemBlock(String label, Bytes content) {}
