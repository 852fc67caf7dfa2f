package io.carousel.orchestrator.rules;

import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.Membership;
import io.carousel.events.ParticipantName;
import io.carousel.events.Profile;
import io.carousel.events.Report.Observation;
import io.carousel.events.Role;
import io.carousel.events.SlotName;
import io.carousel.orchestrator.rules.Gate.Answer;
import io.carousel.orchestrator.rules.Gate.Lack;
import io.carousel.orchestrator.rules.Gate.Reason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Asks the fleet of an authority the questions of its gates. A report counts if it speaks of the
 * phase and the bundle in force, and its participant was heard within its lease. Pure.
 */
record Inquiry(House house, Authority authority, Evidence evidence, Instant now) {
  private static final Set<Profile> EVERY = EnumSet.allOf(Profile.class);

  // --- what is asked about ----------------------------------------------------------------------

  /**
   * Keys that a question is about.
   *
   * @param words what they are called in it
   * @param all by SHA-256 of their SubjectPublicKeyInfo
   */
  record Keys(String words, Map<Digest, Key.Ready> all) {
    boolean hold(Digest key, Format format) {
      Key.Ready found = all.get(key);
      return found != null && found.format() == format;
    }

    /** What that member must trust for what they sign. */
    Set<Digest> anchors(Authority authority, Membership m) {
      return all.values().stream()
          .filter(k -> m.formats().contains(k.format()))
          .map(authority::anchor)
          .collect(Collectors.toSet());
    }
  }

  /**
   * Credentials that are to be replaced.
   *
   * @param words what signed them
   */
  record Old(String words, Predicate<Evidence.Issued> which) {}

  /** The keys of that generation that are in force. */
  Keys of(int generation) {
    return inForce("generation " + generation, t -> t.generation().number() == generation);
  }

  /** The keys of that slot that are. */
  Keys of(SlotName slot) {
    return inForce("slot " + slot, t -> t.key().slot().equals(slot));
  }

  /** The keys of every other slot that are. */
  Keys otherThan(SlotName slot) {
    return inForce("a slot other than " + slot, t -> !t.key().slot().equals(slot));
  }

  /** What that generation signed. */
  Old issuedBy(int generation) {
    return new Old("generation " + generation, i -> i.generation() == generation);
  }

  /** What the keys of that slot signed that are in force. */
  Old issuedBy(SlotName slot) {
    Set<Digest> keys = of(slot).all().keySet();
    return new Old("slot " + slot, i -> keys.contains(i.issuerKey()));
  }

  private Keys inForce(String words, Predicate<InForce.Trusted> which) {
    return new Keys(
        words,
        authority
            .inForce()
            .trusted()
            .filter(which)
            .map(InForce.Trusted::key)
            .collect(Collectors.toMap(k -> k.publicKey().digest(), k -> k)));
  }

  // --- trust ------------------------------------------------------------------------------------

  /** Whether everybody who verifies trusts those keys. */
  List<Answer> trusting(Keys keys) {
    return verifiers().map(p -> trust(p, keys, _ -> Optional.empty())).toList();
  }

  /** Whether everybody who verifies trusts that successor, by the evidence that is asked for. */
  List<Answer> trustingSuccessor(int generation) {
    return verifiers()
        .map(p -> trust(p, of(generation), shown -> untried(p, shown, generation)))
        .toList();
  }

  /** Why that a verifier has taken up what it reports is not known as well as it must be. */
  private Optional<Lack> untried(Participant p, Evidence.Shown shown, int generation) {
    boolean asked =
        switch (authority.policy().trustEvidence()) {
          case REPORTED -> false;
          case STRONGEST -> !shown.tried().isEmpty();
          case OBSERVED -> true;
        };
    return !asked
            || !membership(p).formats().contains(Format.X509)
            || shown.tried().stream().anyMatch(c -> c.generation() >= generation)
        ? Optional.empty()
        : Optional.of(
            Lack.of(
                Reason.NOT_TRIED,
                "says that it trusts it, and no canary of generation %d has shown it"
                    .formatted(generation)));
  }

