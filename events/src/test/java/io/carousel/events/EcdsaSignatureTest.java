package io.carousel.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.events.testing.LongFuzzing;
import io.carousel.events.testing.SoftwareKey;
import java.math.BigInteger;
import java.security.Signature;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An ECDSA signature in all its forms is the same one. */
class EcdsaSignatureTest {
  @Provide
  Arbitrary<EcdsaSignature> signatures() {
    return Arbitraries.of(NistCurve.class)
        .flatMap(curve -> {
          BigInteger most = curve.order().subtract(BigInteger.ONE);
          Arbitrary<BigInteger> number =
              Arbitraries.oneOf(
                  Arbitraries.bigIntegers().between(BigInteger.ONE, most),
                  Arbitraries.integers()
                      .between(0, curve.octets() * 8 - 1)
                      .map(BigInteger.ONE::shiftLeft)
                      .filter(n -> n.compareTo(most) <= 0));
          return number.flatMap(r -> number.map(s -> new EcdsaSignature(curve, r, s)));
        });
  }

  @Property(tries = 1_000)
  void everyFormLeadsBack(@ForAll("signatures") EcdsaSignature signature) {
    assertThat(EcdsaSignature.ofDer(signature.curve(), signature.der())).isEqualTo(signature);
    assertThat(EcdsaSignature.ofFixed(signature.curve(), signature.fixed())).isEqualTo(signature);
  }

  @Tag(LongFuzzing.TAG)
  @Property(tries = 2_000)
  void changedDerIsReadExactlyOrRefused(
      @ForAll("signatures") EcdsaSignature signature,
      @ForAll @IntRange(max = 200) int place,
      @ForAll byte change) {
    byte[] der = signature.der().toArray();
    der[place % der.length] = change;
    readOrRefuse(signature.curve(), der);
    readOrRefuse(signature.curve(), Arrays.copyOf(der, place % der.length));
    readOrRefuse(signature.curve(), Arrays.copyOf(der, der.length + 1));
  }

  @Tag(LongFuzzing.TAG)
  @Property(tries = 1_000)
  void randomBytesAreRefused(@ForAll byte[] bytes, @ForAll NistCurve curve) {
    readOrRefuse(curve, bytes);
  }

  private static void readOrRefuse(NistCurve curve, byte[] der) {
    EcdsaSignature read;
    try {
      read = EcdsaSignature.ofDer(curve, Bytes.of(der));
    } catch (IllegalArgumentException e) {
      assertThat(e).isExactlyInstanceOf(UnreadableDer.class);
      return;
    }
    assertThat(read.der()).isEqualTo(Bytes.of(der));
  }

  @ParameterizedTest
  @EnumSource(NistCurve.class)
  void theJdkReadsBothForms(NistCurve curve) throws Exception {
    SoftwareKey key = SoftwareKey.of(curve.suite());
    Bytes message = Bytes.of(new byte[] {1, 2, 3});
    var signature = EcdsaSignature.ofDer(curve, key.sign(message));
    var jdk = Signature.getInstance(curve.suite().jcaSignature() + "inP1363Format");
    jdk.initVerify(key.pair().getPublic());
    jdk.update(message.toArray());
    assertThat(jdk.verify(signature.fixed().toArray())).isTrue();
  }

  @ParameterizedTest
  @EnumSource(NistCurve.class)
  void numbersOutOfRangeAreRefused(NistCurve curve) {
    BigInteger one = BigInteger.ONE;
    for (BigInteger number : new BigInteger[] {BigInteger.ZERO, one.negate(), curve.order()}) {
      assertThatThrownBy(() -> new EcdsaSignature(curve, number, one))
          .isInstanceOf(UnreadableDer.class);
      assertThatThrownBy(() -> new EcdsaSignature(curve, one, number))
          .isInstanceOf(UnreadableDer.class);
    }
  }
}
