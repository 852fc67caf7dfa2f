package io.carousel.signer.work;

import io.carousel.events.Bytes;
import io.carousel.events.CommandId;
import io.carousel.events.LeafResult;
import io.carousel.events.WorkerAct;
import io.carousel.events.seal.Author;
import io.carousel.events.seal.Message;
import io.carousel.events.seal.Warrant;
import io.carousel.events.topics.Topic;
import io.carousel.events.wire.Wire;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;

/** Answers as records, still without their seal. */
public final class Answers {
  private static final int RANDOM_BYTES = 10;

  private final Author author;
  private final InstantSource clock;

  /** By that author. */
  public Answers(Author author, InstantSource clock) {
    this.author = author;
    this.clock = clock;
  }

  /** For {@code carousel.commands}: its owner decides whether this answer is the first. */
  public Message of(WorkerAct act) {
    return draft(Topic.COMMANDS.topicName(), act.slot().value(), act.answers(), act);
  }

  /** For {@code carousel.results}: carries the command, so that it shows who asked for it. */
  public Message of(LeafResult result, Message command) {
    String key = result.authority() + "/" + result.serial();
    return draft(Topic.RESULTS.topicName(), key, result.answers(), result)
        .with(Warrant.of(command));
  }

  private Message draft(String topic, String key, CommandId answers, Object answer) {
    Instant now = clock.instant();
    Wire.Typed typed = Wire.CURRENT.write(answer);
    String id = id(answers, typed, now).value();
    return author.draft(topic, key, id, typed.type(), now, typed.value());
  }

  /**
   * The same answer to the same command gets the same id, so that whoever has decided it knows it
   * again. Its time is that of the answer and not of the command, which may be older than what is
   * still decided; to the hour, so that it is the same for a repeat.
   */
  private static CommandId id(CommandId answers, Wire.Typed typed, Instant now) {
    byte[] head = (answers + "\n" + typed.type() + "\n").getBytes(StandardCharsets.UTF_8);
    byte[] all = Arrays.copyOf(head, head.length + typed.value().length);
    System.arraycopy(typed.value(), 0, all, head.length, typed.value().length);
    byte[] digest = Bytes.of(all).digest().bytes();
    return CommandId.of(now.truncatedTo(ChronoUnit.HOURS), Arrays.copyOf(digest, RANDOM_BYTES));
  }
}
