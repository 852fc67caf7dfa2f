package io.carousel.events.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.carousel.events.Bytes;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The same signatures as RFC 8032 and the JDK make, and no more. */
class Ed25519SignatureTest {
  private static final String SPKI = "302a300506032b6570032100";

  /** RFC 8032, section 7.1, tests 1 to 3. */
  @ParameterizedTest
  @CsvSource({
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60,"
        + "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a,'',"
        + "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb,"
        + "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c,72,"
        + "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7,"
        + "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025,af82,"
        + "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
  })
  void signsAsTheStandardDoes(String seed, String key, String statement, String signature) {
    byte[] signed = Ed25519Signature.sign(hex(seed), hex(statement));
    assertThat(signed).isEqualTo(hex(signature));
    assertThat(Ed25519Signature.verifies(Bytes.of(hex(SPKI + key)), hex(statement), signed))
        .isTrue();
  }

  @Property(tries = 50)
  void agreesWithTheJdk(
      @ForAll @IntRange(min = 1, max = 255) int seed, @ForAll byte[] statement, @ForAll int bit)
      throws GeneralSecurityException {
    KeyPair pair = FixedKeys.of(seed);
    Bytes spki = Bytes.of(pair.getPublic().getEncoded());
    byte[] ours = Ed25519Signature.sign(Ed25519Signature.seed(pair.getPrivate()), statement);
    Signature jdk = Signature.getInstance("Ed25519");
    jdk.initSign(pair.getPrivate());
    jdk.update(statement);
    assertThat(ours).isEqualTo(jdk.sign());
    assertThat(Ed25519Signature.verifies(spki, statement, ours)).isTrue();
    int at = Math.floorMod(bit, 512);
    ours[at / 8] ^= (byte) (1 << at % 8);
    assertThat(Ed25519Signature.verifies(spki, statement, ours)).isFalse();
  }

  /** Under a point of small order one signature would hold for every eighth statement or more. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0100000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
      })
  void pointsOfSmallOrderVerifyNothing(String point) {
    byte[] signature = new byte[64];
    signature[0] = 1;
    for (int i = 0; i < 32; i++) {
      byte[] statement = {(byte) i};
      assertThat(Ed25519Signature.verifies(Bytes.of(hex(SPKI + point)), statement, signature))
          .isFalse();
    }
  }

  @Test
  void anotherKindOfKeyIsRefused() throws GeneralSecurityException {
    KeyPair other = KeyPairGenerator.getInstance("Ed448").generateKeyPair();
    assertThat(
            Ed25519Signature.verifies(
                Bytes.of(other.getPublic().getEncoded()), new byte[1], new byte[64]))
        .isFalse();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Ed25519Signature.seed(other.getPrivate()))
        .withMessageContaining("Ed25519");
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text);
  }
}
