package io.carousel.orchestrator.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.AuthorityEvent.AuthorityOpened;
import io.carousel.events.AuthorityEvent.CaRequestWanted;
import io.carousel.events.AuthorityEvent.KeyAdopted;
import io.carousel.events.AuthorityEvent.KeyShown;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.Digest;
import io.carousel.events.ExternalRoot;
import io.carousel.events.Format;
import io.carousel.events.FormatSuite;
import io.carousel.events.OperatorAct.CreateAuthority;
import io.carousel.events.RootUse;
import io.carousel.events.Serial;
import io.carousel.events.SigningCommand.GenerateKey;
import io.carousel.events.SigningCommand.SignCaRequest;
import io.carousel.events.SigningCommand.SignCrl;
import io.carousel.events.Suite;
import io.carousel.events.TrustBundle;
import io.carousel.events.WorkerAct.CaRequestSigned;
import io.carousel.orchestrator.rules.Evidence.ShownCanary;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.Test;

/** An authority whose CA certificates an external root signs. */
class ExternalRootTest {
  private static final Serial SERIAL = new Serial("1f");

  // --- requests ---------------------------------------------------------------------------------

  @Test
  void aKeySignsARequestInsteadOfItsCertificate() {
    Scene s = Scene.below(new ExternalRoot(new RootCa("Root").root(), RootUse.PINNED));
    assertThat(s.story.accept(s.story.slot(Scene.A).does(s.asked(GenerateKey.class, Scene.A))))
        .hasExactlyElementsOfTypes(KeyShown.class, KeyAdopted.class, CaRequestWanted.class);
    SignCaRequest asked = s.asked(SignCaRequest.class, Scene.A);
    assertThat(asked.subject()).isEqualTo("CN=user G1 hsm-a,O=Carousel");
    assertThat(s.key(1, Scene.A).stage()).isEqualTo("adopted");

    Bytes wrong =
        RootCa.request(
            FakeSlot.keyPair(Suite.ECDSA_P256), Suite.ECDSA_P256, "CN=user G1 hsm-a,O=Carousel");
    assertThat(s.story.refuse(new CaRequestSigned(asked.command(), Scene.A, wrong)).code())
        .isEqualTo("request-wrong");

    CaRequestSigned right = s.story.slot(Scene.A).requests(asked);
    s.story.accept(right);
    assertThat(s.key(1, Scene.A).stage()).isEqualTo("awaiting certificate");
    assertThat(s.story.accept(right)).hasSize(1);
    assertThat(s.story.house().outbox()).doesNotContainKey(asked.command());
  }

  @Test
  void whoWaitsForTheRootIsTold() {
    ExternalScene s = ExternalScene.creating(RootUse.PINNED);
    assertThat(s.story().refuse(s.scene.start()).message())
        .contains("hsm-a/x509: its certificate from the external root")
        .contains("carousel authority csr user");
    assertThat(s.story().house().outbox()).isEmpty();

    s.story().accept(s.brings(s.certificate(Scene.A).sign()));
    assertThat(s.scene.asked(SignCrl.class, Scene.A).issuer()).isNotNull();
    s.story().settle();
    assertThat(s.story().refuse(s.scene.start()).message())
        .contains("hsm-b/x509")
        .doesNotContain("hsm-a/x509");
    s.story().accept(s.brings(s.certificate(Scene.B).sign()));
    s.story().settle();
    assertThat(s.story().log()).anyMatch(r -> r.event() instanceof AuthorityOpened);
    assertThat(s.user().phase()).isEqualTo(new Phase.Standby(1));
  }

  @Test
  void aSuccessorThatWaitsBlocksByName() {
    ExternalScene s = ExternalScene.standby(RootUse.PINNED).started();
    assertThat(s.story().refuse(s.scene.advance()).message())
        .contains("hsm-a/x509: its certificate from the external root")
        .contains("hsm-b/x509");
    s.story().accept(s.scene.rollBack());
    s.scene.passed();
    assertThat(s.user().phase()).isEqualTo(new Phase.Standby(1));
    assertThat(s.awaiting()).isEmpty();
    // The key that never got a certificate ends like any other.
    s.story().now(s.story().now().plus(Duration.ofDays(8)));
    s.story().accept(new io.carousel.events.Act.TimePassed());
    s.story().settle();
    assertThat(s.user().generation(2).keys().values()).hasOnlyElementsOfType(Key.Destroyed.class);
  }

