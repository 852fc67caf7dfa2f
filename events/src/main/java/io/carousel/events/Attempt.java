package io.carousel.events;

import java.util.List;

/**
 * For which commands a worker is about to have its token sign; travels on {@code
 * carousel.attempts}, and is durable before the first of those signatures. An answer names its
 * attempt ({@code ce_attempt}); of what no answer names, nobody knows whether it was signed.
 */
public record Attempt(List<Item> items) {
  /** Copies. */
  public Attempt {
    items = List.copyOf(items);
    if (items.isEmpty()) {
      throw new IllegalArgumentException("nothing is to be signed");
    }
  }

  /**
   * One command.
   *
   * @param signatures at most so many
   */
  public record Item(CommandId command, int signatures) {
    /** Checks. */
    public Item {
      if (signatures < 1) {
        throw new IllegalArgumentException("nothing is to be signed for " + command);
      }
    }
  }
}
