package io.carousel.events;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Notices that the clock of this machine was set back, by a clock that cannot be. Kafka's clients
 * count their waits by the clock that can: one that was set back by an hour sends no heartbeat and
 * reconnects nowhere for an hour, while the broker has given it up. They must be made anew.
 */
public final class ClockWatch implements AutoCloseable {
  /** Less is waited for: no client is given up within it. */
  private static final Duration MOST = Duration.ofSeconds(5);

  private static final long LOOK_EVERY_SECONDS = 1;

  private final InstantSource wall;
  private final LongSupplier nanos;
  private final long began;
  private Duration furthest;
  private ScheduledExecutorService looking;

  /** By those clocks. */
  ClockWatch(InstantSource wall, LongSupplier nanos) {
    this.wall = wall;
    this.nanos = nanos;
    this.began = nanos.getAsLong();
    this.furthest = apart();
  }

  /**
   * Looks from now on.
   *
   * @param setBack is told once, by how much
   */
  public static ClockWatch start(Consumer<Duration> setBack) {
    var watch = new ClockWatch(InstantSource.system(), System::nanoTime);
    watch.looking =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("clock-watch").daemon().factory());
    var _ =
        watch.looking.scheduleWithFixedDelay(
            () ->
                watch
                    .look()
                    .ifPresent(back -> {
                      watch.looking.shutdown();
                      setBack.accept(back);
                    }),
            LOOK_EVERY_SECONDS,
            LOOK_EVERY_SECONDS,
            TimeUnit.SECONDS);
    return watch;
  }

  /** By how much the clock was set back, from the furthest that it was; empty if by little. */
  Optional<Duration> look() {
    Duration now = apart();
    if (now.compareTo(furthest) > 0) {
      furthest = now;
    }
    return Optional.of(furthest.minus(now)).filter(back -> back.compareTo(MOST) > 0);
  }

  private Duration apart() {
    return Duration.ofMillis(wall.millis()).minusNanos(nanos.getAsLong() - began);
  }

  @Override
  public void close() {
    looking.shutdown();
  }
}
