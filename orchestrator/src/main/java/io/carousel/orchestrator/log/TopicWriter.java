package io.carousel.orchestrator.log;

import io.carousel.events.seal.Author;
import io.carousel.events.seal.Message;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.kafka.clients.producer.KafkaProducer;

/**
 * Writes records that stand for themselves, outside of the owner's transactions. Whatever waits at
 * the same moment is signed together. Thread-safe.
 */
public final class TopicWriter implements AutoCloseable {
  private static final int BATCH = 512;
  private static final Duration FAREWELL = Duration.ofSeconds(2);

  private final Cluster cluster;
  private final Author author;
  private final KafkaProducer<byte[], byte[]> producer;
  private final BlockingQueue<Waiting> queue = new LinkedBlockingQueue<>();
  private final Thread loop;

  private record Waiting(Message draft, CompletableFuture<Void> durable) {}

  /** Under that author's name. */
  public TopicWriter(Cluster cluster, Author author) {
    this.cluster = cluster;
    this.author = author;
    this.producer = new Clients(cluster).plain();
    this.loop = Thread.ofVirtual().name("topic-writer").start(this::run);
  }

  /**
   * Writes.
   *
   * @return completes once the record is durable; after a failure it may be there or not
   */
  public CompletableFuture<Void> write(Outgoing record) {
    Message draft =
        author.draft(
            record.topic(),
            record.key(),
            record.id(),
            record.type(),
            Instant.now(),
            record.value());
    var waiting = new Waiting(draft, new CompletableFuture<>());
    queue.add(waiting);
    return waiting.durable();
  }

  private void run() {
    var batch = new ArrayList<Waiting>();
    try {
      while (true) {
        batch.add(queue.take());
        queue.drainTo(batch, BATCH - 1);
        send(batch);
        batch.clear();
      }
    } catch (InterruptedException e) {
      queue.forEach(w -> w.durable().cancel(false));
    }
  }

  private void send(List<Waiting> batch) {
    List<Message> sealed = author.seal(batch.stream().map(Waiting::draft).toList());
    for (int i = 0; i < batch.size(); i++) {
      CompletableFuture<Void> durable = batch.get(i).durable();
      try {
        producer.send(
            KafkaRecords.of(cluster, sealed.get(i)),
            (_, failure) -> {
              if (failure == null) {
                durable.complete(null);
              } else {
                durable.completeExceptionally(failure);
              }
            });
      } catch (RuntimeException e) {
        durable.completeExceptionally(e);
      }
    }
  }

  @Override
  public void close() {
    loop.interrupt();
    producer.close(FAREWELL);
  }
}
