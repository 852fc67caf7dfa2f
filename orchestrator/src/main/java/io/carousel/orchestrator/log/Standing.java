package io.carousel.orchestrator.log;

/**
 * What an instance does with the log.
 *
 * <pre>
 * REPLAYING --reached the end--> STANDBY --the group gives it the commands--> OWNER
 *                                   ^------fenced, or the group takes them away--'
 * any --closed, or cannot go on--> STOPPED
 * </pre>
 */
public enum Standing {
  /** Reads what has been. */
  REPLAYING,
  /** Follows, serves reads, and is ready to take over. */
  STANDBY,
  /** Decides. */
  OWNER,
  /** Does nothing any more. */
  STOPPED
}
