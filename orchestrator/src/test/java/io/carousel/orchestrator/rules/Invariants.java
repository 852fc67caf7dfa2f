package io.carousel.orchestrator.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.AuthorityEvent;
import io.carousel.events.AuthorityEvent.AuthorityOpened;
import io.carousel.events.AuthorityEvent.GenerationDistrusted;
import io.carousel.events.AuthorityEvent.GenerationRetrusted;
import io.carousel.events.AuthorityEvent.KeyAdopted;
import io.carousel.events.AuthorityEvent.KeyDestroyed;
import io.carousel.events.AuthorityEvent.KeyDestructionRequested;
import io.carousel.events.AuthorityEvent.KeyShown;
import io.carousel.events.AuthorityEvent.RolledBack;
import io.carousel.events.AuthorityEvent.RotationCompleted;
import io.carousel.events.AuthorityEvent.SlotJoinCancelled;
import io.carousel.events.AuthorityEvent.SlotLeft;
import io.carousel.events.AuthorityEvent.SlotTrusted;
import io.carousel.events.AuthorityEvent.SurplusKeyFound;
import io.carousel.events.AuthorityEvent.TrustExtended;
import io.carousel.events.AuthorityName;
import io.carousel.events.CommandId;
import io.carousel.events.Digest;
import io.carousel.events.Event;
import io.carousel.events.FleetEvent.ParticipantEnrolledByToken;
import io.carousel.events.Format;
import io.carousel.events.KeyId;
import io.carousel.events.KeyPlace;
import io.carousel.events.KeyStage;
import io.carousel.events.PhaseName;
import io.carousel.events.Profile;
import io.carousel.events.SigningCommand;
import io.carousel.events.TrustBundle.TrustedKey;
import io.carousel.events.orders.Finding;
import io.carousel.events.orders.OrderBook;
import io.carousel.events.seal.Recorded;
import io.carousel.orchestrator.snapshot.HouseCodec;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What holds of every history, whatever was asked in it. Looks at each event once. */
final class Invariants {
  private static final Map<PhaseName, Set<PhaseName>> NEXT =
      Map.of(
          PhaseName.CREATING, Set.of(PhaseName.STANDBY),
          PhaseName.STANDBY, Set.of(PhaseName.INIT, PhaseName.SLOT_JOINING, PhaseName.SLOT_LEAVING),
          PhaseName.INIT, Set.of(PhaseName.UPDATE_CLIENTS, PhaseName.ROLLBACK),
          PhaseName.UPDATE_CLIENTS, Set.of(PhaseName.UPDATE_SERVERS, PhaseName.ROLLBACK),
          PhaseName.UPDATE_SERVERS, Set.of(PhaseName.STANDBY, PhaseName.ROLLBACK),
          PhaseName.ROLLBACK, Set.of(PhaseName.STANDBY),
          PhaseName.SLOT_JOINING, Set.of(PhaseName.STANDBY),
          PhaseName.SLOT_LEAVING, Set.of(PhaseName.STANDBY));

  private final OrderBook book = new OrderBook();
  private final HouseCodec codec = new HouseCodec();
  private final Set<KeyId> known = new HashSet<>();
  private final Set<Digest> keys = new HashSet<>();
  private final Set<KeyId> destroyed = new HashSet<>();
  private House house = House.EMPTY;
  private Optional<KeyId> shown = Optional.empty();
  private int looked;

  /** Everything that happened since the last look. */
  void look(List<Recorded> log, House now) {
    if (looked == log.size()) {
      return;
    }
    for (; looked < log.size(); looked++) {
      Recorded recorded = log.get(looked);
      House next = Rules.evolve(house, recorded);
      book.accept(recorded);
      sequenceAndTime(recorded);
      told(house, next);
      tokens(recorded, house, next);
      if (recorded.event() instanceof AuthorityEvent e) {
        phasesAndTrust(e, house, next);
        keysAreOnlyOnce(e);
        destruction(e, looked == 0 ? null : log.get(looked - 1).event());
      }
      house = next;
    }
    assertThat(house).isEqualTo(now);
    outbox();
    orders();
    house
        .authorities()
        .values()
        .forEach(a ->
            keysOf(a)
                .filter(k -> !(k instanceof Key.Destroyed))
                .flatMap(k -> k.keyId().stream())
                .forEach(id -> assertThat(destroyed).doesNotContain(id)));
  }

  /** What workers read out of the log is what this side asks of them: no more, no less. */
  private void orders() {
    assertThat(book.standing()).containsExactlyInAnyOrderElementsOf(house.outbox().values());
    for (SigningCommand.KeyCommand asked : house.outbox().values()) {
      boolean frozen = house.slots().get(asked.slot()).frozen().isPresent();
      assertThat(book.find(asked))
          .isInstanceOf(
              frozen && asked instanceof SigningCommand.DestroyKey
                  ? Finding.Barred.class
                  : Finding.Stands.class);
    }
  }

