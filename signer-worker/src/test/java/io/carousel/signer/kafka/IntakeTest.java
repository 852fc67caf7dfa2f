package io.carousel.signer.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.carousel.events.AuthorName;
import io.carousel.events.KeyId;
import io.carousel.events.SigningCommand.GenerateKey;
import io.carousel.events.SigningCommand.KeyCommand;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import io.carousel.events.WorkerAct;
import io.carousel.events.WorkerAct.KeyCommandRefused;
import io.carousel.events.WorkerAct.KeyGone;
import io.carousel.events.seal.Author;
import io.carousel.events.seal.Message;
import io.carousel.events.testing.Broker;
import io.carousel.events.topics.SigningGroup;
import io.carousel.events.topics.Topic;
import io.carousel.events.wire.Wire;
import io.carousel.signer.Asked;
import io.carousel.signer.TestHouse;
import io.carousel.signer.refusal.Refusal;
import io.carousel.signer.refusal.Refused;
import io.carousel.signer.token.TokenException;
import io.carousel.signer.token.TokenUnavailable;
import io.carousel.signer.trust.Gate;
import io.carousel.signer.trust.LogTail;
import io.carousel.signer.trust.Roll;
import io.carousel.signer.work.Answers;
import io.carousel.signer.work.Desk;
import io.carousel.signer.work.Tally;
import io.carousel.signer.work.Work;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Locks, renewals and returns, on a real broker with short locks. */
class IntakeTest {
  private static final Duration LOCK = Duration.ofMillis(1500);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final AtomicInteger SLOTS = new AtomicInteger();

  private static Broker broker;
  private static TestHouse house;

  @TempDir static Path folder;

  private final SlotName slot = new SlotName("hsm-" + SLOTS.incrementAndGet());
  private final Tally tally = new Tally();
  private final AtomicReference<Throwable> fatal = new AtomicReference<>();
  private final List<AutoCloseable> open = new ArrayList<>();
  private final AtomicInteger catchUps = new AtomicInteger();

  private static final int FLOOD = Integer.getInteger("carousel.flood.records", 2_000);

  @BeforeAll
  static void openHouse() {
    broker = Broker.fresh(Map.of());
    house = new TestHouse(broker);
    house.found();
  }

  @AfterAll
  static void closeHouse() {
    house.close();
    broker.close();
  }

