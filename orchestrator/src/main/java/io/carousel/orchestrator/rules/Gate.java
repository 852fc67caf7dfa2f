package io.carousel.orchestrator.rules;

import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.GateEvidence;
import io.carousel.events.Membership;
import io.carousel.events.ParticipantName;
import io.carousel.events.Profile;
import io.carousel.events.Role;
import io.carousel.events.SlotName;
import io.carousel.events.seal.MerkleTree;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Whether a phase may end: every question that its gate asks of the fleet, with the answer. A
 * missing answer counts against.
 *
 * @param answers in the order in which they are written down
 * @param opens the moment before which it stays closed whatever the answers: who reads published
 *     keys tells nobody that it has, and may keep older ones until then; empty if that has passed
 */
public record Gate(List<Answer> answers, Optional<Instant> opens) {
  /** Copies. */
  public Gate {
    answers = List.copyOf(answers);
  }

  /**
   * One question and its answer.
   *
   * @param about whom it is asked
   * @param question in few words, as {@code trusts generation 2}
   * @param lacking why it does not hold; empty if it does
   * @param shown what was shown, for the record
   */
  public record Answer(
      ParticipantName about, String question, Optional<String> lacking, String shown) {
    boolean holds() {
      return lacking.isEmpty();
    }

    String statement() {
      return "%s|%s|%s|%s".formatted(about, question, lacking.orElse("holds"), shown);
    }
  }

  private static final Set<Profile> EVERY = EnumSet.allOf(Profile.class);

  /** Of a phase that nothing of the fleet is asked for. */
  static final Gate NOTHING_ASKED = new Gate(List.of(), Optional.empty());

  /** How far the clocks of those who keep published keys may be off. */
  private static final Duration SKEW = Duration.ofSeconds(1);

  /** The gate at the end of the phase in which that authority is. */
  public static Gate of(House house, Authority authority, Evidence evidence, Instant now) {
    var asked = new Asking(house, authority, evidence, now);
    return switch (authority.phase()) {
      case Phase.Creating _, Phase.Standby _ -> NOTHING_ASKED;
      case Phase.Init p ->
          new Gate(
              asked.trusting(asked.of(p.successor())), published(authority, p.trustedSince(), now));
      case Phase.UpdateClients p ->
          new Gate(
              asked.presenting(asked.of(p.successor()), EnumSet.of(Profile.CLIENT, Profile.BOTH)),
              Optional.empty());
      case Phase.UpdateServers p ->
          asked.leaving(
              asked.issuedBy(p.retiring()), asked.of(p.successor()), Optional.of(p.successor()));
      // Credentials of a verify-only generation cannot be proven here: all that is asked for is
      // that nobody presents any others.
      case Phase.Rollback p when authority.generation(p.active()).verifyOnly() ->
          asked.avoiding(p.successor());
      case Phase.Rollback p ->
          asked.leaving(asked.issuedBy(p.successor()), asked.of(p.active()), Optional.empty());
      case Phase.Joining p ->
          new Gate(asked.trusting(asked.of(p.slot())), published(authority, p.trustedSince(), now));
      case Phase.Leaving p ->
          asked.leaving(asked.issuedBy(p.slot()), asked.otherThan(p.slot()), Optional.empty());
    };
  }

  /** The gate before the end of trust in a generation that stands beside what the phase trusts. */
  static Gate against(
      House house, Authority authority, int generation, Evidence evidence, Instant now) {
    return new Asking(house, authority, evidence, now).avoiding(generation);
  }

  /** Until then verifiers of tokens may not know the new keys yet. */
  private static Optional<Instant> published(
      Authority a, Optional<Instant> trustedSince, Instant now) {
    return trustedSince
        .filter(_ -> a.signs(Format.JWT))
        .map(since -> since.plus(a.policy().jwksMaxAge()).plus(SKEW))
        .filter(now::isBefore);
  }

  /** How many questions. */
  public int required() {
    return answers.size();
  }

