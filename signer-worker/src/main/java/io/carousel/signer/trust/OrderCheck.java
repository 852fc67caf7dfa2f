package io.carousel.signer.trust;

import io.carousel.events.CommandId;
import io.carousel.events.KeyId;
import io.carousel.events.SigningCommand.DestroyKey;
import io.carousel.events.SigningCommand.KeyCommand;
import io.carousel.events.orders.Finding;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Compares key commands with what the worker's own verified copy of the log ordered. Thread-safe.
 *
 * <p>An orchestrator writes an event and the command that it orders in one transaction. Kafka shows
 * the two in any order: the markers that end a transaction are written partition by partition. So a
 * command whose event is not there yet waits for a moment. Who names events that never come makes
 * it wait once a minute.
 */
public final class OrderCheck implements Orders {
  private static final long LONGEST_WAIT = Duration.ofSeconds(3).toNanos();
  private static final long NO_WAIT_AFTER = Duration.ofMinutes(1).toNanos();
  private static final int MOST_WAITING = 100;

  private final Roll roll;
  private final LogTail tail;
  private final LongSupplier nanoTime;
  private final Map<CommandId, Long> waiting = new HashMap<>(); // since when; guarded by this
  private Optional<Long> inVain = Optional.empty(); // when it last waited so; guarded by this

  /** By that log. */
  public OrderCheck(Roll roll, LogTail tail) {
    this(roll, tail, System::nanoTime);
  }

  OrderCheck(Roll roll, LogTail tail, LongSupplier nanoTime) {
    this.roll = roll;
    this.tail = tail;
    this.nanoTime = nanoTime;
  }

  @Override
  public Finding find(KeyCommand command) throws LogUnreachable {
    // Its event was read, and reading on cannot make that event order it: no flood makes us read.
    Optional<Finding> settled = roll.settled(command);
    if (settled.isPresent()) {
      return settled.get();
    }
    tail.catchUp();
    Finding found = roll.find(command);
    boolean mayCome =
        found instanceof Finding.Unordered && command.event() > roll.head().sequence();
    if (mayCome && waits(command.command())) {
      throw new LogUnreachable(
          "event %d, which is said to order command %s, is not in the log yet"
              .formatted(command.event(), command.command()),
          null);
    }
    // What came since then is in it.
    return mayCome ? roll.find(command) : found;
  }

  private synchronized boolean waits(CommandId command) {
    long now = nanoTime.getAsLong();
    if (inVain.filter(at -> now - at < NO_WAIT_AFTER).isPresent()) {
      return false;
    }
    Long since = waiting.get(command);
    if (since == null) {
      if (waiting.size() >= MOST_WAITING) {
        waiting.values().removeIf(at -> now - at > LONGEST_WAIT);
      }
      if (waiting.size() >= MOST_WAITING) {
        return false;
      }
      waiting.put(command, now);
      return true;
    }
    if (now - since < LONGEST_WAIT) {
      return true;
    }
    waiting.clear();
    inVain = Optional.of(now);
    return false;
  }

  @Override
  public List<KeyId> others(DestroyKey command) {
    return roll.others(command.slot(), command.key());
  }

  @Override
  public Optional<Instant> heldUntil(DestroyKey command) {
    return roll.heldUntil(command);
  }
}
