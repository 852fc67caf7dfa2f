package io.carousel.orchestrator.rules;

import io.carousel.events.AuthorityEvent.AuthorityCreated;
import io.carousel.events.AuthorityName;
import io.carousel.events.CommandId;
import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.FormatSuite;
import io.carousel.events.KeyId;
import io.carousel.events.Policy;
import io.carousel.events.Profile;
import io.carousel.events.RevocationReason;
import io.carousel.events.RevokedCredential;
import io.carousel.events.Seen;
import io.carousel.events.Serial;
import io.carousel.events.SlotName;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.pcollections.TreePMap;

/**
 * One certificate authority.
 *
 * @param formats the suites of the generation in use, or of the next one while that is being made
 * @param longestLeaf the longest life that its policies ever gave to credentials
 * @param phaseSequence of the event that began the phase
 * @param changeSequence of the event that last changed phase, trust, or which keys are outgoing
 * @param challenge hash of the event that last changed phase or trust; reports must repeat it
 * @param bundle number of its trust bundle; 0 before the first
 * @param rotations how many were ever started
 * @param generations all there ever were, by number
 * @param surplus keys that were made twice, by id
 * @param revoked every credential that was revoked and may not have expired yet, by serial number
 * @param revision of the event that last revoked any; 0 before the first
 * @param external the root above it; empty: its keys sign their own certificates
 * @param lost which of its slots, and of those that join, count as lost
 * @param attestation of its trust bundle; empty before the first
 */