  @Test
  void aRollbackEndsTheWishForARequest() {
    ExternalScene s = ExternalScene.standby(RootUse.PINNED);
    s.scene.started().keyOfSlotA();
    s.scene.turned().passed();
    assertThat(s.story().house().outbox().values()).noneMatch(SignCaRequest.class::isInstance);
  }

  @Test
  void otherFormatsAreAsBefore() {
    var story = new Story(3, "hsm-a");
    var ca = new RootCa("Root");
    var all =
        List.of(
            new FormatSuite(Format.X509, Suite.ECDSA_P256),
            new FormatSuite(Format.SSH, Suite.ED25519));
    story.accept(create(all, new ExternalRoot(ca.root(), RootUse.ROOT)));
    story.settle();
    Authority user = story.authority("user");
    assertThat(user.generation(1).ready(Format.SSH)).hasSize(1);
    assertThat(ExternalRules.awaiting(user)).hasSize(1);
  }

  private static CreateAuthority create(List<FormatSuite> formats, ExternalRoot root) {
    return new CreateAuthority(
        Scene.USER, formats, List.of(Scene.A), Scene.POLICY, "p-1", Optional.of(root));
  }

  // --- roots ------------------------------------------------------------------------------------

  @Test
  void rootsThatAreNoneAreRefused() {
    var story = new Story(3, "hsm-a");
    var x509 = FormatSuite.x509(Suite.ECDSA_P256);
    var ca = new RootCa("Root");
    RootCa.Below own = ca.below(RootCa.request(ca.key(), Suite.ECDSA_P256, "CN=Root,O=Elsewhere"));
    own.constrained(new BasicConstraints(true)).between(RootCa.FROM, RootCa.TO);
    var wrong = new ArrayList<Bytes>();
    wrong.add(Bytes.of(new byte[] {1}));
    wrong.add(own.signedBy(FakeSlot.keyPair(Suite.ECDSA_P256)).sign());
    own.signedBy(ca.key());
    wrong.add(own.constrained(new BasicConstraints(false)).sign());
    wrong.add(own.constrained(new BasicConstraints(0)).sign());
    own.constrained(new BasicConstraints(1));
    wrong.add(own.using(KeyUsage.cRLSign).sign());
    wrong.add(own.using(KeyUsage.keyCertSign).sign());
    own.using(KeyUsage.keyCertSign | KeyUsage.cRLSign);
    wrong.add(own.between(story.now().plusSeconds(1), RootCa.TO).sign());
    wrong.add(own.between(RootCa.FROM, story.now().plus(Duration.ofMinutes(59))).sign());
    own.between(RootCa.FROM, RootCa.TO);
    for (Bytes root : wrong) {
      assertThat(story.refuse(create(x509, new ExternalRoot(root, RootUse.ROOT))).code())
          .isEqualTo("root-unfit");
    }
    assertThat(
            story
                .refuse(
                    create(
                        List.of(new FormatSuite(Format.SSH, Suite.ED25519)),
                        new ExternalRoot(own.sign(), RootUse.ROOT)))
                .code())
        .isEqualTo("root-useless");
    story.accept(create(x509, new ExternalRoot(own.sign(), RootUse.ROOT)));
  }

  @Test
  void aCertificateOfAnotherAuthorityIsBroughtToNone() {
    Scene s = Scene.standby();
    var act =
        new io.carousel.events.OperatorAct.ImportCaCertificate(
            Scene.USER, Bytes.of(new byte[1]), "p-1");
    assertThat(s.story.refuse(act).code()).isEqualTo("no-external-root");
    var nowhere =
        new io.carousel.events.OperatorAct.ImportCaCertificate(
            new AuthorityName("nowhere"), Bytes.of(new byte[1]), "p-1");
    assertThat(s.story.refuse(nowhere).code()).isEqualTo("unknown-authority");
  }

