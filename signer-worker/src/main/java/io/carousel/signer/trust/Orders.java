package io.carousel.signer.trust;

import io.carousel.events.KeyId;
import io.carousel.events.SigningCommand.DestroyKey;
import io.carousel.events.SigningCommand.KeyCommand;
import io.carousel.events.orders.Finding;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What the log has ordered of this worker. Thread-safe. */
public interface Orders {
  /**
   * What the log says of that command, up to its end.
   *
   * @throws LogUnreachable if nobody can say now
   */
  Finding find(KeyCommand command) throws LogUnreachable;

  /** The keys that must be in the slot when that one is destroyed there. */
  List<KeyId> others(DestroyKey command);

  /** When the hold of that key ends; empty if it was never held. */
  Optional<Instant> heldUntil(DestroyKey command);
}
