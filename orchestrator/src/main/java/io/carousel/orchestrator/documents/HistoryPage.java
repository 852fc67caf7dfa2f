package io.carousel.orchestrator.documents;

import io.carousel.events.AuthorName;
import io.carousel.events.CommandId;
import io.carousel.events.Digest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A piece of the history.
 *
 * @param next where to read on
 */
public record HistoryPage(List<HistoryEntry> events, long next) {
  /**
   * One event.
   *
   * @param type its wire name
   * @param sentence for people
   * @param author who signed it
   * @param command the act that caused it
   * @param hash of its record
   * @param event as its type says
   */
  public record HistoryEntry(
      long sequence,
      Instant time,
      String type,
      String sentence,
      AuthorName author,
      Optional<CommandId> command,
      Digest hash,
      Object event) {}
}
