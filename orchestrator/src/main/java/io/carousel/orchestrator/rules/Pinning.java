package io.carousel.orchestrator.rules;

import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Whether a verifier below an external root goes by its pins alone. That it says so is not enough:
 * a canary by a CA of that root, shown before that CA was among the pins, must have been refused.
 * Pure.
 */
final class Pinning {
  private Pinning() {}

  /**
   * Why it is not known to go by its pins alone.
   *
   * @param unshown whether nothing speaks against it, and nothing for it
   */
  record Flaw(String text, boolean unshown) {}

  /**
   * What is wrong with what it has shown.
   *
   * @param since the generation whose canary it must have been tried with, or that of a later one;
   *     empty if it need not have been tried
   */
  static Optional<Flaw> flaw(Evidence.Shown shown, External external, Optional<Integer> since) {
    if (shown.trusts().contains(external.key())) {
      return Optional.of(new Flaw("trusts the root itself", false));
    }
    Optional<Evidence.ShownCanary> newest =
        shown.tried().stream().max(Comparator.comparingInt(Evidence.ShownCanary::generation));
    if (newest.filter(c -> !c.refused()).isPresent()) {
      return Optional.of(
          new Flaw(
              "accepted a canary of generation %d before that was among its pins: it trusts the root beside them, or verifies nothing"
                  .formatted(newest.get().generation()),
              false));
    }
    boolean tried =
        since.isEmpty() || newest.filter(c -> c.generation() >= since.get()).isPresent();
    return tried
        ? Optional.empty()
        : Optional.of(
            new Flaw(
                "says that it pins, and no canary of generation %d has shown it"
                    .formatted(since.get()),
                true));
  }

  /** What was tried, for the record. */
  static String canaries(Evidence.Shown shown) {
    return shown.tried().stream()
        .map(c ->
            "; canary %s of generation %d %s"
                .formatted(c.serial(), c.generation(), c.refused() ? "refused" : "accepted"))
        .collect(Collectors.joining());
  }
}
