package io.carousel.events;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What happened to the house as a whole: who may write, which slots there are, what was refused.
 */
public sealed interface HouseEvent extends Event {

  /**
   * The first record of every log. Who pins the founder's key can check everything after it.
   *
   * @param publicKey the founder's Ed25519 key, as SubjectPublicKeyInfo
   * @param featureLevel what every program that reads this log must support
   */
  record Founded(HouseId house, AuthorName founder, Bytes publicKey, int featureLevel, Instant at)
      implements HouseEvent {}

  /**
   * An owner took over.
   *
   * @param position the next offset of {@code carousel.commands} that it will decide
   */
  record TermStarted(long term, AuthorName owner, long position, Instant at)
      implements HouseEvent {}

  /**
   * Somebody may sign records from here on.
   *
   * @param slot the one slot whose results it may write; empty for an orchestrator
   * @param publicKey Ed25519, as SubjectPublicKeyInfo
   */
  record AuthorEnrolled(
      AuthorName author,
      AuthorRole role,
      Optional<SlotName> slot,
      Bytes publicKey,
      String by,
      Instant at)
      implements HouseEvent {}

  /** Nothing it signs after this counts. */
  record AuthorRemoved(AuthorName author, String reason, String by, Instant at)
      implements HouseEvent {}

  /** From here on events of that level may be written; older programs refuse to start. */
  record FeatureLevelRaised(int level, String by, Instant at) implements HouseEvent {}

  /**
   * An HSM slot is known to the house.
   *
   * @param custody who holds its PIN, where its replicas and backups are; as declared
   */
  record SlotRegistered(SlotName slot, String module, String custody, String by, Instant at)
      implements HouseEvent {}

  /** A slot's worker is to look at its token. */
  record SlotInspectionRequested(
      SlotName slot, CommandId command, List<ExpectedKey> expected, String by, Instant at)
      implements HouseEvent {
    /** Copies. */
    public SlotInspectionRequested {
      expected = List.copyOf(expected);
    }
  }

  /**
   * It has looked.
   *
   * @param findings what an operator should know, by comparison with the log
   */
  record SlotInspected(
      SlotName slot,
      CommandId command,
      SlotReport report,
      List<SlotFinding> findings,
      AuthorName worker,
      Instant at)
      implements HouseEvent {
    /** Copies. */
    public SlotInspected {
      findings = List.copyOf(findings);
    }
  }

  /** It could not look; it is asked again. */
  record SlotInspectionFailed(
      SlotName slot, CommandId command, String code, String detail, boolean lasting, Instant at)
      implements HouseEvent {}

  /** Nothing is destroyed in that slot until an operator has looked into it. */
  record SlotFrozen(SlotName slot, String reason, Instant at) implements HouseEvent {}

  /** An operator has looked into it: retired keys of that slot may be destroyed again. */
  record SlotThawed(SlotName slot, String reason, String by, Instant at) implements HouseEvent {}

  /**
   * Credentials asked of a slot were not signed in time, and were asked of another; written when
   * that changes and not for each.
   *
   * @param by the orchestrator that waited
   */
  record SlotSilent(SlotName slot, AuthorName by, Instant at) implements HouseEvent {}

  /**
   * A silent slot has answered again.
   *
   * @param by the orchestrator, or the slot's own worker, that heard or said it
   */
  record SlotHeard(SlotName slot, AuthorName by, Instant at) implements HouseEvent {}

  /**
   * A slot counts as lost: what its keys signed is replaced by what other slots sign, for as long
   * as its CRLs still hold.
   *
   * @param reason why, in words
   * @param by who said so; the rules themselves if a CRL was not renewed
   * @param breaks whom it breaks, as the operator accepted by name
   */
  record SlotLost(SlotName slot, String reason, String by, Instant at, List<Breakage> breaks)
      implements HouseEvent {
    /** Copies. */
    public SlotLost {
      breaks = List.copyOf(breaks);
    }

    /** That breaks nobody. */
    public SlotLost(SlotName slot, String reason, String by, Instant at) {
      this(slot, reason, by, at, List.of());
    }
  }

  /** A worker of a lost slot has done something with its token: the slot signs again. */
  record SlotFound(SlotName slot, AuthorName worker, Instant at) implements HouseEvent {}

