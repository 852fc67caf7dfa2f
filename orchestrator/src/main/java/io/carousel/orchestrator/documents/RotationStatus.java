package io.carousel.orchestrator.documents;

import io.carousel.events.AuthorityName;
import io.carousel.events.ParticipantName;
import io.carousel.events.Seen;
import io.carousel.events.SlotName;
import io.carousel.orchestrator.documents.ForecastDetails.Names;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How an authority's rotation stands.
 *
 * @param sequence of the last event that this tells about
 * @param seen to be shown with the next act
 * @param since when the phase began
 * @param active the generation that signs; with a rotation under way, the one it turns from
 * @param successor the generation that a rotation under way turns to
 * @param bundle number of the trust bundle
 * @param keysMissing whether keys are waited for, before there is any gate
 * @param keys of the generations in use, by generation and slot
 * @param next what an operator can do next
 * @param removals how each retired generation below an external root stands; of other authorities
 *     none
 * @param warnings what an operator must see: about an external root, time-driven work that fails,
 *     the log, and the clock
 * @param verifyOnly the generations in use whose keys are elsewhere
 * @param retrusted the generations that are trusted once more, beside those in use
 * @param slot the slot that joins or leaves
 * @param lost its slots that count as lost
 * @param silent its slots that do not answer, and are passed over
 * @param unsigned the slots of the built-in authority whose signatures of the trust bundle are
 *     waited for: until they come participants over TLS keep the bundle before it
 * @param distrust who still trusts a generation that is retired, by their newest reports
 * @param earlierConnections that stand since before their services let go of a CA
 * @param fleet which participants must be looked at, in whatever phase
 */
public record RotationStatus(
    AuthorityName authority,
    long sequence,
    Seen seen,
    Optional<Instant> since,
    int active,
    Optional<Integer> successor,
    long bundle,
    boolean keysMissing,
    List<KeyLine> keys,
    GateStatus gate,
    String next,
    List<RemovalLine> removals,
    List<String> warnings,
    List<Integer> verifyOnly,
    List<Integer> retrusted,
    Optional<SlotName> slot,
    List<SlotName> lost,
    List<SlotName> silent,
    List<SlotName> unsigned,
    List<TailLine> distrust,
    EarlierLines earlierConnections,
    FleetLines fleet) {
  /**
   * Which participants must be looked at.
   *
   * @param unread what of the fleet's evidence is not read yet, and how far that is; while it is
   *     there, nothing else is told
   * @param attention the worst first
   * @param broken who presents what, and who refuses it, now; no {@code verifiers} are whoever
   *     follows the trust bundle
   */
  public record FleetLines(
      Optional<String> unread,
      List<AttentionLine> attention,
      List<ForecastDetails.BreakLine> broken) {}

  /**
   * One participant.
   *
   * @param kind {@code revoked}, {@code broken}, {@code withheld}, {@code failing}, {@code silent},
   *     {@code not-reported} or {@code behind}
   * @param since when that began, or it was last heard
   * @param remedy what to do about it
   */
  public record AttentionLine(
      ParticipantName participant,
      String kind,
      Optional<Instant> since,
      String why,
      String remedy) {}

  /** Participants who still trust that generation. */
  public record TailLine(int generation, Names trusting) {}

  /**
   * Connections that stand since before their services let go of a CA.
   *
   * @param participants how many participants have some
   * @param connections how many these are together
   * @param most who has most of them
   */
  public record EarlierLines(int participants, long connections, List<EarlierLine> most) {}

  /** One participant's. */
  public record EarlierLine(ParticipantName participant, int connections) {}

  /**
   * The gate at the end of the phase.
   *
   * @param ready whether an advance would pass it now
   * @param required how many questions it asks
   * @param shown how many of them hold
   * @param lacking of the others as many as were asked for
   * @param remedies what to do about each kind of what is lacking
   * @param opens before then it stays closed whatever the answers, because verifiers may keep
   *     published keys that long; absent if that has passed
   */
  public record GateStatus(
      boolean ready,
      int required,
      int shown,
      List<Lacking> lacking,
      List<Remedy> remedies,
      Optional<Instant> opens) {}

  /**
   * A question that does not hold.
   *
   * @param why in few words
   * @param reason of what kind: {@code not-reported}, {@code silent}, {@code failing}, {@code
   *     not-trusting}, {@code not-renewed}, {@code revoked}, {@code outstanding}, {@code
   *     root-trusted} or {@code not-tried} or {@code not-observed}; {@code not-read} while evidence
   *     is still being read
   * @param since when it does not: since it was last heard, or since the phase began
   */
  public record Lacking(
      ParticipantName participant,
      String question,
      String why,
      String reason,
      Optional<Instant> since) {}

  /**
   * What to do about some of them.
   *
   * @param reason of those whom it is about
   * @param count how many these are, shown or not
   */
  public record Remedy(String reason, long count, String text) {}
}
