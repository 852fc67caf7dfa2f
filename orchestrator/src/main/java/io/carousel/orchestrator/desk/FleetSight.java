package io.carousel.orchestrator.desk;

import io.carousel.orchestrator.rules.FleetHealth;
import java.util.Optional;

/**
 * How an authority's fleet looks now.
 *
 * @param unread what of its evidence this instance has not read yet, and how far it is, as {@code
 *     not read yet (12 of 40 reports)}; empty once all is read that was there when it began
 */
public record FleetSight(Optional<String> unread, FleetHealth health) {}
