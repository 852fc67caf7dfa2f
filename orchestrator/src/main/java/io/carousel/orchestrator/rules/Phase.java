package io.carousel.orchestrator.rules;

import io.carousel.events.PhaseName;
import io.carousel.events.RotationId;
import io.carousel.events.SlotName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Where an authority stands; each phase holds only what is true in it. Generations are named by
 * their numbers.
 *
 * <pre>
 *   Creating --first keys--> Standby --start--> Init --advance--> UpdateClients --advance--> UpdateServers
 *                             ^  ^               |                     |                        |   |
 *                             |  |               +------ roll back ----+------------------------+   |
 *                             |  +--advance-- Rollback <---------------+                            |
 *                             +----------------------------- advance -------------------------------+
 *
 *   Standby --join--> Joining --advance, or rolled back--> Standby
 *   Standby --leave--> Leaving --advance, or rolled back--> Standby
 * </pre>
 */
public sealed interface Phase {

  /** The first keys are being made. */
  record Creating(int first) implements Phase {}

  /** One generation is trusted and signs. */
  record Standby(int active) implements Phase {}

  /**
   * The successor's keys are being made or, once they are, being trusted.
   *
   * @param trustedSince when the trust bundle came to hold the successor; empty while it does not
   */
  record Init(RotationId rotation, int active, int successor, Optional<Instant> trustedSince)
      implements Phase {
    /** Whether the trust bundle holds the successor yet. */
    public boolean successorTrusted() {
      return trustedSince.isPresent();
    }
  }

  /** Clients move. */
  record UpdateClients(RotationId rotation, int retiring, int successor) implements Phase {}

  /** Servers move. */
  record UpdateServers(RotationId rotation, int retiring, int successor) implements Phase {}

  /**
   * Everybody moves back.
   *
   * @param from where it turned
   * @param successorTrusted whether the trust bundle holds the successor
   */
  record Rollback(
      RotationId rotation, int active, int successor, PhaseName from, boolean successorTrusted)
      implements Phase {}

  /**
   * A slot's keys of the generation in use are being made or, once they are, being trusted.
   *
   * @param trustedSince when the trust bundle came to hold them; empty while it does not
   */
  record Joining(int active, SlotName slot, Optional<Instant> trustedSince) implements Phase {
    /** Whether the trust bundle holds the slot's keys yet. */
    public boolean slotTrusted() {
      return trustedSince.isPresent();
    }
  }

  /** Everybody moves away from what a slot's keys have signed. */
  record Leaving(int active, SlotName slot) implements Phase {}

  /** Its name. */
  default PhaseName name() {
    return switch (this) {
      case Creating _ -> PhaseName.CREATING;
      case Standby _ -> PhaseName.STANDBY;
      case Init _ -> PhaseName.INIT;
      case UpdateClients _ -> PhaseName.UPDATE_CLIENTS;
      case UpdateServers _ -> PhaseName.UPDATE_SERVERS;
      case Rollback _ -> PhaseName.ROLLBACK;
      case Joining _ -> PhaseName.SLOT_JOINING;
      case Leaving _ -> PhaseName.SLOT_LEAVING;
    };
  }

  /** The rotation under way. */
  default Optional<RotationId> underway() {
    return switch (this) {
      case Creating _, Standby _, Joining _, Leaving _ -> Optional.empty();
      case Init p -> Optional.of(p.rotation());
      case UpdateClients p -> Optional.of(p.rotation());
      case UpdateServers p -> Optional.of(p.rotation());
      case Rollback p -> Optional.of(p.rotation());
    };
  }

  /** The generations of which verifiers must trust keys, the older first; see {@link InForce}. */
  default List<Integer> trusted() {
    return switch (this) {
      case Creating _ -> List.of();
      case Standby p -> List.of(p.active());
      case Init p ->
          p.successorTrusted() ? List.of(p.active(), p.successor()) : List.of(p.active());
      case UpdateClients p -> List.of(p.retiring(), p.successor());
      case UpdateServers p -> List.of(p.retiring(), p.successor());
      case Rollback p ->
          p.successorTrusted() ? List.of(p.active(), p.successor()) : List.of(p.active());
      case Joining p -> List.of(p.active());
      case Leaving p -> List.of(p.active());
    };
  }

  /** The slot that joins or leaves. */
  default Optional<SlotName> moving() {
    return switch (this) {
      case Creating _, Standby _, Init _, UpdateClients _, UpdateServers _, Rollback _ ->
          Optional.empty();
      case Joining p -> Optional.of(p.slot());
      case Leaving p -> Optional.of(p.slot());
    };
  }

  /** By which generation client credentials, and those good for both, are issued; 0: none yet. */
  default int clientGeneration() {
    return switch (this) {
      case Creating _ -> 0;
      case Standby p -> p.active();
      case Init p -> p.active();
      case UpdateClients p -> p.successor();
      case UpdateServers p -> p.successor();
      case Rollback p -> p.active();
      case Joining p -> p.active();
      case Leaving p -> p.active();
    };
  }

  /** The generation that signs canaries, once verifiers are to trust it; 0: none. */
  default int canaryGeneration() {
    return switch (this) {
      case Init p -> p.successorTrusted() ? p.successor() : 0;
      case UpdateClients p -> p.successor();
      case UpdateServers p -> p.successor();
      case Creating _, Standby _, Rollback _, Joining _, Leaving _ -> 0;
    };
  }

  /** By which generation server credentials are issued; 0: none yet. */
  default int serverGeneration() {
    return switch (this) {
      case Creating _ -> 0;
      case Standby p -> p.active();
      case Init p -> p.active();
      case UpdateClients p -> p.retiring();
      case UpdateServers p -> p.successor();
      case Rollback p -> p.active();
      case Joining p -> p.active();
      case Leaving p -> p.active();
    };
  }
}
