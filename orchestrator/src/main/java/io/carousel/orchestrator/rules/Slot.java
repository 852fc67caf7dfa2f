package io.carousel.orchestrator.rules;

import io.carousel.events.AuthorName;
import io.carousel.events.CommandId;
import io.carousel.events.HouseEvent.CommandsRefused;
import io.carousel.events.HouseEvent.UnorderedAnswer;
import io.carousel.events.HouseEvent.UnorderedCommandRefused;
import io.carousel.events.SlotFinding;
import io.carousel.events.SlotName;
import io.carousel.events.SlotReport;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.pcollections.TreePMap;

/**
 * An HSM token as declared, and as last seen.
 *
 * @param custody who holds its PIN, where its replicas and backups are; as declared
 * @param asked the inspection that is under way
 * @param seen what the last inspection found
 * @param failure why the last attempt at one failed
 * @param frozen why nothing may be destroyed there
 * @param silent since when it does not sign what it is asked to, and is passed over
 * @param lost since when and why what it signed is replaced by what others sign
 * @param refusals what its workers would not sign, by code; the latest of each
 */
public record Slot(
    SlotName name,
    String module,
    String custody,
    Optional<CommandId> asked,
    Optional<Inspection> seen,
    Optional<Key.Failure> failure,
    Optional<String> frozen,
    Optional<Instant> silent,
    Optional<Loss> lost,
    SortedMap<String, Refusals> refusals) {
  /** As many codes as a slot remembers; workers have about as many. */
  private static final int MOST_CODES = 80;

  /** Keeps the refusals in a persistent map. */
  public Slot {
    refusals = House.persistent(refusals);
  }

  /** As it was declared, before anybody has looked. */
  public Slot(SlotName name, String module, String custody) {
    this(
        name,
        module,
        custody,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        TreePMap.empty());
  }

  /**
   * That it is lost.
   *
   * @param by who said so
   */
  public record Loss(String reason, String by, Instant since) {}

  /**
   * What its workers would not sign for one reason.
   *
   * @param count of all there ever were
   * @param detail of the last one
   * @param last when it was told
   */
  public record Refusals(long count, String detail, Instant last) {}

  /**
   * What an inspection found.
   *
   * @param command that asked for it
   * @param worker that looked
   */
  public record Inspection(
      CommandId command,
      SlotReport report,
      List<SlotFinding> findings,
      AuthorName worker,
      Instant at) {
    /** Copies. */
    public Inspection {
      findings = List.copyOf(findings);
    }
  }

  boolean isDeclaredAs(String otherModule, String otherCustody) {
    return module.equals(otherModule) && custody.equals(otherCustody);
  }

  Slot asking(CommandId command) {
    return looked(Optional.of(command), seen, Optional.empty());
  }

  Slot inspected(Inspection found) {
    return looked(Optional.empty(), Optional.of(found), Optional.empty());
  }

  Slot failing(Key.Failure why) {
    return looked(asked, seen, Optional.of(why));
  }

  private Slot looked(
      Optional<CommandId> next, Optional<Inspection> found, Optional<Key.Failure> why) {
    return new Slot(name, module, custody, next, found, why, frozen, silent, lost, refusals);
  }

  Slot frozen(Optional<String> why) {
    return new Slot(name, module, custody, asked, seen, failure, why, silent, lost, refusals);
  }

  Slot silent(Optional<Instant> since) {
    return new Slot(name, module, custody, asked, seen, failure, frozen, since, lost, refusals);
  }

  Slot lost(Optional<Loss> loss) {
    return new Slot(name, module, custody, asked, seen, failure, frozen, silent, loss, refusals);
  }

  /** Under which code such an alarm is remembered; one author's does not hide another's. */
  static String code(UnorderedCommandRefused e) {
    return "not-ordered %s of %s".formatted(e.asked(), e.author());
  }

  /** Under which code such an alarm is remembered. */
  static String code(UnorderedAnswer e) {
    return "answer-not-ordered %s of %s".formatted(e.act(), e.worker());
  }

  Slot with(SortedMap<String, Refusals> next) {
    return new Slot(name, module, custody, asked, seen, failure, frozen, silent, lost, next);
  }

  Slot refusing(UnorderedCommandRefused e) {
    return refusing(code(e), e.count(), e.detail(), e.at());
  }

  Slot refusing(UnorderedAnswer e) {
    return refusing(code(e), 1, e.detail(), e.at());
  }

  Slot refusing(CommandsRefused e) {
    return refusing(e.code(), e.count(), e.detail(), e.at());
  }

  private Slot refusing(String code, int more, String detail, Instant at) {
    Refusals before = refusals.get(code);
    if (before == null && refusals.size() >= MOST_CODES) {
      return this;
    }
    long count = more + (before == null ? 0 : before.count());
    return new Slot(
        name,
        module,
        custody,
        asked,
        seen,
        failure,
        frozen,
        silent,
        lost,
        House.persistent(refusals).plus(code, new Refusals(count, detail, at)));
  }
}
