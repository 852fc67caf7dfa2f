package io.carousel.orchestrator.credential;

import io.carousel.events.SigningCommand.LeafCommand;
import java.util.concurrent.CompletableFuture;

/** Where leaf commands go. */
@FunctionalInterface
public interface LeafOutlet {
  /**
   * Signs the command as this orchestrator's and writes it to its slot's topic.
   *
   * @return completes when it is durable; fails if it may not be
   */
  CompletableFuture<Void> write(LeafCommand command);
}
