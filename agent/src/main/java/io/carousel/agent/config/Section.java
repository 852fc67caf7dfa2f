package io.carousel.agent.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
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
 * One mapping of the file while it is read. Faults are gathered with their lines, not thrown: what
 * is wrong gives an empty value, and the message in the end names everything.
 */
final class Section {
  private static final Pattern SPAN = Pattern.compile("(\\d{1,9})([smhd])");

  private final String prefix;
  private final Path base;
  private final Yaml.Mapping mapping;
  private final List<String> faults;
  private final Set<String> asked = new LinkedHashSet<>();

  /**
   * A mapping.
   *
   * @param base relative paths are below it
   * @param faults where they are gathered
   */
  Section(String prefix, Path base, Yaml.Mapping mapping, List<String> faults) {
    this.prefix = prefix;
    this.base = base;
    this.mapping = mapping;
    this.faults = faults;
  }

  boolean has(String key) {
    asked.add(key);
    return mapping.values().containsKey(key);
  }

  boolean isList(String key) {
    return take(key) instanceof Yaml.Items;
  }

  /** A mapping within this one; an empty one if there is none. */
  Section section(String key) {
    return switch (take(key)) {
      case null -> new Section(prefix + key + ".", base, empty(mapping.line()), faults);
      case Yaml.Mapping inner -> new Section(prefix + key + ".", base, inner, faults);
      case Yaml other -> {
        fault(key, "must hold keys of its own");
        yield new Section(prefix + key + ".", base, empty(other.line()), faults);
      }
    };
  }

  private static Yaml.Mapping empty(int line) {
    return new Yaml.Mapping(Map.of(), line);
  }

  /** A list of mappings, one at least. */
  List<Section> sections(String key) {
    var sections = new ArrayList<Section>();
    if (take(key) instanceof Yaml.Items list && !list.items().isEmpty()) {
      for (Yaml item : list.items()) {
        String name = "%s%s[%d].".formatted(prefix, key, sections.size() + 1);
        if (item instanceof Yaml.Mapping inner) {
          sections.add(new Section(name, base, inner, faults));
        } else {
          faults.add(
              "line %d: '%s' must be a list of mappings".formatted(item.line(), prefix + key));
        }
      }
    } else {
      fault(key, "must be a list of one mapping at least");
    }
    return sections;
  }

  Optional<String> text(String key) {
    return switch (take(key)) {
      case null -> Optional.empty();
      case Yaml.Scalar scalar when !scalar.text().isBlank() -> Optional.of(scalar.text());
      case Yaml _ -> {
        fault(key, "must be a text");
        yield Optional.empty();
      }
    };
  }

  /** What that reads in a text, if there is one. */
  <T> Optional<T> parsed(String key, Function<String, T> parser) {
    return text(key).flatMap(text -> parse(key, text, parser));
  }

  /** What that reads in a text that must be there. */
  <T> Optional<T> needed(String key, Function<String, T> parser) {
    if (!mapping.values().containsKey(key)) {
      fault(key, "is missing");
    }
    return parsed(key, parser);
  }

  /** A path that must be there; a relative one is beside the file. */
  Optional<Path> path(String key) {
    return needed(key, this::resolve);
  }

  Path path(String key, Path otherwise) {
    return parsed(key, this::resolve).orElse(otherwise);
  }

  private Path resolve(String text) {
    return base.resolve(text).normalize();
  }

  boolean flag(String key, boolean otherwise) {
    return parsed(key, Section::flag).orElse(otherwise);
  }

  private static boolean flag(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("write true or false");
    };
  }

  /** A span of time as {@code 90s}, {@code 15m}, {@code 24h}, {@code 31d}. */
  Duration span(String key, Duration otherwise) {
    return parsed(key, Section::span).orElse(otherwise);
  }

  private static Duration span(String text) {
    Matcher parts = SPAN.matcher(text);
    if (!parts.matches() || Long.parseLong(parts.group(1)) == 0) {
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

  /** A list of texts, one at least; empty if it is missing or wrong. */
  <T> List<T> list(String key, Function<String, T> parser) {
    var read = new ArrayList<T>();
    if (take(key) instanceof Yaml.Items list && !list.items().isEmpty()) {
      for (Yaml item : list.items()) {
        if (item instanceof Yaml.Scalar scalar) {
          parse(key, scalar.text(), parser).ifPresent(read::add);
        } else {
          fault(key, "must be a list of texts, as [one, two]");
        }
      }
    } else {
      fault(key, "must be a list, as [one, two]");
    }
    return read;
  }

  private <T> Optional<T> parse(String key, String text, Function<String, T> parser) {
    try {
      return Optional.of(parser.apply(text));
    } catch (IllegalArgumentException e) {
      fault(key, "does not fit: " + e.getMessage());
      return Optional.empty();
    }
  }

  /** Call last: names every key that nobody asked for. */
  void refuseUnknown() {
    var unknown = new TreeSet<>(mapping.values().keySet());
    unknown.removeAll(asked);
    for (String key : unknown) {
      fault(key, "is no key known here; there are: %s".formatted(String.join(", ", asked)));
    }
  }

  /** At the line of that key, or of the mapping that lacks it. */
  void fault(String key, String what) {
    Yaml at = mapping.values().getOrDefault(key, mapping);
    faults.add("line %d: '%s%s' %s".formatted(at.line(), prefix, key, what));
  }

  private Yaml take(String key) {
    asked.add(key);
    return mapping.values().get(key);
  }
}
