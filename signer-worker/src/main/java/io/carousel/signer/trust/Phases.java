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
import io.carousel.events.AuthorityEvent.SlotJoinCancelled;
import io.carousel.events.AuthorityEvent.SlotJoined;
import io.carousel.events.AuthorityEvent.SlotJoining;
import io.carousel.events.AuthorityEvent.SlotLeaveCancelled;
import io.carousel.events.AuthorityEvent.SlotLeaving;
import io.carousel.events.AuthorityEvent.SlotLeft;
import io.carousel.events.AuthorityEvent.TrustExtended;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.Event;
import io.carousel.events.Profile;
import io.carousel.events.RotationId;
import io.carousel.events.SlotName;
import io.carousel.events.TrustDomain;
import io.carousel.events.seal.ImpossibleHistory;
import io.carousel.events.seal.Recorded;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * In which phase each authority is, and below which root, as its events say. Knows no rule: what
 * the log holds was decided. One thread at a time.
 *
 * <pre>
 *   opened ----------> active signs for all
 *   rotation started > retiring signs for all
 *   trust extended --> the same, and the successor signs canaries until the rotation ends or turns
 *   clients updating > successor for clients, retiring for servers
 *   servers updating > successor for all
 *   completed -------> successor for all
 *   rollback started > retiring for all
 *   rolled back -----> retiring for all
 *   slot joining ----> as before, on the same slots; so if it is called off
 *   slot joined -----> as before, on one more
 *   slot leaving ----> as before, on one less; so when it has left
 *   called off ------> as before, on one more
 * </pre>
 */
final class Phases {
  private final Map<AuthorityName, Phase> phases = new HashMap<>();
  private final Map<AuthorityName, Rotation> rotations = new HashMap<>();
  private final Map<AuthorityName, Bytes> roots = new HashMap<>();
  private final Map<AuthorityName, TrustDomain> domains = new HashMap<>();
  private final Map<AuthorityName, Set<SlotName>> slots = new HashMap<>();

  /**
   * A phase.
   *
   * @param sequence of the event that began it
   * @param clients the generation that signs for clients, and for what is good for both
   * @param servers the generation that signs for servers
   * @param canaries the generation that signs canaries: the successor, from the moment at which
   *     verifiers are to trust it; 0 for none
   * @param slots whose keys sign
   */
  record Phase(long sequence, int clients, int servers, int canaries, Set<SlotName> slots) {
    int generationFor(Profile profile) {
      return switch (profile) {
        case CLIENT, BOTH -> clients;
        case SERVER -> servers;
        case CANARY_CLIENT, CANARY_SERVER -> canaries;
      };
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
      e.policy().naming().trustDomain().ifPresent(d -> domains.put(e.authority(), d));
    }
    if (event instanceof AuthorityEvent e) {
      begun(e, recorded.sequence()).ifPresent(phase -> phases.put(e.authority(), phase));
      if (e instanceof TrustExtended extended) {
        tried(extended, recorded.sequence());
      }
    }
  }

