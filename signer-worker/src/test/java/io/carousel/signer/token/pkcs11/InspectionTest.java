package io.carousel.signer.token.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.KeyId;
import io.carousel.events.Suite;
import io.carousel.signer.token.Inventory;
import io.carousel.signer.token.Protection;
import io.carousel.signer.token.SoftHsm;
import io.carousel.signer.token.TokenConfig;
import io.carousel.signer.token.TokenKey;
import io.carousel.signer.token.TokenReport;
import io.carousel.signer.token.TrialSignature;
import io.carousel.signer.token.Verified;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What SoftHSM says of itself, and of keys that others have left in it. */
class InspectionTest {
  @TempDir private Path directory;

  @Test
  void tellsVersionsFlagsAndMechanisms() throws Exception {
    TokenConfig config = SoftHsm.newToken(directory);
    try (Pkcs11Token token = Pkcs11Token.open(config)) {
      TokenReport report = token.inspect();

      assertThat(report.token().label()).isEqualTo(config.tokenLabel());
      assertThat(report.token().model()).startsWith("SoftHSM");
      assertThat(report.token().serial()).matches("[0-9a-f]{16}");
      assertThat(report.versions().cryptoki()).isEqualTo("2.40");
      assertThat(report.versions().libraryDescription()).contains("PKCS11");
      assertThat(report.versions().library()).startsWith("2.");
      assertThat(report.versions().firmware()).startsWith("2.");
      assertThat(report.flags())
          .contains("CKF_LOGIN_REQUIRED", "CKF_RNG", "CKF_TOKEN_INITIALIZED")
          .doesNotContain("CKF_USER_PIN_COUNT_LOW");
      assertThat(report.mechanisms())
          .extracting(TokenReport.Mechanism::name)
          .containsExactly(
              "CKM_ECDSA",
              "CKM_EC_EDWARDS_KEY_PAIR_GEN",
              "CKM_EC_KEY_PAIR_GEN",
              "CKM_EDDSA",
              "CKM_RSA_PKCS",
              "CKM_RSA_PKCS_KEY_PAIR_GEN");
      assertThat(report.mechanisms().getFirst().flags()).contains("CKF_SIGN", "CKF_VERIFY");
      assertThat(report.mechanisms().getFirst().maxKeySize()).isGreaterThanOrEqualTo(384);
    }
  }

  @Test
  void tellsInWhatAKeyIsWeakerThanRequiredAndWhatIsAStray() throws Exception {
    TokenConfig config = SoftHsm.newToken(directory);
    KeyId weak = Verified.freshId();
    KeyId half = Verified.freshId();
    try (Pkcs11Token token = Pkcs11Token.open(config);
        Disturbance others = new Disturbance(config)) {
      TokenKey ours = token.generate(Verified.freshId(), "command-1", Suite.ED25519);
      others.makeWeak(weak, "of-another");
      others.makeWeak(half, "half");
      others.destroyPublicHalf("half");

      TokenReport report = token.inspect();

      assertThat(report.keys())
          .extracting(TokenReport.Key::key)
          .extracting(TokenKey::id)
          .containsExactlyInAnyOrder(ours.id(), weak);
      assertThat(key(report, ours.id()).lacking()).isEmpty();
      assertThat(key(report, weak).lacking())
          .isEqualTo(
              Set.of(
                  Protection.NOT_EXTRACTABLE,
                  Protection.NEVER_EXTRACTABLE,
                  Protection.NOT_COPYABLE,
                  Protection.NOT_MODIFIABLE));
      assertThat(report.strays())
          .containsExactly(new Inventory.Stray("private key", half.value(), "half"));
      assertThat(TrialSignature.make(token, key(report, weak).key()).valid()).isTrue();
    }
  }

  private static TokenReport.Key key(TokenReport report, KeyId id) {
    return report.keys().stream().filter(k -> k.key().id().equals(id)).findFirst().orElseThrow();
  }
}
