package io.carousel.events;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** With which suite an authority signs a format. */
public record FormatSuite(Format format, Suite suite) implements Comparable<FormatSuite> {
  /** X.509 alone, with that suite. */
  public static List<FormatSuite> x509(Suite suite) {
    return List.of(new FormatSuite(Format.X509, suite));
  }

  /**
   * In the order of the formats.
   *
   * @throws IllegalArgumentException if a format is named twice
   */
  static List<FormatSuite> each(Collection<FormatSuite> all) {
    if (all.stream().map(FormatSuite::format).distinct().count() != all.size()) {
      throw new IllegalArgumentException("a format was given two suites; name each once");
    }
    return all.stream().sorted().toList();
  }

  @Override
  public int compareTo(FormatSuite other) {
    return Comparator.comparing(FormatSuite::format)
        .thenComparing(FormatSuite::suite)
        .compare(this, other);
  }

  @Override
  public String toString() {
    return format + "=" + suite;
  }
}