  private Optional<Phase> begun(AuthorityEvent event, long sequence) {
    return Optional.ofNullable(
        switch (event) {
          case AuthorityEvent.AuthorityCreated e -> {
            slots.put(e.authority(), Set.copyOf(e.slots()));
            yield null;
          }
          case AuthorityOpened e -> phase(e, sequence, e.generation(), e.generation());
          case RotationStarted e -> {
            var rotation = new Rotation(e.rotation(), e.retiring(), e.successor());
            rotations.put(e.authority(), rotation);
            yield phase(e, sequence, e.retiring(), e.retiring());
          }
          case ClientsUpdating e -> {
            Rotation rotation = underway(e, e.rotation(), sequence);
            yield trying(e, sequence, rotation.successor(), rotation.retiring(), rotation);
          }
          case ServersUpdating e -> {
            Rotation rotation = underway(e, e.rotation(), sequence);
            yield trying(e, sequence, rotation.successor(), rotation.successor(), rotation);
          }
          case RotationCompleted e -> successor(e, e.rotation(), sequence);
          case RollbackStarted e -> retiring(e, e.rotation(), sequence);
          case RolledBack e -> retiring(e, e.rotation(), sequence);
          case SlotJoining e -> asBefore(e, sequence);
          case SlotJoinCancelled e -> asBefore(e, sequence);
          case SlotJoined e -> with(e, e.slot(), sequence);
          case SlotLeaving e -> without(e, e.slot(), sequence);
          case SlotLeft e -> asBefore(e, sequence);
          case SlotLeaveCancelled e -> with(e, e.slot(), sequence);
          // Written out, so that a new event must say here whether it begins a phase.
          case AuthorityEvent.PolicyChanged _,
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
              AuthorityEvent.ForeignCrlImported _,
              AuthorityEvent.ForeignCrlFollowed _,
              AuthorityEvent.ForeignCrlFetchChanged _,
              AuthorityEvent.KeyDeclaredLost _,
              AuthorityEvent.CaCertificateAdopted _,
              AuthorityEvent.CrlRequested _,
              AuthorityEvent.CrlIssued _,
              AuthorityEvent.BundleSignatureRequested _,
              AuthorityEvent.BundleSigned _,
              AuthorityEvent.CredentialsRevoked _,
              AuthorityEvent.KeyStageReached _,
              TrustExtended _,
              AuthorityEvent.GenerationRetrusted _,
              AuthorityEvent.GenerationDistrusted _,
              AuthorityEvent.SlotTrusted _,
              AuthorityEvent.KeyDestructionRequested _,
              AuthorityEvent.KeyDestroyed _ ->
              null;
        });
  }

  private Phase phase(AuthorityEvent event, long sequence, int clients, int servers) {
    return new Phase(
        sequence, clients, servers, 0, slots.getOrDefault(event.authority(), Set.of()));
  }

  /** One in which verifiers may be tried with what the successor signs. */
  private Phase trying(
      AuthorityEvent event, long sequence, int clients, int servers, Rotation rotation) {
    return new Phase(
        sequence,
        clients,
        servers,
        rotation.successor(),
        slots.getOrDefault(event.authority(), Set.of()));
  }

  /** From here on verifiers are to trust the successor; the phase is the same. */
  private void tried(TrustExtended event, long sequence) {
    Rotation rotation = underway(event, event.rotation(), sequence);
    phases.computeIfPresent(
        event.authority(),
        (_, p) -> trying(event, p.sequence(), p.clients(), p.servers(), rotation));
  }

  /** The same generations. */
  private Phase asBefore(AuthorityEvent event, long sequence) {
    Phase before = phases.get(event.authority());
    if (before == null) {
      throw new ImpossibleHistory(
          sequence,
          "%s is of authority '%s', which never opened"
              .formatted(event.getClass().getSimpleName(), event.authority()));
    }
    return phase(event, sequence, before.clients(), before.servers());
  }

  private Phase with(AuthorityEvent event, SlotName slot, long sequence) {
    return on(event, Stream.concat(signing(event), Stream.of(slot)), sequence);
  }

  private Phase without(AuthorityEvent event, SlotName slot, long sequence) {
    return on(event, signing(event).filter(s -> !s.equals(slot)), sequence);
  }

  private Phase on(AuthorityEvent event, Stream<SlotName> next, long sequence) {
    slots.put(event.authority(), next.collect(Collectors.toUnmodifiableSet()));
    return asBefore(event, sequence);
  }

  private Stream<SlotName> signing(AuthorityEvent event) {
    return slots.getOrDefault(event.authority(), Set.of()).stream();
  }

  private Phase successor(AuthorityEvent event, RotationId id, long sequence) {
    int generation = underway(event, id, sequence).successor();
    return phase(event, sequence, generation, generation);
  }

  private Phase retiring(AuthorityEvent event, RotationId id, long sequence) {
    int generation = underway(event, id, sequence).retiring();
    return phase(event, sequence, generation, generation);
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

  /** The SPIFFE trust domain of that authority; empty if it issues no SVIDs. */
  Optional<TrustDomain> trustDomain(AuthorityName authority) {
    return Optional.ofNullable(domains.get(authority));
  }

  /** The phase of that authority; empty while it signs nothing. */
  Optional<Phase> of(AuthorityName authority) {
    return Optional.ofNullable(phases.get(authority));
  }
}
