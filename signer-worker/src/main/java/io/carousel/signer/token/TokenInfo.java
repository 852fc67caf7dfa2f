package io.carousel.signer.token;

/**
 * What a token says of itself.
 *
 * @param label its label, without padding
 * @param serial its serial number, without padding
 * @param manufacturer who made it
 * @param model what they call it
 * @param module which library reaches it, with its version
 */
public record TokenInfo(
    String label, String serial, String manufacturer, String model, String module) {}
