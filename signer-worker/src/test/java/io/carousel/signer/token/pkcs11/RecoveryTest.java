package io.carousel.signer.token.pkcs11;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;
import static org.xipki.pkcs11.wrapper.PKCS11Constants.*;

import io.carousel.events.Suite;
import io.carousel.signer.token.Inventory;
import io.carousel.signer.token.SoftHsm;
import io.carousel.signer.token.TokenConfig;
import io.carousel.signer.token.TokenException;
import io.carousel.signer.token.TokenKey;
import io.carousel.signer.token.TokenRefused;
import io.carousel.signer.token.TokenUnavailable;
import io.carousel.signer.token.TokenUnusable;
import io.carousel.signer.token.TokenUnusable.Fault;
import io.carousel.signer.token.Verified;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a token survives without its caller noticing, and what it tells when it does not. */
class RecoveryTest {
  private static final byte[] MESSAGE = "what is to be signed".getBytes(UTF_8);

  @TempDir private Path directory;
  private TokenConfig config;
  private Pkcs11Token token;
  private Disturbance disturbance;
  private TokenKey key;

  @BeforeEach
  void open() throws TokenException {
    config = SoftHsm.newToken(directory);
    token = Pkcs11Token.open(config);
    disturbance = new Disturbance(config);
    key = token.generate(Verified.freshId(), "command-1", Suite.ECDSA_P256);
    assertSigns();
  }

  @AfterEach
  void close() {
    token.close();
    disturbance.close();
  }

  private void assertSigns() throws TokenException {
    assertThat(Verified.by(key, MESSAGE, token.sign(key.id(), key.suite(), MESSAGE))).isTrue();
  }

  @Test
  void survivesTheLossOfAllSessions() throws Exception {
    disturbance.wipeSessions();

    assertSigns();

    assertThat(token.counters().logins()).isEqualTo(2);
    assertThat(token.counters().reinitialisations()).isZero();
  }

  /**
   * Whether the token has signed is not known then. It is asked again only where that is recorded.
   */
  @ParameterizedTest
  @ValueSource(
      longs = {
        CKR_CANCEL,
        CKR_FUNCTION_FAILED,
        CKR_GENERAL_ERROR,
        CKR_SESSION_HANDLE_INVALID,
        CKR_DEVICE_ERROR,
        0x80000001L // a vendor's own
      })
  void signatureWhoseAnswerIsLostIsNotMadeAgainUnasked(long result) throws Exception {
    AtomicInteger made = disturbance.loseSignature(result);

    assertThatExceptionOfType(TokenUnavailable.class)
        .isThrownBy(this::assertSigns)
        .withMessageContaining("may have signed");
    assertThat(made).hasValue(1);

    assertSigns();
    assertThat(made).hasValue(2);
  }

  @Test
  void survivesALogoutThatLeavesSessionsOpen() throws Exception {
    disturbance.logOut();

    assertSigns();

    assertThat(token.counters().logins()).isEqualTo(2);
  }

  @Test
  void neverTakesAMissingLoginForAMissingKey() throws Exception {
    disturbance.logOut();
    assertThat(token.find(key.id())).contains(key);
    disturbance.logOut();
    assertThat(token.findByLabel("command-1")).contains(key);
    disturbance.logOut();
    assertThat(token.list().keys()).containsExactly(key);
    disturbance.wipeSessions();
    assertThat(token.destroy(key.id(), key.publicKey())).isTrue();
  }

  @Test
  void survivesAStoppedModule() throws Exception {
    disturbance.stopModule();

    assertSigns();

    assertThat(token.counters().reinitialisations()).isEqualTo(1);
  }

  @Test
  void makesKeysAcrossAStoppedModule() throws Exception {
    disturbance.stopModule();

    TokenKey made = token.generate(Verified.freshId(), "command-2", Suite.ED25519);

    assertThat(token.list().keys()).containsExactlyInAnyOrder(key, made);
  }

