package io.carousel.signer.token;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.carousel.events.KeyId;
import io.carousel.events.Suite;
import io.carousel.signer.token.TokenRefused.Reason;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every token must do, fake or real. */
abstract class TokenContract {
  private static final byte[] MESSAGE = "what is to be signed".getBytes(UTF_8);

  private Token token;

  /** A token without keys. */
  abstract Token open() throws Exception;

  /** The suites it has; it must refuse the others by name. */
  Set<Suite> suites() {
    return EnumSet.allOf(Suite.class);
  }

  /** What it denies of every key it makes. */
  Set<Protection> denied() {
    return Set.of();
  }

  /** What it claims about every key it makes. */
  Set<Protection> protections() {
    return EnumSet.allOf(Protection.class);
  }

  @BeforeEach
  void openIt() throws Exception {
    token = open();
  }

  @AfterEach
  void closeIt() {
    token.close();
  }

  private TokenKey make(String label) throws TokenException {
    return token.generate(Verified.freshId(), label, Suite.ECDSA_P256);
  }

  private static void refused(Reason reason, ThrowingCallable call) {
    assertThatExceptionOfType(TokenRefused.class)
        .isThrownBy(call)
        .extracting(TokenRefused::reason)
        .isEqualTo(reason);
  }

  @ParameterizedTest
  @EnumSource
  void makesAndUsesKeysOfEverySuiteItHas(Suite suite) throws Exception {
    KeyId id = Verified.freshId();
    if (!suites().contains(suite)) {
      refused(Reason.SUITE_UNSUPPORTED, () -> token.generate(id, "command-1", suite));
      assertThat(token.list()).isEqualTo(new Inventory(List.of(), List.of()));
      return;
    }

    TokenKey key = token.generate(id, "command-1", suite);

    assertThat(key.id()).isEqualTo(id);
    assertThat(key.label()).isEqualTo("command-1");
    assertThat(key.suite()).isEqualTo(suite);
    assertThat(key.protections()).isEqualTo(protections());
    assertThat(Verified.publicKey(key).getEncoded()).isEqualTo(key.publicKey().toArray());
    assertThat(Verified.by(key, MESSAGE, token.sign(id, suite, MESSAGE))).isTrue();
    byte[] large = new byte[100_000];
    assertThat(Verified.by(key, large, token.sign(id, suite, large))).isTrue();
    assertThat(token.find(id)).contains(key);
    assertThat(token.findByLabel("command-1")).contains(key);
  }

  @Test
  void saysWhichSuitesItHas() {
    assertThat(token.suites()).isEqualTo(suites());
  }

  @Test
  void signsManyTimesWithoutEverMalformingEcdsa() throws Exception {
    TokenKey key = make("command-1");
    for (int i = 0; i < 600; i++) { // leading zeros of r and s come up once in 256 each
      byte[] message = Integer.toString(i).getBytes(UTF_8);
      byte[] signature = token.sign(key.id(), key.suite(), message);
      assertThat(Verified.by(key, message, signature)).as("signature %d", i).isTrue();
    }
  }

  @Test
  void findsNothingThatIsNotThere() throws Exception {
    make("command-1");

    assertThat(token.find(Verified.freshId())).isEmpty();
    assertThat(token.findByLabel("command-2")).isEmpty();
    assertThat(token.findByLabel("command-")).isEmpty();
  }

  @Test
  void severalKeysOfOneLabelAreNotToldApart() throws Exception {
    make("command-1");
    make("command-1");
    assertThatExceptionOfType(TokenRefused.class)
        .isThrownBy(() -> token.findByLabel("command-1"))
        .extracting(TokenRefused::reason)
        .isEqualTo(TokenRefused.Reason.ID_AMBIGUOUS);
  }

  @Test
  void listsItsKeysInOrderAndNothingElse() throws Exception {
    TokenKey one = make("command-1");
    TokenKey two = make("command-2");

    Inventory inventory = token.list();

    assertThat(inventory.keys())
        .containsExactlyInAnyOrder(one, two)
        .isSortedAccordingTo(Comparator.comparing(TokenKey::id));
    assertThat(inventory.strays()).isEmpty();
  }

  @Test
  void reportsWhatItIsAndWhatItHolds() throws Exception {
    TokenKey one = make("command-1");
    TokenKey two = make("command-2");

    TokenReport report = token.inspect();

    assertThat(report.token()).isEqualTo(token.info());
    assertThat(report.suites()).isEqualTo(token.suites());
    assertThat(report.keys())
        .containsExactlyInAnyOrder(
            new TokenReport.Key(one, denied()), new TokenReport.Key(two, denied()))
        .isSortedAccordingTo(Comparator.comparing(k -> k.key().id()))
        .allSatisfy(key -> assertThat(key.lacking()).isEqualTo(denied()));
    assertThat(report.strays()).isEmpty();
  }

