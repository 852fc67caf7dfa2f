package io.carousel.orchestrator.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.Bytes;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is kept of a key is the key. */
class PossessionTest {
  private static final String P256 = "3059301306072a8648ce3d020106082a8648ce3d03010703420004";
  private static final byte[] STATEMENT = {1, 2, 3};

  @ParameterizedTest
  @ValueSource(strings = {"00", "01", "7f", "80", "ff"})
  void thePointOfAKeyOnP256IsKeptToTheLastBit(String each) {
    Bytes key = Bytes.of(HexFormat.of().parseHex(P256 + each.repeat(31) + "a5" + each.repeat(32)));
    assertThat(Possession.OfPoint.of(key))
        .hasValueSatisfying(
            kept -> assertThat(((Possession.OfPoint) kept).publicKey()).isEqualTo(key));
  }

  @Test
  void anyOtherFormIsKeptAsItIs() {
    // The same point compressed, one byte too many, and none at all.
    for (String other :
        new String[] {
          "3039301306072a8648ce3d020106082a8648ce3d03010703220002" + "a5".repeat(32),
          P256 + "a5".repeat(65),
          P256,
          ""
        }) {
      assertThat(Possession.OfPoint.of(Bytes.of(HexFormat.of().parseHex(other)))).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"secp256r1", "secp384r1"})
  void whoHoldsTheKeyShowsIt(String curve) throws Exception {
    KeyPair key = pair(curve);
    Possession kept = Possession.ofKey(Bytes.of(key.getPublic().getEncoded()));
    assertThat(kept instanceof Possession.OfPoint).isEqualTo(curve.equals("secp256r1"));
    String algorithm = curve.equals("secp256r1") ? "SHA256withECDSA" : "SHA384withECDSA";
    assertThat(kept.shownBy(signed(key, algorithm), STATEMENT)).isTrue();
    assertThat(kept.shownBy(signed(key, algorithm), new byte[] {1, 2})).isFalse();
    assertThat(kept.shownBy(signed(pair(curve), algorithm), STATEMENT)).isFalse();
  }

  private static KeyPair pair(String curve) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec(curve));
    return generator.generateKeyPair();
  }

  private static Bytes signed(KeyPair key, String algorithm) throws Exception {
    Signature signature = Signature.getInstance(algorithm);
    signature.initSign(key.getPrivate());
    signature.update(STATEMENT);
    return Bytes.of(signature.sign());
  }
}