  private Stream<Participant> verifiers() {
    return house.fleet(authority.name()).filter(p -> membership(p).has(Role.VERIFIES));
  }

  private Answer trust(
      Participant p, Keys keys, Function<Evidence.Shown, Optional<Lack>> observed) {
    boolean below = authority.external().filter(External::trustsRoot).isPresent();
    Set<Digest> own = keys.anchors(authority, membership(p));
    return answer(
        p.name(),
        (below ? "trusts the external root above " : "trusts ") + keys.words(),
        shown ->
            shown.trusts().containsAll(own)
                ? observed.apply(shown)
                : Optional.of(Lack.of(Reason.NOT_TRUSTING, "does not trust it yet")));
  }

  // --- what is presented ------------------------------------------------------------------------

  /** Whether everybody who presents something of those profiles does it by those keys. */
  List<Answer> presenting(Keys keys, Set<Profile> profiles) {
    Set<ParticipantName> bound = holdersOfOthers(keys, profiles);
    return house
        .fleet(authority.name())
        .filter(p -> !needed(p, profiles).isEmpty())
        .map(p ->
            isSilent(p.name()) && !bound.contains(p.name()) && !issuesElsewhere()
                ? released(p, keys)
                : presents(p, keys, profiles))
        .toList();
  }

  private record Needed(Format format, Profile profile) {}

  private List<Needed> needed(Participant p, Set<Profile> profiles) {
    Membership m = membership(p);
    return m.formats().stream()
        .flatMap(f -> m.profiles(f).stream().map(profile -> new Needed(f, profile)))
        .filter(n -> profiles.contains(n.profile()))
        .toList();
  }

  /** Who may still present something by other keys. */
  private Set<ParticipantName> holdersOfOthers(Keys keys, Set<Profile> profiles) {
    return evidence.issued().stream()
        .filter(this::mayBePresented)
        .filter(i -> profiles.contains(i.profile()) && !keys.hold(i.issuerKey(), i.format()))
        .map(Evidence.Issued::holder)
        .collect(Collectors.toSet());
  }

  /** Whether the log does not know of all that may be presented. */
  private boolean issuesElsewhere() {
    return authority.trusted().stream().anyMatch(g -> authority.generation(g).origin().elsewhere());
  }

  /** What it held has run out: whatever it asks for from here on is by those keys. */
  private static Answer released(Participant p, Keys keys) {
    return new Answer(
        p.name(),
        question(keys),
        Optional.empty(),
        "silent, and all that it held of other keys has expired");
  }

  private static String question(Keys keys) {
    return "presents " + keys.words();
  }

  private Answer presents(Participant p, Keys keys, Set<Profile> profiles) {
    return answer(p.name(), question(keys), shown -> unpresented(shown, p, keys, profiles));
  }

  /** Why it is not known, as well as it must be, to present those. */
  private Optional<Lack> unpresented(
      Evidence.Shown shown, Participant p, Keys keys, Set<Profile> profiles) {
    return presents(shown, p, keys, profiles)
        ? shown.presents().stream()
            .filter(c -> profiles.contains(c.profile()))
            .flatMap(c -> unseen(c).stream())
            .findFirst()
            .map(text -> Lack.of(Reason.NOT_OBSERVED, text))
        : Optional.of(Lack.of(Reason.NOT_RENEWED, "has not renewed its credential yet"));
  }

  /** Why that strangers get to see a credential is not known as well as it must be. */
  private Optional<String> unseen(Evidence.ShownCredential c) {
    boolean asked =
        switch (authority.policy().presentsEvidence()) {
          case PROVEN -> false;
          case STRONGEST -> c.observed().isPresent();
          case OBSERVED -> c.profile().isForServers() && c.format() != Format.JWT;
        };
    if (!asked || c.observed().filter(Observation::everywhere).isPresent()) {
      return Optional.empty();
    }
    return Optional.of(
        c.observed()
            .map(o ->
                "holds it, and %d of the %d addresses of its service show something else"
                    .formatted(o.backends() - o.showing(), o.backends()))
            .orElse("holds it, and no look at its service has shown it"));
  }