  // --- trust ------------------------------------------------------------------------------------

  @Test
  void whoPinsTrustsTheCasAndNotTheRoot() {
    ExternalScene s = ExternalScene.standby(RootUse.PINNED).trusted();
    TrustBundle bundle = Bundles.of(s.user());
    assertThat(bundle.root().orElseThrow().use()).isEqualTo(RootUse.PINNED);
    assertThat(bundle.trusted()).hasSize(4);
    assertThat(gate(s).lacking(Set.of())).hasSize(3);
    s.scene.fleet.keepsUp();
    assertThat(gate(s).lacking(Set.of())).isEmpty();
  }

  @Test
  void whoTrustsTheRootMustHoldItAndTheBundle() {
    ExternalScene s = ExternalScene.standby(RootUse.ROOT).trusted();
    TrustBundle.Root root = Bundles.of(s.user()).root().orElseThrow();
    assertThat(root.certificate())
        .isEqualTo(s.user().external().orElseThrow().root().certificate());
    assertThat(gate(s).lacking(Set.of()).getFirst().question())
        .isEqualTo("trusts the external root above generation 2");
    s.scene.fleet.keepsUp();
    assertThat(gate(s).lacking(Set.of())).isEmpty();

    FakeFleet.Member peer = s.scene.fleet.member("peer");
    Evidence.Shown good = peer.report();
    peer.report(trusting(good, Set.of()));
    assertThat(gate(s).lacking(Set.of()))
        .extracting(Gate.Answer::about)
        .containsExactly(peer.name());
    // Nothing but the root counts: the CAs below it are no anchors.
    Set<Digest> cas =
        Bundles.of(s.user()).trusted().stream()
            .map(TrustBundle.TrustedKey::key)
            .collect(Collectors.toSet());
    peer.report(trusting(good, cas));
    assertThat(gate(s).lacking(Set.of())).hasSize(1);
  }

  private static Gate gate(ExternalScene s) {
    return Gate.of(s.story().house(), s.user(), s.scene.fleet.evidence(), s.story().now());
  }

  private static Evidence.Shown trusting(Evidence.Shown as, Set<Digest> keys) {
    return new Evidence.Shown(
        as.counter(),
        as.bundle(),
        as.challenge(),
        keys,
        as.presents(),
        as.tried(),
        as.trouble(),
        as.earlierConnections(),
        as.heard());
  }

  private static Evidence.Shown trying(Evidence.Shown as, ShownCanary... tried) {
    return new Evidence.Shown(
        as.counter(),
        as.bundle(),
        as.challenge(),
        as.trusts(),
        as.presents(),
        List.of(tried),
        as.trouble(),
        as.earlierConnections(),
        as.heard());
  }

  @Test
  void whoTrustsTheRootBesideHoldsTheEndOfARotationThatPins() {
    ExternalScene s = ExternalScene.standby(RootUse.PINNED).updatingServers();
    s.scene.fleet.keepsUp();
    FakeFleet.Member peer = s.scene.fleet.member("peer");
    Evidence.Shown good = peer.report();
    var keys = new java.util.HashSet<>(good.trusts());
    keys.add(s.user().external().orElseThrow().key());
    peer.report(trusting(good, keys));
    assertThat(s.story().refuse(s.scene.advance()).message())
        .contains("peer")
        .contains("trusts the root itself, and so would go on accepting generation 1");
    peer.report(good);
    s.story().accept(s.scene.advance());
    assertThat(s.user().phase()).isEqualTo(new Phase.Standby(2));
  }

