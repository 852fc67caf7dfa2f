package io.carousel.signer.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import io.carousel.events.AuthorityEvent.SlotTrusted;
import io.carousel.events.AuthorityEvent.TrustExtended;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.Digest;
import io.carousel.events.FormatSuite;
import io.carousel.events.GateEvidence;
import io.carousel.events.HouseId;
import io.carousel.events.KeyId;
import io.carousel.events.LeafOrder;
import io.carousel.events.PhaseName;
import io.carousel.events.Profile;
import io.carousel.events.RotationId;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import io.carousel.events.WorkerAct.KeyGenerated;
import io.carousel.events.seal.ImpossibleHistory;
import io.carousel.signer.Asked;
import io.carousel.signer.TestLog;
import io.carousel.signer.refusal.Refusal;
import io.carousel.signer.refusal.Refused;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PhaseCheckTest {
  private static final AuthorityName USER = Asked.USER;
  private static final RotationId FIRST = RotationId.of(USER, 1);
  private static final RotationId SECOND = RotationId.of(USER, 2);
  private static final SlotName A = new SlotName("hsm-a");
  private static final SlotName B = new SlotName("hsm-b");
  private static final SlotName C = new SlotName("hsm-c");
  private static final int NOBODY = 0;
  private static final Bytes SOME = Bytes.of(new byte[1]);

  private final TestLog log = new TestLog(new HouseId("00112233445566778899aabbccddeeff"));
  private final PhaseCheck check = log.check();
  private long phase;

  @BeforeEach
  void open() {
    log.write(Asked.created(List.of(A, B)));
    phase = log.write(new AuthorityOpened(USER, 1, 1, Instant.now()));
    log.read();
  }

  private static LeafOrder order(Profile profile, int generation, long phaseSequence) {
    return order(A, profile, generation, phaseSequence);
  }

  private static LeafOrder order(
      SlotName slot, Profile profile, int generation, long phaseSequence) {
    var made = new KeyGenerated(Asked.id(), slot, new KeyId("00"), SOME, SOME);
    return Asked.with(
            Asked.ssh(Asked.key(slot, Suite.ED25519), made, profile, "a"),
            o -> {
              o.generation = generation;
              o.phaseSequence = phaseSequence;
            })
        .order();
  }

  /** One generation for clients, one for servers, no other, and no canaries. */
  private void signs(int clients, int servers) throws Exception {
    signs(clients, servers, NOBODY);
  }

  private void signs(int clients, int servers, int canaries) throws Exception {
    for (Profile profile : Profile.values()) {
      int signs =
          switch (profile) {
            case CLIENT, BOTH -> clients;
            case SERVER -> servers;
            case CANARY_CLIENT, CANARY_SERVER -> canaries;
          };
      for (int generation = 1; generation < 5; generation++) {
        if (generation == signs) {
          check.check(order(profile, generation, phase));
        } else {
          refused(order(profile, generation, phase), "generation " + generation);
        }
      }
    }
  }

  private void refused(LeafOrder order, String why) {
    assertThatThrownBy(() -> check.check(order))
        .isInstanceOfSatisfying(
            Refused.class, e -> assertThat(e.why()).isEqualTo(Refusal.OUT_OF_PHASE))
        .hasMessageContaining(why);
  }

  private long start(RotationId rotation, int retiring, int successor) {
    return log.write(
        new RotationStarted(
            USER,
            rotation,
            retiring,
            successor,
            FormatSuite.x509(Suite.ED25519),
            "test",
            "test",
            Instant.now()));
  }

  private static GateEvidence evidence() {
    return new GateEvidence(0, 0, Digest.of(new byte[0]), List.of(), List.of(), true);
  }

  @Test
  void aRotationMovesClientsFirst() throws Exception {
    signs(1, 1);
    phase = start(FIRST, 1, 2);
    log.read();
    signs(1, 1);
    log.write(new TrustExtended(USER, FIRST, 2, Instant.now()));
    log.read();
    signs(1, 1, 2);
    phase = log.write(new ClientsUpdating(USER, FIRST, evidence(), "t", "t", Instant.now()));
    log.read();
    signs(2, 1, 2);
    phase = log.write(new ServersUpdating(USER, FIRST, evidence(), "t", "t", Instant.now()));
    log.read();
    signs(2, 2, 2);
    phase = log.write(new RotationCompleted(USER, FIRST, 3, evidence(), "t", "t", Instant.now()));
    log.read();
    signs(2, 2);
    phase = start(SECOND, 2, 3);
    log.read();
    signs(2, 2);
  }

  @Test
  void aCanaryIsSignedOnceTheSuccessorIsToBeTrusted() throws Exception {
    phase = start(FIRST, 1, 2);
    log.read();
    refused(order(Profile.CANARY_CLIENT, 2, phase), "generation 2");
    log.write(new TrustExtended(USER, FIRST, 2, Instant.now()));
    // Not read yet: the check reads on.
    check.check(order(Profile.CANARY_CLIENT, 2, phase));
    check.check(order(Profile.CANARY_SERVER, 2, phase));
    refused(order(Profile.CANARY_SERVER, 1, phase), "generation 1");
    phase = log.write(new RollbackStarted(USER, FIRST, PhaseName.INIT, "t", "t", Instant.now()));
    log.read();
    signs(1, 1);
  }

  @Test
  void aRollbackGoesBackAtOnce() throws Exception {
    start(FIRST, 1, 2);
    log.write(new ClientsUpdating(USER, FIRST, evidence(), "t", "t", Instant.now()));
    phase =
        log.write(
            new RollbackStarted(USER, FIRST, PhaseName.UPDATE_CLIENTS, "t", "t", Instant.now()));
    log.read();
    signs(1, 1);
    phase = log.write(new RolledBack(USER, FIRST, 3, evidence(), "t", "t", Instant.now()));
    log.read();
    signs(1, 1);
    phase = start(SECOND, 1, 3);
    log.write(new ClientsUpdating(USER, SECOND, evidence(), "t", "t", Instant.now()));
    phase = log.write(new ServersUpdating(USER, SECOND, evidence(), "t", "t", Instant.now()));
    log.read();
    signs(3, 3, 3);
  }

  @Test
  void aSlotSignsOnceItHasJoinedAndNotBefore() throws Exception {
    onSlots(A, B);
    phase = log.write(new SlotJoining(USER, C, 1, "t", "t", Instant.now()));
    log.read();
    onSlots(A, B);
    log.write(new SlotTrusted(USER, C, 2, Instant.now()));
    log.read();
    onSlots(A, B);
    phase = log.write(new SlotJoined(USER, C, evidence(), "t", "t", Instant.now()));
    log.read();
    onSlots(A, B, C);
    // And with the generations that follow.
    start(FIRST, 1, 2);
    phase = log.write(new ClientsUpdating(USER, FIRST, evidence(), "t", "t", Instant.now()));
    log.read();
    check.check(order(C, Profile.CLIENT, 2, phase));
    check.check(order(C, Profile.SERVER, 1, phase));
  }

  @Test
  void aSlotWhoseJoiningIsCalledOffNeverSigns() throws Exception {
    log.write(new SlotJoining(USER, C, 1, "t", "t", Instant.now()));
    phase = log.write(new SlotJoinCancelled(USER, C, 2, "t", "t", Instant.now()));
    log.read();
    onSlots(A, B);
  }

  @Test
  void aLeavingSlotSignsNoMoreAtOnce() throws Exception {
    phase = log.write(new SlotLeaving(USER, B, "t", "t", Instant.now()));
    log.read();
    onSlots(A);
    phase = log.write(new SlotLeaveCancelled(USER, B, "t", "t", Instant.now()));
    log.read();
    onSlots(A, B);
    log.write(new SlotLeaving(USER, B, "t", "t", Instant.now()));
    phase = log.write(new SlotLeft(USER, B, 2, evidence(), "t", "t", Instant.now()));
    log.read();
    onSlots(A);
  }

  @Test
  void aSlotOfAnAuthorityThatNeverOpenedCannotJoin() {
    log.write(new SlotJoining(new AuthorityName("host"), C, 1, "t", "t", Instant.now()));
    assertThatThrownBy(log::read)
        .isInstanceOf(ImpossibleHistory.class)
        .hasMessageContainingAll("SlotJoining", "host");
  }

  /** Those sign, and no others. */
  private void onSlots(SlotName... signing) throws Exception {
    for (SlotName slot : List.of(A, B, C)) {
      LeafOrder order = order(slot, Profile.CLIENT, 1, phase);
      if (List.of(signing).contains(slot)) {
        check.check(order);
      } else {
        refused(order, "slot '%s' signs nothing".formatted(slot));
      }
    }
  }

  @Test
  void anOlderPhaseIsRefusedWithoutReadingOn() {
    long before = phase;
    phase = start(FIRST, 1, 2);
    log.read();
    refused(order(Profile.CLIENT, 1, before), "in that of event " + phase);
    assertThat(log.catchUps()).isZero();
  }

  @Test
  void aPhaseNotYetReadIsReadFirst() throws Exception {
    phase = start(FIRST, 1, 2);
    check.check(order(Profile.CLIENT, 1, phase));
    check.check(order(Profile.SERVER, 1, phase));
    assertThat(log.catchUps()).isEqualTo(1);
  }

  /** An event that is there, and began no phase; and one that is not there at all. */
  @Test
  void whatBeganNoPhaseIsNone() {
    start(FIRST, 1, 2);
    long extended = log.write(new TrustExtended(USER, FIRST, 2, Instant.now()));
    refused(order(Profile.CLIENT, 1, extended), "event " + extended);
    refused(order(Profile.CLIENT, 1, extended + 1), "event " + (extended + 1));
    refused(order(Profile.CLIENT, 1, Long.MAX_VALUE), "event");
  }

  @Test
  void withoutTheLogNobodyIsRefusedForAPhaseToCome() {
    log.unreachable();
    assertThatThrownBy(() -> check.check(order(Profile.CLIENT, 1, phase + 1)))
        .isInstanceOf(LogUnreachable.class);
  }

  @Test
  void eachAuthorityHasItsOwnPhase() throws Exception {
    long opened = log.write(new AuthorityOpened(new AuthorityName("host"), 1, 1, Instant.now()));
    log.read();
    signs(1, 1);
    refused(order(Profile.CLIENT, 1, opened), "event " + opened);
  }

  @Test
  void aRotationThatNeverBeganCannotGoOn() {
    start(FIRST, 1, 2);
    log.write(new ClientsUpdating(USER, SECOND, evidence(), "t", "t", Instant.now()));
    assertThatThrownBy(log::read)
        .isInstanceOf(ImpossibleHistory.class)
        .hasMessageContainingAll("ClientsUpdating", SECOND.value());
  }

  @Test
  void anAuthorityThatIsNotOpenSignsNothing() {
    var empty = new TestLog(new HouseId("f".repeat(32)));
    assertThatThrownBy(() -> empty.check().check(order(Profile.CLIENT, 0, 0)))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("signs nothing yet");
  }
}
