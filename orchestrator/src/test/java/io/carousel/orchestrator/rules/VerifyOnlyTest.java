package io.carousel.orchestrator.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.carousel.events.AuthorityEvent.AuthorityCreated;
import io.carousel.events.AuthorityEvent.AuthorityOpened;
import io.carousel.events.AuthorityEvent.RotationCompleted;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.ForeignKey;
import io.carousel.events.Format;
import io.carousel.events.FormatSuite;
import io.carousel.events.JwkAlgorithm;
import io.carousel.events.Membership;
import io.carousel.events.OperatorAct.Advance;
import io.carousel.events.OperatorAct.CreateAuthority;
import io.carousel.events.OperatorAct.ImportForeignCrl;
import io.carousel.events.OperatorAct.JoinSlot;
import io.carousel.events.OperatorAct.LeaveSlot;
import io.carousel.events.Origin;
import io.carousel.events.PhaseName;
import io.carousel.events.Profile;
import io.carousel.events.Role;
import io.carousel.events.Suite;
import io.carousel.events.TrustBundle;
import io.carousel.events.TrustBundle.TrustedKey;
import io.carousel.orchestrator.snapshot.HouseCodec;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Authorities whose first generation is the public part of a CA elsewhere. */
class VerifyOnlyTest {
  private static final AuthorityName OLD = new AuthorityName("old");

  private final Story story = new Story(5, "hsm-a", "hsm-b");
  private final ForeignCa ca = ForeignCa.of(Suite.RSA_2048);
  private final FakeFleet fleet = new FakeFleet(story, "old");

  private static CreateAuthority create(List<FormatSuite> formats, Origin origin) {
    return new CreateAuthority(OLD, formats, List.of(Scene.A), Scene.POLICY, "p-1", origin);
  }

  private static CreateAuthority create(Origin origin) {
    return create(FormatSuite.x509(Suite.ECDSA_P256), origin);
  }

  /** With a client, a server and one that is both. */
  private VerifyOnlyTest open() {
    story.accept(create(ca.imported()));
    fleet.enrol("client", Role.PRESENTS_CLIENT, Role.VERIFIES);
    fleet.enrol("server", Role.PRESENTS_SERVER, Role.VERIFIES);
    fleet.enrol("peer", Role.PRESENTS_CLIENT, Role.PRESENTS_SERVER, Role.VERIFIES);
    fleet.keepsUp();
    return this;
  }

  private Authority old() {
    return story.authority("old");
  }

  private TrustBundle bundle() {
    return Bundles.of(old());
  }

  @Test
  void itIsInStandbyAtOnceAndAsksForNothing() {
    assertThat(story.accept(create(ca.imported())))
        .extracting(Object::getClass)
        .containsExactly(AuthorityCreated.class, AuthorityOpened.class);
    assertThat(story.house().outbox()).isEmpty();
    assertThat(old().phase()).isEqualTo(new Phase.Standby(1));
    assertThat(bundle().number()).isEqualTo(1);
    assertThat(bundle().trusted()).hasSize(1);
    TrustedKey key = bundle().trusted().getFirst();
    assertThat(key.slot()).isEmpty();
    assertThat(key.key()).isEqualTo(ca.publicKey().digest());
    assertThat(key.certificate()).isPresent();
    assertThat(old().generation(1).complete()).isFalse();
    assertThat(old().generation(1).owns(key.key())).isTrue();
    var codec = new HouseCodec();
    assertThat(codec.read(codec.write(story.house()))).isEqualTo(story.house());
  }

  /** Nothing of it is in any slot. */
  @Test
  void noSlotJoinsOrLeavesBeforeItsFleetHasMoved() {
    open();
    assertThat(story.refuse(new JoinSlot(OLD, old().seen(), Scene.B, "", "p-1")).code())
        .isEqualTo("none-signs");
    assertThat(story.refuse(new LeaveSlot(OLD, old().seen(), Scene.A, "too old", "p-1")).code())
        .isEqualTo("none-signs");
  }

  @Test
  void nothingIsIssuedByIt() {
    open();
    for (Profile profile : Profile.values()) {
      assertThat(old().issuing(profile)).isZero();
      assertThat(bundle().generationFor(profile)).isZero();
    }
    assertThat(fleet.issued()).isEmpty();
  }

  @Test
  void theFirstRotationMovesTheFleet() {
    open();
    story.accept(OriginActs.start(story, "old"));
    story.settle();
    assertThat(bundle().trusted()).extracting(TrustedKey::generation).containsExactly(1, 2);
    assertThat(story.refuse(OriginActs.advance(story, "old", false)).code())
        .isEqualTo("gate-closed");
    fleet.keepsUp();
    story.accept(OriginActs.advance(story, "old", false));
    assertThat(bundle().clientGeneration()).isEqualTo(2);
    assertThat(bundle().serverGeneration()).isZero();
    fleet.keepsUp();
    story.accept(OriginActs.advance(story, "old", false));
    fleet.keepsUp();
    var refusal = story.refuse(OriginActs.advance(story, "old", false));
    assertThat(refusal.code()).isEqualTo("elsewhere-unknown");
    assertThat(refusal.message()).contains("--issued-elsewhere-replaced");
    var events = story.accept(OriginActs.advance(story, "old", true));
    assertThat(((RotationCompleted) events.getFirst()).elsewhereReplaced()).isTrue();
    assertThat(events).hasSize(1);
    assertThat(bundle().trusted()).extracting(TrustedKey::generation).containsExactly(2);
    assertThat(old().phase()).isEqualTo(new Phase.Standby(2));
  }

