package io.carousel.signer.trust;

import io.carousel.events.Canary;
import io.carousel.events.ParticipantUri;
import io.carousel.events.SubjectName;
import io.carousel.events.Word;
import io.carousel.signer.refusal.Refusal;
import io.carousel.signer.refusal.Refused;
import java.util.ArrayList;
import java.util.List;

/**
 * Which names a worker puts into credentials.
 *
 * @param allowed patterns; a name must fit one of them
 * @param forbidden patterns; a name must fit none of them
 * @param wildcards whether a DNS name may stand for many; even then for none that is forbidden
 */
public record NameLimits(List<Pattern> allowed, List<Pattern> forbidden, boolean wildcards) {
  /** Every name but wildcards and the login of the superuser. */
  public static final NameLimits DEFAULT =
      new NameLimits(every(), List.of(new Pattern("principal:root")), false);

  /** Copies. */
  public NameLimits {
    allowed = List.copyOf(allowed);
    forbidden = List.copyOf(forbidden);
  }

  private static List<Pattern> every() {
    var all = new ArrayList<Pattern>();
    for (SubjectName.Kind kind : SubjectName.Kind.values()) {
      all.add(new Pattern(kind + ":*"));
    }
    return all;
  }

  /**
   * A kind of name, a colon, and text in which each {@code *} stands for any text, as {@code
   * dns:*.example.org}.
   */
  public record Pattern(String value) {
    /** Checks the kind. */
    public Pattern {
      int colon = value.indexOf(':');
      if (colon < 1 || colon == value.length() - 1) {
        throw new IllegalArgumentException(
            "'%s' is no pattern of names; write a kind, a colon and text with '*', as dns:*.example.org"
                .formatted(value));
      }
      Word.of(SubjectName.Kind.class, value.substring(0, colon));
    }

    boolean fits(String name) {
      return fits(name, value);
    }

    /** Whether it fits the name, or one that the name stands for. */
    boolean meets(SubjectName name) {
      return name.isWildcard() ? overlap(name.value(), value) : fits(name.value());
    }

    /**
     * Whether a name that the wildcard stands for fits the pattern. The wildcard's star is one
     * label (RFC 9525, section 6.3), the pattern's any text. From the end of both: whether their
     * rests from {@code i} and {@code j} on can be the same text.
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

  /**
   * Passes what lies within.
   *
   * @throws Refused as {@link Refusal#NAME_NOT_ALLOWED}, naming the first that does not
   */
  void check(List<SubjectName> names) throws Refused {
    for (SubjectName name : names) {
      if (name.isWildcard() && !wildcards) {
        throw new Refused(
            Refusal.NAME_NOT_ALLOWED,
            "this worker signs no wildcard, and the command asks for '%s'".formatted(name));
      }
      boolean fits =
          allowed.stream().anyMatch(p -> p.fits(name.value()))
              && forbidden.stream().noneMatch(p -> p.meets(name));
      if (!fits || isKept(name)) {
        throw new Refused(
            Refusal.NAME_NOT_ALLOWED,
            "this worker was not started to sign for the name '%s'".formatted(name));
      }
    }
  }

  /** For participants by the house itself, and for canaries. */
  private static boolean isKept(SubjectName name) {
    return (name.kind() == SubjectName.Kind.URI && ParticipantUri.reserves(name.text()))
        || (name.kind() == SubjectName.Kind.DNS && Canary.reserves(name.text()));
  }
}
