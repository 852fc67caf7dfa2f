package io.carousel.orchestrator.log;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.carousel.events.seal.Message;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** What the owner is given to decide. */
sealed interface Input {
  /** A record of {@code carousel.commands}. */
  record Command(ConsumerRecord<byte[], byte[]> kafka) implements Input {
    int size() {
      return Math.max(0, kafka.serializedKeySize()) + Math.max(0, kafka.serializedValueSize());
    }
  }

  /** What a command says that it is; nothing of it is checked. */
  static Optional<String> type(Command command) {
    Header type = command.kafka().headers().lastHeader(Message.TYPE);
    return type == null || type.value() == null
        ? Optional.empty()
        : Optional.of(new String(type.value(), UTF_8));
  }

  /** Events that come from no act. */
  record Proposed(Proposal proposal, CompletableFuture<Long> written) implements Input {}
}
