package io.carousel.orchestrator.application;

import io.carousel.events.Act.CommandUndeliverable;
import io.carousel.events.Act.RefusalsSeen;
import io.carousel.events.CommandId;
import io.carousel.events.Digest;
import io.carousel.events.LeafResult.LeafRefused;
import io.carousel.events.Reply;
import io.carousel.events.SigningCommand;
import io.carousel.events.SigningCommand.KeyCommand;
import io.carousel.events.SigningCommand.LeafCommand;
import io.carousel.events.SlotName;
import io.carousel.events.seal.Author;
import io.carousel.events.seal.Authorship;
import io.carousel.events.seal.ForgedRecord;
import io.carousel.events.seal.Message;
import io.carousel.events.seal.Warrant;
import io.carousel.events.topics.Topic;
import io.carousel.events.wire.UnreadableRecord;
import io.carousel.events.wire.Wire;
import io.carousel.orchestrator.log.ActSender;
import io.carousel.orchestrator.log.Chronicle;
import io.carousel.orchestrator.log.Cluster;
import io.carousel.orchestrator.log.MessageWriter;
import io.carousel.orchestrator.log.StoredRecord;
import io.carousel.orchestrator.log.TopicTail;
import io.carousel.orchestrator.rules.House;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records as failed what no worker could finish. The broker writes to the dead letters where such a
 * command stands; the command is read there, and its signature checked like any other's.
 */
public final class DeadLetters implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DeadLetters.class);
  private static final String TOPIC = "__dlq.errors.topic";
  private static final String PARTITION = "__dlq.errors.partition";
  private static final String OFFSET = "__dlq.errors.offset";
  private static final String DETAIL = "delivered as often as allowed, and no worker finished it";
  private static final String FORGED =
      "a command came that no enrolled orchestrator has signed; the worker threw it away";
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration LOOK_BACK = Duration.ofHours(1);

  private final Cluster cluster;
  private final Author author;
  private final Chronicle<House> chronicle;
  private final ActSender acts;
  private final MessageWriter writer;
  private final Authorship authorship;
  private final TopicTail tail;

  /** Begins to follow the dead letters. */
  public DeadLetters(
      Cluster cluster,
      Author author,
      Chronicle<House> chronicle,
      ActSender acts,
      MessageWriter writer,
      Clock clock) {
    this.cluster = cluster;
    this.author = author;
    this.chronicle = chronicle;
    this.acts = acts;
    this.writer = writer;
    this.authorship = new Authorship(author.house());
    this.tail =
        TopicTail.open(
            cluster,
            author.house(),
            Topic.DEAD.topicName(),
            new TopicTail.From.Since(clock.instant().minus(LOOK_BACK)),
            _ -> true,
            chronicle,
            written ->
                LOG.info(
                    "author '{}' wrote to the dead letters itself; left out",
                    written.author().name()),
            this::take);
  }

  /** A letter is the broker's and signed by nobody: it only says where to look. */
  private void take(TopicTail.Unproven letter) {
    try {
      Optional<Message> command = command(letter.message());
      if (command.isEmpty()) {
        LOG.info("the command of a dead letter is not there any more");
        return;
      }
      authorship.check(command.get(), chronicle::author);
      record(
          Wire.CURRENT.signingCommand(command.get().need(Message.TYPE), command.get().value()),
          command.get(),
          letter.written());
    } catch (ForgedRecord e) {
      LOG.warn("a dead letter is of no command of this house: {}", e.getMessage());
      alert(letter);
    } catch (UnreadableRecord | NumberFormatException e) {
      LOG.info("a dead letter is of no command of this house: {}", e.getMessage());
    }
  }

  /**
   * Somebody wrote to a slot's topic what no enrolled orchestrator has signed. Told once a minute
   * for each slot, whoever of the instances that read the letter does it first.
   */
  private void alert(TopicTail.Unproven letter) {
    String topic = letter.message().need(TOPIC).substring(cluster.prefix().length());
    Instant minute = letter.written().truncatedTo(ChronoUnit.MINUTES);
    for (SlotName slot : chronicle.now().state().slots().keySet()) {
      if (topic.equals(Topic.KEYS.of(slot)) || topic.equals(Topic.LEAVES.of(slot))) {
        var _ =
            acts.ask(
                id("forged " + slot, minute),
                new RefusalsSeen(slot, "forged", 1, FORGED),
                PATIENCE);
      }
    }
  }

  private Optional<Message> command(Message letter) {
    return StoredRecord.read(
        cluster,
        letter.need(TOPIC).substring(cluster.prefix().length()),
        Integer.parseInt(letter.need(PARTITION)),
        Long.parseLong(letter.need(OFFSET)));
  }

  private void record(SigningCommand command, Message asked, Instant died) {
    LOG.info(
        "command {} for slot '{}' went to the dead letters", command.command(), command.slot());
    try {
      switch (command) {
        case KeyCommand key -> fail(key, died);
        case LeafCommand leaf -> writer.write(refused(leaf, asked, died)).join();
      }
    } catch (CompletionException e) {
      // The outbox gives the command out again; should it die again, that is recorded then.
      LOG.warn("that it failed could not be recorded: {}", e.getCause().getMessage());
    }
  }

  private void fail(KeyCommand key, Instant died) {
    var act = new CommandUndeliverable(key.command(), key.slot(), DETAIL);
    if (acts.ask(actId(key.command(), died), act, PATIENCE).join()
        instanceof Reply.Refused refused) {
      LOG.info("the owner makes nothing of it: {}", refused.reason());
    }
  }

  /** The same for every instance that reads the same letter, so that it is recorded once. */
  private static CommandId actId(CommandId command, Instant died) {
    return id("dead " + command, died);
  }

  private static CommandId id(String what, Instant at) {
    byte[] seed = Digest.of((what + " " + at).getBytes(StandardCharsets.UTF_8)).bytes();
    return CommandId.of(at, Arrays.copyOf(seed, 10));
  }

  private Message refused(LeafCommand leaf, Message asked, Instant died) {
    var typed =
        Wire.CURRENT.write(
            new LeafRefused(
                leaf.command(),
                leaf.authority(),
                leaf.generation(),
                leaf.slot(),
                leaf.order().participant(),
                leaf.order().serial(),
                "undeliverable",
                DETAIL));
    return author
        .draft(
            Topic.RESULTS.topicName(),
            leaf.authority() + "/" + leaf.order().serial(),
            leaf.command() + "/dead",
            typed.type(),
            died,
            typed.value())
        .with(Warrant.of(asked));
  }

  @Override
  public void close() {
    tail.close();
  }
}
