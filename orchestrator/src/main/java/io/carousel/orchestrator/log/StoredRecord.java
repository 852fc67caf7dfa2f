package io.carousel.orchestrator.log;

import io.carousel.events.seal.Message;
import java.util.Optional;

/** One record that stands somewhere in Kafka, read by its place. Nothing of it is checked. */
public final class StoredRecord {
  private StoredRecord() {}

  /**
   * Reads it.
   *
   * @param topic as the contract names it
   * @return empty if it is not there any more, or does not come in time
   * @throws io.carousel.events.seal.ForgedRecord if it is of no form that anybody signs
   */
  public static Optional<Message> read(Cluster cluster, String topic, int partition, long offset) {
    try (var records = new StoredRecords(cluster)) {
      return records.read(topic, partition, offset);
    }
  }
}
