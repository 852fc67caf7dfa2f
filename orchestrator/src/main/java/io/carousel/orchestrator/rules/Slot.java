package io.carousel.orchestrator.rules;

import io.carousel.events.SlotName;

/** An HSM token as declared. */
public record Slot(SlotName name, String module, String custody) {}
