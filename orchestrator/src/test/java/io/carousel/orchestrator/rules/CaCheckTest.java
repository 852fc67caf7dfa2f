package io.carousel.orchestrator.rules;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.CaDraft;
import io.carousel.events.CommandId;
import io.carousel.events.KeyId;
import io.carousel.events.Serial;
import io.carousel.events.SigningCommand.SignCaCertificate;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import java.security.KeyPair;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.stream.Stream;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A CA certificate that differs from what was asked for, in any field, is none. */
class CaCheckTest {
  private static final Suite SUITE = Suite.ECDSA_P256;
  private static final Instant FROM = Instant.parse("2026-03-01T12:00:00Z");
  private static final Instant TO = Instant.parse("2036-03-01T12:00:00Z");
  private static final CaDraft DRAFT =
      new CaDraft("CN=user G2 hsm-a,O=Carousel", new Serial("4f0e0d0c0b0a0908"), FROM, TO);
  private static final KeyPair KEY = FakeSlot.keyPair(SUITE);
  private static final KeyPair OTHER = FakeSlot.keyPair(SUITE);
  private static final int BOTH = KeyUsage.keyCertSign | KeyUsage.cRLSign;

  @TestFactory
  Stream<DynamicTest> whatDeviatesIsRefused() {
    var wrong = new LinkedHashMap<String, Bytes>();
    wrong.put("another subject", of(draft("CN=user G3 hsm-a,O=Carousel")));
    wrong.put("another letter case", of(draft("CN=User G2 hsm-a,O=Carousel")));
    wrong.put("the parts turned round", of(draft("O=Carousel,CN=user G2 hsm-a")));
    wrong.put("another issuer", of(CaShape.RIGHT.issuedBy("CN=user G1 hsm-a,O=Carousel")));
    wrong.put("another serial number", of(new CaDraft(DRAFT.subject(), new Serial("1"), FROM, TO)));
    wrong.put("an earlier start", of(within(FROM.minusSeconds(1), TO)));
    wrong.put("a later end", of(within(FROM, TO.plusSeconds(1))));
    wrong.put("another key", FakeSlot.certificate(OTHER, SUITE, DRAFT, CaShape.RIGHT));
    wrong.put(
        "another key, signed by the right one",
        FakeSlot.certificate(OTHER, KEY, SUITE, DRAFT, CaShape.RIGHT));
    wrong.put(
        "signed by another key", FakeSlot.certificate(KEY, OTHER, SUITE, DRAFT, CaShape.RIGHT));
    wrong.put("a weaker digest", of(CaShape.RIGHT.signedWith("SHA1withECDSA")));
    wrong.put("another digest", of(CaShape.RIGHT.signedWith("SHA384withECDSA")));
    wrong.put("no CA", of(constrained(new BasicConstraints(false))));
    wrong.put("a longer path", of(constrained(new BasicConstraints(1))));
    wrong.put("any path", of(constrained(new BasicConstraints(true))));
    wrong.put("no constraints", of(CaShape.RIGHT.constrained(Optional.empty(), true)));
    wrong.put(
        "constraints that may be ignored",
        of(CaShape.RIGHT.constrained(Optional.of(new BasicConstraints(0)), false)));
    wrong.put("no CRLs", of(CaShape.RIGHT.using(KeyUsage.keyCertSign)));
    wrong.put("CRLs alone", of(CaShape.RIGHT.using(KeyUsage.cRLSign)));
    wrong.put("signing beside", of(CaShape.RIGHT.using(BOTH | KeyUsage.digitalSignature)));
    wrong.put("no key identifier", of(CaShape.RIGHT.unidentified()));
    wrong.put("another key identifier", of(CaShape.RIGHT.identifiedBy(new byte[20])));
    wrong.put(
        "a purpose",
        of(
            CaShape.RIGHT.with(
                new CaShape.Part(
                    "2.5.29.37", false, new ExtendedKeyUsage(KeyPurposeId.id_kp_clientAuth)))));
    wrong.put(
        "an extension that no verifier knows",
        of(CaShape.RIGHT.with(new CaShape.Part("1.3.6.1.4.1.99999.1", true, DERNull.INSTANCE))));
    byte[] good = of(CaShape.RIGHT).toArray();
    wrong.put("something behind it", Bytes.of(Arrays.copyOf(good, good.length + 1)));
    wrong.put("twice", Bytes.of(twice(good)));
    wrong.put("cut short", Bytes.of(Arrays.copyOf(good, good.length - 1)));
    wrong.put("as PEM", Bytes.of(pem(good).getBytes(US_ASCII)));
    wrong.put("nothing", Bytes.of(new byte[0]));
    wrong.put("no certificate", Bytes.of("a certificate".getBytes(US_ASCII)));
    return wrong.entrySet().stream()
        .map(e ->
            dynamicTest(
                e.getKey(), () -> assertThat(CaCheck.flaw(e.getValue(), ASKED)).isPresent()));
  }

  @Test
  void noOctetMayDiffer() {
    byte[] good = of(CaShape.RIGHT).toArray();
    for (int i = 0; i < good.length; i++) {
      byte[] flipped = good.clone();
      flipped[i] ^= 1;
      assertThat(CaCheck.flaw(Bytes.of(flipped), ASKED)).as("octet %d", i).isPresent();
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatWasAskedForIsAccepted(Suite suite) {
    KeyPair pair = FakeSlot.keyPair(suite);
    Bytes certificate = FakeSlot.certificate(pair, suite, DRAFT, CaShape.RIGHT);
    assertThat(CaCheck.flaw(certificate, asked(suite, pair))).isEmpty();
  }

  private static final SignCaCertificate ASKED = asked(SUITE, KEY);

  private static SignCaCertificate asked(Suite suite, KeyPair pair) {
    return new SignCaCertificate(
        new CommandId("0195518e-2c7b-7a10-8123-456789abcdef"),
        7,
        new AuthorityName("user"),
        2,
        new SlotName("hsm-a"),
        new KeyId("a1b2"),
        Bytes.of(pair.getPublic().getEncoded()),
        suite,
        DRAFT);
  }

  private static Bytes of(CaDraft draft) {
    return FakeSlot.certificate(KEY, SUITE, draft, CaShape.RIGHT);
  }

  private static Bytes of(CaShape shape) {
    return FakeSlot.certificate(KEY, SUITE, DRAFT, shape);
  }

  private static CaDraft draft(String subject) {
    return new CaDraft(subject, DRAFT.serial(), FROM, TO);
  }

  private static CaDraft within(Instant from, Instant to) {
    return new CaDraft(DRAFT.subject(), DRAFT.serial(), from, to);
  }

  private static CaShape constrained(BasicConstraints other) {
    return CaShape.RIGHT.constrained(Optional.of(other), true);
  }

  private static byte[] twice(byte[] good) {
    byte[] out = Arrays.copyOf(good, 2 * good.length);
    System.arraycopy(good, 0, out, good.length, good.length);
    return out;
  }

  private static String pem(byte[] der) {
    return "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n"
        .formatted(Bytes.of(der).base64());
  }
}
