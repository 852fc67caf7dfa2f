package io.carousel.signer.work;

import java.util.concurrent.atomic.LongAdder;

/** What a worker has done since it started. Thread-safe; each count only grows. */
public final class Tally {
  private final LongAdder answered = new LongAdder();
  private final LongAdder repeated = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder rejected = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final LongAdder lost = new LongAdder();

  void countAnswered() {
    answered.increment();
  }

  void countRepeated() {
    repeated.increment();
  }

  void countRefused() {
    refused.increment();
  }

  void countRejected() {
    rejected.increment();
  }

  void countFailed() {
    failed.increment();
  }

  /** A record was lost to another worker while it was in hand, so its answer may come twice. */
  public void countLost() {
    lost.increment();
  }

  /** Commands answered, refusals included. */
  public long answered() {
    return answered.sum();
  }

  /** Leaf commands answered that this process had answered before; counted as answered too. */
  public long repeated() {
    return repeated.sum();
  }

  /** Commands answered with a refusal; counted as answered too. */
  public long refused() {
    return refused.sum();
  }

  /** Records sent to the dead letters: forged, or not readable. */
  public long rejected() {
    return rejected.sum();
  }

  /** Records given back because this program failed on them. */
  public long failed() {
    return failed.sum();
  }

  /** Records whose lock ran out before they were acknowledged. */
  public long lost() {
    return lost.sum();
  }

  @Override
  public String toString() {
    return "%d answered (%d with a refusal, %d again), %d rejected, %d failed, %d lost to another worker"
        .formatted(answered(), refused(), repeated(), rejected(), failed(), lost());
  }
}