  @Test
  void theOperatorsWordIsNoEvidence() {
    open();
    story.accept(OriginActs.start(story, "old"));
    story.settle();
    fleet.keepsUp();
    assertThat(story.refuse(OriginActs.advance(story, "old", true)).code())
        .isEqualTo("nothing-elsewhere");
    story.accept(OriginActs.advance(story, "old", false));
    fleet.keepsUp();
    story.accept(OriginActs.advance(story, "old", false));
    // Nobody has reported in this phase yet.
    assertThat(story.refuse(OriginActs.advance(story, "old", true)).code())
        .isEqualTo("gate-closed");
  }

  @Test
  void theWordIsRefusedWhereThereIsNothingToSayItOf() {
    Scene s = Scene.standby().updatingServers();
    s.fleet.keepsUp();
    Advance act = new Advance(Scene.USER, s.user().seen(), List.of(), false, "", "p-1", true);
    assertThat(s.story.refuse(act).code()).isEqualTo("nothing-elsewhere");
  }

  @Test
  void fromInitItMayBeRolledBack() {
    open();
    story.accept(OriginActs.start(story, "old"));
    story.settle();
    fleet.keepsUp();
    story.accept(OriginActs.rollBack(story, "old"));
    assertThat(story.refuse(OriginActs.advance(story, "old", false)).code())
        .isEqualTo("gate-closed");
    fleet.keepsUp();
    story.accept(OriginActs.advance(story, "old", false));
    assertThat(old().phase()).isEqualTo(new Phase.Standby(1));
    assertThat(bundle().trusted()).extracting(TrustedKey::generation).containsExactly(1);
  }

  @Test
  void evenBeforeTheSuccessorsKeysAreThere() {
    open();
    story.accept(OriginActs.start(story, "old"));
    story.accept(OriginActs.rollBack(story, "old"));
    fleet.keepsUp();
    story.accept(OriginActs.advance(story, "old", false));
    assertThat(story.house().outbox()).isEmpty();
    OriginActs.rotate(story, "old", fleet, true);
    assertThat(old().phase()).isEqualTo(new Phase.Standby(3));
  }

  @Test
  void lateronNobodyCanBeGivenItsCredentialsBack() {
    open();
    story.accept(OriginActs.start(story, "old"));
    story.settle();
    for (PhaseName phase : List.of(PhaseName.UPDATE_CLIENTS, PhaseName.UPDATE_SERVERS)) {
      fleet.keepsUp();
      story.accept(OriginActs.advance(story, "old", false));
      assertThat(old().phase().name()).isEqualTo(phase);
      assertThat(story.refuse(OriginActs.rollBack(story, "old")).code()).isEqualTo("cannot-sign");
    }
  }

  @Test
  void thenceforthRotationsAreAsAnyOther() {
    open();
    OriginActs.rotate(story, "old", fleet, true);
    OriginActs.rotate(story, "old", fleet, false);
    assertThat(old().phase()).isEqualTo(new Phase.Standby(3));
  }

  @Test
  void everyFormatNeedsWhatItsVerifiersTrust() {
    var formats =
        List.of(
            new FormatSuite(Format.X509, Suite.ECDSA_P256),
            new FormatSuite(Format.SSH, Suite.ED25519),
            new FormatSuite(Format.JWT, Suite.RSA_2048));
    assertThat(story.refuse(create(formats, ca.imported())).code()).isEqualTo("import-lacking");
    var ssh = ForeignCa.of(Suite.ED25519).key(Format.SSH);
    var jwt =
        new ForeignKey(
            Format.JWT,
            ForeignCa.of(Suite.ECDSA_P256).publicKey(),
            Optional.empty(),
            Optional.of("2025-k1"),
            Optional.empty());
    Origin all = ForeignCa.imported(ca.imported().imported().getFirst(), ssh, jwt);
    story.accept(create(formats, all));
    assertThat(bundle().trusted())
        .extracting(TrustedKey::format)
        .containsExactly(Format.X509, Format.SSH, Format.JWT);
    fleet.enrol(
        "web",
        new Membership(
            OLD,
            List.of(Role.PRESENTS_CLIENT, Role.VERIFIES),
            List.of(Format.X509, Format.SSH, Format.JWT),
            List.of()));
    story.accept(OriginActs.start(story, "old"));
    story.settle();
    fleet.keepsUp();
    story.now(story.now().plusSeconds(2));
    story.accept(OriginActs.advance(story, "old", false));
  }

