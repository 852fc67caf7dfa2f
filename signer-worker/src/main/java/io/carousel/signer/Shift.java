package io.carousel.signer;

import io.carousel.events.HouseId;
import io.carousel.events.LeafResult;
import io.carousel.events.SigningCommand;
import io.carousel.events.SlotName;
import io.carousel.events.WorkerAct;
import io.carousel.events.seal.Author;
import io.carousel.events.seal.Message;
import io.carousel.events.topics.SigningGroup;
import io.carousel.events.topics.Topic;
import io.carousel.signer.config.WorkerConfig;
import io.carousel.signer.kafka.Connection;
import io.carousel.signer.kafka.EventsTail;
import io.carousel.signer.kafka.Intake;
import io.carousel.signer.kafka.Outbox;
import io.carousel.signer.token.Token;
import io.carousel.signer.trust.Gate;
import io.carousel.signer.trust.OrderCheck;
import io.carousel.signer.trust.PhaseCheck;
import io.carousel.signer.trust.Roll;
import io.carousel.signer.work.Answers;
import io.carousel.signer.work.Desk;
import io.carousel.signer.work.KeyWork;
import io.carousel.signer.work.LeafWork;
import io.carousel.signer.work.Tally;
import io.carousel.signer.work.Work;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A worker at work: one intake for keys and some for leaves, on threads of their own, so that work
 * on keys never waits behind leaves.
 */
final class Shift implements AutoCloseable {
  // Making a key may take seconds; other workers of the slot take the next one meanwhile.
  private static final int KEYS_IN_HAND = 1;
  // A share consumer takes nothing new up before everything it took is put down (KIP-932). So there
  // are two: while one makes answers durable and takes new commands up, the token signs for the
  // other. More of them only make the batches smaller, and each batch costs a signature, an append
  // and an acknowledgement.
  private static final int LEAF_INTAKES = 2;

  private final Outbox outbox;
  private final List<ExecutorService> hands;
  private final Intake keys;
  private final List<Intake> leaves;

  private Shift(Outbox outbox, List<ExecutorService> hands, Intake keys, List<Intake> leaves) {
    this.outbox = outbox;
    this.hands = hands;
    this.keys = keys;
    this.leaves = List.copyOf(leaves);
  }

  /**
   * Begins to consume.
   *
   * @param fatal told if it cannot go on
   */
  static Shift begin(
      WorkerConfig config,
      Connection connection,
      Token token,
      Author author,
      Roll roll,
      EventsTail tail,
      Tally tally,
      Consumer<Throwable> fatal) {
    InstantSource clock = InstantSource.system();
    HouseId house = author.house();
    SlotName slot = config.slot();
    var answers = new Answers(author, clock);
    var outbox = new Outbox(connection, author, () -> roll.head().sequence());
    ExecutorService keyHands = hands("key-hand-", KEYS_IN_HAND);
    ExecutorService leafHands = hands("leaf-hand-", config.token().sessions());
    ExecutorService beside = hands("beside-", Runtime.getRuntime().availableProcessors());
    Supplier<Gate> gates = () -> new Gate(house, roll, tail);
    var bench = new Bench(connection, gates, outbox, tally, fatal);
    Work<SigningCommand.KeyCommand, WorkerAct> keyWork =
        new KeyWork(
            house, slot, token, config.limits(), new OrderCheck(roll, tail), clock, roll::root);
    Work<SigningCommand.LeafCommand, LeafResult> leafWork =
        new LeafWork(
            house,
            slot,
            token,
            config.limits(),
            config.verification(),
            new PhaseCheck(roll, tail),
            clock,
            tally);
    Intake keys =
        bench.intake(
            SigningGroup.keys(slot),
            Topic.KEYS.of(slot),
            KEYS_IN_HAND,
            new Desk.Crew(keyHands, keyHands),
            keyWork,
            (act, _) -> answers.of(act));
    var crew = new Desk.Crew(leafHands, beside);
    List<Intake> leaves = new ArrayList<>();
    int intakes = Math.min(LEAF_INTAKES, config.leavesInHand());
    for (int i = 0; i < intakes; i++) {
      leaves.add(
          bench.intake(
              SigningGroup.leaves(slot),
              Topic.LEAVES.of(slot),
              config.leavesInHand() / intakes,
              crew,
              leafWork,
              answers::of));
    }
    return new Shift(outbox, List.of(keyHands, leafHands, beside), keys, leaves);
  }

  private static ExecutorService hands(String name, int number) {
    return Executors.newFixedThreadPool(number, Thread.ofPlatform().name(name, 0).factory());
  }

  /** What both intakes are made of; each has a gate of its own. */
  private record Bench(
      Connection connection,
      Supplier<Gate> gates,
      Outbox outbox,
      Tally tally,
      Consumer<Throwable> fatal) {

    <C extends SigningCommand, A> Intake intake(
        String group,
        String topic,
        int inHand,
        Desk.Crew crew,
        Work<C, A> work,
        BiFunction<A, Message, Message> answers) {
      var desk = new Desk<>(gates.get(), work, answers, crew, tally);
      return new Intake(connection, group, topic, inHand, desk, outbox, tally, fatal);
    }
  }

  /** Finishes what is in hand. */
  @Override
  public void close() throws InterruptedException {
    keys.stop();
    leaves.forEach(Intake::stop);
    for (Intake intake : leaves) {
      intake.close();
    }
    keys.close();
    hands.forEach(ExecutorService::shutdown);
    outbox.close();
  }
}
