package io.carousel.agent;

import io.carousel.events.Report;
import java.util.Map;
import java.util.Optional;

/**
 * What was found by looking at the services behind an installation.
 *
 * @param credentials of each use what strangers get to see; none where nobody can look, or nobody
 *     answers
 * @param earlierConnections how many connections stand that were made under trust which the
 *     services have let go of since; empty if none of them can be seen
 * @param flaw what somebody sees that is not as it should be
 */
public record Observations(
    Map<Use, Report.Observation> credentials,
    Optional<Integer> earlierConnections,
    Optional<String> flaw) {
  /** Nobody can look. */
  public static final Observations NONE =
      new Observations(Map.of(), Optional.empty(), Optional.empty());

  /** Whether somebody gets to see a credential for that use. */
  boolean shows(Use use) {
    return credentials.containsKey(use) && credentials.get(use).showing() > 0;
  }

  /** Copies. */
  public Observations {
    credentials = Map.copyOf(credentials);
  }
}
