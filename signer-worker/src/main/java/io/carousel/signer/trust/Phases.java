package io.carousel.signer.trust;

import io.carousel.events.AuthorityEvent;
import io.carousel.events.AuthorityEvent.AuthorityCreated;
import io.carousel.events.AuthorityEvent.AuthorityOpened;
import io.carousel.events.AuthorityEvent.ClientsUpdating;
import io.carousel.events.AuthorityEvent.RollbackStarted;
import io.carousel.events.AuthorityEvent.RolledBack;
import io.carousel.events.AuthorityEvent.RotationCompleted;
import io.carousel.events.AuthorityEvent.RotationStarted;
import io.carousel.events.AuthorityEvent.ServersUpdating;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.Event;
import io.carousel.events.Profile;
import io.carousel.events.RotationId;
import io.carousel.events.seal.ImpossibleHistory;
import io.carousel.events.seal.Recorded;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * In which phase each authority is, and below which root, as its events say. Knows no rule: what
 * the log holds was decided. One thread at a time.
 *
 * <pre>
 *   opened ----------> active signs for all
 *   rotation started > retiring signs for all
 *   clients updating > successor for clients, retiring for servers
 *   servers updating > successor for all
 *   completed -------> successor for all
 *   rollback started > retiring for all
 *   rolled back -----> retiring for all
 * </pre>
 */
final class Phases {
  private final Map<AuthorityName, Phase> phases = new HashMap<>();
  private final Map<AuthorityName, Rotation> rotations = new HashMap<>();
  private final Map<AuthorityName, Bytes> roots = new HashMap<>();

  /**
   * A phase.
   *
   * @param sequence of the event that began it
   * @param clients the generation that signs for clients, and for what is good for both
   * @param servers the generation that signs for servers
   */
  record Phase(long sequence, int clients, int servers) {
    int generationFor(Profile profile) {
      return profile == Profile.SERVER ? servers : clients;
    }
  }

  private record Rotation(RotationId id, int retiring, int successor) {}

  /**
   * Follows the next event of the log; most begin no phase.
   *
   * @throws ImpossibleHistory if it belongs to a rotation that never began
   */
  void accept(Recorded recorded) {
    Event event = recorded.event();
    if (event instanceof AuthorityCreated e) {
      e.root().ifPresent(root -> roots.put(e.authority(), root.certificate()));
    }
    if (event instanceof AuthorityEvent e) {
      begun(e, recorded.sequence()).ifPresent(phase -> phases.put(e.authority(), phase));
    }
  }

  private Optional<Phase> begun(AuthorityEvent event, long sequence) {
    return Optional.ofNullable(
        switch (event) {
          case AuthorityOpened e -> new Phase(sequence, e.generation(), e.generation());
          case RotationStarted e -> {
            var rotation = new Rotation(e.rotation(), e.retiring(), e.successor());
            rotations.put(e.authority(), rotation);
            yield new Phase(sequence, e.retiring(), e.retiring());
          }
          case ClientsUpdating e -> {
            Rotation rotation = underway(e, e.rotation(), sequence);
            yield new Phase(sequence, rotation.successor(), rotation.retiring());
          }
          case ServersUpdating e -> successor(e, e.rotation(), sequence);
          case RotationCompleted e -> successor(e, e.rotation(), sequence);
          case RollbackStarted e -> retiring(e, e.rotation(), sequence);
          case RolledBack e -> retiring(e, e.rotation(), sequence);
          // Written out, so that a new event must say here whether it begins a phase.
          case AuthorityCreated _,
              AuthorityEvent.KeyRequested _,
              AuthorityEvent.KeyAdoptionRequested _,
              AuthorityEvent.KeyShown _,
              AuthorityEvent.KeyAdopted _,
              AuthorityEvent.SurplusKeyFound _,
              AuthorityEvent.KeyCommandFailed _,
              AuthorityEvent.CaCertificateRequested _,
              AuthorityEvent.CaCertificateIssued _,
              AuthorityEvent.CaRequestWanted _,
              AuthorityEvent.CaRequestIssued _,
              AuthorityEvent.CaCertificateImported _,
              AuthorityEvent.RootCrlImported _,
              AuthorityEvent.CaCertificateAdopted _,
              AuthorityEvent.CrlRequested _,
              AuthorityEvent.CrlIssued _,
              AuthorityEvent.CredentialsRevoked _,
              AuthorityEvent.KeyStageReached _,
              AuthorityEvent.TrustExtended _,
              AuthorityEvent.GenerationRetrusted _,
              AuthorityEvent.GenerationDistrusted _,
              AuthorityEvent.KeyDestructionRequested _,
              AuthorityEvent.KeyDestroyed _ ->
              null;
        });
  }

  private Phase successor(AuthorityEvent event, RotationId id, long sequence) {
    int generation = underway(event, id, sequence).successor();
    return new Phase(sequence, generation, generation);
  }

  private Phase retiring(AuthorityEvent event, RotationId id, long sequence) {
    int generation = underway(event, id, sequence).retiring();
    return new Phase(sequence, generation, generation);
  }

  private Rotation underway(AuthorityEvent event, RotationId id, long sequence) {
    Rotation rotation = rotations.get(event.authority());
    if (rotation == null || !rotation.id().equals(id)) {
      throw new ImpossibleHistory(
          sequence,
          "%s belongs to rotation %s of authority '%s', which never began"
              .formatted(event.getClass().getSimpleName(), id, event.authority()));
    }
    return rotation;
  }

  /** The external root of that authority, DER. */
  Optional<Bytes> root(AuthorityName authority) {
    return Optional.ofNullable(roots.get(authority));
  }

  /** The phase of that authority; empty while it signs nothing. */
  Optional<Phase> of(AuthorityName authority) {
    return Optional.ofNullable(phases.get(authority));
  }
}
