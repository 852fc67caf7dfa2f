package io.carousel.orchestrator.log;

import io.carousel.events.Act;
import io.carousel.events.CommandId;
import io.carousel.events.seal.Author;
import io.carousel.events.topics.Topic;
import io.carousel.events.wire.Wire;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Asks {@code TimePassed} when time alone changes the state. Asked like any act, so that it is
 * decided in order with all others. What stays due however often it is asked is asked more and more
 * rarely, down to once a minute: each act leaves an event. Owner's thread.
 */
final class Ticker implements AutoCloseable {
  private static final Duration AGAIN = Duration.ofSeconds(1);
  private static final Duration LONGEST_AGAIN = Duration.ofMinutes(1);
  private static final Instant NOTHING = Instant.MIN;

  private final Cluster cluster;
  private final Author author;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();
  private MessageWriter writer;
  private Instant asked = Instant.EPOCH;
  private Instant about = NOTHING;
  private Duration again = AGAIN;

  Ticker(Cluster cluster, Author author, InstantSource clock) {
    this.cluster = cluster;
    this.author = author;
    this.clock = clock;
  }

  /**
   * Asks, if that moment has come and it has not just asked, or if the log's time must be set back;
   * says how long until it would.
   *
   * @param ofLog the time of the last event
   */
  Duration tick(Instant ofLog, Optional<Instant> due, Duration most) {
    boolean ahead = Duration.between(clock.instant(), ofLog).compareTo(BrokerClock.TOLERANCE) > 0;
    return tick(ahead ? Optional.of(Instant.EPOCH) : due, most);
  }

  private Duration tick(Optional<Instant> due, Duration most) {
    if (due.filter(about::equals).isEmpty()) {
      again = AGAIN;
      about = NOTHING;
    }
    if (due.isEmpty()) {
      return most;
    }
    Instant now = clock.instant();
    // What came due since is not held up by what was asked about before it.
    Instant next = due.get().equals(about) ? later(due.get(), asked.plus(again)) : due.get();
    // Of a clock that has stepped back since, nothing is known about when it was asked.
    if (now.isBefore(next) && !now.isBefore(asked)) {
      Duration wait = Duration.between(now, next);
      return wait.compareTo(most) < 0 ? wait : most;
    }
    if (due.get().equals(about)) {
      Duration longer = again.multipliedBy(2);
      again = longer.compareTo(LONGEST_AGAIN) < 0 ? longer : LONGEST_AGAIN;
    }
    asked = now;
    about = due.get();
    ask(now);
    return most.compareTo(again) < 0 ? most : again;
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  private void ask(Instant now) {
    if (writer == null) {
      writer = new MessageWriter(cluster, author);
    }
    byte[] entropy = new byte[10];
    random.nextBytes(entropy);
    var typed = Wire.CURRENT.write(new Act.TimePassed());
    String id = CommandId.of(now, entropy).value();
    var _ =
        writer.write(
            author.draft(Topic.COMMANDS.topicName(), null, id, typed.type(), now, typed.value()));
  }

  @Override
  public void close() {
    if (writer != null) {
      writer.close();
    }
  }
}
