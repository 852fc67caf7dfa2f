package io.carousel.signer.kafka;

import io.carousel.events.Span;
import java.time.Duration;
import java.time.temporal.ChronoUnit;

/** Kafka is not there, or not as a worker needs it. The message says what, why, and what to do. */
public final class NotReady extends Exception {
  private static final long serialVersionUID = 1L;

  /** What is wrong. */
  public enum Fault {
    /** No broker answers. */
    BROKER_MISSING,
    /** A topic is not there. */
    TOPIC_MISSING,
    /** A share group has a setting under which commands would be lost or ghosts carried out. */
    GROUP_MISCONFIGURED,
    /** Nothing has been written to the log yet. */
    LOG_EMPTY,
    /** Kafka was there, and does not let this worker go on. */
    CUT_OFF
  }

  private final Fault fault;

  NotReady(Fault fault, String message, Throwable cause) {
    super(message, cause);
    this.fault = fault;
  }

  /** That Kafka's clients wait for a time that was, and must be made anew. */
  public static NotReady clockSetBack(Duration by) {
    return new NotReady(
        Fault.CUT_OFF,
        "the clock of this machine was set back by %s, and Kafka's clients wait by it; start the worker again"
            .formatted(Span.text(by.truncatedTo(ChronoUnit.SECONDS))),
        null);
  }

  /** What is wrong. */
  public Fault fault() {
    return fault;
  }
}