public record Authority(
    AuthorityName name,
    List<FormatSuite> formats,
    List<SlotName> slots,
    Policy policy,
    Duration longestLeaf,
    Phase phase,
    long phaseSequence,
    long changeSequence,
    Digest challenge,
    long bundle,
    int rotations,
    SortedMap<Integer, Generation> generations,
    SortedMap<KeyId, Surplus> surplus,
    SortedMap<Serial, Revoked> revoked,
    long revision,
    Optional<External> external,
    List<SlotName> lost,
    Optional<Attestation> attestation) {
  /** Keeps the maps in persistent ones. */
  public Authority {
    formats = List.copyOf(formats);
    slots = List.copyOf(slots);
    generations = House.persistent(generations);
    surplus = House.persistent(surplus);
    revoked = House.persistent(revoked);
    lost = List.copyOf(lost);
  }

  static Authority created(AuthorityCreated e, Phase phase, long sequence, Digest hash) {
    return new Authority(
        e.authority(),
        e.formats(),
        e.slots(),
        e.policy(),
        e.policy().leafLifetime(),
        phase,
        sequence,
        sequence,
        hash,
        0,
        0,
        TreePMap.empty(),
        TreePMap.empty(),
        TreePMap.empty(),
        0,
        e.root().map(External::of),
        List.of(),
        Optional.empty());
  }

  /** By another policy. What was issued by the one before lives on as long as it was to. */
  Authority with(Policy next) {
    Duration longest =
        next.leafLifetime().compareTo(longestLeaf) > 0 ? next.leafLifetime() : longestLeaf;
    return new Authority(
        name,
        formats,
        slots,
        next,
        longest,
        phase,
        phaseSequence,
        changeSequence,
        challenge,
        bundle,
        rotations,
        generations,
        surplus,
        revoked,
        revision,
        external,
        lost,
        attestation);
  }

  /** A credential that was revoked, when and why. */
  public record Revoked(RevokedCredential credential, Instant since, RevocationReason cause) {}

  /** A key that was made twice, and the generation it was meant for. */
  public record Surplus(int generation, Key key) {}

  /** That generation; it must exist. */
  public Generation generation(int number) {
    Generation found = generations.get(number);
    if (found == null) {
      throw new IllegalStateException("%s has no generation %d".formatted(name, number));
    }
    return found;
  }

  /** What an operator sees now, for an act. */
  public Seen seen() {
    return new Seen(phase.underway(), phase.name(), phaseSequence);
  }

  /** The generation that signs for clients and servers when no rotation is under way. */
  public int active() {
    return switch (phase) {
      case Phase.Creating p -> p.first();
      case Phase.Standby p -> p.active();
      case Phase.Init p -> p.active();
      case Phase.UpdateClients p -> p.retiring();
      case Phase.UpdateServers p -> p.retiring();
      case Phase.Rollback p -> p.active();
      case Phase.Joining p -> p.active();
      case Phase.Leaving p -> p.active();
    };
  }

  /** The generations that verifiers must trust, the older first. */
  public List<Integer> trusted() {
    return Stream.concat(
            phase.trusted().stream(),
            generations.values().stream().filter(Generation::retrusted).map(Generation::number))
        .distinct()
        .sorted()
        .toList();
  }

  /** By which generation credentials of that profile are issued here; 0: by none. */
  public int issuing(Profile profile) {
    int number =
        switch (profile) {
          case CLIENT, BOTH -> phase.clientGeneration();
          case SERVER -> phase.serverGeneration();
          case CANARY_CLIENT, CANARY_SERVER -> phase.canaryGeneration();
        };
    return number == 0 || generation(number).verifyOnly() ? 0 : number;
  }

  /** What is trusted, what signs and what is to be replaced. */
  public InForce inForce() {
    return new InForce(this);
  }

  /** Whether it has that slot, or is about to. */
  public boolean concerns(SlotName slot) {
    return slots.contains(slot) || phase.moving().equals(Optional.of(slot));
  }

  /** The keys of that generation that are waited for, and cannot sign yet. */
  public List<Key> missing(int generation) {
    return generation(generation).keys().values().stream()
        .filter(k -> !(k instanceof Key.Ready))
        .filter(k -> phase.moving().map(k.slot()::equals).orElse(true))
        .toList();
  }

  /** Whether it signs that format. */
  public boolean signs(Format format) {
    return formats.stream().anyMatch(f -> f.format() == format);
  }

  /** Whether that credential was revoked. */
  public boolean isRevoked(Serial serial) {
    return revoked.containsKey(serial);
  }

  /** What is revoked of the credentials that one key signed, and has not expired long ago. */
  Stream<Revoked> revokedUnder(Key.Existing key) {
    Digest issuer = key.publicKey().digest();
    return revoked.values().stream().filter(r -> r.credential().issuerKey().equals(issuer));
  }

  /** Every key that it ever asked for or was given. */
  public Stream<Key> keys() {
    return Stream.concat(
        generations.values().stream().flatMap(g -> g.keys().values().stream()),
        surplus.values().stream().map(Surplus::key));
  }

  /** The key that was asked for by that command, with its generation. */
  Optional<Surplus> askedBy(CommandId command) {
    for (Generation g : generations.values()) {
      for (Key k : g.keys().values()) {
        if (k.command().equals(command)) {
          return Optional.of(new Surplus(g.number(), k));
        }
      }
    }
    return Optional.empty();
  }

  Authority with(Generation generation) {
    return new Authority(
        name,
        formats,
        slots,
        policy,
        longestLeaf,
        phase,
        phaseSequence,
        changeSequence,
        challenge,
        bundle,
        rotations,
        House.persistent(generations).plus(generation.number(), generation),
        surplus,
        revoked,
        revision,
        external,
        lost,
        attestation);
  }

  Authority with(Surplus key) {
    return new Authority(
        name,
        formats,
        slots,
        policy,
        longestLeaf,
        phase,
        phaseSequence,
        changeSequence,
        challenge,
        bundle,
        rotations,
        generations,
        House.persistent(surplus).plus(key.key().keyId().orElseThrow(), key),
        revoked,
        revision,
        external,
        lost,
        attestation);
  }

  Authority with(External known) {
    return new Authority(
        name,
        formats,
        slots,
        policy,
        longestLeaf,
        phase,
        phaseSequence,
        changeSequence,
        challenge,
        bundle,
        rotations,
        generations,
        surplus,
        revoked,
        revision,
        Optional.of(known),
        lost,
        attestation);
  }

  Authority with(Attestation next) {
    return new Authority(
        name,
        formats,
        slots,
        policy,
        longestLeaf,
        phase,
        phaseSequence,
        changeSequence,
        challenge,
        bundle,
        rotations,
        generations,
        surplus,
        revoked,
        revision,
        external,
        lost,
        Optional.of(next));
  }

  /** SHA-256 of the key that verifiers must trust for what that key signs. */
  Digest anchor(Key.Existing key) {
    return external
        .filter(e -> e.trustsRoot() && key.format() == Format.X509)
        .map(External::key)
        .orElseGet(() -> key.publicKey().digest());
  }

  Authority enters(Phase next, long sequence, Digest hash) {
    return in(next, sequence, sequence, hash);
  }

  /** The same phase, where trust changed within it or beside it. */
  Authority extendsTrust(Phase same, long sequence, Digest hash) {
    return in(same, phaseSequence, sequence, hash);
  }

  /** In the same phase, with other times in it. */
  Authority with(Phase same) {
    return in(same, phaseSequence, changeSequence, challenge);
  }

  /** With that one as it is now. */
  Authority with(Revoked one) {
    return new Authority(
        name,
        formats,
        slots,
        policy,
        longestLeaf,
        phase,
        phaseSequence,
        changeSequence,
        challenge,
        bundle,
        rotations,
        generations,
        surplus,
        House.persistent(revoked).plus(one.credential().serial(), one),
        revision,
        external,
        lost,
        attestation);
  }

  private Authority in(Phase next, long began, long changed, Digest hash) {
    return new Authority(
        name,
        formats,
        slots,
        policy,
        longestLeaf,
        next,
        began,
        changed,
        hash,
        bundle,
        rotations,
        generations,
        surplus,
        revoked,
        revision,
        external,
        lost,
        attestation);
  }

  /** On those slots; those that it has not are not lost to it. */
  Authority on(List<SlotName> next) {
    return new Authority(
        name,
        formats,
        next,
        policy,
        longestLeaf,
        phase,
        phaseSequence,
        changeSequence,
        challenge,
        bundle,
        rotations,
        generations,
        surplus,
        revoked,
        revision,
        external,
        lost.stream().filter(next::contains).toList(),
        attestation);
  }

  /** With those slots lost. Trust is as it was, and so is what reports must repeat. */
  Authority losing(List<SlotName> next, long sequence) {
    return new Authority(
        name,
        formats,
        slots,
        policy,
        longestLeaf,
        phase,
        phaseSequence,
        sequence,
        challenge,
        bundle,
        rotations,
        generations,
        surplus,
        revoked,
        revision,
        external,
        next,
        attestation);
  }

  Authority withBundle(long number) {
    return new Authority(
        name,
        formats,
        slots,
        policy,
        longestLeaf,
        phase,
        phaseSequence,
        changeSequence,
        challenge,
        number,
        rotations,
        generations,
        surplus,
        revoked,
        revision,
        external,
        lost,
        attestation);
  }

  Authority withRotation(int count, List<FormatSuite> next) {
    return new Authority(
        name,
        next,
        slots,
        policy,
        longestLeaf,
        phase,
        phaseSequence,
        changeSequence,
        challenge,
        bundle,
        count,
        generations,
        surplus,
        revoked,
        revision,
        external,
        lost,
        attestation);
  }

  /** With more revoked, and without what ended before that moment. */
  Authority withRevoked(List<Revoked> more, Instant expired, long sequence) {
    TreePMap<Serial, Revoked> all = House.persistent(revoked);
    for (Revoked old : revoked.values()) {
      if (old.credential().notAfter().isBefore(expired)) {
        all = all.minus(old.credential().serial());
      }
    }
    for (Revoked one : more) {
      all = all.plus(one.credential().serial(), one);
    }
    return new Authority(
        name,
        formats,
        slots,
        policy,
        longestLeaf,
        phase,
        phaseSequence,
        changeSequence,
        challenge,
        bundle,
        rotations,
        generations,
        surplus,
        all,
        sequence,
        external,
        lost,
        attestation);
  }
}
