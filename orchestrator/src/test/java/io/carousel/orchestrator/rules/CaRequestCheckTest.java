package io.carousel.orchestrator.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.CommandId;
import io.carousel.events.KeyId;
import io.carousel.events.SigningCommand.SignCaRequest;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import java.security.KeyPair;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A request to the root that differs from what was asked for, in any field, is none. */
class CaRequestCheckTest {
  private static final Suite SUITE = Suite.ECDSA_P256;
  private static final String SUBJECT = "CN=user G2 hsm-a,O=Carousel";
  private static final KeyPair KEY = FakeSlot.keyPair(SUITE);
  private static final KeyPair OTHER = FakeSlot.keyPair(SUITE);

  @ParameterizedTest
  @EnumSource
  void whatWasAskedForIsAccepted(Suite suite) {
    KeyPair pair = FakeSlot.keyPair(suite);
    assertThat(CaRequestCheck.flaw(RootCa.request(pair, suite, SUBJECT), asked(suite, pair)))
        .isEmpty();
  }

  @TestFactory
  Stream<DynamicTest> whatDeviatesIsRefused() {
    var wrong = new LinkedHashMap<String, Bytes>();
    wrong.put("another subject", RootCa.request(KEY, SUITE, "CN=user G3 hsm-a,O=Carousel"));
    wrong.put("the parts turned round", RootCa.request(KEY, SUITE, "O=Carousel,CN=user G2 hsm-a"));
    wrong.put("another key", RootCa.request(OTHER, SUITE, SUBJECT));
    wrong.put("signed by another key", request(OTHER, "SHA256withECDSA", 0));
    wrong.put("another digest", request(KEY, "SHA384withECDSA", 0));
    wrong.put("a longer path", request(KEY, "SHA256withECDSA", 1));
    byte[] good = RootCa.request(KEY, SUITE, SUBJECT).toArray();
    wrong.put("something behind it", Bytes.of(Arrays.copyOf(good, good.length + 1)));
    wrong.put("cut short", Bytes.of(Arrays.copyOf(good, good.length - 1)));
    wrong.put("nothing", Bytes.of(new byte[0]));
    return wrong.entrySet().stream()
        .map(e ->
            dynamicTest(
                e.getKey(),
                () ->
                    assertThat(CaRequestCheck.flaw(e.getValue(), asked(SUITE, KEY))).isPresent()));
  }

  @Test
  void noOctetMayDiffer() {
    byte[] good = RootCa.request(KEY, SUITE, SUBJECT).toArray();
    for (int i = 0; i < good.length; i++) {
      byte[] flipped = good.clone();
      flipped[i] ^= 1;
      assertThat(CaRequestCheck.flaw(Bytes.of(flipped), asked(SUITE, KEY)))
          .as("octet %d", i)
          .isPresent();
    }
  }

  private static Bytes request(KeyPair signer, String algorithm, int path) {
    return RootCa.request(KEY, signer, algorithm, SUBJECT, new BasicConstraints(path));
  }

  private static SignCaRequest asked(Suite suite, KeyPair pair) {
    return new SignCaRequest(
        new CommandId("0195518e-2c7b-7a10-8123-456789abcdef"),
        7,
        new AuthorityName("user"),
        2,
        new SlotName("hsm-a"),
        new KeyId("a1b2"),
        Bytes.of(pair.getPublic().getEncoded()),
        suite,
        SUBJECT);
  }
}
