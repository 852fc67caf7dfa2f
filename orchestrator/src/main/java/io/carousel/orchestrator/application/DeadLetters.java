package io.carousel.orchestrator.application;

import io.carousel.events.Act.CommandUndeliverable;
import io.carousel.events.Act.RefusalsSeen;
import io.carousel.events.AuthorRole;
import io.carousel.events.CommandId;
import io.carousel.events.Digest;
import io.carousel.events.LeafResult.LeafRefused;
import io.carousel.events.Reply;
import io.carousel.events.SigningCommand;
import io.carousel.events.SigningCommand.KeyCommand;
import io.carousel.events.SigningCommand.LeafCommand;
import io.carousel.events.seal.Author;
import io.carousel.events.seal.Authorship;
import io.carousel.events.seal.ForgedRecord;
import io.carousel.events.seal.KnownAuthor;
import io.carousel.events.seal.Message;
import io.carousel.events.seal.Warrant;
import io.carousel.events.topics.Topic;
import io.carousel.events.wire.UnreadableRecord;
import io.carousel.events.wire.Wire;
import io.carousel.orchestrator.log.ActSender;
import io.carousel.orchestrator.log.Chronicle;
import io.carousel.orchestrator.log.Cluster;
import io.carousel.orchestrator.log.MessageWriter;
import io.carousel.orchestrator.log.StoredRecords;
import io.carousel.orchestrator.log.TopicTail;
import io.carousel.orchestrator.rules.House;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records as failed what no worker could finish. The broker writes to the dead letters where such a
 * command stands; the command is read there, and its signature checked like any other's.
 */
public final class DeadLetters implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DeadLetters.class);
  private static final String DETAIL = "delivered as often as allowed, and no worker finished it";
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration LOOK_BACK = Duration.ofHours(1);

  private final Author author;
  private final Chronicle<House> chronicle;
  private final ActSender acts;
  private final MessageWriter writer;
  private final Clock clock;
  private final Authorship authorship;
  private final StoredRecords stored; // of the tail's thread
  private final LetterPlaces places; // of the tail's thread
  private final Forgeries forgeries;
  private final ScheduledExecutorService timer;
  private final TopicTail tail;

  /**
   * Begins to follow the dead letters.
   *
   * @param tells whether this instance is the one that tells the log what it sees
   */
  public DeadLetters(
      Cluster cluster,
      Author author,
      Chronicle<House> chronicle,
      ActSender acts,
      MessageWriter writer,
      BooleanSupplier tells,
      Clock clock) {
    this.author = author;
    this.chronicle = chronicle;
    this.acts = acts;
    this.writer = writer;
    this.clock = clock;
    this.authorship = new Authorship(author.house());
    this.stored = new StoredRecords(cluster);
    this.places = new LetterPlaces(cluster.prefix());
    this.forgeries = new Forgeries(tells, this::tell, System::nanoTime);
    this.timer =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("forgeries").factory());
    var _ = timer.scheduleWithFixedDelay(forgeries::tell, 5, 5, TimeUnit.SECONDS);
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
    Optional<LetterPlace> place =
        places.next(letter.message(), chronicle.now().state().slots().keySet());
    if (place.isEmpty()) {
      return;
    }
    try {
      Optional<Message> command = command(place.get());
      if (command.isEmpty()) {
        LOG.info("the command of a dead letter is not there any more");
        return;
      }
      KnownAuthor by = authorship.check(command.get(), chronicle::author);
      if (by.role() != AuthorRole.ORCHESTRATOR) {
        // A worker gives no commands; what it put there under the id of one ends nothing.
        forgeries.seen(
            place.get().slot(), "its author '%s' is no orchestrator".formatted(by.name()));
        return;
      }
      record(
          Wire.CURRENT.signingCommand(command.get().need(Message.TYPE), command.get().value()),
          command.get(),
          letter.written());
    } catch (ForgedRecord e) {
      forgeries.seen(place.get().slot(), e.getMessage());
    } catch (UnreadableRecord e) {
      LOG.info("a dead letter is of no command of this house: {}", e.getMessage());
    }
  }

  private void tell(RefusalsSeen seen) {
    byte[] random = new byte[10];
    RANDOM.nextBytes(random);
    var _ =
        acts.ask(CommandId.of(clock.instant(), random), seen, PATIENCE)
            .exceptionally(e -> {
              LOG.info("that records were forged is not in the log yet: {}", e.toString());
              return null;
            });
  }

  private Optional<Message> command(LetterPlace place) {
    return stored.read(place.topic(), place.partition(), place.offset());
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
    timer.shutdownNow();
    tail.close();
    stored.close();
  }
}
