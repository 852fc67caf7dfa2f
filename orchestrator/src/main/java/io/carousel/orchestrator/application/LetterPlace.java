package io.carousel.orchestrator.application;

import io.carousel.events.SlotName;

/**
 * Where the command of a dead letter stands.
 *
 * @param topic as the contract names it
 * @param slot whose topic that is
 */
record LetterPlace(String topic, int partition, long offset, SlotName slot) {}
