package io.carousel.deploy.demo;

import io.carousel.deploy.demo.Summary.Killed;
import io.carousel.deploy.demo.Summary.Lap;
import io.carousel.events.PhaseName;
import io.carousel.events.SlotName;
import io.carousel.orchestrator.documents.RotationStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One rotation, driven as an operator would: each phase is left as soon as its gate holds. In the
 * middle of it a worker is killed.
 */
final class Turn {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final long LOOK_MILLIS = 100;

  private final Plan plan;
  private final Operator operator;
  private final Consumer<SlotName> kill;
  private final Consumer<RotationStatus> show;
  private final Consumer<PhaseName> beforeLeaving;
  private final List<Lap> laps = new ArrayList<>();
  private Optional<Killed> killed = Optional.empty();
  private long began;

  /**
   * What shall happen.
   *
   * @param reason told to the log
   * @param turnsBack whether it is rolled back when update-servers could be left
   * @param victim the slot whose worker is killed
   * @param strikesIn the phase in which that happens, once some of the fleet have moved
   */
  record Plan(String reason, boolean turnsBack, SlotName victim, PhaseName strikesIn) {}

  /**
   * A turn.
   *
   * @param kill ends the process of that slot's worker
   * @param show is told how it stands, again and again
   * @param beforeLeaving is told before each phase is left
   */
  Turn(
      Plan plan,
      Operator operator,
      Consumer<SlotName> kill,
      Consumer<RotationStatus> show,
      Consumer<PhaseName> beforeLeaving) {
    this.plan = plan;
    this.operator = operator;
    this.kill = kill;
    this.show = show;
    this.beforeLeaving = beforeLeaving;
  }

  /** From standby to standby. */
  Summary.Rotation run() throws DemoFailed {
    operator.start(operator.status().seen(), plan.reason());
    began = System.nanoTime();
    RotationStatus status = operator.status();
    while (status.seen().phase() != PhaseName.STANDBY) {
      status = phase(status);
    }
    show.accept(status);
    return new Summary.Rotation(
        plan.turnsBack() ? "rolled-back" : "completed", laps, killed.orElseThrow());
  }

  /** Until it is over; returns how things stand in the next. */
  private RotationStatus phase(RotationStatus first) throws DemoFailed {
    PhaseName phase = first.seen().phase();
    Instant end = Instant.now().plus(PATIENCE);
    RotationStatus status = first;
    Optional<String> closed = Optional.empty();
    while (status.seen().phase() == phase) {
      show.accept(status);
      strike(status);
      if (status.gate().ready()) {
        closed = leave(status);
      }
      if (Instant.now().isAfter(end)) {
        throw new DemoFailed(stuck(status, closed));
      }
      pause();
      status = operator.status();
    }
    lap(phase);
    return status;
  }

  /** In the middle: some have moved, others are still asking that worker. */
  private void strike(RotationStatus status) {
    RotationStatus.GateStatus gate = status.gate();
    boolean middle = gate.shown() > 0 || gate.ready();
    if (killed.isEmpty() && status.seen().phase() == plan.strikesIn() && middle) {
      kill.accept(plan.victim());
      killed = Optional.of(new Killed(plan.victim().value(), plan.strikesIn().wire()));
    }
  }

  private Optional<String> leave(RotationStatus status) throws DemoFailed {
    PhaseName phase = status.seen().phase();
    beforeLeaving.accept(phase);
    if (plan.turnsBack() && phase == PhaseName.UPDATE_SERVERS) {
      operator.rollBack(status.seen(), "the demo turns this one back");
      return Optional.empty();
    }
    return operator.advance(status.seen());
  }

  private static String stuck(RotationStatus status, Optional<String> closed) {
    String lacking =
        status.gate().lacking().stream()
            .limit(3)
            .map(l -> "%s: %s, %s".formatted(l.participant(), l.question(), l.why()))
            .reduce((a, b) -> a + "; " + b)
            .orElse("nothing");
    String keys =
        status.keys().stream()
            .map(k -> "G%d on %s %s".formatted(k.generation(), k.slot(), k.stage()))
            .reduce((a, b) -> a + ", " + b)
            .orElse("none");
    return "%s did not end within %d seconds: gate %d of %d, lacking %s; keys: %s%s"
        .formatted(
            status.seen().phase(),
            PATIENCE.toSeconds(),
            status.gate().shown(),
            status.gate().required(),
            lacking,
            keys,
            closed.map(why -> "; the last advance was refused: " + why).orElse(""));
  }

  private void lap(PhaseName phase) {
    long now = System.nanoTime();
    laps.add(new Lap(phase.wire(), seconds(now - began)));
    began = now;
  }

  /** In seconds, with milliseconds. */
  private static double seconds(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(nanos) / 1000.0;
  }

  private static void pause() throws DemoFailed {
    try {
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DemoFailed("interrupted", e);
    }
  }
}
