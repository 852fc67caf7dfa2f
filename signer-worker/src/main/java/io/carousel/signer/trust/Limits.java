package io.carousel.signer.trust;

import io.carousel.events.Canary;
import io.carousel.events.Format;
import io.carousel.events.LeafOrder;
import io.carousel.events.Membership;
import io.carousel.events.Profile;
import io.carousel.events.SigningCommand;
import io.carousel.events.SigningCommand.AdoptKey;
import io.carousel.events.SigningCommand.DestroyKey;
import io.carousel.events.SigningCommand.GenerateKey;
import io.carousel.events.SigningCommand.InspectToken;
import io.carousel.events.SigningCommand.LeafCommand;
import io.carousel.events.SigningCommand.SignBundle;
import io.carousel.events.SigningCommand.SignCaCertificate;
import io.carousel.events.SigningCommand.SignCaRequest;
import io.carousel.events.SigningCommand.SignCrl;
import io.carousel.events.SigningCommand.SignLeaf;
import io.carousel.events.SigningCommand.SignSshCertificate;
import io.carousel.events.SigningCommand.SignToken;
import io.carousel.events.Span;
import io.carousel.events.SshOptions;
import io.carousel.events.SubjectName;
import io.carousel.events.SubjectName.Kind;
import io.carousel.events.Suite;
import io.carousel.events.WorkerLimits;
import io.carousel.signer.refusal.Refusal;
import io.carousel.signer.refusal.Refused;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What a worker was started to sign. Whoever controls an orchestrator can ask for no more than
 * this.
 *
 * @param formats of credentials, and of keys that are made or sign CA certificates, requests for
 *     them, and CRLs
 * @param profiles of credentials
 * @param names that credentials may hold
 * @param sshOptions that OpenSSH certificates may have; critical ones by name, whatever their value
 * @param suites of the keys that are made and used
 * @param leafLifetime the longest, from begin to end
 * @param caLifetime the longest, from begin to end; of CRLs too
 * @param backdating how far in the past a credential may begin
 * @param deadline how far in the future a leaf command's deadline may lie, and its credential
 *     begin: a command without a near end could be kept back and played later, and credentials for
 *     years to come be laid in store
 * @param adopt whether keys that it did not make may be taken up as a CA's
 */
