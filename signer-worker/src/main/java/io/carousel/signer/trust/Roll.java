package io.carousel.signer.trust;

import io.carousel.events.AuthorName;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.HouseId;
import io.carousel.events.KeyId;
import io.carousel.events.SigningCommand.DestroyKey;
import io.carousel.events.SigningCommand.KeyCommand;
import io.carousel.events.SlotName;
import io.carousel.events.TrustDomain;
import io.carousel.events.orders.Finding;
import io.carousel.events.orders.OrderBook;
import io.carousel.events.seal.Head;
import io.carousel.events.seal.History;
import io.carousel.events.seal.ImpossibleHistory;
import io.carousel.events.seal.KnownAuthor;
import io.carousel.events.seal.Message;
import io.carousel.events.seal.Placed;
import io.carousel.events.seal.Recorded;
import io.carousel.events.seal.Unplaced;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Who is enrolled and which authority is in which phase, as the log of events says: checked record
 * by record from the founder's pinned key on. Thread-safe.
 */
public final class Roll {
  private final History history; // guarded by this
  private final Phases phases = new Phases(); // guarded by this
  private final OrderBook orders = new OrderBook(); // guarded by this

  /**
   * Of the house that this key founded.
   *
   * @param founder Ed25519, SubjectPublicKeyInfo
   */
  public Roll(Bytes founder) {
    this.history = History.fromStart(Optional.of(founder));
  }

  /**
   * Takes what stands next in the log: the next event, or something that is no part of it and
   * changes nothing.
   *
   * @throws io.carousel.events.seal.ImpossibleHistory if an enrolled orchestrator has signed what
   *     cannot be; the process must stop
   */
  public synchronized Placed accept(Message message) {
    Placed placed = history.place(Unplaced.of(message));
    if (placed instanceof Placed.Next(Recorded event)) {
      phases.accept(event);
      orders.accept(event);
    }
    return placed;
  }

  /** Which record is missing, if everything that is there has been read. */
  public synchronized Optional<ImpossibleHistory> gap() {
    return history.gap();
  }

  /** Whose log this is; empty before the first record. */
  public synchronized Optional<HouseId> house() {
    return history.house();
  }

  /** Who may sign under that name now. */
  public synchronized Optional<KnownAuthor> author(AuthorName name) {
    return history.author(name);
  }

  /** In which phase that authority is now; empty while it signs nothing. */
  synchronized Optional<Phases.Phase> phase(AuthorityName authority) {
    return phases.of(authority);
  }

  /** The external root of that authority, DER; empty if its keys sign their own certificates. */
  public synchronized Optional<Bytes> root(AuthorityName authority) {
    return phases.root(authority);
  }

  /** The SPIFFE trust domain of that authority; empty if it issues no SVIDs. */
  synchronized Optional<TrustDomain> trustDomain(AuthorityName authority) {
    return phases.trustDomain(authority);
  }

  /** What the log read so far says of that command. */
  synchronized Finding find(KeyCommand command) {
    return orders.find(command);
  }

  /**
   * What the log says of that command for good: its event was read, and reading on cannot make that
   * event order it, so that no flood makes anybody read. Empty while reading on may change it. At
   * once, since the log is read on meanwhile.
   */
  synchronized Optional<Finding> settled(KeyCommand command) {
    Finding known = orders.find(command);
    boolean lasting = known instanceof Finding.Unordered || known instanceof Finding.Ended;
    return lasting && command.event() <= history.head().sequence()
        ? Optional.of(known)
        : Optional.empty();
  }

  /** The keys that must be in that slot, but one. */
  synchronized List<KeyId> others(SlotName slot, KeyId but) {
    return orders.others(slot, but);
  }

  /** When the hold of that key ends; empty if it was never held. */
  synchronized Optional<Instant> heldUntil(DestroyKey command) {
    return orders.heldUntil(command);
  }

  /** How far the log has been read. */
  public synchronized Head head() {
    return history.head();
  }
}
