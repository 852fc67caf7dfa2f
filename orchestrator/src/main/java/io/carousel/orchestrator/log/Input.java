package io.carousel.orchestrator.log;

import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What the owner is given to decide. */
sealed interface Input {
  /** A record of {@code carousel.commands}. */
  record Command(ConsumerRecord<byte[], byte[]> kafka) implements Input {
    int size() {
      return Math.max(0, kafka.serializedKeySize()) + Math.max(0, kafka.serializedValueSize());
    }
  }

  /** Events that come from no act. */
  record Proposed(Proposal proposal, CompletableFuture<Long> written) implements Input {}
}