  /** How many of them hold. */
  public int shown() {
    return (int) answers.stream().filter(Answer::holds).count();
  }

  /** The answers that lack something, without those about abandoned participants. */
  public List<Answer> lacking(Set<ParticipantName> abandoned) {
    return answers.stream().filter(a -> !a.holds() && !abandoned.contains(a.about())).toList();
  }

  /** What is written to {@code carousel.evidence}, a line for each answer. */
  public List<String> statements() {
    return answers.stream().map(Answer::statement).toList();
  }

  /** What the event says of it. */
  GateEvidence evidence(Evidence read, List<ParticipantName> abandoned, boolean nobody) {
    List<byte[]> leaves =
        statements().stream().map(s -> s.getBytes(StandardCharsets.UTF_8)).toList();
    Digest root =
        leaves.isEmpty() ? Digest.of(new byte[0]) : Digest.ofHash(MerkleTree.over(leaves).root());
    return new GateEvidence(required(), shown(), root, read.offsets(), abandoned, nobody);
  }

  /**
   * Keys that a question is about.
   *
   * @param words what they are called in it
   * @param all by SHA-256 of their SubjectPublicKeyInfo
   */
  private record Keys(String words, Map<Digest, Key.Ready> all) {
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
  private record Old(String words, Predicate<Evidence.Issued> which) {}

  private record Asking(House house, Authority authority, Evidence evidence, Instant now) {

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

    List<Answer> trusting(Keys keys) {
      var answers = new ArrayList<Answer>();
      house
          .fleet(authority.name())
          .filter(p -> membership(p).has(Role.VERIFIES))
          .forEach(p -> answers.add(trust(p, keys)));
      return answers;
    }

    private Answer trust(Participant p, Keys keys) {
      boolean below = authority.external().filter(External::trustsRoot).isPresent();
      String question = (below ? "trusts the external root above " : "trusts ") + keys.words();
      Set<Digest> own = keys.anchors(authority, membership(p));
      return current(p.name())
          .map(shown -> {
            boolean all = shown.trusts().containsAll(own);
            return new Answer(
                p.name(),
                question,
                all ? Optional.empty() : Optional.of("does not trust it yet"),
                "report " + shown.counter());
          })
          .orElseGet(() -> silent(p.name(), question));
    }

    List<Answer> presenting(Keys keys, Set<Profile> profiles) {
      var answers = new ArrayList<Answer>();
      house
          .fleet(authority.name())
          .filter(p -> !needed(p, profiles).isEmpty())
          .forEach(p -> answers.add(presents(p, keys, profiles)));
      return answers;
    }

    private record Needed(Format format, Profile profile) {}

    private List<Needed> needed(Participant p, Set<Profile> profiles) {
      Membership m = membership(p);
      return m.formats().stream()
          .flatMap(f -> m.profiles(f).stream().map(profile -> new Needed(f, profile)))
          .filter(n -> profiles.contains(n.profile()))
          .toList();
    }

    private Answer presents(Participant p, Keys keys, Set<Profile> profiles) {
      String question = "presents " + keys.words();
      return current(p.name())
          .map(shown ->
              new Answer(
                  p.name(),
                  question,
                  presents(shown, p, keys, profiles)
                      ? Optional.empty()
                      : Optional.of("has not renewed its credential yet"),
                  "report " + shown.counter()))
          .orElseGet(() -> silent(p.name(), question));
    }

    /** Nothing by other keys, and everything that it should have. */
    private boolean presents(
        Evidence.Shown shown, Participant p, Keys keys, Set<Profile> profiles) {
      return shown.presents().stream()
              .filter(c -> profiles.contains(c.profile()))
              .allMatch(c -> keys.hold(c.issuerKey(), c.format()))
          && needed(p, profiles).stream()
              .allMatch(n ->
                  shown.presents().stream()
                      .anyMatch(c -> c.format() == n.format() && c.profile() == n.profile()));
    }