  @Test
  void thatItPinsIsShownByACanaryAndNotByItsWord() {
    ExternalScene s = ExternalScene.standby(RootUse.PINNED).updatingServers();
    s.scene.fleet.keepsUp();
    FakeFleet.Member peer = s.scene.fleet.member("peer");
    Evidence.Shown good = peer.report();
    peer.report(trying(good));
    assertThat(s.story().refuse(s.scene.advance()).message())
        .contains("peer says that it pins, and no canary of generation 2 has shown it");
    // Of an earlier rotation: it may have changed its mind since.
    peer.report(trying(good, new ShownCanary(1, SERIAL, true)));
    assertThat(s.story().refuse(s.scene.advance()).message()).contains("no canary");
    peer.report(trying(good, new ShownCanary(2, SERIAL, false)));
    assertThat(s.story().refuse(s.scene.advance()).message())
        .contains(
            "peer accepted a canary of generation 2 before that was among its pins",
            "and so would go on accepting generation 1");
    peer.report(trying(good, new ShownCanary(2, SERIAL, true)));
    assertThat(gate(s).statements())
        .anySatisfy(line ->
            assertThat(line)
                .startsWith("peer|does not trust the external root|holds|report ")
                .endsWith("canary %s of generation 2 refused".formatted(SERIAL)));
    s.story().accept(s.scene.advance());
  }

  @Test
  void whoCouldNotBeTriedIsLeftBehindByNameAndTheStatusSaysSo() {
    ExternalScene s = ExternalScene.standby(RootUse.PINNED).updatingServers();
    s.scene.fleet.keepsUp();
    FakeFleet.Member peer = s.scene.fleet.member("peer");
    peer.report(trying(peer.report()));
    s.story().accept(s.scene.abandoning("cannot be tried", "peer"));
    s.scene.fleet.keepsUp();
    peer.report(trying(peer.report()));
    assertThat(Removal.of(s.story().house(), s.user(), s.scene.fleet.evidence(), s.story().now()))
        .singleElement()
        .satisfies(r -> {
          assertThat(r.state()).isEqualTo(Removal.State.NOT_REMOVABLE);
          assertThat(r.text())
              .startsWith(
                  "NOT REMOVABLE: no canary has shown that peer refuses what it does not pin");
        });
  }

  /** A rollback asks for no canary: who had not taken the successor up could not be tried. */
  @Test
  void aRollbackIsHeldByWhoAcceptedACanaryAndNotByWhoSawNone() {
    ExternalScene s = ExternalScene.standby(RootUse.PINNED).updatingServers().turned();
    s.scene.fleet.keepsUp();
    FakeFleet.Member peer = s.scene.fleet.member("peer");
    Evidence.Shown good = peer.report();
    peer.report(trying(good, new ShownCanary(2, SERIAL, false)));
    assertThat(s.story().refuse(s.scene.advance()).message())
        .contains("peer accepted a canary of generation 2");
    peer.report(trying(good));
    s.story().accept(s.scene.advance());
  }

  @Test
  void aVerifierThatKeepsSilentHoldsItToo() {
    ExternalScene s = ExternalScene.standby(RootUse.PINNED);
    s.scene.fleet.enrol("gateway", io.carousel.events.Role.VERIFIES);
    s.updatingServers();
    s.scene.fleet.member("client").keepsUp();
    s.scene.fleet.member("server").keepsUp();
    s.scene.fleet.member("peer").keepsUp();
    assertThat(gate(s).lacking(Set.of()))
        .extracting(Gate.Answer::question)
        .containsExactly("does not trust the external root");
  }

  @Test
  void underATrustedRootARotationEndsWithoutItsRevocation() {
    ExternalScene s = ExternalScene.standby(RootUse.ROOT).completed();
    assertThat(s.user().phase()).isEqualTo(new Phase.Standby(2));
    assertThat(s.user().generation(1).keys().values()).extracting(Key::stage).containsOnly("held");
  }

  @Test
  void crlsAreThoseOfTheCaBelowTheRoot() {
    ExternalScene s = ExternalScene.standby(RootUse.ROOT);
    for (Key.Ready key : s.user().generation(1).ready().toList()) {
      Key.Published p = key.x509().orElseThrow();
      assertThat(Proofs.end(p.ca().certificate())).isAfterOrEqualTo(p.draft().nextUpdate());
    }
    assertThat(s.story().house().outbox()).isEmpty();
  }
}
