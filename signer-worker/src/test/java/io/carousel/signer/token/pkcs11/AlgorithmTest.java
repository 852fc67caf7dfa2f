package io.carousel.signer.token.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.Suite;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What comes out of C_Sign, in X.509's form or not at all. */
class AlgorithmTest {

  @ParameterizedTest
  @EnumSource
  void refusesASignatureOfAnotherLength(Suite suite) {
    int length =
        switch (suite.family()) {
          case RSA -> suite.bits() / 8;
          case EC -> suite.bits() / 4;
          case ED25519 -> 64;
        };
    byte[] right = new byte[length];
    Arrays.fill(right, (byte) 1);

    assertThat(Algorithm.output(suite, right)).isPresent();
    assertThat(Algorithm.output(suite, Arrays.copyOf(right, length - 1))).isEmpty();
    assertThat(Algorithm.output(suite, Arrays.copyOf(right, length + 1))).isEmpty();
    assertThat(Algorithm.output(suite, new byte[0])).isEmpty();
  }

  @Test
  void refusesEcdsaOfZero() {
    byte[] half = new byte[64];
    half[63] = 1;

    assertThat(Algorithm.output(Suite.ECDSA_P256, half)).isEmpty();
    assertThat(Algorithm.output(Suite.ECDSA_P256, new byte[64])).isEmpty();
  }

  @Test
  void writesEcdsaAsTheShortestIntegers() {
    byte[] raw = new byte[64];
    raw[31] = 1; // r = 1
    raw[63] = (byte) 0x80; // s = 128 needs a leading zero

    assertThat(Algorithm.output(Suite.ECDSA_P256, raw))
        .contains(HexFormat.of().parseHex("300702010102020080"));
  }

  @Property
  void ecdsaKeepsItsNumbers(@ForAll @Size(96) byte[] raw) {
    BigInteger r = new BigInteger(1, Arrays.copyOf(raw, 48));
    BigInteger s = new BigInteger(1, Arrays.copyOfRange(raw, 48, 96));

    Algorithm.output(Suite.ECDSA_P384, raw)
        .ifPresentOrElse(
            der -> {
              int rLength = der[3];
              assertThat(new BigInteger(Arrays.copyOfRange(der, 4, 4 + rLength))).isEqualTo(r);
              assertThat(new BigInteger(Arrays.copyOfRange(der, 6 + rLength, der.length)))
                  .isEqualTo(s);
            },
            () -> assertThat(r.signum() * s.signum()).isZero());
  }
}
