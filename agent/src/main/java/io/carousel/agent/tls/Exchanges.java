package io.carousel.agent.tls;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/** Counts exchanges by how they ended. Thread-safe; one may serve a whole fleet. */
public final class Exchanges {
  private final LongAdder full = new LongAdder();
  private final LongAdder resumed = new LongAdder();
  private final Map<FailureCause, LongAdder> failed = new EnumMap<>(FailureCause.class);
  private final AtomicReference<Outcome.Failed> firstFailure = new AtomicReference<>();

  /** Nothing counted yet. */
  public Exchanges() {
    for (FailureCause cause : FailureCause.values()) {
      failed.put(cause, new LongAdder());
    }
  }

  /**
   * What has been counted.
   *
   * @param made all exchanges that ended, however they did
   * @param failed those that failed
   * @param resumed those that succeeded over a resumed session
   * @param full those that succeeded over a full handshake
   * @param causes of the failures; only causes that occurred
   */
  public record Tally(
      long made, long failed, long resumed, long full, Map<FailureCause, Long> causes) {
    /** Copies. */
    public Tally {
      causes = Map.copyOf(causes);
    }
  }

  /** Counts one. */
  public void count(Outcome outcome) {
    switch (outcome) {
      case Outcome.Succeeded success -> (success.resumed() ? resumed : full).increment();
      case Outcome.Failed failure -> {
        failed.get(failure.cause()).increment();
        firstFailure.compareAndSet(null, failure);
      }
    }
  }

  /** The counts by now. */
  public Tally tally() {
    var causes = new EnumMap<FailureCause, Long>(FailureCause.class);
    failed.forEach((cause, count) -> {
      if (count.sum() > 0) {
        causes.put(cause, count.sum());
      }
    });
    long failures = causes.values().stream().mapToLong(Long::longValue).sum();
    long fulls = full.sum();
    long resumptions = resumed.sum();
    return new Tally(failures + fulls + resumptions, failures, resumptions, fulls, causes);
  }

  /** The first failure counted; for people who ask why. */
  public java.util.Optional<Outcome.Failed> firstFailure() {
    return java.util.Optional.ofNullable(firstFailure.get());
  }
}
