package io.carousel.orchestrator.http;

import io.carousel.events.Identifier;
import io.carousel.orchestrator.documents.Wanted;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/** How long retired keys stay, as documents say it. */
final class Holds {
  private Holds() {}

  /**
   * A duration, or empty for never.
   *
   * @throws IllegalArgumentException if it is neither
   */
  static Optional<Duration> parse(String text) {
    if (text.equals(Wanted.NEVER)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Duration.parse(text));
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "hold %s is no duration as PT168H, nor '%s'"
              .formatted(Identifier.printable(text), Wanted.NEVER),
          e);
    }
  }
}
