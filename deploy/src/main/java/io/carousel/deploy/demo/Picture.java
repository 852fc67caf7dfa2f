package io.carousel.deploy.demo;

import io.carousel.agent.tls.Exchanges;
import io.carousel.orchestrator.documents.RotationStatus;
import java.time.Duration;

/**
 * How a rotation looks at one moment.
 *
 * @param title of the rotation
 * @param since the start of the demo
 * @param turnsBack whether the way leads back in the end
 * @param target the generation that the fleet is on its way to
 */
record Picture(
    String title,
    Duration since,
    boolean turnsBack,
    RotationStatus status,
    int target,
    Fleet.Convergence fleet,
    Exchanges.Tally tally,
    long residentMib) {}