  /** A second replay, through bytes now and then, gives the same bytes. */
  void replays(List<Recorded> log) {
    House again = House.EMPTY;
    for (Recorded recorded : log) {
      again = Rules.evolve(again, recorded);
      if (recorded.sequence() % 50 == 0) {
        again = codec.read(codec.write(again));
      }
    }
    assertThat(codec.write(again)).isEqualTo(codec.write(house));
  }

  private void sequenceAndTime(Recorded recorded) {
    assertThat(recorded.sequence()).isEqualTo(house.sequence() + 1);
    assertThat(recorded.event().at()).isAfterOrEqualTo(house.clock());
  }

  private void phasesAndTrust(AuthorityEvent e, House before, House after) {
    if (before.authority(e.authority()).isEmpty()) {
      return;
    }
    Authority was = before.authority(e.authority()).orElseThrow();
    Authority is = after.authority(e.authority()).orElseThrow();
    if (was.phase().name() != is.phase().name()) {
      assertThat(NEXT.get(was.phase().name())).contains(is.phase().name());
    }
    var lost = trusted(was);
    lost.removeAll(trusted(is));
    if (!lost.isEmpty()) {
      assertThat(e)
          .isInstanceOfAny(
              RotationCompleted.class,
              RolledBack.class,
              GenerationDistrusted.class,
              SlotLeft.class,
              SlotJoinCancelled.class);
    }
    var gained = trusted(is);
    gained.removeAll(trusted(was));
    if (!gained.isEmpty()) {
      assertThat(e)
          .isInstanceOfAny(
              AuthorityOpened.class,
              TrustExtended.class,
              GenerationRetrusted.class,
              SlotTrusted.class);
    }
    if (!trusted(was).equals(trusted(is))) {
      assertThat(is.bundle()).isEqualTo(was.bundle() + 1);
      assertThat(is.challenge()).isNotEqualTo(was.challenge());
    }
    if (is.phase().name() != PhaseName.CREATING) {
      assertThat(is.phase().trusted())
          .contains(is.phase().clientGeneration(), is.phase().serverGeneration());
      signing(is);
    }
  }

  /** Somebody signs, what signs is trusted and stays, and whoever is to go can be replaced. */
  private static void signing(Authority a) {
    Set<Digest> stay =
        Bundles.of(a).trusted().stream()
            .filter(k -> !k.outgoing())
            .map(TrustedKey::key)
            .collect(Collectors.toSet());
    for (Profile profile : List.of(Profile.CLIENT, Profile.SERVER)) {
      int generation = a.issuing(profile);
      if (generation == 0) {
        continue; // verify-only
      }
      for (var format : a.formats()) {
        assertThat(a.inForce().signers(generation, format.format()))
            .isNotEmpty()
            .allSatisfy(k -> assertThat(stay).contains(k.publicKey().digest()));
      }
    }
  }

  /** A token lets in as many as it may, while it may, and whom it is for. */
  private static void tokens(Recorded recorded, House before, House after) {
    if (recorded.event() instanceof ParticipantEnrolledByToken e) {
      Grant was = before.grants().get(e.request().token());
      assertThat(was.isOpen(e.at())).isTrue();
      assertThat(was.names().matches(e.participant())).isTrue();
      assertThat(was.removed()).doesNotContain(e.request().identityKey().digest());
      assertThat(before.participant(e.participant()).isEmpty() || was.replace()).isTrue();
      assertThat(after.participant(e.participant()).orElseThrow().identityKey())
          .isEqualTo(e.request().identityKey());
    }
    after
        .grants()
        .values()
        .forEach(g -> {
          assertThat(g.used()).isLessThanOrEqualTo(g.uses());
          assertThat(g.usedUp().isPresent()).isEqualTo(g.used() == g.uses());
          assertThat(g.misuses()).isLessThanOrEqualTo(Grant.TOLD);
        });
  }

  /** What agents are told changes only with a number that grows. */
  private static void told(House before, House after) {
    before
        .authorities()
        .forEach((name, was) -> {
          Authority is = after.authority(name).orElseThrow();
          // Signatures come later, to a bundle that they do not change.
          if (!Bundles.of(was).signed(List.of()).equals(Bundles.of(is).signed(List.of()))) {
            assertThat(is.changeSequence()).isGreaterThan(was.changeSequence());
          }
        });
  }

  private static Set<Digest> trusted(Authority a) {
    return Bundles.of(a).trusted().stream().map(TrustedKey::key).collect(Collectors.toSet());
  }

