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
import java.util.function.Predicate;
import java.util.stream.Collectors;

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
          asked.leaving(i -> i.generation() == p.retiring(), asked.of(p.successor()));
      case Phase.Rollback p ->
          asked.leaving(i -> i.generation() == p.successor(), asked.of(p.active()));
      case Phase.Joining p ->
          new Gate(asked.trusting(asked.of(p.slot())), published(authority, p.trustedSince(), now));
      case Phase.Leaving p -> {
        Keys outgoing = asked.of(p.slot());
        yield asked.leaving(i -> outgoing.hold(i.issuerKey()), asked.otherThan(p.slot()));
      }
    };
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
   * @param formats what each signs, by SHA-256 of its SubjectPublicKeyInfo
   */
  private record Keys(String words, Map<Digest, Format> formats) {
    boolean hold(Digest key) {
      return formats.containsKey(key);
    }

    boolean hold(Digest key, Format format) {
      return formats.get(key) == format;
    }

    Set<Digest> of(Membership m) {
      return formats.entrySet().stream()
          .filter(e -> m.formats().contains(e.getValue()))
          .map(Map.Entry::getKey)
          .collect(Collectors.toSet());
    }
  }

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

    private Keys inForce(String words, Predicate<InForce.Trusted> which) {
      return new Keys(
          words,
          authority
              .inForce()
              .trusted()
              .filter(which)
              .map(InForce.Trusted::key)
              .collect(Collectors.toMap(k -> k.publicKey().digest(), Key::format)));
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
      String question = "trusts " + keys.words();
      Set<Digest> own = keys.of(membership(p));
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

    /** Everybody presents {@code to}, and no credential of the old ones is unaccounted for. */
    Gate leaving(Predicate<Evidence.Issued> old, Keys to) {
      var answers = new ArrayList<>(presenting(to, EVERY));
      evidence.issued().stream()
          .filter(c -> old.test(c) && c.notAfter().isAfter(now))
          .filter(c -> !authority.isRevoked(c.serial()))
          .sorted(java.util.Comparator.comparing(Evidence.Issued::serial))
          .forEach(c -> answers.add(superseded(c, to)));
      return new Gate(answers, Optional.empty());
    }

    private Answer superseded(Evidence.Issued old, Keys to) {
      String question = "has replaced credential %s".formatted(old.serial());
      boolean replaced =
          house
              .participant(old.holder())
              // Who left took its credentials along: whoever came under its name has replaced none.
              .filter(p -> p.identityKey().digest().equals(old.identity()))
              .filter(p -> p.membership(authority.name()).isPresent())
              .flatMap(p -> current(p.name()).filter(shown -> presents(shown, p, to, EVERY)))
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