  @Test
  void aFormatThatTheAuthorityDoesNotSignIsNotImported() {
    var ssh = ForeignCa.of(Suite.ED25519).key(Format.SSH);
    Origin both = ForeignCa.imported(ca.imported().imported().getFirst(), ssh);
    assertThat(story.refuse(create(both)).code()).isEqualTo("format-not-signed");
  }

  @Test
  void aKeyThatTheLogKnowsIsNotImported() {
    open();
    var again =
        new CreateAuthority(
            new AuthorityName("again"),
            FormatSuite.x509(Suite.ECDSA_P256),
            List.of(Scene.A),
            Scene.POLICY,
            "p-1",
            ca.imported());
    assertThat(story.refuse(again).code()).isEqualTo("public-key-known");
    OriginActs.rotate(story, "old", fleet, true);
    assertThat(story.refuse(again).code()).isEqualTo("public-key-known");
  }

  @TestFactory
  Stream<DynamicTest> aCertificateThatNobodyCouldTrust() {
    var now = story.now();
    var other = ForeignCa.of(Suite.RSA_2048);
    Bytes good = ca.certificate(CaShape.RIGHT);
    return Map.of(
            "over",
            ca.key(ca.certificate(CaShape.RIGHT, now.minus(Duration.ofDays(9)), now)),
            "not valid yet",
            ca.key(ca.certificate(CaShape.RIGHT, now.plusSeconds(9), now.plus(Duration.ofDays(9)))),
            "of no CA",
            ca.key(
                ca.certificate(
                    CaShape.RIGHT.constrained(Optional.of(new BasicConstraints(false)), true))),
            "that may sign no certificates",
            ca.key(ca.certificate(CaShape.RIGHT.using(KeyUsage.cRLSign))),
            "signed by another",
            ca.key(ca.signedBy(other)),
            "issued under another name",
            ca.key(ca.certificate(CaShape.RIGHT.issuedBy("CN=A root"))),
            "of another key",
            other.key(good),
            "not DER",
            ca.key(Bytes.of(new byte[] {1})))
        .entrySet()
        .stream()
        .map(e ->
            dynamicTest(
                e.getKey(),
                () ->
                    assertThat(story.refuse(create(ForeignCa.imported(e.getValue()))).code())
                        .isEqualTo("import-unfit")));
  }

  @Test
  void aCertificateWithoutAKeyIdentifierIsVerifiedByAllTheSame() {
    story.accept(create(ForeignCa.imported(ca.key(ca.certificate(CaShape.RIGHT.unidentified())))));
  }

  @Test
  void aKeyThatCannotBeReadIsNotImported() throws Exception {
    var generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp521r1"));
    Bytes p521 = Bytes.of(generator.generateKeyPair().getPublic().getEncoded());
    for (Format format : List.of(Format.JWT, Format.SSH)) {
      var key = new ForeignKey(format, p521, Optional.empty());
      var act = create(List.of(new FormatSuite(format, Suite.ED25519)), ForeignCa.imported(key));
      assertThat(story.refuse(act).code()).isEqualTo("import-unfit");
    }
  }

  /** A suite is what signs here; verifiers of a CA elsewhere go on with its keys as they are. */
  @Test
  void tokensOfOddKeysAndSeveralAlgorithmsAreVerified() throws Exception {
    var generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2432);
    Bytes odd = Bytes.of(generator.generateKeyPair().getPublic().getEncoded());
    List<FormatSuite> formats = List.of(new FormatSuite(Format.JWT, Suite.ED25519));
    Origin twice =
        ForeignCa.imported(
            Stream.of(JwkAlgorithm.RS256, JwkAlgorithm.PS512)
                .map(a ->
                    new ForeignKey(
                        Format.JWT,
                        odd,
                        Optional.empty(),
                        Optional.of("k-" + a.wire()),
                        Optional.of(a)))
                .toArray(ForeignKey[]::new));
    var wrong =
        new ForeignKey(
            Format.JWT, odd, Optional.empty(), Optional.empty(), Optional.of(JwkAlgorithm.ES256));
    var refusal = story.refuse(create(formats, ForeignCa.imported(wrong)));
    assertThat(refusal.message()).contains("not of the kind that signs by ES256");
    story.accept(create(formats, twice));
    assertThat(bundle().trusted()).extracting(TrustedKey::publicKey).containsExactly(odd);
  }

  @Test
  void itsTrustMayBeGivenBackAndTaken() {
    open();
    OriginActs.rotate(story, "old", fleet, true);
    // Its trust would take the CRLs of all CAs away from verifiers.
    assertThat(story.refuse(OriginActs.retrust(story, "old", 1)).message())
        .contains("has no CRL here", "carousel authority crl old FILE");
    story.accept(new ImportForeignCrl(OLD, ca.crl(1, story.now()), "p-1"));
    story.accept(OriginActs.retrust(story, "old", 1));
    assertThat(ForeignCrlRules.published(old())).hasSize(1);
    assertThat(bundle().trusted()).extracting(TrustedKey::generation).containsExactly(1, 2);
    fleet.keepsUp();
    assertThat(story.refuse(OriginActs.distrust(story, "old", 1)).code())
        .isEqualTo("elsewhere-unknown");
  }
}