  /** Nothing by other keys, and everything that it should have. */
  private boolean presents(Evidence.Shown shown, Participant p, Keys keys, Set<Profile> profiles) {
    return shown.presents().stream()
            .filter(c -> profiles.contains(c.profile()))
            .allMatch(c -> keys.hold(c.issuerKey(), c.format()))
        && needed(p, profiles).stream()
            .allMatch(n ->
                shown.presents().stream()
                    .anyMatch(c -> c.format() == n.format() && c.profile() == n.profile()));
  }

  /** An answer for each that was heard, and presents what is revoked. */
  List<Answer> presentingRevoked() {
    return house
        .fleet(authority.name())
        .filter(p -> !isSilent(p.name()))
        .flatMap(p ->
            evidence.of(p.name()).stream()
                .flatMap(shown ->
                    FleetHealth.revoked(authority, evidence, shown)
                        .map(r ->
                            new Answer(
                                p.name(),
                                "presents nothing that is revoked",
                                Optional.of(
                                    new Lack(
                                        Reason.REVOKED,
                                        FleetHealth.presents(r),
                                        Optional.of(r.since()))),
                                "report " + shown.counter()))))
        .toList();
  }

  // --- what leaves ------------------------------------------------------------------------------

  /**
   * Everybody presents {@code to}, and no credential of the old ones is unaccounted for.
   *
   * @param tried the generation whose canary must have shown that verifiers pin; empty where some
   *     of them never had the chance to be tried
   */
  Gate leaving(Old old, Keys to, Optional<Integer> tried) {
    var answers = new ArrayList<>(presenting(to, EVERY));
    accounting(old, (p, shown) -> unpresented(shown, p, to, EVERY).isEmpty()).forEach(answers::add);
    authority
        .external()
        .filter(e -> !e.trustsRoot())
        .ifPresent(e -> answers.addAll(pinning(e, old, tried)));
    return new Gate(answers, Optional.empty());
  }

  /** Whoever trusts the root too would go on accepting what is leaving. */
  private List<Answer> pinning(External external, Old old, Optional<Integer> tried) {
    return verifiers()
        .filter(p -> membership(p).formats().contains(Format.X509))
        .map(p -> pins(p, external, old, tried))
        .toList();
  }

  private Answer pins(Participant p, External external, Old old, Optional<Integer> tried) {
    return answer(
        p.name(),
        "does not trust the external root",
        shown ->
            Pinning.flaw(shown, external, tried)
                .map(flaw ->
                    flaw.unshown()
                        ? Lack.of(Reason.NOT_TRIED, flaw.text())
                        : Lack.of(
                            Reason.ROOT_TRUSTED,
                            flaw.text() + ", and so would go on accepting " + old.words())));
  }

  /** Nobody presents {@code generation}, and no credential of it is left unaccounted for. */
  Gate avoiding(int generation) {
    Generation g = authority.generation(generation);
    var answers = new ArrayList<Answer>();
    house
        .fleet(authority.name())
        .filter(p -> !needed(p, EVERY).isEmpty())
        .forEach(p -> answers.add(avoids(p, g)));
    accounting(issuedBy(generation), (_, shown) -> avoids(shown, g)).forEach(answers::add);
    return new Gate(answers, Optional.empty());
  }

  private Answer avoids(Participant p, Generation g) {
    return answer(
        p.name(),
        "presents nothing of generation " + g.number(),
        shown ->
            avoids(shown, g)
                ? Optional.empty()
                : Optional.of(Lack.of(Reason.NOT_RENEWED, "still presents it")));
  }

  private static boolean avoids(Evidence.Shown shown, Generation g) {
    return shown.presents().stream().noneMatch(c -> g.owns(c.issuerKey()));
  }

