package io.carousel.orchestrator.log;

import java.util.List;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Under which transactional id an owner writes. Usually always the same, so that the next owner's
 * first act fences the one before. But a broker whose clock has stepped back refuses every
 * transaction under an id until it is restarted or its clock has come to where it was: it takes no
 * transaction to begin before the last one (Kafka's {@code TransactionMetadata}). Then another id
 * serves. Whoever begins a term ends the transactions under all of them. One thread; whoever likes
 * may ask for the ids.
 */
final class WriterIds {
  static final int NUMBER = 8;
  private static final int PATIENCE = 2;
  private static final Logger LOG = LoggerFactory.getLogger(WriterIds.class);

  private final String base;
  private volatile int index; // written by the one thread
  private int failures;

  WriterIds(String base) {
    this.base = base;
  }

  /** The id to write under now. */
  String current() {
    return id(index);
  }

  /** All of them. */
  List<String> all() {
    return IntStream.range(0, NUMBER).mapToObj(this::id).toList();
  }

  private String id(int i) {
    return i == 0 ? base : base + "-" + i;
  }

  /** A term could not begin under it. */
  void failed() {
    failures++;
    if (failures >= PATIENCE) {
      failures = 0;
      index = (index + 1) % NUMBER;
      LOG.warn(
          "No term could begin under the last transactional id; trying {}. If the clock of a Kafka broker was set back, this is why",
          current());
    }
  }

  /** A term has begun under it. */
  void worked() {
    failures = 0;
  }
}
