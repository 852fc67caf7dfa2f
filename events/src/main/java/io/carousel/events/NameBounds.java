package io.carousel.events;

import java.util.List;
import java.util.Optional;

/**
 * Which names a worker puts into credentials. A pattern is a kind of name, a colon, and text in
 * which each {@code *} stands for any text, as {@code dns:*.example.org}.
 *
 * @param allowed patterns; a name must fit one of them
 * @param forbidden patterns; a name must fit none of them, nor may one that a wildcard stands for
 * @param wildcards whether a DNS name may stand for many
 */
public record NameBounds(List<String> allowed, List<String> forbidden, boolean wildcards) {
  /** Copies. */
  public NameBounds {
    allowed = List.copyOf(allowed);
    forbidden = List.copyOf(forbidden);
  }

  /** Why the name lies outside; empty if it does not. */
  public Optional<String> flaw(SubjectName name) {
    if (name.isWildcard() && !wildcards) {
      return Optional.of("no wildcard is signed");
    }
    if (allowed.stream().noneMatch(p -> fits(name.value(), p))) {
      return Optional.of("it fits none of the names that are signed: " + allowed);
    }
    return forbidden.stream()
        .filter(p -> meets(p, name))
        .findFirst()
        .map("names like '%s' are not signed"::formatted);
  }

  /** Whether the pattern fits that text. */
  public static boolean matches(String pattern, String text) {
    return fits(text, pattern);
  }

  /** Whether the pattern fits the name, or one that the name stands for. */
  public static boolean meets(String pattern, SubjectName name) {
    return name.isWildcard() ? overlap(name.value(), pattern) : fits(name.value(), pattern);
  }

  /**
   * Whether a name that the wildcard stands for fits the pattern. The wildcard's star is one label
   * (RFC 9525, section 6.3), the pattern's any text. From the end of both: whether their rests from
   * {@code i} and {@code j} on can be the same text.
   */
  private static boolean overlap(String wildcard, String pattern) {
    boolean[] same = new boolean[pattern.length() + 1];
    for (int i = wildcard.length(); i >= 0; i--) {
      boolean[] next = same.clone(); // of i + 1
      boolean more = i < wildcard.length();
      for (int j = pattern.length(); j >= 0; j--) {
        char p = j < pattern.length() ? pattern.charAt(j) : '\0';
        char w = more ? wildcard.charAt(i) : '\0';
        same[j] =
            switch (p) {
              case '\0' -> !more || (w == '*' && next[j]);
              case '*' -> same[j + 1] || (more && next[j]);
              default -> w == '*' ? next[j] || (p != '.' && same[j + 1]) : w == p && next[j + 1];
            };
      }
    }
    return same[0];
  }

  /** Without regular expressions: a pattern costs at most the product of both lengths. */
  private static boolean fits(String name, String pattern) {
    int n = 0;
    int p = 0;
    int star = -1;
    int retry = 0;
    while (n < name.length()) {
      if (p < pattern.length() && pattern.charAt(p) == '*') {
        star = p++;
        retry = n;
      } else if (p < pattern.length() && pattern.charAt(p) == name.charAt(n)) {
        p++;
        n++;
      } else if (star >= 0) {
        p = star + 1;
        n = ++retry;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }
}
