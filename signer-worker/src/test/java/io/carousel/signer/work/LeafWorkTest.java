package io.carousel.signer.work;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.Bytes;
import io.carousel.events.Digest;
import io.carousel.events.HouseId;
import io.carousel.events.KeyId;
import io.carousel.events.LeafResult.LeafRefused;
import io.carousel.events.LeafResult.LeafSigned;
import io.carousel.events.Profile;
import io.carousel.events.Serial;
import io.carousel.events.SigningCommand.GenerateKey;
import io.carousel.events.SigningCommand.SignCaCertificate;
import io.carousel.events.SigningCommand.SignLeaf;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import io.carousel.events.WorkerAct.CaCertificateSigned;
import io.carousel.events.WorkerAct.KeyGenerated;
import io.carousel.signer.Asked;
import io.carousel.signer.refusal.Refusal;
import io.carousel.signer.token.InMemoryToken;
import io.carousel.signer.token.TokenException;
import io.carousel.signer.trust.Limits;
import io.carousel.signer.trust.Verification;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LeafWorkTest {
  private static final HouseId HOUSE = new HouseId("00112233445566778899aabbccddeeff");
  private static final SlotName SLOT = new SlotName("hsm-a");

  private final InMemoryToken token = new InMemoryToken();
  private final KeyWork keys =
      new KeyWork(HOUSE, SLOT, token, Limits.DEFAULT, InstantSource.system());
  private final LeafWork work =
      new LeafWork(HOUSE, SLOT, token, Limits.DEFAULT, Verification.ALL, InstantSource.system());
  private KeyGenerated made;
  private SignCaCertificate ca;
  private CaCertificateSigned signed;

  @BeforeEach
  void makeCa() throws TokenException {
    GenerateKey generate = Asked.key(SLOT, Suite.ED25519);
    made = (KeyGenerated) keys.carryOut(generate);
    ca = Asked.ca(generate, made, Duration.ofDays(2));
    signed = (CaCertificateSigned) keys.carryOut(ca);
  }

  private SignLeaf leaf() {
    return Asked.leaf(ca, signed, Profile.CLIENT);
  }

  @Test
  void theResultSaysWhatWasSigned() throws TokenException {
    SignLeaf asked = leaf();
    var result = (LeafSigned) work.carryOut(asked);
    assertThat(result.answers()).isEqualTo(asked.command());
    assertThat(result.notAfter()).isEqualTo(asked.notAfter());
    assertThat(result.issuerKey()).isEqualTo(Digest.of(made.publicKey().toArray()));
  }

  @Test
  void aRepeatHasTheSameBody() throws TokenException {
    SignLeaf asked = leaf();
    // Ed25519 is without chance, so the same body is the same certificate.
    assertThat(work.carryOut(asked)).isEqualTo(work.carryOut(asked));
  }

  @Test
  void noLeafOutlivesItsIssuer() throws TokenException {
    SignLeaf asked = leaf();
    refused(Refusal.OUTLIVES_ISSUER, ending(asked, ca.draft().notAfter().plusSeconds(1)));
    assertThat(work.carryOut(ending(asked, ca.draft().notAfter()))).isInstanceOf(LeafSigned.class);
  }

  @Test
  void theIssuerMustBeOfTheKey() throws TokenException {
    GenerateKey other = Asked.key(SLOT, Suite.ED25519);
    var otherKey = (KeyGenerated) keys.carryOut(other);
    SignLeaf asked = leaf();
    refused(Refusal.ISSUER_DIFFERS, by(asked, otherKey.key(), asked.suite(), asked.issuer()));
    refused(Refusal.NO_SUCH_KEY, by(asked, new KeyId("ff"), asked.suite(), asked.issuer()));
    assertThat(token.counters().signatures()).as("proofs and the CA alone").isEqualTo(3);
  }

  @Test
  void theIssuerMustBeSound() throws TokenException {
    SignLeaf asked = leaf();
    refused(Refusal.BAD_ISSUER, by(asked, made.key(), asked.suite(), Bytes.of(new byte[] {1})));
    refused(Refusal.BAD_ISSUER, by(asked, made.key(), Suite.ECDSA_P256, asked.issuer()));
    byte[] spoilt = asked.issuer().toArray();
    spoilt[spoilt.length - 1] ^= 1;
    refused(Refusal.BAD_ISSUER, by(asked, made.key(), asked.suite(), Bytes.of(spoilt)));
    Bytes leafAsIssuer = ((LeafSigned) work.carryOut(asked)).certificate();
    refused(Refusal.BAD_ISSUER, by(asked, made.key(), asked.suite(), leafAsIssuer));
  }

  @Test
  void weakKeysGetNoCertificate() throws TokenException {
    refused(Refusal.BAD_KEY, Asked.leaf(ca, signed, Profile.CLIENT, Asked.publicKey("RSA", 1024)));
    refused(Refusal.BAD_KEY, Asked.leaf(ca, signed, Profile.CLIENT, Bytes.of(new byte[100])));
  }

  @Test
  void aSerialNumberCannotBeGuessed() throws TokenException {
    SignLeaf s = leaf();
    refused(
        Refusal.BAD_SERIAL,
        new SignLeaf(
            s.command(),
            s.authority(),
            s.generation(),
            s.slot(),
            s.key(),
            s.suite(),
            s.issuer(),
            s.participant(),
            s.identity(),
            s.profile(),
            s.publicKey(),
            new Serial("1"),
            s.notBefore(),
            s.notAfter(),
            s.phaseSequence(),
            s.deadline()));
  }

  @Test
  void aDestroyedKeySignsNoMore() throws TokenException {
    assertThat(work.carryOut(leaf())).isInstanceOf(LeafSigned.class);
    token.destroy(made.key(), made.publicKey());
    refused(Refusal.NO_SUCH_KEY, leaf());
    refused(Refusal.NO_SUCH_KEY, leaf());
  }

  private void refused(Refusal refusal, SignLeaf command) throws TokenException {
    assertThat(work.carryOut(command))
        .isInstanceOfSatisfying(
            LeafRefused.class, r -> assertThat(r.code()).as(r.detail()).isEqualTo(refusal.code()));
  }

  private static SignLeaf ending(SignLeaf s, Instant end) {
    return new SignLeaf(
        s.command(),
        s.authority(),
        s.generation(),
        s.slot(),
        s.key(),
        s.suite(),
        s.issuer(),
        s.participant(),
        s.identity(),
        s.profile(),
        s.publicKey(),
        s.serial(),
        s.notBefore(),
        end,
        s.phaseSequence(),
        s.deadline());
  }

  private static SignLeaf by(SignLeaf s, KeyId key, Suite suite, Bytes issuer) {
    return new SignLeaf(
        s.command(),
        s.authority(),
        s.generation(),
        s.slot(),
        key,
        suite,
        issuer,
        s.participant(),
        s.identity(),
        s.profile(),
        s.publicKey(),
        s.serial(),
        s.notBefore(),
        s.notAfter(),
        s.phaseSequence(),
        s.deadline());
  }
}
