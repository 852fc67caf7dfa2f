package io.carousel.orchestrator.rules;

import io.carousel.events.Breakage;
import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.GateEvidence;
import io.carousel.events.ParticipantName;
import io.carousel.events.Profile;
import io.carousel.events.Word;
import io.carousel.events.seal.MerkleTree;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
      ParticipantName about, String question, Optional<Lack> lacking, String shown) {
    boolean holds() {
      return lacking.isEmpty();
    }

    String statement() {
      return "%s|%s|%s|%s"
          .formatted(about, question, lacking.map(Lack::text).orElse("holds"), shown);
    }

    /** Whom and why, in few words. */
    String words() {
      return about + " " + lacking.map(Lack::text).orElse("");
    }
  }

  /**
   * Why an answer does not hold.
   *
   * @param text in few words, for people
   * @param since when its participant was last heard, where that is the reason
   */
  public record Lack(Reason reason, String text, Optional<Instant> since) {
    static Lack of(Reason reason, String text) {
      return new Lack(reason, text, Optional.empty());
    }
  }

  /** Of what kind a lack is, and so what can be done about it. */
  public enum Reason implements Word {
    /** It was never heard, or not in this phase; it may be about to report. */
    NOT_REPORTED("not-reported"),
    /** It was not heard for longer than its lease. */
    SILENT("silent"),
    /** It says itself what keeps it from following. */
    FAILING("failing"),
    /** It does not trust what it must. */
    NOT_TRUSTING("not-trusting"),
    /** It presents something else than it must. */
    NOT_RENEWED("not-renewed"),
    /** It presents what is revoked. */
    REVOKED("revoked"),
    /** A credential that must be replaced has not been. */
    OUTSTANDING("outstanding"),
    /** It trusts more than it may. */
    ROOT_TRUSTED("root-trusted"),
    /** No canary has shown what its verifier does. */
    NOT_TRIED("not-tried"),
    /** It holds what it must present, and its service does not show it. */
    NOT_OBSERVED("not-observed");

    private final String wire;

    Reason(String wire) {
      this.wire = wire;
    }

    @Override
    public String wire() {
      return wire;
    }

    @Override
    public String toString() {
      return wire;
    }
  }

  /** Of a phase that nothing of the fleet is asked for. */
  static final Gate NOTHING_ASKED = new Gate(List.of(), Optional.empty());

  /** How far the clocks of those who keep published keys may be off. */
  private static final Duration SKEW = Duration.ofSeconds(1);

  /** The gate at the end of the phase in which that authority is. */
  public static Gate of(House house, Authority authority, Evidence evidence, Instant now) {
    var asked = new Inquiry(house, authority, evidence, now);
    Gate gate = ofPhase(authority, asked, now);
    if (authority.phase() instanceof Phase.Creating || authority.phase() instanceof Phase.Standby) {
      return gate;
    }
    List<Answer> revoked = asked.presentingRevoked();
    return revoked.isEmpty()
        ? gate
        : new Gate(Stream.concat(gate.answers().stream(), revoked.stream()).toList(), gate.opens());
  }

  private static Gate ofPhase(Authority authority, Inquiry asked, Instant now) {
    return switch (authority.phase()) {
      case Phase.Creating _, Phase.Standby _ -> NOTHING_ASKED;
      case Phase.Init p ->
          new Gate(
              asked.trustingSuccessor(p.successor()), published(authority, p.trustedSince(), now));
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
    return new Inquiry(house, authority, evidence, now).avoiding(generation);
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
  GateEvidence evidence(
      Evidence read, List<ParticipantName> abandoned, boolean nobody, List<Breakage> breaks) {
    List<byte[]> leaves =
        statements().stream().map(s -> s.getBytes(StandardCharsets.UTF_8)).toList();
    Digest root =
        leaves.isEmpty() ? Digest.of(new byte[0]) : Digest.ofHash(MerkleTree.over(leaves).root());
    return new GateEvidence(required(), shown(), root, read.offsets(), abandoned, nobody, breaks);
  }
}
