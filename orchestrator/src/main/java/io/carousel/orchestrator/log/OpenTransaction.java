package io.carousel.orchestrator.log;

import java.time.Instant;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A transaction in topics of this house that is not the leader's. While it is open, nobody reads
 * what was written there after it began.
 *
 * @param id its transactional id, as its owner named it
 * @param producer its producer id
 * @param topics of this house, as the cluster calls them
 * @param since when it began, by the broker's clock
 * @param ended when this instance had it ended; empty while it is open
 * @param hindrance why it could not be ended; empty if nobody tried
 */
public record OpenTransaction(
    String id,
    long producer,
    SortedSet<String> topics,
    Instant since,
    Optional<Instant> ended,
    String hindrance) {
  /** Keeps a copy of the topics. */
  public OpenTransaction {
    topics = new TreeSet<>(topics);
  }

  OpenTransaction endedAt(Instant at) {
    return new OpenTransaction(id, producer, topics, since, Optional.of(at), "");
  }

  OpenTransaction hindered(String why) {
    return new OpenTransaction(id, producer, topics, since, Optional.empty(), why);
  }

  boolean isSame(OpenTransaction other) {
    return id.equals(other.id) && producer == other.producer && since.equals(other.since);
  }
}
