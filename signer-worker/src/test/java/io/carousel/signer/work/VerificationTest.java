package io.carousel.signer.work;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.HouseId;
import io.carousel.events.KeyId;
import io.carousel.events.LeafResult;
import io.carousel.events.LeafResult.LeafRefused;
import io.carousel.events.LeafResult.LeafSigned;
import io.carousel.events.Profile;
import io.carousel.events.SigningCommand.GenerateKey;
import io.carousel.events.SigningCommand.SignCaCertificate;
import io.carousel.events.SigningCommand.SignLeaf;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import io.carousel.events.WorkerAct.CaCertificateSigned;
import io.carousel.events.WorkerAct.KeyCommandRefused;
import io.carousel.events.WorkerAct.KeyGenerated;
import io.carousel.signer.Asked;
import io.carousel.signer.Ordered;
import io.carousel.signer.TestLog;
import io.carousel.signer.refusal.Refusal;
import io.carousel.signer.token.DelegatingToken;
import io.carousel.signer.token.InMemoryToken;
import io.carousel.signer.token.TokenException;
import io.carousel.signer.trust.Limits;
import io.carousel.signer.trust.LogUnreachable;
import io.carousel.signer.trust.Verification;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of the signatures of a token that went bad. */
class VerificationTest {
  private static final HouseId HOUSE = new HouseId("00112233445566778899aabbccddeeff");
  private static final SlotName SLOT = new SlotName("hsm-a");

  /** To miss a bad signature for so long, at one sample in 32, has a chance of one in 10^27. */
  private static final int LONG = 2_000;

  private final Token token = new Token();
  private final KeyWork keys =
      new KeyWork(HOUSE, SLOT, token, Limits.DEFAULT, Ordered.ALL, InstantSource.system());

  /** Signs, and says something else if it is spoilt. */
  private static final class Token extends DelegatingToken {
    private boolean spoilt;

    Token() {
      super(new InMemoryToken());
    }

    @Override
    public byte[] sign(KeyId id, Suite suite, byte[] message) throws TokenException {
      byte[] other = message.clone();
      other[0] ^= (byte) (spoilt ? 1 : 0);
      return super.sign(id, suite, other);
    }
  }

  private LeafWork work(Verification verification) {
    return new LeafWork(
        HOUSE,
        SLOT,
        token,
        Limits.DEFAULT,
        verification,
        TestLog.opened(HOUSE),
        InstantSource.system(),
        new Tally());
  }

  private SignLeaf leaf(Suite suite) throws TokenException, LogUnreachable {
    GenerateKey generate = Asked.key(SLOT, suite);
    var made = (KeyGenerated) keys.carryOut(generate);
    SignCaCertificate ca = Asked.ca(generate, made, Duration.ofDays(2));
    return Asked.leaf(ca, (CaCertificateSigned) keys.carryOut(ca), Profile.CLIENT);
  }

  private static void refused(LeafResult result) {
    assertThat(result)
        .isInstanceOfSatisfying(
            LeafRefused.class,
            r -> assertThat(r.code()).isEqualTo(Refusal.SIGNATURE_INVALID.code()));
  }

  @ParameterizedTest
  @EnumSource(names = {"RSA_2048", "ECDSA_P256", "ED25519"})
  void allMeansAll(Suite suite) throws TokenException, LogUnreachable {
    SignLeaf leaf = leaf(suite);
    LeafWork work = work(Verification.ALL);
    assertThat(work.carryOut(leaf)).isInstanceOf(LeafSigned.class);
    token.spoilt = true;
    for (int i = 0; i < 20; i++) {
      refused(work.carryOut(leaf));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"RSA_2048", "ED25519"})
  void whatCostsLittleIsAlwaysVerified(Suite suite) throws TokenException, LogUnreachable {
    SignLeaf leaf = leaf(suite);
    LeafWork work = work(Verification.SAMPLED);
    assertThat(work.carryOut(leaf)).isInstanceOf(LeafSigned.class);
    token.spoilt = true;
    for (int i = 0; i < 20; i++) {
      refused(work.carryOut(leaf));
    }
  }

  @Test
  void theFirstUnderAKeyIsAlwaysVerified() throws TokenException, LogUnreachable {
    SignLeaf leaf = leaf(Suite.ECDSA_P256);
    token.spoilt = true;
    LeafWork work = work(Verification.SAMPLED);
    for (int i = 0; i < 20; i++) {
      refused(work.carryOut(leaf));
    }
  }

  @Test
  void aSampleFindsATokenThatWentBadAndNothingLeavesAfterIt()
      throws TokenException, LogUnreachable {
    SignLeaf leaf = leaf(Suite.ECDSA_P256);
    LeafWork work = work(Verification.SAMPLED);
    assertThat(work.carryOut(leaf)).isInstanceOf(LeafSigned.class);
    token.spoilt = true;
    int tries = 0;
    LeafResult result = work.carryOut(leaf);
    while (result instanceof LeafSigned && ++tries < LONG) {
      result = work.carryOut(leaf);
    }
    for (int i = 0; i < 20; i++) {
      refused(result);
      result = work.carryOut(leaf);
    }
    token.spoilt = false;
    assertThat(work.carryOut(leaf)).isInstanceOf(LeafSigned.class);
  }

  @Test
  void ofCaCertificatesEachIsVerified() throws TokenException, LogUnreachable {
    GenerateKey generate = Asked.key(SLOT, Suite.ECDSA_P256);
    var made = (KeyGenerated) keys.carryOut(generate);
    token.spoilt = true;
    for (int i = 0; i < 20; i++) {
      assertThat(keys.carryOut(Asked.ca(generate, made, Duration.ofDays(2))))
          .isInstanceOfSatisfying(
              KeyCommandRefused.class,
              r -> assertThat(r.code()).isEqualTo(Refusal.SIGNATURE_INVALID.code()));
    }
  }
}
