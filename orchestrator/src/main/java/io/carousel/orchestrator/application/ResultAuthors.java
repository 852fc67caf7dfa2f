package io.carousel.orchestrator.application;

import io.carousel.events.AuthorRole;
import io.carousel.events.LeafResult;
import io.carousel.events.LeafResult.LeafRefused;
import io.carousel.events.LeafResult.LeafSigned;
import io.carousel.events.seal.KnownAuthor;
import java.util.Optional;

/** Whose word counts for what came of a leaf command. */
final class ResultAuthors {
  private ResultAuthors() {}

  /** Whether that author may say so: a slot's own workers, and orchestrators of what nobody did. */
  static boolean maySay(KnownAuthor author, LeafResult result) {
    boolean ofTheSlot =
        author.role() == AuthorRole.WORKER && author.slot().equals(Optional.of(result.slot()));
    return switch (result) {
      case LeafSigned _ -> ofTheSlot;
      case LeafRefused _ -> ofTheSlot || author.role() == AuthorRole.ORCHESTRATOR;
    };
  }
}
