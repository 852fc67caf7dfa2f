package io.carousel.orchestrator.log;

import io.carousel.events.Act;
import io.carousel.events.AuthorName;
import io.carousel.events.CommandId;
import io.carousel.events.HouseEvent;
import io.carousel.events.Reply;
import io.carousel.events.seal.Recorded;
import io.carousel.events.wire.UnreadableRecord;
import io.carousel.events.wire.Wire;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides inputs one after the other, each on the state that those before it lead to, and collects
 * what a transaction is to write. Nothing of it counts before that is committed; if it is not, all
 * of it is thrown away. Used once, by the owner's thread.
 */
final class Staging<S> {
  static final String ID_REUSED = "command-id-reused";
  private static final int PAGE = 1_000;
  private static final Logger LOG = LoggerFactory.getLogger(Staging.class);

  private final Judge<S> judge;
  private final LogConfig.Pace pace;
  private final LiveChronicle<S> chronicle;
  private final Intake intake;
  private final BrokerClock clock;
  private final AuthorName owner;
  private final Instant clocked;
  private final Draughts<S> out;
  private final Map<CommandId, Outcome> fresh = new HashMap<>();
  private final Rejections rejections;

  Staging(
      LiveChronicle<S> chronicle,
      Intake intake,
      BrokerClock clock,
      LogConfig.Pace pace,
      Rejections rejections,
      AuthorName owner,
      Instant now,
      Draughts<S> out) {
    this.judge = chronicle.judge();
    this.chronicle = chronicle;
    this.intake = intake;
    this.clock = clock;
    this.pace = pace;
    this.rejections = rejections;
    this.owner = owner;
    this.clocked = now;
    this.out = out;
  }

  /** Time goes on with what is staged: events that were proposed bring their own. */
  private Instant now() {
    Instant staged = out.known().at();
    return clocked.isBefore(staged) ? staged : clocked;
  }

  /** Takes inputs until the transaction is full; says how many it took, at least one. */
  int take(List<Input> inputs) {
    int taken = 0;
    for (Input input : inputs) {
      if (taken > 0 && (out.bytes() > pace.batchBytes() || out.lastOfItsAuthor())) {
        break;
      }
      switch (input) {
        case Input.Command c -> command(c.kafka());
        case Input.Proposed p -> proposed(p);
      }
      taken++;
    }
    rejections.due(now()).ifPresent(e -> out.event(Draft.of(e), Optional.empty()));
    return taken;
  }

  private void command(ConsumerRecord<byte[], byte[]> kafka) {
    Intake.Taken taken;
    try {
      taken = intake.take(kafka, out.known().roster());
    } catch (RuntimeException e) {
      // Whatever it is, it is a fault of the record alone.
      rejections.add(kafka.offset(), brief(String.valueOf(e.getMessage())));
      return;
    }
    Instant stamped = Instant.ofEpochMilli(kafka.timestamp());
    setBack(stamped);
    boolean byTimeAlone = taken.asked().act() instanceof Act.TimePassed;
    if (!byTimeAlone || clock.agreesWith(now(), stamped)) {
      decide(taken);
    }
  }

  /**
   * Where the log's time is ahead of the present, as two clocks see it: of this owner, and of the
   * broker that has just taken an act. One clock alone does not set it back, and goes on by it.
   */
  private void setBack(Instant stamped) {
    Instant ofLog = out.known().at();
    boolean ahead = Duration.between(clocked, ofLog).compareTo(BrokerClock.TOLERANCE) > 0;
    if (ahead && BrokerClock.agree(clocked, stamped)) {
      LOG.warn("The log's time is set back to {}; it had come to {}", clocked, ofLog);
      out.event(Draft.of(new HouseEvent.TimeSetBack(ofLog, owner, clocked)), Optional.empty());
    }
  }

  private void decide(Intake.Taken taken) {
    Asked asked = taken.asked();
    Optional<Outcome> before = outcome(asked.command());
    if (before.isPresent() && before.get().digest().equals(asked.digest())) {
      out.reply(taken, before.get().reply(), now());
      return;
    }
    Optional<Verdict> refused = refused(taken, before);
    Verdict verdict = refused.orElseGet(() -> judged(asked));
    Reply reply = write(taken, verdict);
    out.promise(new Promises.OfVerdict(asked, verdict, reply));
    out.reply(taken, reply, now());
  }

