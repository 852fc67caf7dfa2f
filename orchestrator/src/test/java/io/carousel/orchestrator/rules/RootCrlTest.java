package io.carousel.orchestrator.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.carousel.events.AuthorityEvent.RootCrlImported;
import io.carousel.events.Bytes;
import io.carousel.events.CrlNumber;
import io.carousel.events.RootUse;
import io.carousel.events.Serial;
import io.carousel.events.Suite;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.IssuingDistributionPoint;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** CRLs of a root are handed on to verifiers if they are what they should be. */
class RootCrlTest {
  private static final ExternalScene SCENE = ExternalScene.standby(RootUse.ROOT);
  private static final Instant NOW = SCENE.story().now();

  @TestFactory
  Stream<DynamicTest> whatDeviatesIsRefused() {
    var wrong = new LinkedHashMap<String, Bytes>();
    byte[] good = list().sign().toArray();
    wrong.put("not one CRL in DER", Bytes.of(Arrays.copyOf(good, good.length + 1)));
    wrong.put("not one CRL in DER ", Bytes.of(new byte[] {1, 2, 3}));
    wrong.put("its issuer is", list().issuedBy("CN=Another Root").sign());
    wrong.put(
        "does not verify under the root's key",
        list().signedBy(FakeSlot.keyPair(Suite.ECDSA_P256)).sign());
    wrong.put("its signature algorithm", list().signedWith("SHA1withECDSA").sign());
    wrong.put(
        "a critical extension",
        list()
            .with(Extension.deltaCRLIndicator, true, new CRLNumber(java.math.BigInteger.ONE))
            .sign());
    wrong.put(
        "a critical extension ",
        list()
            .with(
                Extension.issuingDistributionPoint,
                true,
                new IssuingDistributionPoint((DistributionPointName) null, true, false))
            .sign());
    wrong.put(
        "has 21 octets",
        list()
            .unnumbered()
            .with(
                Extension.cRLNumber, false, new CRLNumber(java.math.BigInteger.ONE.shiftLeft(159)))
            .sign());
    wrong.put("it begins at", SCENE.root.list(9, NOW.plusSeconds(1)).sign());
    wrong.put("the one after it was due at", list().until(NOW).sign());
    wrong.put("does not say when the next one comes", list().until(null).sign());
    return wrong.entrySet().stream()
        .map(e ->
            dynamicTest(
                e.getKey(),
                () -> {
                  Refusal why = SCENE.story().refuse(SCENE.lists(e.getValue()));
                  assertThat(why).isInstanceOf(ExternalRefusal.RootCrlUnfit.class);
                  assertThat(why.message()).contains(e.getKey().strip());
                }));
  }

  private static RootCa.Crl list() {
    return SCENE.root.list(9, NOW.minusSeconds(60));
  }

  @Test
  void itNeverGoesBack() {
    ExternalScene s = ExternalScene.standby(RootUse.ROOT);
    s.story().accept(s.lists(s.root.crl(5, s.story().now())));
    for (long number : new long[] {4, 5}) {
      assertThat(s.story().refuse(s.lists(s.root.crl(number, s.story().now()))).message())
          .contains("number 5 was imported already");
    }
    Bytes older = s.root.crl(6, s.story().now().minusSeconds(1));
    assertThat(s.story().refuse(s.lists(older)).message()).contains("it was made before");
    s.story().accept(s.lists(s.root.crl(6, s.story().now())));
  }

  /** As CAs in Go write them; then its time tells what is newer. */
  @Test
  void oneWithoutANumberIsTakenByItsTime() {
    ExternalScene s = ExternalScene.standby(RootUse.ROOT);
    Instant now = s.story().now();
    s.story().accept(s.lists(s.root.list(0, now.minusSeconds(5)).unnumbered().sign()));
    assertThat(s.user().external().orElseThrow().crl().orElseThrow().number()).isEmpty();
    for (Bytes old :
        java.util.List.of(
            s.root.list(0, now.minusSeconds(5)).unnumbered().sign(),
            s.root.list(9, now.minusSeconds(5)).sign())) {
      assertThat(s.story().refuse(s.lists(old)).message())
          .contains("CRL of %s was imported already".formatted(now.minusSeconds(5)));
    }
    s.story().accept(s.lists(s.root.list(9, now.minusSeconds(4)).sign()));
    s.story().accept(s.lists(s.root.list(0, now.minusSeconds(3)).unnumbered().sign()));
  }

  /** A CA that writes its name anew into each list (RFC 5280, section 7.1). */
  @Test
  void itsIssuerIsComparedAsANameAndNotAsOctets() {
    ExternalScene s = ExternalScene.standby(RootUse.ROOT);
    Bytes crl = s.root.list(1, s.story().now()).issuedBy("CN=elsewhere  ROOT,O=ELSEWHERE").sign();
    s.story().accept(s.lists(crl));
  }

  @Test
  void itGoesToVerifiersWithANewBundle() {
    ExternalScene s = ExternalScene.standby(RootUse.ROOT);
    long before = s.user().bundle();
    Bytes crl = s.root.crl(5, s.story().now());
    assertThat(s.story().accept(s.lists(crl)))
        .singleElement()
        .isInstanceOfSatisfying(
            RootCrlImported.class,
            e -> {
              assertThat(e.number()).contains(new CrlNumber("5"));
              assertThat(e.bundle()).isEqualTo(before + 1);
            });
    assertThat(Bundles.of(s.user()).number()).isEqualTo(before + 1);
    assertThat(Bundles.of(s.user()).root().orElseThrow().crl()).contains(crl);
  }

  @Test
  void itMayComeBeforeAnythingIsTrusted() {
    ExternalScene s = ExternalScene.creating(RootUse.ROOT);
    s.story().accept(s.lists(s.root.crl(1, s.story().now())));
    assertThat(Bundles.of(s.user()).root()).isEmpty();
    s.certified();
    assertThat(s.user().bundle()).isEqualTo(1);
    assertThat(Bundles.of(s.user()).root().orElseThrow().crl()).isPresent();
  }

  @Test
  void whatIsInUseIsNotTakenAway() {
    ExternalScene s = ExternalScene.standby(RootUse.ROOT).updatingServers();
    Serial[] first = s.serials(1);
    assertThat(s.story().refuse(s.lists(s.crl(first))).code()).isEqualTo("root-crl-too-early");
    assertThat(s.story().refuse(s.lists(s.crl(s.serials(2)[0]))).code())
        .isEqualTo("root-crl-too-early");
    s.scene.passed();
    s.story().accept(s.lists(s.crl(first)));
  }

  @Test
  void whoPinsNeedsNone() {
    ExternalScene s = ExternalScene.standby(RootUse.PINNED);
    assertThat(s.story().refuse(s.lists(s.crl())).code()).isEqualTo("root-crl-useless");
  }

  @Test
  void aStaleOneIsSaidAloud() {
    ExternalScene s = ExternalScene.standby(RootUse.ROOT);
    assertThat(Removal.warning(s.user(), s.story().now())).isEmpty();
    s.story().accept(s.lists(s.root.crl(5, s.story().now())));
    Instant end = s.story().now().plus(Duration.ofDays(7));
    assertThat(Removal.warning(s.user(), end)).isEmpty();
    assertThat(Removal.warning(s.user(), end.plusSeconds(1)).orElseThrow())
        .startsWith("the root's CRL number 5 is stale since " + end);
  }
}
