package io.carousel.orchestrator.rules;

import io.carousel.events.CommandId;
import io.carousel.events.SlotFinding;
import io.carousel.events.SlotName;
import io.carousel.events.SlotReport;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * An HSM token as declared, and as last seen.
 *
 * @param custody who holds its PIN, where its replicas and backups are; as declared
 * @param asked the inspection that is under way
 * @param seen what the last inspection found
 * @param failure why the last attempt at one failed
 * @param frozen why nothing may be destroyed there
 */
public record Slot(
    SlotName name,
    String module,
    String custody,
    Optional<CommandId> asked,
    Optional<Inspection> seen,
    Optional<Key.Failure> failure,
    Optional<String> frozen) {

  /** As it was declared, before anybody has looked. */
  public Slot(SlotName name, String module, String custody) {
    this(
        name,
        module,
        custody,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /**
   * What an inspection found.
   *
   * @param command that asked for it
   */
  public record Inspection(
      CommandId command, SlotReport report, List<SlotFinding> findings, Instant at) {
    /** Copies. */
    public Inspection {
      findings = List.copyOf(findings);
    }
  }

  boolean isDeclaredAs(String otherModule, String otherCustody) {
    return module.equals(otherModule) && custody.equals(otherCustody);
  }

  Slot asking(CommandId command) {
    return new Slot(name, module, custody, Optional.of(command), seen, Optional.empty(), frozen);
  }

  Slot inspected(Inspection found) {
    return new Slot(
        name, module, custody, Optional.empty(), Optional.of(found), Optional.empty(), frozen);
  }

  Slot failing(Key.Failure why) {
    return new Slot(name, module, custody, asked, seen, Optional.of(why), frozen);
  }

  Slot frozen(Optional<String> why) {
    return new Slot(name, module, custody, asked, seen, failure, why);
  }
}