  private Optional<Outcome> outcome(CommandId command) {
    Outcome staged = fresh.get(command);
    return staged != null ? Optional.of(staged) : chronicle.outcomes().of(command);
  }

  private Optional<Verdict> refused(Intake.Taken taken, Optional<Outcome> before) {
    Asked asked = taken.asked();
    if (before.isPresent()) {
      return Optional.of(
          refusal(
              asked,
              ID_REUSED,
              "command %s was asked before with another content; ask anew under an id of its own"
                  .formatted(asked.command())));
    }
    Outcomes outcomes = chronicle.outcomes();
    if (!(asked.act() instanceof Act.TimePassed)
        && outcomes.mayBeForgotten(asked.command(), taken.after())) {
      return Optional.of(
          refusal(
              asked,
              "command-too-old",
              "command %s was asked when its author had read the log up to event %d, or under an id older than all that are remembered, and what came of commands is remembered from event %d on: it may have been decided; look at the state, then ask anew"
                  .formatted(asked.command(), taken.after(), outcomes.forgotten() + 1)));
    }
    return Optional.empty();
  }

  private Verdict judged(Asked asked) {
    try {
      return judge.judge(out.known().state(), asked, now());
    } catch (RuntimeException e) {
      LOG.error("The rules failed on command {}; it is refused", asked.command(), e);
      return failed(asked, e);
    }
  }

  /** Writes the verdict; one that cannot be written is refused instead. */
  private Reply write(Intake.Taken taken, Verdict verdict) {
    Draughts.Mark mark = out.mark();
    try {
      return writeWhole(taken, verdict);
    } catch (Draughts.Unwritable | UnreadableRecord | IllegalArgumentException e) {
      LOG.error("What came of command {} cannot be written", taken.asked().command(), e);
      out.backTo(mark);
      verdict.durable().completeExceptionally(e);
      return writeWhole(taken, failed(taken.asked(), e));
    }
  }

  private Reply writeWhole(Intake.Taken taken, Verdict verdict) {
    Asked asked = taken.asked();
    Outcome outcome = null;
    for (Draft draft : verdict.events()) {
      Recorded event = out.event(draft, Optional.of(asked));
      outcome = Outcome.after(outcome, event);
    }
    verdict.outgoing().forEach(o -> out.outgoing(o, now()));
    if (outcome == null) {
      return new Reply.Accepted(asked.command(), out.known().head().sequence());
    }
    if (outcome(asked.command()).isEmpty()) {
      fresh.put(asked.command(), outcome);
    }
    return outcome.reply();
  }

  private Verdict failed(Asked asked, RuntimeException e) {
    return refusal(
        asked,
        "rules-failed",
        "a fault of this program, not of yours: %s; nothing was changed".formatted(e));
  }

  private Verdict refusal(Asked asked, String code, String reason) {
    return Verdict.of(
        new HouseEvent.ActRefused(
            Wire.CURRENT.typeOf(asked.act().getClass()), code, brief(reason), now()));
  }

  private static String brief(String text) {
    return text.length() <= 1_000 ? text : text.substring(0, 1_000) + "…";
  }

  private void proposed(Input.Proposed input) {
    Proposal proposal = input.proposal();
    Optional<Recorded> conflict = conflict(proposal);
    CompletableFuture<Long> written = input.written();
    if (conflict.isPresent()) {
      out.promise(new Promises.OfConflict(written, new Conflict(conflict.get().sequence())));
      return;
    }
    Draughts.Mark mark = out.mark();
    try {
      proposal.events().forEach(d -> out.event(d, Optional.empty()));
    } catch (Draughts.Unwritable | UnreadableRecord | IllegalArgumentException e) {
      out.backTo(mark);
      written.completeExceptionally(e);
      return;
    }
    out.promise(new Promises.OfProposal(proposal, out.known().head().sequence(), written));
  }

  private Optional<Recorded> conflict(Proposal proposal) {
    long committed = chronicle.known().head().sequence();
    long from = proposal.after() == Long.MAX_VALUE ? Long.MAX_VALUE : proposal.after() + 1;
    var earlier =
        LongStream.iterate(from, at -> at <= committed, at -> at + PAGE)
            .boxed()
            .flatMap(at -> chronicle.read(at, PAGE).stream());
    return Stream.concat(earlier, out.events().stream().filter(e -> e.sequence() >= from))
        .filter(proposal.conflicts())
        .findFirst();
  }
}
