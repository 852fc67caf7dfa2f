package io.carousel.signer.kafka;

import io.carousel.events.HouseId;
import io.carousel.events.seal.ForgedRecord;
import io.carousel.events.seal.ImpossibleHistory;
import io.carousel.events.seal.Message;
import io.carousel.events.seal.Placed;
import io.carousel.events.topics.Topic;
import io.carousel.signer.kafka.NotReady.Fault;
import io.carousel.signer.trust.LogTail;
import io.carousel.signer.trust.LogUnreachable;
import io.carousel.signer.trust.Roll;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;

/** Reads {@code carousel.events} from its first record on, for as long as the worker lives. */
public final class EventsTail implements LogTail, AutoCloseable {
  private static final TopicPartition LOG_PARTITION =
      new TopicPartition(Topic.EVENTS.topicName(), 0);
  private static final Duration POLL = Duration.ofMillis(200);

  /** So long nothing may come while there is more to read. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** So long a record may be missing while later ones are there already. */
  private static final Duration GAP_PATIENCE = Duration.ofSeconds(30);

  private final Roll roll;
  private final Admin admin;
  private final org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer;
  private final Consumer<Throwable> fatal;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition moved = lock.newCondition();
  private final Strays strays = new Strays();
  private long gapSince; // nanoseconds of the process; 0 while nothing is missing; the reader's
  private volatile long position; // the next offset to read; written under lock
  private volatile boolean closing;
  private volatile Exception failure; // null while all is well

  /**
   * Starts reading.
   *
   * @param fatal told once, if the log cannot be or the tail cannot go on
   */
  public EventsTail(Connection connection, Roll roll, Consumer<Throwable> fatal) {
    this.roll = roll;
    this.fatal = fatal;
    this.admin = connection.admin();
    this.consumer = connection.tail();
    this.thread = Thread.ofPlatform().name("events-tail").daemon().unstarted(this::read);
    thread.start();
  }

  private void read() {
    try (consumer) {
      consumer.assign(List.of(LOG_PARTITION));
      consumer.seekToBeginning(List.of(LOG_PARTITION));
      while (!closing) {
        ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
        for (ConsumerRecord<byte[], byte[]> record : records) {
          take(record);
        }
        if (records.isEmpty()) {
          checkGap();
        }
        strays.warn();
        moveTo(consumer.position(LOG_PARTITION));
      }
    } catch (WakeupException e) {
      // closing
    } catch (OffsetOutOfRangeException e) {
      fail(
          new ImpossibleHistory(
              roll.head().sequence() + 1, "the log ends before a record that was read already"));
    } catch (KafkaException e) {
      fail(new NotReady(Fault.CUT_OFF, "the log cannot be read: " + e.getMessage(), e));
    } catch (RuntimeException e) {
      fail(e);
    }
  }

  private void take(ConsumerRecord<byte[], byte[]> record) {
    Message message;
    try {
      message = Envelope.open(record);
    } catch (ForgedRecord e) {
      strays.add(record.offset(), e.getMessage());
      return;
    }
    try {
      if (roll.accept(message) instanceof Placed.Stray stray) {
        strays.add(record.offset(), stray.reason());
      }
    } catch (ImpossibleHistory e) {
      throw e.at(record.offset());
    }
  }

  /** Where transactions are under way, a copy of a record may be seen before those it follows. */
  private void checkGap() {
    Optional<ImpossibleHistory> gap = roll.gap();
    long now = System.nanoTime();
    if (gap.isEmpty()) {
      gapSince = 0;
    } else if (gapSince == 0) {
      gapSince = now;
    } else if (now - gapSince > GAP_PATIENCE.toNanos()) {
      throw gap.get();
    }
  }

  private void fail(Exception why) {
    failure = why;
    moveTo(position);
    fatal.accept(why);
  }

  private void moveTo(long offset) {
    lock.lock();
    try {
      position = offset;
      moved.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void catchUp() throws LogUnreachable {
    catchUp(IsolationLevel.READ_COMMITTED);
  }

  @Override
  public void catchUpWithWritten() throws LogUnreachable {
    catchUp(IsolationLevel.READ_UNCOMMITTED);
  }

  private void catchUp(IsolationLevel isolation) throws LogUnreachable {
    try {
      long end = end(isolation);
      if (!awaitProgress(() -> position >= end, PATIENCE)) {
        throw new LogUnreachable(
            "the log goes on to offset %d, and nothing after %d came within %d s"
                .formatted(end, position, PATIENCE.toSeconds()),
            null);
      }
    } catch (ExecutionException e) {
      throw new LogUnreachable("the end of the log cannot be asked for", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LogUnreachable("interrupted while reading the log", e);
    }
  }

  /** Waits until that holds, for as long as something more is always read within that time. */
  private boolean awaitProgress(BooleanSupplier condition, Duration patience)
      throws InterruptedException {
    while (true) {
      long before = position;
      if (await(() -> condition.getAsBoolean() || position > before, patience)) {
        if (condition.getAsBoolean()) {
          return true;
        }
      } else {
        return false;
      }
    }
  }

  private long end(IsolationLevel isolation) throws ExecutionException, InterruptedException {
    return admin
        .listOffsets(Map.of(LOG_PARTITION, OffsetSpec.latest()), new ListOffsetsOptions(isolation))
        .partitionResult(LOG_PARTITION)
        .get()
        .offset();
  }

  /**
   * Waits for the house to have been founded, and for all that is in its log.
   *
   * @param givenUp asked again and again
   * @throws NotReady if there is no record in time
   * @throws InterruptedException if the caller gave up
   * @throws ImpossibleHistory if the log cannot be
   */
  public HouseId house(Duration within, BooleanSupplier givenUp)
      throws NotReady, LogUnreachable, InterruptedException {
    boolean founded =
        awaitProgress(() -> roll.house().isPresent() || givenUp.getAsBoolean(), within);
    switch (failure) {
      case null -> {}
      case NotReady cutOff -> throw cutOff;
      case RuntimeException impossible -> throw impossible;
      case Exception other -> throw new IllegalStateException(other);
    }
    if (!founded) {
      throw notFounded(within);
    }
    if (givenUp.getAsBoolean()) {
      throw new InterruptedException("stopped while waiting for the log");
    }
    catchUp();
    return roll.house().orElseThrow();
  }

  /** A log in which nothing is ours may be another house's: a person must look. */
  private NotReady notFounded(Duration within) {
    strays
        .first()
        .ifPresent(reason -> {
          throw new ImpossibleHistory(1, reason);
        });
    return new NotReady(
        Fault.LOG_EMPTY,
        "nothing has been written to %s within %d s; found the house by starting its first orchestrator"
            .formatted(LOG_PARTITION.topic(), within.toSeconds()),
        null);
  }

  /**
   * Waits until that holds, looking again whenever something was read; false if time was up, or
   * nothing more is read.
   */
  public boolean await(BooleanSupplier condition, Duration within) throws InterruptedException {
    long left = within.toNanos();
    lock.lockInterruptibly();
    try {
      while (!condition.getAsBoolean()) {
        if (left <= 0 || closing || failure != null) {
          return false;
        }
        left = moved.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() throws InterruptedException {
    closing = true;
    consumer.wakeup();
    thread.join();
    admin.close(Duration.ofSeconds(2));
  }
}
