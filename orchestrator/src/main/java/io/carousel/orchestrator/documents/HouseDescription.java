package io.carousel.orchestrator.documents;

import io.carousel.events.HouseId;

/** Which house this is. */
public record HouseDescription(HouseId house) {}
