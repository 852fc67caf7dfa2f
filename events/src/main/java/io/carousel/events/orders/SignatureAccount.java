package io.carousel.events.orders;

import io.carousel.events.Attempt;
import io.carousel.events.CommandId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Every signature that workers may have had their tokens make: what was begun, what was answered,
 * and what was begun and never answered, so that nobody knows whether it was made. In every
 * schedule of crashes the signatures of a token are at most {@link #most()}, and at least those of
 * the answers that hold one. One thread at a time.
 */
public final class SignatureAccount {
  private final Map<Place, Integer> unheard = new HashMap<>();
  private long most;
  private long heard;

  /**
   * One command in one attempt.
   *
   * @param attempt id of the record that began it
   */
  public record Place(String attempt, CommandId command) {}

  /** Takes a record of {@code carousel.attempts}; the same one again changes nothing. */
  public void begun(String attempt, Attempt what) {
    for (Attempt.Item item : what.items()) {
      if (unheard.putIfAbsent(new Place(attempt, item.command()), item.signatures()) == null) {
        most += item.signatures();
      }
    }
  }

  /**
   * Takes an answer that names its attempt, after that attempt; the same one again changes nothing.
   *
   * @param signed whether it holds what was signed; a refusal may have cost a signature or not
   */
  public void answered(String attempt, CommandId command, boolean signed) {
    Integer signatures = unheard.put(new Place(attempt, command), 0);
    if (signatures == null) {
      throw new IllegalArgumentException(
          "command %s is answered in attempt %s, which nobody began".formatted(command, attempt));
    }
    if (signed) {
      heard += signatures;
    }
  }

  /** As many signatures as can have been made, answered or not. */
  public long most() {
    return most;
  }

  /** As many of them as answers hold; of an inspection as many as it was to try at most. */
  public long heard() {
    return heard;
  }

  /** What was begun and never answered: it may have been signed. */
  public List<Place> unheard() {
    return unheard.entrySet().stream()
        .filter(e -> e.getValue() > 0)
        .map(Map.Entry::getKey)
        .toList();
  }
}
