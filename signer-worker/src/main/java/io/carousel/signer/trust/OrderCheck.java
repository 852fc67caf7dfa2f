package io.carousel.signer.trust;

import io.carousel.events.KeyId;
import io.carousel.events.SigningCommand.DestroyKey;
import io.carousel.events.SigningCommand.KeyCommand;
import io.carousel.events.orders.Finding;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Compares key commands with what the worker's own verified copy of the log ordered. Thread-safe.
 */
public final class OrderCheck implements Orders {
  private final Roll roll;
  private final LogTail tail;

  /** By that log. */
  public OrderCheck(Roll roll, LogTail tail) {
    this.roll = roll;
    this.tail = tail;
  }

  @Override
  public Finding find(KeyCommand command) throws LogUnreachable {
    Optional<Finding> settled = roll.settled(command);
    if (settled.isPresent()) {
      return settled.get();
    }
    tail.catchUp();
    if (command.event() > roll.head().sequence()) {
      tail.catchUpWithWritten();
    }
    return roll.find(command);
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