  @BeforeEach
  void register() {
    house.register(slot);
    house.configure(
        SigningGroup.keys(slot), "share.record.lock.duration.ms", Long.toString(LOCK.toMillis()));
  }

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable one : open.reversed()) {
      one.close();
    }
    assertThat(fatal.get()).isNull();
  }

  /** A worker that does with keys as the test says. */
  private Intake intake(String name, Behaviour behaviour) throws Exception {
    return intake(name, new TestWork(behaviour));
  }

  private Intake intake(String name, Work<KeyCommand, WorkerAct> work) throws Exception {
    Author author = house.enrolWorker(name + "-" + slot, slot, folder.resolve(name + slot));
    var connection = new Connection(broker.bootstrap(), author.name());
    var roll = new Roll(house.founder.publicKey());
    var tail = keep(new EventsTail(connection, roll, fatal::set));
    tail.house(PATIENCE, () -> false);
    LogTail counted =
        () -> {
          catchUps.incrementAndGet();
          tail.catchUp();
        };
    var outbox = keep(new Outbox(connection, author, () -> roll.head().sequence()));
    var answers = new Answers(author, InstantSource.system());
    var hands =
        keep(Executors.newFixedThreadPool(2, Thread.ofPlatform().name("at-token-", 0).factory()));
    var beside =
        keep(Executors.newFixedThreadPool(2, Thread.ofPlatform().name("beside-", 0).factory()));
    var desk =
        new Desk<KeyCommand, WorkerAct>(
            new Gate(house.id, roll, counted),
            work,
            (act, _) -> answers.of(act),
            new Desk.Crew(hands, beside),
            tally);
    return keep(
        new Intake(
            connection,
            SigningGroup.keys(slot),
            Topic.KEYS.of(slot),
            4,
            desk,
            outbox,
            tally,
            fatal::set));
  }

  private <T extends AutoCloseable> T keep(T one) {
    open.add(one);
    return one;
  }

  private interface Behaviour {
    void act(KeyCommand command) throws TokenException;
  }

  private record TestWork(Behaviour behaviour) implements Work<KeyCommand, WorkerAct> {
    @Override
    public Class<KeyCommand> family() {
      return KeyCommand.class;
    }

    @Override
    public Prepared<WorkerAct> prepare(KeyCommand command, AuthorName author) {
      return () -> {
        behaviour.act(command);
        return () ->
            Optional.of(new KeyGone(command.command(), command.slot(), new KeyId("00"), true));
      };
    }

    @Override
    public WorkerAct refuse(KeyCommand command, Refused why) {
      throw new AssertionError(why);
    }
  }

  /** Notes which thread does which part. */
  private record NotedWork(List<String> threads) implements Work<KeyCommand, WorkerAct> {
    @Override
    public Class<KeyCommand> family() {
      return KeyCommand.class;
    }

    @Override
    public Prepared<WorkerAct> prepare(KeyCommand command, AuthorName author) {
      note();
      return () -> {
        note();
        return () -> {
          note();
          return Optional.of(new KeyGone(command.command(), command.slot(), new KeyId("00"), true));
        };
      };
    }

    private void note() {
      threads.add(Thread.currentThread().getName().replaceAll("-\\d+$", ""));
    }

    @Override
    public WorkerAct refuse(KeyCommand command, Refused why) {
      throw new AssertionError(why);
    }
  }

  @Test
  void threadsAtTheTokenDoNothingElse() throws Exception {
    List<String> threads = new CopyOnWriteArrayList<>();
    intake("one", new NotedWork(threads));
    GenerateKey command = ask();
    eventually(() -> answers(command) == 1);
    assertThat(threads).containsExactly("beside", "at-token", "beside");
  }

  private GenerateKey ask() {
    GenerateKey command = Asked.key(slot, Suite.ED25519);
    house.ask(command);
    return command;
  }

  /**
   * A stranger's records cost a look each: no look into the log for each, and no dead letter for
   * each. With {@code -Dcarousel.flood.records=20000} it measures what the issue of a slot's key
   * costs behind so many.
   */
  @ParameterizedTest
  @ValueSource(strings = {"nobody", "orchestrator-1", ""})
  void floodOfForgedRecordsHoldsNoSlotUp(String name) throws Exception {
    int dead = house.dead().size();
    house.flood(slot, name, FLOOD); // before the worker comes, so that batches are full
    GenerateKey behind = ask();
    long began = System.nanoTime();
    intake("one", _ -> {});
    eventually(() -> answers(behind) == 1);
    double took = (System.nanoTime() - began) / 1e9;
    assertThat(tally.rejected()).isEqualTo(FLOOD);
    assertThat(tally.failed()).isZero();
    assertThat(house.dead()).hasSizeLessThanOrEqualTo(dead + ForgedSamples.MOST);
    assertThat(catchUps.get()).isLessThan(20 + FLOOD / 100);
    GenerateKey after = ask();
    long again = System.nanoTime();
    eventually(() -> answers(after) == 1);
    double usual = (System.nanoTime() - again) / 1e9;
    System.out.printf(
        "the next key behind %d records of '%s', from the worker's start: %.2f s; without: %.2f s (%.0f times); %d catch-ups%n",
        FLOOD, name, took, usual, took / usual, catchUps.get());
  }

  private static long answers(GenerateKey command) {
    return house.acts().stream().filter(a -> a.answers().equals(command.command())).count();
  }

  private static void eventually(java.util.concurrent.Callable<Boolean> condition) {
    await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).until(condition);
  }

  @Test
  void slowWorkKeepsItsLock() throws Exception {
    var calls = new AtomicInteger();
    var finish = new CountDownLatch(1);
    Behaviour slow =
        _ -> {
          calls.incrementAndGet();
          awaitQuietly(finish);
        };
    intake("one", slow);
    intake("two", slow);
    GenerateKey command = ask();
    eventually(() -> calls.get() == 1);
    // Whoever else is free gets it as soon as the lock runs out.
    await().pollDelay(LOCK.multipliedBy(3)).atMost(PATIENCE).until(() -> calls.get() == 1);
    finish.countDown();
    eventually(() -> answers(command) == 1);
    assertThat(tally.lost()).isZero();
  }

  @Test
  void whatIsAwayIsWaitedFor() throws Exception {
    var away = new AtomicReference<>(true);
    var calls = new AtomicInteger();
    intake(
        "one",
        _ -> {
          calls.incrementAndGet();
          if (away.get()) {
            throw new TokenUnavailable("the token is away", new IOException("unplugged"));
          }
        });
    GenerateKey command = ask();
    GenerateKey next = ask();
    eventually(() -> calls.get() > 3);
    await().pollDelay(LOCK.multipliedBy(2)).atMost(PATIENCE).until(() -> true);
    assertThat(answers(command)).isZero();
    away.set(false);
    eventually(() -> answers(command) == 1 && answers(next) == 1);
    assertThat(tally.lost()).isZero();
    assertThat(house.dead()).noneMatch(r -> new String(r.topic()).contains(slot.value()));
  }

  @Test
  void whoStopsWhileItWaitsGivesBack() throws Exception {
    var calls = new AtomicInteger();
    Intake helpless =
        intake(
            "one",
            _ -> {
              calls.incrementAndGet();
              throw new TokenUnavailable("the token is away", new IOException("unplugged"));
            });
    GenerateKey command = ask();
    eventually(() -> calls.get() > 0);
    helpless.close();
    intake("two", _ -> {});
    eventually(() -> answers(command) == 1);
  }

  @Test
  void whatNobodyCanDoEndsAmongTheDead() throws Exception {
    var calls = new AtomicInteger();
    int before = house.dead().size();
    intake(
        "one",
        _ -> {
          calls.incrementAndGet();
          throw new IllegalStateException("a fault that this test made");
        });
    GenerateKey command = ask();
    eventually(() -> house.dead().size() > before);
    assertThat(calls).hasValue(5);
    assertThat(answers(command)).isZero();
    assertThat(tally.failed()).isEqualTo(5);
  }

  /** Refuses whatever comes. */
  private record RefusingWork() implements Work<KeyCommand, WorkerAct> {
    @Override
    public Class<KeyCommand> family() {
      return KeyCommand.class;
    }

    @Override
    public Prepared<WorkerAct> prepare(KeyCommand command, AuthorName author) {
      return () -> () -> Optional.of(refuse(command, new Refused(Refusal.LATE, "it is too late")));
    }

    @Override
    public WorkerAct refuse(KeyCommand command, Refused why) {
      return new KeyCommandRefused(
          command.command(), command.slot(), why.why().code(), why.getMessage(), true);
    }
  }

  @Test
  void refusalsAreAnswersAndCounted() throws Exception {
    intake("one", new RefusingWork());
    GenerateKey command = ask();
    eventually(() -> answers(command) == 1);
    assertThat(tally.refused()).isEqualTo(1);
    assertThat(tally.answered()).isEqualTo(1);
    assertThat(tally.rejected()).isZero();
  }

  /** Whoever had it before may have signed and was not heard. */
  @Test
  void whoGetsACommandThatWasHandedOutBeforeSaysSo() throws Exception {
    var calls = new AtomicInteger();
    intake(
        "one",
        _ -> {
          if (calls.incrementAndGet() <= 2) {
            throw new IllegalStateException("a fault that this test made");
          }
        });
    GenerateKey again = ask();
    eventually(() -> answers(again) == 1);
    GenerateKey once = ask();
    eventually(() -> answers(once) == 1);
    assertThat(handedOut(again)).contains("3");
    assertThat(handedOut(once)).isEmpty();
  }

  private static Optional<String> handedOut(GenerateKey command) {
    return house.messages(Topic.COMMANDS).stream()
        .filter(m ->
            ((WorkerAct) Wire.CURRENT.act(m.need(Message.TYPE), m.value()))
                .answers()
                .equals(command.command()))
        .findFirst()
        .orElseThrow()
        .header(Message.DELIVERIES);
  }

  @Test
  void whatIsOfNoFormEndsAmongTheDead() throws Exception {
    String topic = Topic.KEYS.of(slot);
    byte[] text = "text".getBytes(UTF_8);
    var twice = new ProducerRecord<byte[], byte[]>(topic, text);
    twice.headers().add(Message.ID, text).add(Message.ID, text);
    var bare = new ProducerRecord<byte[], byte[]>(topic, text);
    bare.headers().add(Message.ID, null);
    intake("one", _ -> {});
    house.send(new ProducerRecord<byte[], byte[]>(topic, null));
    house.send(new ProducerRecord<>(topic, new byte[] {(byte) 0xff}, text));
    house.send(twice);
    house.send(bare);
    GenerateKey command = ask();
    eventually(() -> answers(command) == 1 && house.deadOf(topic) == 4);
    assertThat(tally.rejected()).isEqualTo(4);
    assertThat(tally.failed()).isZero();
  }

  @Test
  void aStoppedWorkerFinishesWhatItHolds() throws Exception {
    var started = new CountDownLatch(1);
    var finish = new CountDownLatch(1);
    Intake intake =
        intake(
            "one",
            _ -> {
              started.countDown();
              awaitQuietly(finish);
            });
    GenerateKey command = ask();
    assertThat(started.await(30, TimeUnit.SECONDS)).isTrue();
    intake.stop();
    finish.countDown();
    intake.close();
    assertThat(answers(command)).isEqualTo(1);
  }

  @Test
  void whatWasTakenBackIsNeverSeen() throws Exception {
    GenerateKey ghost = Asked.key(slot, Suite.ED25519);
    house.askAndAbort(ghost);
    intake("one", _ -> {});
    GenerateKey command = ask();
    eventually(() -> answers(command) == 1);
    assertThat(answers(ghost)).isZero();
  }

  @Test
  void anAnswerOutlastsItsBroker() throws Exception {
    var started = new CountDownLatch(1);
    var finish = new CountDownLatch(1);
    intake(
        "one",
        _ -> {
          started.countDown();
          awaitQuietly(finish);
        });
    GenerateKey command = ask();
    assertThat(started.await(30, TimeUnit.SECONDS)).isTrue();
    broker.stop();
    finish.countDown();
    broker.start();
    // Once, or once more if nobody heard the acknowledgement.
    eventually(() -> answers(command) >= 1);
    GenerateKey next = ask();
    eventually(() -> answers(next) >= 1);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
