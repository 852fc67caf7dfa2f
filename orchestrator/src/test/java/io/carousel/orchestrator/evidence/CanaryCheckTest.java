package io.carousel.orchestrator.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.Bytes;
import io.carousel.events.Canary;
import io.carousel.events.Format;
import io.carousel.events.FormatSuite;
import io.carousel.events.HouseId;
import io.carousel.events.OperatorAct.CreateAuthority;
import io.carousel.events.OperatorAct.StartRotation;
import io.carousel.events.Policy;
import io.carousel.events.Report.Tried;
import io.carousel.events.Role;
import io.carousel.events.Serial;
import io.carousel.events.SlotName;
import io.carousel.events.Statements;
import io.carousel.events.Suite;
import io.carousel.orchestrator.rules.Evidence.ShownCanary;
import io.carousel.orchestrator.rules.Key;
import io.carousel.orchestrator.rules.Story;
import java.math.BigInteger;
import java.security.KeyPair;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CanaryCheckTest {
  private static final SlotName SLOT = new SlotName("hsm-a");
  private static final Serial SERIAL = Serial.of(BigInteger.valueOf(31));

  private final Story story = new Story(12, "hsm-a");
  private final Member web = new Member("web-1");
  private final KeyPair own = Member.p256();
  private final FleetLedger ledger = new FleetLedger(new IssuedRegister(_ -> Optional.empty()));

  @BeforeEach
  void rotate() {
    story.accept(
        new CreateAuthority(
            Member.USER, FormatSuite.x509(Suite.ECDSA_P256), List.of(SLOT), Policy.DEFAULT, "p-1"));
    story.settle();
    story.accept(web.enrolment(Role.PRESENTS_CLIENT, Role.VERIFIES));
    story.accept(
        new StartRotation(Member.USER, story.authority("user").seen(), List.of(), "", "p-1"));
    story.settle();
  }

  @Test
  void whatWasHeldCounts() {
    assertThat(shown(tried(canary("web-1", key(2)), true, own)))
        .containsExactly(new ShownCanary(2, SERIAL, true));
    assertThat(shown(tried(canary("web-1", key(2)), false, own)))
        .containsExactly(new ShownCanary(2, SERIAL, false));
    assertThat(shown(tried(canary("web-1", key(1)), true, own)))
        .containsExactly(new ShownCanary(1, SERIAL, true));
  }

  @Test
  void oneOfAnotherDoesNot() {
    assertThat(shown(tried(canary("web-2", key(2)), true, own))).isEmpty();
  }

  @Test
  void oneThatItDidNotHoldDoesNot() {
    assertThat(shown(tried(canary("web-1", key(2)), true, Member.p256()))).isEmpty();
  }

  /** The verdict is part of what the canary's key signed. */
  @Test
  void oneWhoseVerdictWasTurnedDoesNot() {
    Tried said = tried(canary("web-1", key(2)), false, own);
    assertThat(shown(new Tried(said.canary(), true, said.possession()))).isEmpty();
  }

  @Test
  void oneThatTheAuthorityDidNotSignDoesNot() {
    assertThat(shown(tried(canary("web-1", Member.p256()), true, own))).isEmpty();
  }

  @Test
  void anOrdinaryCredentialIsNone() {
    Bytes leaf = certificate(key(2), new GeneralName(GeneralName.dNSName, "web-1"));
    assertThat(shown(tried(leaf, true, own))).isEmpty();
  }

  @Test
  void whatIsNoCertificateIsNone() {
    assertThat(shown(tried(Bytes.of(new byte[] {1, 2}), true, own))).isEmpty();
  }

  private List<ShownCanary> shown(Tried... tried) {
    ledger.take(
        story.house(), web.tries(story.house(), List.of(tried)), web.identityKey(), story.now());
    return ledger
        .of(story.house(), Member.USER, List.of(), story.now())
        .shown()
        .get(web.name)
        .tried();
  }

  private Tried tried(Bytes canary, boolean refused, KeyPair holder) {
    HouseId house = story.house().id().orElseThrow();
    byte[] statement = Statements.tried(house, web.name, Member.USER, canary, refused);
    return new Tried(canary, refused, Member.sign("SHA256withECDSA", holder, statement));
  }

  private Bytes canary(String holder, KeyPair signer) {
    HouseId house = story.house().id().orElseThrow();
    var name = new Member(holder).name;
    return certificate(
        signer,
        new GeneralName(GeneralName.dNSName, Canary.NAME),
        new GeneralName(
            GeneralName.uniformResourceIdentifier, Canary.uri(house, Member.USER, name)));
  }

  private KeyPair key(int generation) {
    return story.slot(SLOT).keys().get(ready(generation).id());
  }

  private Key.Ready ready(int generation) {
    return story
        .authority("user")
        .generation(generation)
        .ready(Format.X509)
        .findFirst()
        .orElseThrow();
  }

  /** As generation 2 would have signed it, whoever does. */
  private Bytes certificate(KeyPair signer, GeneralName... names) {
    try {
      int generation = signer.equals(key(1)) ? 1 : 2;
      var above =
          new org.bouncycastle.cert.X509CertificateHolder(
              ready(generation).certificate().orElseThrow().toArray());
      Instant from = story.now();
      byte[] der =
          new JcaX509v3CertificateBuilder(
                  above.getSubject(),
                  SERIAL.number(),
                  Date.from(from),
                  Date.from(from.plus(Canary.LIFE)),
                  new org.bouncycastle.asn1.x500.X500Name("CN=" + Canary.NAME),
                  own.getPublic())
              .addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names))
              .build(new JcaContentSignerBuilder("SHA256withECDSA").build(signer.getPrivate()))
              .getEncoded();
      return Bytes.of(der);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
