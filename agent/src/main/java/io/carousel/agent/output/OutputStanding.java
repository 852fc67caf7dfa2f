package io.carousel.agent.output;

import io.carousel.events.AuthorityName;
import java.time.Instant;
import java.util.Optional;

/**
 * How an output stands.
 *
 * @param service what is reloaded and checked, for people
 * @param set the number of the set that is known to work; empty if there is none
 * @param changed when this run last changed it
 * @param earlierConnections how many connections stand that were made before its service let go of
 *     a CA; empty if they cannot be seen
 * @param failure why the latest attempt to change it failed; empty once one has succeeded
 */
public record OutputStanding(
    AuthorityName authority,
    String folder,
    Layout layout,
    String service,
    Optional<String> set,
    Optional<Instant> changed,
    Optional<Integer> earlierConnections,
    Optional<String> failure) {}