  @Test
  void tellsHowOneKeyIsProtected() throws Exception {
    TokenKey key = make("command-1");
    TokenReport.Key told = token.protection(key.id()).orElseThrow();
    assertThat(told.key()).isEqualTo(key);
    assertThat(told.denied()).isEqualTo(denied());
    assertThat(told.lacking()).isEqualTo(denied());
    assertThat(token.protection(Verified.freshId())).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"RSA_2048", "ECDSA_P256", "ED25519"})
  void triesAKeyOverAMessageThatIsNothingElse(Suite suite) throws Exception {
    if (suites().contains(suite)) {
      TokenKey key = token.generate(Verified.freshId(), "command-1", suite);

      TrialSignature trial = TrialSignature.make(token, key);

      byte[] message = trial.message().toArray();
      assertThat(trial.valid()).isTrue();
      assertThat(Verified.by(key, message, trial.signature().toArray())).isTrue();
      assertThat(new String(message, UTF_8))
          .startsWith("carousel-slot-check-v1\n")
          .contains(key.id().value());
      assertThat(message[0]).isNotEqualTo((byte) 0x30);
      assertThat(TrialSignature.make(token, key).message()).isNotEqualTo(trial.message());
    }
  }

  @Test
  void refusesAnIdThatIsTaken() throws Exception {
    TokenKey key = make("command-1");

    refused(Reason.ID_TAKEN, () -> token.generate(key.id(), "command-2", Suite.ECDSA_P256));

    assertThat(token.list().keys()).containsExactly(key);
  }

  @Test
  void refusesToSignWithWhatIsNotThere() {
    refused(Reason.NO_SUCH_KEY, () -> token.sign(Verified.freshId(), Suite.ECDSA_P256, MESSAGE));
  }

  @Test
  void refusesToSignAsAnotherSuite() throws Exception {
    TokenKey key = make("command-1");

    refused(Reason.SUITE_DIFFERS, () -> token.sign(key.id(), Suite.ECDSA_P384, MESSAGE));
    refused(Reason.SUITE_DIFFERS, () -> token.sign(key.id(), Suite.ED25519, MESSAGE));
  }

  @Test
  void refusesToSignNothing() throws Exception {
    TokenKey key = make("command-1");

    refused(Reason.REQUEST_REJECTED, () -> token.sign(key.id(), key.suite(), new byte[0]));
  }

  @Test
  void destroysExactlyTheKeyNamed() throws Exception {
    TokenKey doomed = make("command-1");
    TokenKey other = make("command-1");
    token.sign(doomed.id(), doomed.suite(), MESSAGE);

    assertThat(token.destroy(doomed.id(), doomed.publicKey())).isTrue();

    assertThat(token.find(doomed.id())).isEmpty();
    refused(Reason.NO_SUCH_KEY, () -> token.sign(doomed.id(), doomed.suite(), MESSAGE));
    assertThat(token.list().keys()).containsExactly(other);
    assertThat(token.list().strays()).isEmpty();
    assertThat(token.destroy(doomed.id(), doomed.publicKey())).isFalse();
  }

  @Test
  void refusesToDestroyAKeyWithAnotherPublicKey() throws Exception {
    TokenKey key = make("command-1");
    TokenKey other = make("command-2");

    refused(Reason.PUBLIC_KEY_DIFFERS, () -> token.destroy(key.id(), other.publicKey()));

    assertThat(token.list().keys()).containsExactlyInAnyOrder(key, other);
  }

  @Test
  void signsForManyThreadsAtOnce() throws Exception {
    TokenKey one = make("command-1");
    TokenKey two = make("command-2");
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Boolean>> results = new ArrayList<>();
      for (int i = 0; i < 400; i++) {
        TokenKey key = i % 2 == 0 ? one : two;
        byte[] message = ("message " + i).getBytes(UTF_8);
        results.add(
            threads.submit(
                () -> Verified.by(key, message, token.sign(key.id(), key.suite(), message))));
      }
      for (Future<Boolean> result : results) {
        assertThat(result.get()).isTrue();
      }
    }
    assertThat(token.counters().signatures()).isEqualTo(400);
  }

  @Test
  void refusesEverythingOnceClosed() throws Exception {
    TokenKey key = make("command-1");
    token.close();

    refused(Reason.CLOSED, () -> token.sign(key.id(), key.suite(), MESSAGE));
    refused(Reason.CLOSED, () -> token.find(key.id()));
    refused(Reason.CLOSED, () -> make("command-2"));
  }
}
