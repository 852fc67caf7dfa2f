package io.carousel.signer.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.events.AuthorityEvent.AuthorityOpened;
import io.carousel.events.AuthorityEvent.RotationStarted;
import io.carousel.events.Bytes;
import io.carousel.events.Digest;
import io.carousel.events.FormatSuite;
import io.carousel.events.HouseId;
import io.carousel.events.KeyId;
import io.carousel.events.LeafResult.LeafRefused;
import io.carousel.events.LeafResult.LeafSigned;
import io.carousel.events.Profile;
import io.carousel.events.RotationId;
import io.carousel.events.Serial;
import io.carousel.events.SigningCommand.GenerateKey;
import io.carousel.events.SigningCommand.LeafCommand;
import io.carousel.events.SigningCommand.SignCaCertificate;
import io.carousel.events.SigningCommand.SignLeaf;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import io.carousel.events.WorkerAct.CaCertificateSigned;
import io.carousel.events.WorkerAct.KeyGenerated;
import io.carousel.signer.Asked;
import io.carousel.signer.Ordered;
import io.carousel.signer.TestLog;
import io.carousel.signer.refusal.Refusal;
import io.carousel.signer.token.Fault;
import io.carousel.signer.token.InMemoryToken;
import io.carousel.signer.token.TokenUnavailable;
import io.carousel.signer.trust.Limits;
import io.carousel.signer.trust.LogUnreachable;
import io.carousel.signer.trust.Verification;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.bouncycastle.cert.X509CertificateHolder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class LeafWorkTest {
  private static final HouseId HOUSE = new HouseId("00112233445566778899aabbccddeeff");
  private static final SlotName SLOT = new SlotName("hsm-a");

  private final InMemoryToken token = new InMemoryToken();
  private final TestLog log = new TestLog(HOUSE);
  private final Tally tally = new Tally();
  private Instant now = Instant.now();
  private final KeyWork keys =
      new KeyWork(HOUSE, SLOT, token, Limits.DEFAULT, Ordered.ALL, InstantSource.system());
  private final LeafWork work =
      new LeafWork(
          HOUSE, SLOT, token, Limits.DEFAULT, Verification.ALL, log.check(), () -> now, tally);
  private KeyGenerated made;
  private SignCaCertificate ca;
  private CaCertificateSigned signed;

  @BeforeEach
  void makeCa() throws Exception {
    log.write(Asked.created(List.of(SLOT)));
    log.write(new AuthorityOpened(Asked.USER, 1, 1, Instant.now()));
    log.read();
    GenerateKey generate = Asked.key(SLOT, Suite.ED25519);
    made = (KeyGenerated) keys.carryOut(generate);
    ca = Asked.ca(generate, made, Duration.ofDays(2));
    signed = (CaCertificateSigned) keys.carryOut(ca);
  }

  private SignLeaf leaf() {
    return Asked.leaf(ca, signed, Profile.CLIENT);
  }

  @Test
  void theResultSaysWhatWasSigned() throws Exception {
    SignLeaf asked = leaf();
    var result = (LeafSigned) work.carryOut(asked);
    assertThat(result.answers()).isEqualTo(asked.command());
    assertThat(result.notAfter()).isEqualTo(asked.order().notAfter());
    assertThat(result.issuerKey()).isEqualTo(Digest.of(made.publicKey().toArray()));
  }

  @Test
  void aRepeatHasTheSameBody() throws Exception {
    SignLeaf asked = leaf();
    // Ed25519 is without chance, so the same body is the same certificate.
    assertThat(work.carryOut(asked)).isEqualTo(work.carryOut(asked));
  }

  @Test
  void aRepeatIsAnsweredAndCounted() throws Exception {
    SignLeaf asked = leaf();
    work.carryOut(asked);
    work.carryOut(leaf());
    assertThat(tally.repeated()).isZero();
    assertThat(work.carryOut(asked)).isInstanceOf(LeafSigned.class);
    assertThat(work.carryOut(asked)).isInstanceOf(LeafSigned.class);
    assertThat(tally.repeated()).isEqualTo(2);
  }

  /** What was refused once is no less a repeat. */
  @Test
  void aRefusalIsAnAnswerToo() throws Exception {
    SignLeaf asked = Asked.with(leaf(), o -> o.serial = new Serial("1"));
    refused(Refusal.BAD_SERIAL, asked);
    refused(Refusal.BAD_SERIAL, asked);
    assertThat(tally.repeated()).isEqualTo(1);
  }

  @Test
  void aRepeatPastItsDeadlineIsLate() throws Exception {
    SignLeaf asked = leaf();
    work.carryOut(asked);
    now = asked.order().deadline();
    assertThat(work.carryOut(asked)).isInstanceOf(LeafSigned.class);
    now = asked.order().deadline().plusMillis(1);
    refused(Refusal.LATE, asked);
    assertThat(tally.repeated()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
  void whatWasNotAnsweredIsNoRepeat(Fault fault) throws Exception {
    SignLeaf asked = leaf();
    token.loseNext(fault);
    assertThatThrownBy(() -> work.carryOut(asked)).isInstanceOf(TokenUnavailable.class);
    assertThat(work.carryOut(asked)).isInstanceOf(LeafSigned.class);
    assertThat(tally.repeated()).isZero();
  }

  /** Who kept a command back over the turn of a phase gets nothing for it. */
  @Test
  void aCommandOfAnotherPhaseIsRefused() throws Exception {
    SignLeaf asked = leaf();
    var rotation = RotationId.of(Asked.USER, 1);
    log.write(
        new RotationStarted(
            Asked.USER,
            rotation,
            1,
            2,
            FormatSuite.x509(Suite.ED25519),
            "test",
            "test",
            Instant.now()));
    log.read();
    refused(Refusal.OUT_OF_PHASE, asked);
    assertThat(work.carryOut(Asked.with(asked, o -> o.phaseSequence = Asked.OPENED + 1)))
        .isInstanceOf(LeafSigned.class);
  }

  @Test
  void withoutTheLogACommandOfAPhaseToComeWaits() throws Exception {
    log.unreachable();
    assertThatThrownBy(
            () -> work.carryOut(Asked.with(leaf(), o -> o.phaseSequence = Asked.OPENED + 1)))
        .isInstanceOf(LogUnreachable.class);
    assertThat(work.carryOut(leaf())).isInstanceOf(LeafSigned.class);
  }

  @Test
  void noLeafOutlivesItsIssuer() throws Exception {
    SignLeaf asked = leaf();
    refused(Refusal.OUTLIVES_ISSUER, ending(asked, ca.draft().notAfter().plusSeconds(1)));
    assertThat(work.carryOut(ending(asked, ca.draft().notAfter()))).isInstanceOf(LeafSigned.class);
  }

  @Test
  void theIssuerMustBeOfTheKey() throws Exception {
    GenerateKey other = Asked.key(SLOT, Suite.ED25519);
    var otherKey = (KeyGenerated) keys.carryOut(other);
    SignLeaf asked = leaf();
    refused(
        Refusal.ISSUER_DIFFERS, by(asked, otherKey.key(), asked.order().suite(), asked.issuer()));
    refused(Refusal.NO_SUCH_KEY, by(asked, new KeyId("ff"), asked.order().suite(), asked.issuer()));
    assertThat(token.counters().signatures()).as("proofs and the CA alone").isEqualTo(3);
  }

  @Test
  void theIssuerMustBeSound() throws Exception {
    SignLeaf asked = leaf();
    refused(
        Refusal.BAD_ISSUER, by(asked, made.key(), asked.order().suite(), Bytes.of(new byte[] {1})));
    refused(Refusal.BAD_ISSUER, by(asked, made.key(), Suite.ECDSA_P256, asked.issuer()));
    byte[] spoilt = asked.issuer().toArray();
    spoilt[spoilt.length - 1] ^= 1;
    refused(Refusal.BAD_ISSUER, by(asked, made.key(), asked.order().suite(), Bytes.of(spoilt)));
    byte[] unaligned = asked.issuer().toArray();
    int signature = new X509CertificateHolder(unaligned).getSignature().length;
    unaligned[unaligned.length - signature - 1] = 1; // one bit of it is unused
    unaligned[unaligned.length - 1] &= (byte) 0xfe;
    refused(Refusal.BAD_ISSUER, by(asked, made.key(), asked.order().suite(), Bytes.of(unaligned)));
    Bytes leafAsIssuer = ((LeafSigned) work.carryOut(asked)).credential();
    refused(Refusal.BAD_ISSUER, by(asked, made.key(), asked.order().suite(), leafAsIssuer));
  }

  @Test
  void weakKeysGetNoCertificate() throws Exception {
    refused(Refusal.BAD_KEY, Asked.leaf(ca, signed, Profile.CLIENT, Asked.publicKey("RSA", 1024)));
    refused(Refusal.BAD_KEY, Asked.leaf(ca, signed, Profile.CLIENT, Bytes.of(new byte[100])));
  }

  @Test
  void aSerialNumberCannotBeGuessed() throws Exception {
    refused(Refusal.BAD_SERIAL, Asked.with(leaf(), o -> o.serial = new Serial("1")));
  }

  @Test
  void aDestroyedKeySignsNoMore() throws Exception {
    assertThat(work.carryOut(leaf())).isInstanceOf(LeafSigned.class);
    token.destroy(made.key(), made.publicKey());
    refused(Refusal.NO_SUCH_KEY, leaf());
    refused(Refusal.NO_SUCH_KEY, leaf());
  }

  private void refused(Refusal refusal, LeafCommand command) throws Exception {
    assertThat(work.carryOut(command))
        .isInstanceOfSatisfying(
            LeafRefused.class, r -> assertThat(r.code()).as(r.detail()).isEqualTo(refusal.code()));
  }

  private static SignLeaf ending(SignLeaf sound, Instant end) {
    return Asked.with(sound, o -> o.notAfter = end);
  }

  private static SignLeaf by(SignLeaf sound, KeyId key, Suite suite, Bytes issuer) {
    SignLeaf other =
        Asked.with(
            sound,
            o -> {
              o.key = key;
              o.suite = suite;
            });
    return new SignLeaf(
        other.order(), issuer, other.publicKey(), other.names(), other.distribution());
  }
}
