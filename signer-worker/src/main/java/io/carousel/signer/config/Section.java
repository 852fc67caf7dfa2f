package io.carousel.signer.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One mapping of a configuration file while it is read. Faults are gathered, not thrown: what is
 * wrong gives an empty value, and the message in the end names everything.
 */
final class Section {
  private static final Pattern SPAN = Pattern.compile("(\\d{1,9})([smhd])");

  private final String prefix;
  private final Map<String, Object> values;
  private final List<String> faults;
  private final Set<String> asked = new LinkedHashSet<>();

  Section(String prefix, Map<?, ?> values, List<String> faults) {
    this.prefix = prefix;
    this.faults = faults;
    this.values = new LinkedHashMap<>();
    values.forEach((key, value) -> this.values.put(String.valueOf(key), value));
  }

  /** A mapping within this one; empty if there is none. */
  Section section(String key) {
    Object value = take(key);
    if (value != null && !(value instanceof Map<?, ?>)) {
      fault(key, "must hold keys of its own");
    }
    return new Section(prefix + key + ".", value instanceof Map<?, ?> map ? map : Map.of(), faults);
  }

  /** A text that must be there. */
  Optional<String> text(String key) {
    Optional<String> value = optionalText(key);
    if (value.isEmpty()) {
      fault(key, "is missing");
    }
    return value;
  }

  Optional<String> optionalText(String key) {
    return switch (take(key)) {
      case null -> Optional.empty();
      case String text when !text.isBlank() -> Optional.of(text);
      case Number number -> Optional.of(number.toString());
      default -> {
        fault(key, "must be a text");
        yield Optional.empty();
      }
    };
  }

  /** A text that must be there and that this can read. */
  <T> Optional<T> parsed(String key, Function<String, T> parser) {
    return text(key).flatMap(text -> parse(key, text, parser));
  }

  /** A path that must be there; a relative one is beside the file. */
  Optional<Path> path(String key, Path base) {
    return parsed(key, text -> base.resolve(text).normalize());
  }

  int number(String key, int least, int most, int otherwise) {
    return switch (take(key)) {
      case null -> otherwise;
      case Integer number when number >= least && number <= most -> number;
      default -> {
        fault(key, "must be a number from %d to %d".formatted(least, most));
        yield otherwise;
      }
    };
  }

  boolean flag(String key, boolean otherwise) {
    return switch (take(key)) {
      case null -> otherwise;
      case Boolean flag -> flag;
      default -> {
        fault(key, "must be true or false");
        yield otherwise;
      }
    };
  }

  /** A span of time as {@code 90s}, {@code 15m}, {@code 24h}, {@code 31d}. */
  Duration span(String key, Duration otherwise) {
    return optionalText(key).flatMap(text -> parse(key, text, Section::span)).orElse(otherwise);
  }

  private static Duration span(String text) {
    Matcher parts = SPAN.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "'%s' is no span of time; write 90s, 15m, 24h or 31d".formatted(text));
    }
    long number = Long.parseLong(parts.group(1));
    return switch (parts.group(2)) {
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      default -> Duration.ofDays(number);
    };
  }

  <T> T word(String key, Function<String, T> parser, T otherwise) {
    return optionalText(key).flatMap(text -> parse(key, text, parser)).orElse(otherwise);
  }

  /** A list of one word at least. */
  <T> Set<T> words(String key, Function<String, T> parser, Set<T> otherwise) {
    if (take(key) instanceof List<?> list && list.isEmpty()) {
      fault(key, "must be a list, as [one, two]");
      return otherwise;
    }
    return wordsOrNone(key, parser, otherwise);
  }

  /** A list; an empty one is an answer too. */
  <T> Set<T> wordsOrNone(String key, Function<String, T> parser, Set<T> otherwise) {
    Object value = take(key);
    if (value == null) {
      return otherwise;
    }
    if (!(value instanceof List<?> list)) {
      fault(key, "must be a list, as [one, two]");
      return otherwise;
    }
    Set<T> words = new LinkedHashSet<>();
    list.forEach(item -> parse(key, String.valueOf(item), parser).ifPresent(words::add));
    return words;
  }

  /** Call last: names every key that nobody asked for. */
  void refuseUnknown() {
    var unknown = new TreeSet<>(values.keySet());
    unknown.removeAll(asked);
    for (String key : unknown) {
      fault(key, "is no key known here; there are: %s".formatted(String.join(", ", asked)));
    }
  }

  void fault(String key, String what) {
    faults.add("'%s%s' %s".formatted(prefix, key, what));
  }

  private <T> Optional<T> parse(String key, String text, Function<String, T> parser) {
    try {
      return Optional.of(parser.apply(text));
    } catch (IllegalArgumentException e) {
      fault(key, "does not fit: " + e.getMessage());
      return Optional.empty();
    }
  }

  private Object take(String key) {
    asked.add(key);
    return values.get(key);
  }
}
