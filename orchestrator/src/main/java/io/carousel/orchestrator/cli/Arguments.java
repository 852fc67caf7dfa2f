package io.carousel.orchestrator.cli;

import io.carousel.events.AuthorityName;
import io.carousel.events.Identifier;
import io.carousel.events.ParticipantName;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import io.carousel.orchestrator.documents.Wanted;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Iterator;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How words of the command line become values. */
final class Arguments {
  private Arguments() {}

  /** Converts by a constructor that says what is wrong. */
  abstract static class Checked<T> implements ITypeConverter<T> {
    private final Function<String, T> of;

    Checked(Function<String, T> of) {
      this.of = of;
    }

    @Override
    public T convert(String text) {
      try {
        return of.apply(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  static final class OfAuthority extends Checked<AuthorityName> {
    OfAuthority() {
      super(AuthorityName::new);
    }
  }

  static final class OfSlot extends Checked<SlotName> {
    OfSlot() {
      super(SlotName::new);
    }
  }

  static final class OfParticipant extends Checked<ParticipantName> {
    OfParticipant() {
      super(ParticipantName::new);
    }
  }

  static final class OfSuite extends Checked<Suite> {
    OfSuite() {
      super(Suite::of);
    }
  }

  static final class OfDuration extends Checked<Duration> {
    OfDuration() {
      super(Arguments::duration);
    }
  }

  /** A duration, or empty for never. */
  record Hold(Optional<Duration> time) {
    String wire() {
      return time.map(Duration::toString).orElse(Wanted.NEVER);
    }
  }

  static final class OfHold extends Checked<Hold> {
    OfHold() {
      super(text ->
          new Hold(text.equals(Wanted.NEVER) ? Optional.empty() : Optional.of(duration(text))));
    }
  }

  /** The names of all suites, for help and completion. */
  static final class Suites implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Stream.of(Suite.values()).map(Suite::wire).iterator();
    }
  }

  private static final Pattern SHORT =
      Pattern.compile("(?:(\\d{1,6})d)?(?:(\\d{1,6})h)?(?:(\\d{1,6})m)?(?:(\\d{1,6})s)?");

  /** As {@code 7d}, {@code 1d12h} or {@code 90s}, or as ISO 8601 says it. */
  static Duration duration(String text) {
    Matcher parts = SHORT.matcher(text);
    if (!text.isEmpty() && parts.matches()) {
      return Duration.ofDays(number(parts.group(1)))
          .plusHours(number(parts.group(2)))
          .plusMinutes(number(parts.group(3)))
          .plusSeconds(number(parts.group(4)));
    }
    try {
      return Duration.parse(text);
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "%s is no duration; write it as 7d, 24h, 1d12h or 90s"
              .formatted(Identifier.printable(text)),
          e);
    }
  }

  private static long number(String text) {
    return text == null ? 0 : Long.parseLong(text);
  }
}