  /** An answer for each of those credentials which may still be presented. */
  private Stream<Answer> accounting(Old old, BiPredicate<Participant, Evidence.Shown> replaced) {
    return evidence.issued().stream()
        .filter(c -> old.which().test(c) && mayBePresented(c))
        .sorted(Comparator.comparing(Evidence.Issued::serial))
        .map(c -> superseded(c, replaced));
  }

  /** Canaries are shown to their holder's own verifier alone. */
  private boolean mayBePresented(Evidence.Issued c) {
    return c.notAfter().isAfter(now) && !c.profile().isCanary() && !authority.isRevoked(c.serial());
  }

  private Answer superseded(
      Evidence.Issued old, BiPredicate<Participant, Evidence.Shown> replacing) {
    boolean replaced =
        house
            .participant(old.holder())
            // Who left took its credentials along: whoever came under its name has replaced none.
            .filter(p -> p.identityKey().digest().equals(old.identity()))
            .filter(p -> p.membership(authority.name()).isPresent())
            .flatMap(p -> counting(p.name()).filter(shown -> replacing.test(p, shown)))
            .isPresent();
    return new Answer(
        old.holder(),
        "has replaced credential " + old.serial(),
        replaced
            ? Optional.empty()
            : Optional.of(
                Lack.of(Reason.OUTSTANDING, "may still present it, until " + old.notAfter())),
        "issued by generation " + old.generation() + " on slot " + old.slot());
  }

  // --- reports ----------------------------------------------------------------------------------

  /** By its newest report, if that counts. */
  private Answer answer(
      ParticipantName name, String question, Function<Evidence.Shown, Optional<Lack>> judge) {
    return counting(name)
        .map(shown ->
            new Answer(
                name,
                question,
                judge.apply(shown).map(lack -> explained(lack, shown)),
                "report " + shown.counter() + Pinning.canaries(shown) + observations(shown)))
        .orElseGet(() -> new Answer(name, question, Optional.of(unheard(name)), "nothing"));
  }

  /** What handshakes have shown, for the record. */
  private static String observations(Evidence.Shown shown) {
    return shown.presents().stream()
        .flatMap(c ->
            c.observed().map(o -> "; credential %s seen at %s".formatted(c.serial(), o)).stream())
        .collect(Collectors.joining());
  }

  /** What it says of itself says more than what it lacks. */
  private static Lack explained(Lack lack, Evidence.Shown shown) {
    return shown
        .trouble()
        .map(t -> Lack.of(Reason.FAILING, "%s, since %s".formatted(lack.text(), t)))
        .orElse(lack);
  }

  private Optional<Evidence.Shown> counting(ParticipantName name) {
    return evidence
        .of(name)
        .filter(s -> s.challenge().equals(authority.challenge()))
        .filter(s -> s.bundle() == authority.bundle())
        .filter(s -> !isSilent(s));
  }

  /** Whether it was heard once, and is no more. */
  private boolean isSilent(ParticipantName name) {
    return evidence.of(name).filter(this::isSilent).isPresent();
  }

  private boolean isSilent(Evidence.Shown shown) {
    return !evidence.isWithin(shown.heard(), authority.policy().lease());
  }

  private Lack unheard(ParticipantName name) {
    Optional<Evidence.Shown> last = evidence.of(name);
    if (last.isEmpty()) {
      return Lack.of(Reason.NOT_REPORTED, "has never reported");
    }
    Instant heard = last.get().heard();
    if (isSilent(last.get())) {
      return new Lack(Reason.SILENT, "is silent; last heard at " + heard, Optional.of(heard));
    }
    return last.get()
        .trouble()
        .map(t -> new Lack(Reason.FAILING, "does not follow, since " + t, Optional.of(heard)))
        .orElseGet(() ->
            new Lack(
                Reason.NOT_REPORTED,
                "has not reported in this phase; last heard at " + heard,
                Optional.of(heard)));
  }

  private Membership membership(Participant p) {
    return p.membership(authority.name()).orElseThrow();
  }
}
