package io.carousel.orchestrator.log;

import io.carousel.events.Event;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;

/**
 * An event to be written.
 *
 * @param id of its record
 * @param tags by which it can be found, as {@code key=value}
 */
public record Draft(String id, Event event, SortedSet<String> tags) {
  /** Copies. */
  public Draft {
    tags = Collections.unmodifiableSortedSet(new TreeSet<>(tags));
  }

  /** With an id of its own and no tags. */
  public static Draft of(Event event) {
    return new Draft(UUID.randomUUID().toString(), event, Collections.emptySortedSet());
  }
}
