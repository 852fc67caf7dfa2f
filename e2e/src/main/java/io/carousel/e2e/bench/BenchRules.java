package io.carousel.e2e.bench;

import io.carousel.events.AuthorityName;
import io.carousel.events.CommandId;
import io.carousel.events.Format;
import io.carousel.events.HouseEvent;
import io.carousel.events.OperatorAct;
import io.carousel.events.SigningCommand;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import io.carousel.events.seal.Recorded;
import io.carousel.events.topics.Topic;
import io.carousel.orchestrator.log.Asked;
import io.carousel.orchestrator.log.Judge;
import io.carousel.orchestrator.log.Outgoing;
import io.carousel.orchestrator.log.Verdict;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * Rules that cost nothing, so that the log is measured and not they: each act becomes one event,
 * and in the four-part transactions one command to a worker.
 */
final class BenchRules implements Judge<Long> {
  private static final SlotName SLOT = new SlotName("bench");

  final LongAdder transactions = new LongAdder();
  private volatile boolean fourParts;
  private volatile long began;
  private volatile long nanos;

  void fourParts(boolean wanted) {
    fourParts = wanted;
  }

  /** From the judgement of the last act to the end of its transaction. */
  long lastNanos() {
    return nanos;
  }

  @Override
  public Long initial() {
    return 0L;
  }

  @Override
  public Long evolve(Long state, Recorded event) {
    return state + 1;
  }

  @Override
  public Verdict judge(Long staged, Asked asked, Instant now) {
    began = System.nanoTime();
    var act = (OperatorAct.RegisterSlot) asked.act();
    var event =
        new HouseEvent.SlotRegistered(act.slot(), act.module(), act.custody(), act.by(), now);
    Verdict verdict = Verdict.of(List.of(event), fourParts ? List.of(command(asked)) : List.of());
    if (fourParts) {
      var _ = verdict.durable().thenRun(() -> nanos = System.nanoTime() - began);
    }
    return verdict;
  }

  private static Outgoing command(Asked asked) {
    CommandId id = asked.command();
    return Outgoing.of(
        Topic.KEYS.of(SLOT),
        null,
        id.value(),
        new SigningCommand.GenerateKey(
            id, 1, new AuthorityName("db"), 1, SLOT, Format.X509, Suite.ECDSA_P256));
  }
}