  private void keysAreOnlyOnce(AuthorityEvent event) {
    switch (event) {
      case KeyShown e -> shown = Optional.of(e.key());
      case KeyAdopted e -> onlyOnce(e.key(), e.publicKey().digest());
      case SurplusKeyFound e -> onlyOnce(e.key(), e.publicKey().digest());
      case KeyDestroyed e -> assertThat(destroyed.add(e.key())).isTrue();
      default -> {
        // says nothing of a key's beginning or end
      }
    }
  }

  private void onlyOnce(KeyId id, Digest key) {
    assertThat(shown).as("what becomes of a key is said after it was shown").contains(id);
    shown = Optional.empty();
    assertThat(known.add(id)).as("key id %s is new", id).isTrue();
    assertThat(keys.add(key)).as("key %s is new", key).isTrue();
  }

  private void destruction(AuthorityEvent event, Event before) {
    if (!(event instanceof KeyDestructionRequested e)) {
      return;
    }
    if (before instanceof SurplusKeyFound found && found.key().equals(e.key())) {
      assertThat(e.publicKey()).isEqualTo(found.publicKey());
      return;
    }
    Authority a = house.authority(e.authority()).orElseThrow();
    Generation g = a.generation(e.generation());
    assertThat(trusted(a)).doesNotContain(e.publicKey().digest());
    Key key = g.keys().get(KeyPlace.of(e.slot(), e.format()));
    assertThat(a.inForce().trusts(key)).isFalse();
    assertThat(KeyEnds.holdEnd(key))
        .hasValueSatisfying(end -> assertThat(e.at()).isAfterOrEqualTo(end));
    if (key instanceof Key.Ready ready) {
      ready.x509().ifPresent(p -> assertThat(CrlRules.isLast(p)).as("a last CRL is left").isTrue());
    }
    assertThat(key.keyId()).contains(e.key());
    assertThat(key.publicKeyDigest()).contains(e.publicKey().digest());
  }

  /** The outbox is what the keys wait for, no more and no less. */
  private void outbox() {
    var awaited = new TreeMap<CommandId, Class<?>>();
    for (Authority a : house.authorities().values()) {
      a.generations().values().forEach(g -> g.keys().values().forEach(k -> awaits(k, awaited)));
      a.surplus().values().forEach(s -> awaits(s.key(), awaited));
      a.attestation().ifPresent(s -> awaits(s, awaited));
    }
    house
        .slots()
        .values()
        .forEach(s -> s.asked().ifPresent(c -> awaited.put(c, SigningCommand.InspectToken.class)));
    var given = new TreeMap<CommandId, Class<?>>();
    house.outbox().forEach((id, command) -> given.put(id, command.getClass()));
    assertThat(given).isEqualTo(awaited);
  }

  /** A key that is not trusted any more signs nothing. */
  private void awaits(Attestation attestation, Map<CommandId, Class<?>> awaited) {
    Set<Digest> signers =
        house.authority(AuthorityName.BUILT_IN).stream()
            .flatMap(a -> a.inForce().trusted(Format.X509))
            .filter(t -> !t.generation().retrusted())
            .map(t -> t.key().publicKey().digest())
            .collect(Collectors.toSet());
    attestation.wishes().stream()
        .filter(w -> w.signature().isEmpty() && signers.contains(w.publicKey().digest()))
        .forEach(w -> awaited.put(w.command(), SigningCommand.SignBundle.class));
  }

  private static void awaits(Key key, Map<CommandId, Class<?>> awaited) {
    switch (key) {
      case Key.Wanted k -> awaited.put(k.command(), SigningCommand.GenerateKey.class);
      case Key.Adopted k when !isHeld(k) ->
          awaited.put(k.certification(), SigningCommand.SignCaCertificate.class);
      case Key.Requesting k when !isHeld(k) ->
          awaited.put(k.asked(), SigningCommand.SignCaRequest.class);
      case Key.Certified k when !isHeld(k) ->
          k.asked().ifPresent(c -> awaited.put(c.command(), SigningCommand.SignCrl.class));
      case Key.Ready k ->
          k.x509()
              .flatMap(Key.Published::asked)
              .ifPresent(c -> awaited.put(c.command(), SigningCommand.SignCrl.class));
      case Key.Doomed k -> awaited.put(k.destruction(), SigningCommand.DestroyKey.class);
      case Key.Adopted _,
          Key.Requesting _,
          Key.AwaitingCertificate _,
          Key.Withdrawn _,
          Key.Certified _,
          Key.Destroyed _,
          Key.Unreachable _ -> {
        // waits for nothing
      }
    }
  }

  private static boolean isHeld(Key.Living key) {
    return key.made().stage().equals(Optional.of(KeyStage.HELD));
  }

  private static java.util.stream.Stream<Key> keysOf(Authority a) {
    return java.util.stream.Stream.concat(
        a.generations().values().stream().flatMap(g -> g.keys().values().stream()),
        a.surplus().values().stream().map(Authority.Surplus::key));
  }
}