    /**
     * Everybody presents {@code to}, and no credential of the old ones is unaccounted for.
     *
     * @param tried the generation whose canary must have shown that verifiers pin; empty where some
     *     of them never had the chance to be tried
     */
    Gate leaving(Old old, Keys to, Optional<Integer> tried) {
      var answers = new ArrayList<>(presenting(to, EVERY));
      accounting(old, (p, shown) -> presents(shown, p, to, EVERY)).forEach(answers::add);
      authority
          .external()
          .filter(e -> !e.trustsRoot())
          .ifPresent(e -> answers.addAll(pinning(e, old, tried)));
      return new Gate(answers, Optional.empty());
    }

    /** Whoever trusts the root too would go on accepting what is leaving. */
    private List<Answer> pinning(External external, Old old, Optional<Integer> tried) {
      return house
          .fleet(authority.name())
          .filter(p -> membership(p).has(Role.VERIFIES))
          .filter(p -> membership(p).formats().contains(Format.X509))
          .map(p -> pins(p, external, old, tried))
          .toList();
    }

    private Answer pins(Participant p, External external, Old old, Optional<Integer> tried) {
      String question = "does not trust the external root";
      return current(p.name())
          .map(shown ->
              new Answer(
                  p.name(),
                  question,
                  Pinning.flaw(shown, external, tried)
                      .map(flaw ->
                          flaw.unshown()
                              ? flaw.text()
                              : flaw.text() + ", and so would go on accepting " + old.words()),
                  "report %d%s".formatted(shown.counter(), Pinning.canaries(shown))))
          .orElseGet(() -> silent(p.name(), question));
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
      String question = "presents nothing of generation " + g.number();
      return current(p.name())
          .map(shown ->
              new Answer(
                  p.name(),
                  question,
                  avoids(shown, g) ? Optional.empty() : Optional.of("still presents it"),
                  "report " + shown.counter()))
          .orElseGet(() -> silent(p.name(), question));
    }

    private static boolean avoids(Evidence.Shown shown, Generation g) {
      return shown.presents().stream().noneMatch(c -> g.owns(c.issuerKey()));
    }

    /** An answer for each of those credentials which may still be presented. */
    private Stream<Answer> accounting(Old old, BiPredicate<Participant, Evidence.Shown> replaced) {
      return evidence.issued().stream()
          .filter(c -> old.which().test(c) && c.notAfter().isAfter(now))
          .filter(c -> !c.profile().isCanary())
          .filter(c -> !authority.isRevoked(c.serial()))
          .sorted(java.util.Comparator.comparing(Evidence.Issued::serial))
          .map(c -> superseded(c, replaced));
    }

    private Answer superseded(
        Evidence.Issued old, BiPredicate<Participant, Evidence.Shown> replacing) {
      String question = "has replaced credential %s".formatted(old.serial());
      boolean replaced =
          house
              .participant(old.holder())
              // Who left took its credentials along: whoever came under its name has replaced none.
              .filter(p -> p.identityKey().digest().equals(old.identity()))
              .filter(p -> p.membership(authority.name()).isPresent())
              .flatMap(p -> current(p.name()).filter(shown -> replacing.test(p, shown)))
              .isPresent();
      return new Answer(
          old.holder(),
          question,
          replaced
              ? Optional.empty()
              : Optional.of("may still present it, until " + old.notAfter()),
          "issued by generation %d on slot %s".formatted(old.generation(), old.slot()));
    }

    /** Its newest report, if it speaks of this phase and of the bundle in force. */
    private Optional<Evidence.Shown> current(ParticipantName name) {
      return evidence
          .of(name)
          .filter(s -> s.challenge().equals(authority.challenge()))
          .filter(s -> s.bundle() == authority.bundle());
    }

    private Answer silent(ParticipantName name, String question) {
      return new Answer(
          name,
          question,
          Optional.of(
              evidence
                  .of(name)
                  .map(s -> "has not reported in this phase; last heard at " + s.heard())
                  .orElse("has never reported")),
          "nothing");
    }

    private Membership membership(Participant p) {
      return p.membership(authority.name()).orElseThrow();
    }
  }
}