  @Test
  void survivesBeingReinitialisedByAnotherTokenOfTheSameModule() throws Exception {
    try (Pkcs11Token other = Pkcs11Token.open(SoftHsm.newToken(directory))) {
      disturbance.stopModule();
      assertThat(other.list().keys()).isEmpty();

      assertSigns();

      assertThat(other.counters().reinitialisations()).isEqualTo(1);
      assertThat(token.counters().reinitialisations()).isZero();
    }
  }

  @Test
  void saysThatTheTokenIsGoneAndCarriesOnWhenItIsBack() throws Exception {
    Path home = homeOf(config.tokenLabel());
    Path away = directory.resolve("away");
    Files.move(home, away);
    disturbance.stopModule();

    assertThatExceptionOfType(TokenUnavailable.class)
        .isThrownBy(() -> token.sign(key.id(), key.suite(), MESSAGE))
        .withMessageContaining("token '%s' is gone".formatted(config.tokenLabel()))
        .withMessageContaining("check the HSM");

    Files.move(away, home);
    await().ignoreExceptionsInstanceOf(TokenUnavailable.class).untilAsserted(this::assertSigns);
  }

  private static Path homeOf(String label) throws Exception {
    try (Stream<Path> all = Files.walk(SoftHsm.tokens())) {
      return all.filter(p -> p.endsWith("token.object"))
          .filter(p -> contains(p, label))
          .findFirst()
          .orElseThrow()
          .getParent();
    }
  }