  /**
   * The house forgets a slot. Its keys stay known, so that none of them comes back under another
   * name.
   *
   * @param gone whether its token is out of reach for ever, so that nothing there is waited for
   */
  record SlotRemoved(SlotName slot, boolean gone, String reason, String by, Instant at)
      implements HouseEvent {}

  /**
   * A slot's worker would not sign what it was told to, though the command came in time: it goes
   * beyond what the worker was started for, or is not sound. Told at once, then at most once a
   * minute for each code.
   *
   * @param code by which the worker refused, or {@code forged}
   * @param count of refusals since it was last told
   * @param detail what the worker said of the last one
   * @param by the orchestrator that tells
   */
  record CommandsRefused(
      SlotName slot, String code, int count, String detail, AuthorName by, Instant at)
      implements HouseEvent {}

  /**
   * An act was refused. Written, so that the same act is refused again after any crash.
   *
   * @param act the wire name of the act
   * @param code stable, for programs
   * @param reason what, why and what to do next, for people
   */
  record ActRefused(String act, String code, String reason, Instant at) implements HouseEvent {}

  /** A worker answered what was already answered the same way, as happens after a crash. */
  record AnswerRepeated(CommandId answered, SlotName slot, Instant at) implements HouseEvent {}

  /**
   * A worker was told to do key-level work that no event ordered, and did nothing. Told at once,
   * then at most once a minute for each worker and type of command.
   *
   * @param command the last of those commands
   * @param asked wire name of what it asks for
   * @param detail what it asks for, of which key, and why that is no order
   * @param count of such commands since it was last told
   * @param author who signed the last of them
   */
  record UnorderedCommandRefused(
      SlotName slot,
      CommandId command,
      String asked,
      String detail,
      int count,
      AuthorName author,
      AuthorName worker,
      Instant at)
      implements HouseEvent {}

  /**
   * A worker says to have done key-level work that no event ordered, or in answer to what was
   * ordered of another slot. It changes nothing. Told at once, then at most once a minute for each
   * slot and type of answer.
   *
   * @param answered the command that it names
   * @param act wire name of its answer
   * @param detail what it says to have done, with which key; for people
   */
  record UnorderedAnswer(
      SlotName slot, CommandId answered, String act, String detail, AuthorName worker, Instant at)
      implements HouseEvent {}

  /**
   * Records of {@code carousel.commands} that nobody enrolled had signed, or that nobody could
   * read.
   *
   * @param first the offset of the first of them
   * @param last the offset of the last
   * @param reason why the first was rejected
   */
  record RecordsRejected(long first, long last, int count, String reason, Instant at)
      implements HouseEvent {}

  /**
   * Work that time alone brings about failed for one authority and slot; all other work went on.
   * Tried again until it succeeds; written when the reason changes, and at each further try.
   *
   * @param authority whose work it is; empty if it is the slot's own
   * @param slot empty if it concerns the authority as a whole
   * @param attempts how many tries have failed for this reason, at least 1
   * @param retryAt when it is tried again
   */
  record DueWorkFailed(
      Optional<AuthorityName> authority,
      Optional<SlotName> slot,
      String reason,
      int attempts,
      Instant retryAt,
      Instant at)
      implements HouseEvent {}

  /** Work that had failed is done again, or is not needed any more. */
  record DueWorkResumed(Optional<AuthorityName> authority, Optional<SlotName> slot, Instant at)
      implements HouseEvent {}

  /**
   * The clocks of the owner and of its Kafka broker agree that the log's time is ahead of the
   * present: a clock was wrong when earlier events were written, or both are behind now. The log
   * goes on by the time that they agree on. The one kind of event whose time is before that of the
   * event before it.
   *
   * @param from the time of the event before it
   * @param by the owner whose clock it was
   */
  record TimeSetBack(Instant from, AuthorName by, Instant at) implements HouseEvent {}

  /**
   * A worker signs less than an authority's policy needs of its slot: what the policy asks for
   * beyond that will be refused.
   *
   * @param worker that says so of itself
   * @param detail which of its limits, in words
   */
  record WorkerLimitsTooNarrow(
      SlotName slot, AuthorityName authority, AuthorName worker, String detail, Instant at)
      implements HouseEvent {}
}
