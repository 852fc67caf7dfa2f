package io.carousel.signer.kafka;

import io.carousel.events.Attempt;
import io.carousel.events.seal.Author;
import io.carousel.events.seal.Message;
import io.carousel.events.topics.Topic;
import io.carousel.events.wire.Wire;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Seals answers and writes them, so that every broker that must have them has them. Thread-safe.
 */
public final class Outbox implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);

  private final Author author;
  private final LongSupplier known;
  private final Producer<byte[], byte[]> producer;

  /**
   * Of that author.
   *
   * @param known the sequence number of the last event that it has read
   */
  public Outbox(Connection connection, Author author, LongSupplier known) {
    this.author = author;
    this.known = known;
    this.producer = connection.producer();
  }

  /**
   * Returns once all of them are durable: one signature for all, and the same records again for as
   * long as Kafka does not take them.
   *
   * @param givingUp asked before each further attempt
   * @return false if it gave up; some of them may have been written
   */
  boolean write(List<Message> drafts, BooleanSupplier givingUp) throws InterruptedException {
    List<Message> sealed = author.seal(drafts.stream().map(this::dated).toList());
    boolean said = false;
    while (true) {
      try {
        await(send(sealed));
        if (said) {
          LOG.info("Kafka takes answers again");
        }
        return true;
      } catch (InterruptException e) {
        Thread.interrupted(); // Kafka's own has set it again
        throw new InterruptedException(e.getMessage());
      } catch (RetriableException e) {
        if (givingUp.getAsBoolean()) {
          return false;
        }
        if (!said) {
          LOG.warn("Kafka does not take answers ({}); trying again until it does", e.getMessage());
          said = true;
        }
      }
    }
  }

  /** An act says what its author knew, so that an old one is told from one that is asked again. */
  private Message dated(Message draft) {
    return draft.topic().equals(Topic.COMMANDS.topicName())
        ? draft.with(Message.AFTER, Long.toString(known.getAsLong()))
        : draft;
  }

  /**
   * Has it durable what may be signed next, before it is.
   *
   * @return the id of the record; empty if it gave up, and nothing may be signed then
   */
  Optional<String> begin(List<Attempt.Item> items, BooleanSupplier givingUp)
      throws InterruptedException {
    Wire.Typed typed = Wire.CURRENT.write(new Attempt(items));
    String id = UUID.randomUUID().toString();
    Message draft =
        author.draft(
            Topic.ATTEMPTS.topicName(), null, id, typed.type(), Instant.now(), typed.value());
    return write(List.of(draft), givingUp) ? Optional.of(id) : Optional.empty();
  }

  private List<Future<RecordMetadata>> send(List<Message> sealed) {
    List<Future<RecordMetadata>> sent = new ArrayList<>(sealed.size());
    for (Message message : sealed) {
      sent.add(producer.send(Envelope.close(message)));
    }
    producer.flush();
    return sent;
  }

  private static void await(List<Future<RecordMetadata>> sent) throws InterruptedException {
    for (Future<RecordMetadata> one : sent) {
      try {
        one.get();
      } catch (ExecutionException e) {
        if (e.getCause() instanceof RuntimeException cause) {
          throw cause;
        }
        throw new IllegalStateException("an answer cannot be written", e);
      }
    }
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(5));
  }
}