  private static boolean contains(Path file, String label) {
    try {
      return new String(Files.readAllBytes(file), ISO_8859_1).contains(label);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void noticesThatAnotherLoginDestroyedAKeyItHasAHandleOf() throws Exception {
    try (Pkcs11Token other = Pkcs11Token.open(config)) {
      assertThat(other.destroy(key.id(), key.publicKey())).isTrue();
    }

    assertThatExceptionOfType(TokenRefused.class)
        .isThrownBy(() -> token.sign(key.id(), key.suite(), MESSAGE))
        .extracting(TokenRefused::reason)
        .isEqualTo(TokenRefused.Reason.NO_SUCH_KEY);
  }

  @Test
  void neitherUsesNorDestroysAKeyThatLostItsPublicHalf() throws Exception {
    disturbance.destroyPublicHalf("command-1");
    token.close();
    token = Pkcs11Token.open(config);

    assertThat(token.find(key.id())).isEmpty();
    assertThat(token.findByLabel("command-1")).isEmpty();
    assertThatExceptionOfType(TokenRefused.class)
        .isThrownBy(() -> token.destroy(key.id(), key.publicKey()))
        .withMessageContaining("has lost its public half");
    assertThatExceptionOfType(TokenRefused.class)
        .isThrownBy(() -> token.generate(key.id(), "command-1", key.suite()))
        .withMessageContaining("already has a key");
    assertThat(token.list().strays())
        .containsExactly(new Inventory.Stray("private key", key.id().value(), "command-1"));
  }

  @Test
  void triesAPinThatWasChangedBehindItsBackOnceAndNeverAgain() throws Exception {
    disturbance.changePin(SoftHsm.PIN, "another-pin");
    disturbance.wipeSessions();

    unusable(Fault.PIN_WRONG);
    for (int i = 0; i < 5; i++) {
      unusable(Fault.PIN_MARKED_WRONG);
    }

    assertThat(config.wrongPinMark()).exists();
    assertThat(token.counters().logins()).isEqualTo(1);
  }

  private void unusable(Fault fault) {
    assertThatExceptionOfType(TokenUnusable.class)
        .isThrownBy(() -> token.sign(key.id(), key.suite(), MESSAGE))
        .extracting(TokenUnusable::fault)
        .isEqualTo(fault);
  }

  @Test
  void usesNoneOfTwoKeysOfOneIdAndDestroysNeither() throws Exception {
    disturbance.makeAnother(key.id(), Suite.ED25519);
    token.close(); // which forgets what it knew of the key
    token = Pkcs11Token.open(config);

    ambiguous(() -> token.sign(key.id(), key.suite(), MESSAGE));
    ambiguous(() -> token.sign(key.id(), Suite.ED25519, MESSAGE));
    ambiguous(() -> token.find(key.id()));
    ambiguous(() -> token.findByLabel("command-1"));
    ambiguous(() -> token.destroy(key.id(), key.publicKey()));
    assertThatExceptionOfType(TokenRefused.class)
        .isThrownBy(() -> token.generate(key.id(), "command-2", key.suite()))
        .extracting(TokenRefused::reason)
        .isEqualTo(TokenRefused.Reason.ID_TAKEN);

    assertThat(token.list().keys()).isEmpty();
    assertThat(token.list().strays())
        .containsExactlyInAnyOrder(
            new Inventory.Stray("private key", key.id().value(), "command-1"),
            new Inventory.Stray("public key", key.id().value(), "command-1"),
            new Inventory.Stray("private key", key.id().value(), "of-another"),
            new Inventory.Stray("public key", key.id().value(), "of-another"));
  }

  private static void ambiguous(ThrowingCallable use) {
    assertThatExceptionOfType(TokenRefused.class)
        .isThrownBy(use)
        .withMessageContaining("several keys have the id")
        .extracting(TokenRefused::reason)
        .isEqualTo(TokenRefused.Reason.ID_AMBIGUOUS);
  }

  @Test
  void keepsTheSecretInTheToken() throws Exception {
    assertThat(disturbance.readSecret("command-1")).isEqualTo("hidden");
  }

  @Test
  void everySignatureVerifiesWhileSessionsAndModuleComeAndGo() throws Exception {
    List<TokenKey> keys = new ArrayList<>(List.of(key));
    for (Suite suite : Set.of(Suite.ECDSA_P384, Suite.ED25519, Suite.ECDSA_P256)) {
      keys.add(token.generate(Verified.freshId(), "command-" + suite, suite));
    }
    AtomicBoolean over = new AtomicBoolean();
    AtomicInteger done = new AtomicInteger();
    try (ExecutorService threads = Executors.newCachedThreadPool()) {
      List<Future<Integer>> bad = new ArrayList<>();
      for (int thread = 0; thread < 6; thread++) {
        int seed = thread;
        bad.add(threads.submit(() -> signUntil(over, done, keys, seed)));
      }
      for (int round = 0; round < 12; round++) {
        int before = done.get();
        await().until(() -> done.get() > before + 30);
        disturb(round);
      }
      over.set(true);
      for (Future<Integer> count : bad) {
        assertThat(count.get()).isZero();
      }
    }
    assertThat(token.counters().logins()).isGreaterThan(8);
    assertThat(token.list().keys().stream().map(TokenKey::id).collect(Collectors.toSet()))
        .isEqualTo(keys.stream().map(TokenKey::id).collect(Collectors.toSet()));
  }

  private void disturb(int round) throws Exception {
    switch (round % 4) {
      case 0 -> disturbance.wipeSessions();
      case 1 -> disturbance.restartModule();
      case 2 -> disturbance.logOut();
      default -> disturbance.stopModule();
    }
  }

  /** How many signatures did not verify. */
  private int signUntil(AtomicBoolean over, AtomicInteger done, List<TokenKey> keys, int seed)
      throws TokenException {
    int bad = 0;
    for (int i = seed; !over.get(); i++) {
      TokenKey chosen = keys.get(i % keys.size());
      byte[] message = "message %d of %d".formatted(i, seed).getBytes(UTF_8);
      if (!Verified.by(chosen, message, token.sign(chosen.id(), chosen.suite(), message))) {
        bad++;
      }
      done.incrementAndGet();
    }
    return bad;
  }
}
