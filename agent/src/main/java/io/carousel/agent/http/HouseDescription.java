package io.carousel.agent.http;

import io.carousel.events.HouseId;

/** The answer to {@code GET /v1/house}. */
record HouseDescription(HouseId house) {}
