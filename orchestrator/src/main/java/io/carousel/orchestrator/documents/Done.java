package io.carousel.orchestrator.documents;

import io.carousel.events.CommandId;

/**
 * An act was accepted.
 *
 * @param sequence of its last event
 */
public record Done(CommandId command, long sequence) {}
