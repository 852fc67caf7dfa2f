package io.carousel.orchestrator.log;

import io.carousel.events.Act;
import io.carousel.events.CommandId;
import io.carousel.events.Digest;
import io.carousel.events.Reply;
import io.carousel.events.seal.Author;
import io.carousel.events.seal.Message;
import io.carousel.events.topics.Topic;
import io.carousel.events.wire.Wire;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Asks the owner, wherever it runs, and hears what it says. Thread-safe. */
public final class ActSender implements AutoCloseable {
  private final Author author;
  private final Chronicle<?> chronicle;
  private final MessageWriter writer;
  private final TopicTail replies;
  private final Map<Question, List<CompletableFuture<Reply>>> asked = new ConcurrentHashMap<>();

  /** The same id with another body is another question. */
  private record Question(CommandId command, Digest digest) {}

  /**
   * Under that author's name; answers are checked against that chronicle.
   *
   * @throws BrokerUnreachable if there is no broker
   */
  public ActSender(Cluster cluster, Author author, Chronicle<?> chronicle) {
    this.author = author;
    this.chronicle = chronicle;
    String instance = author.name().value();
    this.replies =
        TopicTail.open(
            cluster,
            author.house(),
            Topic.REPLIES.topicName(),
            new TopicTail.From.Now(),
            key -> instance.equals(key),
            chronicle,
            this::heard);
    this.writer = new MessageWriter(cluster, author);
  }

  /**
   * Asks. The same id and act may be asked any number of times, through any instance, and is
   * decided once.
   *
   * @return the reply, once this instance's chronicle holds what it speaks of; fails with {@link
   *     Unanswered} if none came in time
   */
  public CompletableFuture<Reply> ask(CommandId command, Act act, Duration patience) {
    var typed = Wire.CURRENT.write(act);
    Message draft =
        author.draft(
            Topic.COMMANDS.topicName(),
            author.name().value(),
            command.value(),
            typed.type(),
            Instant.now(),
            typed.value(),
            Map.of(Message.AFTER, Long.toString(chronicle.now().head().sequence())));
    var question = new Question(command, Intake.digest(typed.type(), typed.value()));
    var reply = new CompletableFuture<Reply>();
    asked.merge(question, List.of(reply), ActSender::both);
    // Whether it was written is not asked: it may have been, whatever is said, and only a reply or
    // time tells.
    var _ = writer.write(draft);
    return reply
        .copy()
        .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
        .exceptionallyCompose(e -> CompletableFuture.failedFuture(fault(command, patience, e)))
        .whenComplete((r, e) -> asked.computeIfPresent(question, (q, all) -> without(all, reply)));
  }

  private static <T> List<T> both(List<T> some, List<T> others) {
    return Stream.concat(some.stream(), others.stream()).toList();
  }

  private static <T> List<T> without(List<T> all, T one) {
    List<T> rest = all.stream().filter(x -> !x.equals(one)).toList();
    return rest.isEmpty() ? null : rest;
  }

  private static Throwable fault(CommandId command, Duration patience, Throwable e) {
    return e instanceof java.util.concurrent.TimeoutException
        ? new Unanswered(command, patience)
        : e;
  }

  private void heard(TopicTail.Received received) {
    Message message = received.message();
    Reply reply = Wire.CURRENT.reply(message.need(Message.TYPE), message.value());
    var question = new Question(reply.command(), new Digest(message.need(Message.ACT_DIGEST)));
    if (asked.containsKey(question)) {
      var _ = chronicle.reached(reply.sequence()).thenRun(() -> tell(question, reply));
    }
  }

  private void tell(Question question, Reply reply) {
    // What this instance has read in the log itself goes before what it is told.
    boolean anothersId = reply instanceof Reply.Refused r && r.code().equals(Staging.ID_REUSED);
    Reply checked = anothersId ? reply : chronicle.outcome(question.command()).orElse(reply);
    asked.getOrDefault(question, List.of()).forEach(f -> f.complete(checked));
  }

  @Override
  public void close() {
    writer.close();
    replies.close();
    asked.values().stream()
        .flatMap(List::stream)
        .forEach(f -> f.completeExceptionally(new IllegalStateException("the sender is closed")));
  }
}
