package io.carousel.orchestrator.cli;

import io.carousel.events.AuthorityName;
import io.carousel.events.CaSubject;
import io.carousel.events.EnrolmentTokenId;
import io.carousel.events.EvidenceGrade;
import io.carousel.events.Format;
import io.carousel.events.FormatSuite;
import io.carousel.events.Identifier;
import io.carousel.events.KeyId;
import io.carousel.events.NamePattern;
import io.carousel.events.ParticipantName;
import io.carousel.events.PresentationGrade;
import io.carousel.events.RevocationReason;
import io.carousel.events.Role;
import io.carousel.events.RootUse;
import io.carousel.events.Serial;
import io.carousel.events.SlotName;
import io.carousel.events.SubjectName;
import io.carousel.events.Suite;
import io.carousel.events.TrustDomain;
import io.carousel.events.Word;
import io.carousel.orchestrator.documents.Wanted;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
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

  /** A CKA_ID in hex of either case. */
  static final class OfKey extends Checked<KeyId> {
    OfKey() {
      super(text -> new KeyId(text.toLowerCase(Locale.ROOT)));
    }
  }

  static final class OfParticipant extends Checked<ParticipantName> {
    OfParticipant() {
      super(ParticipantName::new);
    }
  }

  /**
   * A suite for one format, or for all that are not named.
   *
   * @param format empty: all of them
   */
  record SuiteChoice(Optional<Format> format, Suite suite) {
    private static SuiteChoice of(String text) {
      int equals = text.indexOf('=');
      return equals < 0
          ? new SuiteChoice(Optional.empty(), Suite.of(text))
          : new SuiteChoice(
              Optional.of(Word.of(Format.class, text.substring(0, equals))),
              Suite.of(text.substring(equals + 1)));
    }
  }

  /** Each of those formats with the suite that was chosen for it. */
  static List<FormatSuite> formats(List<Format> all, List<SuiteChoice> chosen, Suite otherwise) {
    return changed(
        all.stream().distinct().map(f -> new FormatSuite(f, otherwise)).toList(), chosen);
  }

  /** The same with what was chosen; what names its format goes before what does not. */
  static List<FormatSuite> changed(List<FormatSuite> now, List<SuiteChoice> chosen) {
    chosen.stream()
        .flatMap(c -> c.format().stream())
        .filter(f -> now.stream().noneMatch(n -> n.format() == f))
        .findFirst()
        .ifPresent(f -> {
          throw CommandFailed.because(
              "a suite was given for format %s, which the authority does not sign".formatted(f));
        });
    return now.stream()
        .map(n ->
            new FormatSuite(
                n.format(),
                choice(chosen, Optional.of(n.format()))
                    .or(() -> choice(chosen, Optional.empty()))
                    .orElse(n.suite())))
        .toList();
  }

  private static Optional<Suite> choice(List<SuiteChoice> chosen, Optional<Format> format) {
    return chosen.stream()
        .filter(c -> c.format().equals(format))
        .map(SuiteChoice::suite)
        .reduce((_, last) -> last);
  }

  static final class OfSuite extends Checked<SuiteChoice> {
    OfSuite() {
      super(SuiteChoice::of);
    }
  }

  static final class OfFormat extends Checked<Format> {
    OfFormat() {
      super(text -> Word.of(Format.class, text));
    }
  }

  static final class OfRole extends Checked<Role> {
    OfRole() {
      super(text -> Word.of(Role.class, text));
    }
  }

  /** The names of all roles, for help and completion. */
  static final class Roles implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Stream.of(Role.values()).map(Role::wire).iterator();
    }
  }

  static final class OfCaSubject extends Checked<CaSubject> {
    OfCaSubject() {
      super(CaSubject::new);
    }
  }

  static final class OfTrustDomain extends Checked<TrustDomain> {
    OfTrustDomain() {
      super(TrustDomain::new);
    }
  }

  static final class OfNames extends Checked<NamePattern> {
    OfNames() {
      super(NamePattern::new);
    }
  }

  static final class OfSubjectName extends Checked<SubjectName> {
    OfSubjectName() {
      super(SubjectName::new);
    }
  }

  static final class OfEnrolmentToken extends Checked<EnrolmentTokenId> {
    OfEnrolmentToken() {
      super(EnrolmentTokenId::new);
    }
  }

  static final class OfSerial extends Checked<Serial> {
    OfSerial() {
      super(Serial::new);
    }
  }

  static final class OfCause extends Checked<RevocationReason> {
    OfCause() {
      super(text -> Word.of(RevocationReason.class, text));
    }
  }

  static final class OfRootUse extends Checked<RootUse> {
    OfRootUse() {
      super(text -> Word.of(RootUse.class, text));
    }
  }

  static final class OfEvidenceGrade extends Checked<EvidenceGrade> {
    OfEvidenceGrade() {
      super(text -> Word.of(EvidenceGrade.class, text));
    }
  }

  static final class OfPresentationGrade extends Checked<PresentationGrade> {
    OfPresentationGrade() {
      super(text -> Word.of(PresentationGrade.class, text));
    }
  }

  /** Every grade of evidence of a credential, for help and completion. */
  static final class PresentationGrades implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Stream.of(PresentationGrade.values()).map(PresentationGrade::wire).iterator();
    }
  }

  /** Every grade of evidence, for help and completion. */
  static final class EvidenceGrades implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Stream.of(EvidenceGrade.values()).map(EvidenceGrade::wire).iterator();
    }
  }

  /** Every use of an external root, for help and completion. */
  static final class RootUses implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Stream.of(RootUse.values()).map(RootUse::wire).iterator();
    }
  }

  /** The names of all formats, for help and completion. */
  static final class Formats implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Stream.of(Format.values()).map(Format::wire).iterator();
    }
  }

  /** Every cause of a revocation, for help and completion. */
  static final class Causes implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Stream.of(RevocationReason.values()).map(RevocationReason::wire).iterator();
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
