package io.carousel.signer.kafka;

import io.carousel.events.Attempt;
import io.carousel.events.seal.Message;
import io.carousel.signer.token.TokenUnusable;
import io.carousel.signer.work.Desk;
import io.carousel.signer.work.Disposition;
import io.carousel.signer.work.Disposition.Answered;
import io.carousel.signer.work.Disposition.Failed;
import io.carousel.signer.work.Disposition.Rejected;
import io.carousel.signer.work.Disposition.Settled;
import io.carousel.signer.work.Disposition.Waiting;
import io.carousel.signer.work.Tally;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes commands from one share group to their answers: a hand full at a time, and nothing new
 * before the hand is empty. A command is acknowledged after its answer is durable, never before, so
 * a crash makes it come again.
 *
 * <pre>
 *   take → handle (others renew the locks meanwhile) → seal and write → acknowledge → take …
 *                     └ token away: keep in hand, renew, try again
 * </pre>
 */
public final class Intake implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Intake.class);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration BREATH = Duration.ofMillis(500);
  private static final Duration CLOSING = Duration.ofSeconds(5);

  /** How many records are taken up at once while a stranger's are among them. */
  private static final int FLOODED = 500;

  private static final Duration FLOOD_OVER = Duration.ofSeconds(20);

  private final Connection connection;
  private final String group;
  private final String topic;
  private final int usual;
  private final Tally tally;
  private ShareConsumer<byte[], byte[]> consumer; // of the thread
  private Hand hand; // of the thread
  private int inHand; // of the thread
  private long rejectedAt = System.nanoTime() - FLOOD_OVER.toNanos(); // of the thread
  private final ForgedSamples samples = new ForgedSamples(System::nanoTime); // of the thread
  private final Desk<?, ?> desk;
  private final Outbox outbox;
  private final Consumer<Throwable> fatal;
  private final ExecutorService handler;
  private final Thread thread;
  private volatile boolean stopping;
  private boolean waiting;

  /**
   * Starts consuming.
   *
   * @param topic of one slot
   * @param inHand how many records at once
   * @param fatal told once, if this cannot go on
   */
  public Intake(
      Connection connection,
      String group,
      String topic,
      int inHand,
      Desk<?, ?> desk,
      Outbox outbox,
      Tally tally,
      Consumer<Throwable> fatal) {
    this.connection = connection;
    this.group = group;
    this.topic = topic;
    this.usual = inHand;
    this.tally = tally;
    this.desk = desk;
    this.outbox = outbox;
    this.fatal = fatal;
    join(inHand);
    this.handler =
        Executors.newSingleThreadExecutor(Thread.ofPlatform().name(group + "-desk").factory());
    this.thread = Thread.ofPlatform().name(group).unstarted(this::consume);
    thread.start();
  }

  private void join(int most) {
    inHand = most;
    consumer = connection.group(group, most);
    hand = new Hand(consumer, tally);
    consumer.subscribe(List.of(topic));
  }

  /**
   * Takes more at once while strangers write to the topic: looking at their records costs little,
   * fetching them one by one costs a lot, and what is genuine waits behind them. Else no more than
   * usual, so that a worker that dies holds up as few commands as can be.
   */
  private void adapt() {
    boolean flooded = System.nanoTime() - rejectedAt < FLOOD_OVER.toNanos();
    int most = flooded ? Math.max(usual, FLOODED) : usual;
    if (most != inHand && hand.isEmpty()) {
      hand.commit();
      consumer.close(CLOSING);
      join(most);
    }
  }

  private void consume() {
    try {
      while (!stopping) {
        take();
        while (!hand.isEmpty() && round()) {
          // until nothing is left in hand, or this worker stops
        }
        desk.rest();
        adapt();
      }
      hand.commit(); // nothing more is taken up that could tell the broker
    } catch (InterruptedException e) {
      LOG.debug("interrupted", e);
    } catch (KafkaException e) {
      fatal.accept(
          new NotReady(
              NotReady.Fault.CUT_OFF,
              "group %s cannot be consumed: %s".formatted(group, e.getMessage()),
              e));
    } catch (TokenUnusable | RuntimeException e) {
      fatal.accept(e);
    } finally {
      handler.shutdownNow();
      // Gives back whatever is in hand, and leaves the group.
      consumer.close(CLOSING);
    }
  }

  private void take() throws InterruptedException {
    try {
      hand.take(POLL);
    } catch (RetriableException e) {
      LOG.info("{}: {}; trying again", group, e.getMessage());
      TimeUnit.NANOSECONDS.sleep(BREATH.toNanos());
    }
  }

  /** Handles what is in hand once; false if this worker stops and the rest is given back. */
  private boolean round() throws TokenUnusable, InterruptedException {
    List<Hand.Held> batch = hand.held();
    Future<List<Disposition>> handled = handler.submit(() -> handle(batch));
    List<Disposition> dispositions = renewingUntil(handled);
    List<Waiting> left = new ArrayList<>();
    for (int i = 0; i < dispositions.size(); i++) {
      Hand.Place place = batch.get(i).place();
      switch (dispositions.get(i)) {
        case Answered _, Settled _ -> hand.put(place, AcknowledgeType.ACCEPT);
        case Rejected rejected -> {
          rejectedAt = System.nanoTime();
          hand.put(place, thrownAway(rejected) ? AcknowledgeType.ACCEPT : AcknowledgeType.REJECT);
        }
        case Failed _ -> hand.put(place, AcknowledgeType.RELEASE);
        case Waiting w -> left.add(w);
      }
    }
    hand.settle();
    return left.isEmpty() ? backAgain() : holdOn(left.getFirst());
  }

  /**
   * Whether that record is left where it is and counted, and not copied to the dead letters. What
   * an orchestrator has signed is always copied, so that somebody hears of it.
   */
  private boolean thrownAway(Rejected rejected) {
    return rejected.forged() && !samples.take();
  }

  /** Runs beside the thread that renews. */
  private List<Disposition> handle(List<Hand.Held> batch)
      throws TokenUnusable, InterruptedException {
    List<Disposition> dispositions =
        desk.handle(
            batch.stream().<Supplier<Message>>map(held -> held::message).toList(), this::begin);
    List<Message> answers = new ArrayList<>();
    for (int i = 0; i < dispositions.size(); i++) {
      if (dispositions.get(i) instanceof Answered(Message draft)) {
        answers.add(marked(draft, batch.get(i).deliveries()));
      }
    }
    if (!outbox.write(answers, () -> stopping)) {
      throw new InterruptedException("stopped before the answers were written");
    }
    return dispositions;
  }

  private String begin(List<Attempt.Item> items) throws InterruptedException {
    return outbox
        .begin(items, () -> stopping)
        .orElseThrow(() -> new InterruptedException("stopped before anything was signed"));
  }

  /** Who had it in hand before may have signed for it, and was not heard. */
  private static Message marked(Message draft, int deliveries) {
    return deliveries > 1 ? draft.with(Message.DELIVERIES, Integer.toString(deliveries)) : draft;
  }

  private List<Disposition> renewingUntil(Future<List<Disposition>> handled)
      throws TokenUnusable, InterruptedException {
    while (true) {
      try {
        return handled.get(hand.untilRenewal().toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        hand.renew();
      } catch (ExecutionException e) {
        switch (e.getCause()) {
          case TokenUnusable cause -> throw cause;
          case InterruptedException cause -> throw cause;
          case RuntimeException cause -> throw cause;
          default -> throw new IllegalStateException("a batch cannot be handled", e.getCause());
        }
      }
    }
  }

  private boolean backAgain() {
    if (waiting) {
      waiting = false;
      LOG.info("{}: goes on", group);
    }
    return true;
  }

  /** Says so once, waits a little, and has it tried again. */
  private boolean holdOn(Waiting why) throws InterruptedException {
    if (!waiting) {
      waiting = true;
      LOG.warn("{}: takes up nothing new and keeps what it has: {}", group, why.why().getMessage());
    }
    if (stopping) {
      return false;
    }
    TimeUnit.NANOSECONDS.sleep(BREATH.toNanos());
    if (!hand.untilRenewal().isPositive()) {
      hand.renew();
    }
    return true;
  }

  /** Finishes what is in hand, takes up nothing more, and leaves the group. */
  public void stop() {
    stopping = true;
  }

  @Override
  public void close() throws InterruptedException {
    stop();
    thread.join();
  }
}