public record Limits(
    Set<Format> formats,
    Set<Profile> profiles,
    NameLimits names,
    Set<String> sshOptions,
    Set<Suite> suites,
    Duration leafLifetime,
    Duration caLifetime,
    Duration backdating,
    Duration deadline,
    boolean adopt) {

  /**
   * Every format, profile and suite; leaves for a month, CA certificates for ten years and a
   * little; two hours back, for a policy's one hour and time on the way; deadlines within the hour;
   * no key that it did not make.
   */
  public static final Limits DEFAULT =
      new Limits(
          EnumSet.allOf(Format.class),
          EnumSet.allOf(Profile.class),
          NameLimits.DEFAULT,
          usualOptions(),
          EnumSet.allOf(Suite.class),
          Duration.ofDays(31),
          Duration.ofDays(3660),
          Duration.ofHours(2),
          Duration.ofHours(1));

  /**
   * A canary ends so long after now at the latest: its life, and a minute for clocks that differ.
   */
  private static final Duration CANARY_ENDS_WITHIN = Canary.LIFE.plusMinutes(1);

  /** Copies, and refuses limits under which nothing could be signed; one message lists them all. */
  public Limits {
    formats = Set.copyOf(formats);
    profiles = Set.copyOf(profiles);
    sshOptions = Set.copyOf(sshOptions);
    suites = Set.copyOf(suites);
    List<String> faults = new ArrayList<>();
    if (formats.isEmpty()) {
      faults.add("no format is allowed");
    }
    if (profiles.isEmpty()) {
      faults.add("no profile is allowed");
    }
    if (suites.isEmpty()) {
      faults.add("no suite is allowed");
    }
    positive("leaf lifetime", leafLifetime, faults);
    positive("CA lifetime", caLifetime, faults);
    positive("backdating", backdating, faults);
    positive("deadline", deadline, faults);
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", faults));
    }
  }

  /** Without keys that it did not make. */
  public Limits(
      Set<Format> formats,
      Set<Profile> profiles,
      NameLimits names,
      Set<String> sshOptions,
      Set<Suite> suites,
      Duration leafLifetime,
      Duration caLifetime,
      Duration backdating,
      Duration deadline) {
    this(
        formats,
        profiles,
        names,
        sshOptions,
        suites,
        leafLifetime,
        caLifetime,
        backdating,
        deadline,
        false);
  }

  private static Set<String> usualOptions() {
    Set<String> all = new TreeSet<>(SshOptions.DEFAULT.extensions());
    all.add("force-command");
    all.add("source-address");
    return all;
  }

  private static void positive(String what, Duration value, List<String> faults) {
    if (!value.isPositive()) {
      faults.add("the %s must be more than nothing, not %s".formatted(what, Span.text(value)));
    }
  }

  /** What the log is told of them. */
  public WorkerLimits told() {
    return new WorkerLimits(
        List.copyOf(formats), List.copyOf(suites), leafLifetime, caLifetime, backdating, adopt);
  }

  /**
   * Passes what lies within.
   *
   * @param now by the worker's own clock
   * @throws Refused saying what does not, and the limit
   */
  public void check(SigningCommand command, Instant now) throws Refused {
    switch (command) {
      case GenerateKey c -> {
        format(c.format());
        suite(c.suite());
      }
      case AdoptKey c -> {
        adoption();
        format(c.format());
        suite(c.suite());
      }
      case SignCaCertificate c -> {
        format(c.format());
        suite(c.suite());
        lifetime("a CA certificate", c.draft().notBefore(), c.draft().notAfter(), caLifetime);
        unexpired(c.draft().notAfter(), now);
      }
      case SignCaRequest c -> {
        format(c.format());
        suite(c.suite());
      }
      case SignCrl c -> {
        format(c.format());
        suite(c.suite());
        lifetime("a CRL", c.draft().thisUpdate(), c.draft().nextUpdate(), caLifetime);
        unexpired(c.draft().nextUpdate(), now);
      }
      case SignBundle c -> {
        format(c.format());
        suite(c.suite());
      }
      case DestroyKey _, InspectToken _ -> {}
      case LeafCommand c when c.order().profile().isCanary() -> {
        leaf(c, now);
        canary(c, now);
      }
      case LeafCommand c -> {
        leaf(c, now);
        names.check(names(c));
        if (c instanceof SignSshCertificate ssh) {
          options(ssh.options());
        }
      }
    }
  }

  /**
   * All names that the credential would hold.
   *
   * @throws Refused as {@link Refusal#BAD_CONTENT} if they are too many, or one is none
   */
  private static List<SubjectName> names(LeafCommand command) throws Refused {
    return switch (command) {
      case SignLeaf c -> {
        few(c.names().size());
        String own = c.order().participant().value();
        yield Stream.concat(all(Kind.DNS, List.of(own)).stream(), c.names().stream()).toList();
      }
      case SignSshCertificate c -> all(Kind.PRINCIPAL, c.principals());
      case SignToken c ->
          Stream.concat(
                  all(Kind.AUDIENCE, c.audiences()).stream(),
                  c.spiffe().stream().map(id -> SubjectName.of(Kind.URI, id.value())))
              .toList();
    };
  }

  /**
   * Names nobody, ends soon, and is a certificate: nothing else has a verifier to be tried on. A
   * SPIFFE ID in it is judged by {@link SvidCheck}.
   */
  private static void canary(LeafCommand command, Instant now) throws Refused {
    if (!(command instanceof SignLeaf certificate)
        || !certificate.names().stream().allMatch(SubjectName::isSpiffe)) {
      throw new Refused(
          Refusal.BAD_CONTENT, "a canary is a certificate without names, and the command has more");
    }
    if (command.order().notAfter().isAfter(now.plus(CANARY_ENDS_WITHIN))) {
      throw new Refused(
          Refusal.LIFETIME_TOO_LONG,
          "a canary ends within %s, not at %s"
              .formatted(Span.text(CANARY_ENDS_WITHIN), command.order().notAfter()));
    }
  }

  private static List<SubjectName> all(Kind kind, List<String> texts) throws Refused {
    few(texts.size());
    try {
      return texts.stream().map(text -> SubjectName.of(kind, text)).toList();
    } catch (IllegalArgumentException e) {
      throw new Refused(Refusal.BAD_CONTENT, e.getMessage(), e);
    }
  }

  private static void few(int names) throws Refused {
    if (names > Membership.MOST_NAMES) {
      throw new Refused(
          Refusal.BAD_CONTENT,
          "a credential has %d names at most, and the command asks for %d"
              .formatted(Membership.MOST_NAMES, names));
    }
  }

  private void options(SshOptions asked) throws Refused {
    for (String option :
        Stream.concat(asked.extensions().stream(), asked.criticalOptions().keySet().stream())
            .toList()) {
      if (!sshOptions.contains(option)) {
        throw new Refused(
            Refusal.OPTION_NOT_ALLOWED,
            "this worker was not started to sign OpenSSH certificates with '%s'".formatted(option));
      }
    }
  }

  private void leaf(LeafCommand leaf, Instant now) throws Refused {
    LeafOrder command = leaf.order();
    deadline(command.deadline(), now);
    format(leaf.format());
    suite(command.suite());
    if (!profiles.contains(command.profile())) {
      throw new Refused(
          Refusal.PROFILE_NOT_ALLOWED,
          "this worker signs no leaf of profile %s, only %s"
              .formatted(command.profile(), profiles));
    }
    whole(command.notBefore(), command.notAfter());
    lifetime("a leaf", command.notBefore(), command.notAfter(), leafLifetime);
    if (command.notBefore().isBefore(now.minus(backdating))) {
      throw new Refused(
          Refusal.BAD_VALIDITY,
          "the leaf begins at %s, and this worker dates back %s at most"
              .formatted(command.notBefore(), Span.text(backdating)));
    }
    if (command.notBefore().isAfter(now.plus(deadline))) {
      throw new Refused(
          Refusal.BAD_VALIDITY,
          "the leaf begins at %s, and this worker signs none that begins beyond %s"
              .formatted(command.notBefore(), now.plus(deadline)));
    }
    unexpired(command.notAfter(), now);
  }

  /** No format knows fractions of seconds. */
  private static void whole(Instant from, Instant to) throws Refused {
    for (Instant moment : List.of(from, to)) {
      if (!moment.equals(moment.truncatedTo(ChronoUnit.SECONDS))) {
        throw new Refused(
            Refusal.BAD_VALIDITY, "credentials know whole seconds, and the command does not");
      }
    }
    if (!from.isBefore(to)) {
      throw new Refused(Refusal.BAD_VALIDITY, "the validity ends before it begins");
    }
  }

  private void format(Format format) throws Refused {
    if (!formats.contains(format)) {
      throw new Refused(
          Refusal.FORMAT_NOT_ALLOWED,
          "this worker signs no %s, only %s".formatted(format, formats));
    }
  }

  private void deadline(Instant asked, Instant now) throws Refused {
    if (now.isAfter(asked)) {
      throw new Refused(
          Refusal.LATE, "its deadline was %s and it is %s here".formatted(asked, now));
    }
    if (asked.isAfter(now.plus(deadline))) {
      throw new Refused(
          Refusal.DEADLINE_TOO_FAR,
          "its deadline is %s, and this worker takes none beyond %s"
              .formatted(asked, now.plus(deadline)));
    }
  }

  private void adoption() throws Refused {
    if (!adopt) {
      throw new Refused(
          Refusal.ADOPTION_NOT_ALLOWED,
          "this worker was not started to adopt keys that it did not make; set limits.adopt in its configuration if it shall");
    }
  }

  private void suite(Suite suite) throws Refused {
    if (!suites.contains(suite)) {
      throw new Refused(
          Refusal.SUITE_NOT_ALLOWED,
          "this worker uses no keys of suite %s, only %s".formatted(suite, suites));
    }
  }

  private static void lifetime(String what, Instant from, Instant to, Duration longest)
      throws Refused {
    Duration asked = Duration.between(from, to);
    if (asked.compareTo(longest) > 0) {
      throw new Refused(
          Refusal.LIFETIME_TOO_LONG,
          "%s of this worker lives %s at most, not %s"
              .formatted(what, Span.text(longest), Span.text(asked)));
    }
  }

  private static void unexpired(Instant notAfter, Instant now) throws Refused {
    if (!notAfter.isAfter(now)) {
      throw new Refused(
          Refusal.BAD_VALIDITY, "it would end at %s, and it is %s here".formatted(notAfter, now));
    }
  }
}
