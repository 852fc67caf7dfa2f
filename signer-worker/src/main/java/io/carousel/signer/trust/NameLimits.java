package io.carousel.signer.trust;

import io.carousel.events.Canary;
import io.carousel.events.NameBounds;
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

  /** As the house is told. */
  public NameBounds bounds() {
    return new NameBounds(
        allowed.stream().map(Pattern::value).toList(),
        forbidden.stream().map(Pattern::value).toList(),
        wildcards);
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
      return NameBounds.matches(value, name);
    }

    /** Whether it fits the name, or one that the name stands for. */
    boolean meets(SubjectName name) {
      return NameBounds.meets(value, name);
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
