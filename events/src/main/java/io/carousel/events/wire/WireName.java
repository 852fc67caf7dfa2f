package io.carousel.events.wire;

/**
 * How a type is called in records.
 *
 * @param text chosen by hand, with its version; never reused
 * @param level the feature level from which on it may be written
 */
record WireName(String text, int level) {}
