package io.carousel.orchestrator.log;

import io.carousel.events.seal.Author;
import io.carousel.events.seal.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;

/**
 * Signs records and writes them, outside any transaction. What comes while a batch is on its way,
 * or soon after it, is gathered and signed together, so that many callers cost one signature and
 * one append, and who reads them checks one; what comes alone goes out at once. Thread-safe.
 */
public final class MessageWriter implements AutoCloseable {
  private static final int BATCH = 256;

  /** How long a batch waits for the one before at most: one slow topic must not stop the others. */
  private static final long GATHERING_NANOS = 20_000_000;

  /**
   * What comes so soon after a batch waits for company. Under load a caller waits about half of it
   * and is served earlier, since every batch costs the broker, and whoever reads it, the same.
   */
  private static final long APART_NANOS = 3_000_000;

  private static final int WAITING_MOST = 20_000;

  private final Cluster cluster;
  private final Author author;
  private final KafkaProducer<byte[], byte[]> producer;
  private final BlockingQueue<Waiting> queue = new LinkedBlockingQueue<>(WAITING_MOST);
  private final Thread thread;
  private volatile boolean closing;
  private int turn; // which partition; of the thread alone

  private record Waiting(Message draft, CompletableFuture<Void> written) {}

  /** Signs as that author. Does not talk to a broker yet. */
  public MessageWriter(Cluster cluster, Author author) {
    this.cluster = cluster;
    this.author = author;
    this.producer = new Clients(cluster).plain();
    this.thread = Thread.ofPlatform().daemon().name("carousel-writer").start(this::run);
  }

  /**
   * Writes a record.
   *
   * @param draft by {@link Author#draft}, not signed
   * @return completes when Kafka has it; fails if it may not have it
   */
  public CompletableFuture<Void> write(Message draft) {
    var written = new CompletableFuture<Void>();
    if (closing) {
      written.completeExceptionally(new IllegalStateException("the writer is closed"));
    } else if (!queue.offer(new Waiting(draft, written))) {
      written.completeExceptionally(
          new IllegalStateException(
              "%d records wait already; Kafka takes none".formatted(WAITING_MOST)));
    }
    return written;
  }

  private void run() {
    var batch = new ArrayList<Waiting>(BATCH);
    long sent = System.nanoTime() - APART_NANOS;
    CompletableFuture<?> before = CompletableFuture.completedFuture(null);
    while (!closing || !queue.isEmpty()) {
      try {
        batch.add(queue.take());
        gather(batch, before, sent + APART_NANOS);
      } catch (InterruptedException e) {
        // Closing; what is queued still goes out.
      }
      if (!batch.isEmpty()) {
        sent = System.nanoTime();
        send(batch);
        before = batch.getLast().written();
      }
      batch.clear();
    }
  }

  /** Adds what is there, and what comes until the batch before is written and that moment. */
  private void gather(List<Waiting> batch, CompletableFuture<?> before, long until)
      throws InterruptedException {
    try {
      before.get(GATHERING_NANOS, TimeUnit.NANOSECONDS);
    } catch (TimeoutException | ExecutionException e) {
      // Its callers hear of it.
    }
    for (long left = until - System.nanoTime(); left > 0; left = until - System.nanoTime()) {
      if (batch.size() >= BATCH) {
        return;
      }
      Waiting next = queue.poll(left, TimeUnit.NANOSECONDS);
      if (next != null) {
        batch.add(next);
      }
    }
    queue.drainTo(batch, BATCH - batch.size());
  }

  private void send(List<Waiting> batch) {
    try {
      List<Message> sealed = author.seal(batch.stream().map(Waiting::draft).toList());
      turn++;
      for (int i = 0; i < batch.size(); i++) {
        send(sealed.get(i), batch.get(i).written());
      }
      // It waits for the broker, and this thread does not.
      Thread.ofVirtual().start(producer::flush);
    } catch (KafkaException | IllegalStateException e) {
      batch.forEach(w -> w.written().completeExceptionally(e));
    }
  }

  private void send(Message message, CompletableFuture<Void> written) {
    var _ =
        producer.send(
            placed(KafkaRecords.of(cluster, message)),
            (place, fault) -> {
              if (fault == null) {
                written.complete(null);
              } else {
                written.completeExceptionally(fault);
              }
            });
  }

  /**
   * A batch whose records have no key goes into one partition, and the next batch into the next.
   * Kafka's own partitioner would stay with one for a quarter of a megabyte: whoever reads another
   * one had nothing to do meanwhile.
   */
  private ProducerRecord<byte[], byte[]> placed(ProducerRecord<byte[], byte[]> record) {
    if (record.key() != null || record.partition() != null) {
      return record;
    }
    int partition = Math.floorMod(turn, producer.partitionsFor(record.topic()).size());
    return new ProducerRecord<>(
        record.topic(), partition, record.timestamp(), null, record.value(), record.headers());
  }

  /** Writes what waits, then ends. */
  @Override
  public void close() {
    closing = true;
    thread.interrupt();
    try {
      thread.join(Duration.ofSeconds(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    producer.close(Duration.ofSeconds(2));
  }
}
