package io.carousel.agent;

import io.carousel.events.Report;
import java.util.Optional;

/**
 * What canaries have shown of the verifier of one authority.
 *
 * @param proven the newest whose issuer the verifier has come to accept
 * @param pending one that was shown before its issuer was trusted, and not yet after
 */
public record Trials(Optional<Trial> proven, Optional<Trial> pending) {
  /** Nothing was tried. */
  public static final Trials NONE = new Trials(Optional.empty(), Optional.empty());

  /** One canary, by the key of that generation. */
  public record Trial(int generation, Report.Tried tried) {
    @Override
    public String toString() {
      return "generation %d was %s before it was trusted"
          .formatted(generation, tried.refused() ? "refused" : "ACCEPTED");
    }
  }

  /** Whether one of that generation was shown. */
  boolean knows(int generation) {
    return proven.filter(t -> t.generation() >= generation).isPresent()
        || pending.filter(t -> t.generation() >= generation).isPresent();
  }

  Trials waiting(Trial next) {
    return new Trials(proven, Optional.of(next));
  }

  Trials accepted() {
    return new Trials(pending, Optional.empty());
  }

  Trials dropped() {
    return new Trials(proven, Optional.empty());
  }
}
