package io.carousel.orchestrator.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.carousel.events.Adoption;
import io.carousel.events.AuthorityEvent.CaCertificateAdopted;
import io.carousel.events.AuthorityEvent.CaCertificateRequested;
import io.carousel.events.AuthorityEvent.CrlRequested;
import io.carousel.events.AuthorityEvent.KeyAdopted;
import io.carousel.events.AuthorityEvent.KeyAdoptionRequested;
import io.carousel.events.AuthorityEvent.KeyRequested;
import io.carousel.events.AuthorityEvent.KeyShown;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.CrlDraft;
import io.carousel.events.CrlNumber;
import io.carousel.events.Format;
import io.carousel.events.FormatSuite;
import io.carousel.events.HouseEvent.AnswerRepeated;
import io.carousel.events.KeyId;
import io.carousel.events.KeyOrigin;
import io.carousel.events.KeyPlace;
import io.carousel.events.ListedSerial;
import io.carousel.events.OperatorAct.CreateAuthority;
import io.carousel.events.OperatorAct.InspectSlot;
import io.carousel.events.OperatorAct.RevokeCredentials;
import io.carousel.events.Origin;
import io.carousel.events.ParticipantName;
import io.carousel.events.Policy;
import io.carousel.events.RevocationReason;
import io.carousel.events.Role;
import io.carousel.events.Serial;
import io.carousel.events.SigningCommand.AdoptKey;
import io.carousel.events.SigningCommand.InspectToken;
import io.carousel.events.SigningCommand.KeyCommand;
import io.carousel.events.SigningCommand.SignCaCertificate;
import io.carousel.events.SigningCommand.SignCrl;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import io.carousel.events.WorkerAct.KeyFound;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Authorities whose keys are in a token already. */
class AdoptionTest {
  private static final AuthorityName OLD = new AuthorityName("old");
  private static final KeyId ID = new KeyId("01");
  private static final KeyPlace PLACE = KeyPlace.of(Scene.A, Format.X509);

  private final Story story = new Story(5, "hsm-a", "hsm-b");
  private final ForeignCa ca = ForeignCa.of(Suite.ECDSA_P256);
  private final Bytes certificate = ca.certificate(CaShape.RIGHT);

  /** The key is in the token, and a worker has looked. */
  private void seen() {
    story.slot(Scene.A).finds(ID, ca.pair());
    inspected(Scene.A);
  }

  private void inspected(SlotName slot) {
    story.accept(new InspectSlot(slot, "p-1"));
    story.accept(story.slot(slot).does(asked(InspectToken.class)));
  }

  private <C extends KeyCommand> C asked(Class<C> kind) {
    return story.house().outbox().values().stream()
        .filter(kind::isInstance)
        .map(kind::cast)
        .findFirst()
        .orElseThrow();
  }

  private static CreateAuthority create(List<SlotName> slots, Adoption... adopted) {
    return create(Scene.POLICY, slots, adopted);
  }

  private static CreateAuthority create(Policy policy, List<SlotName> slots, Adoption... adopted) {
    return new CreateAuthority(
        OLD,
        FormatSuite.x509(Suite.ECDSA_P256),
        slots,
        policy,
        "p-1",
        new Origin(List.of(adopted), List.of()));
  }

  private static CreateAuthority create(Optional<Bytes> certificate) {
    return create(List.of(Scene.A), new Adoption(PLACE, ID, certificate, false, CrlNumber.of(118)));
  }

  private Authority old() {
    return story.authority("old");
  }

  @Test
  void aKeyOfATokenIsAdoptedWithTheCertificateThatItHas() {
    seen();
    assertThat(story.accept(create(Optional.of(certificate))))
        .hasAtLeastOneElementOfType(KeyAdoptionRequested.class)
        .noneMatch(KeyRequested.class::isInstance);
    AdoptKey asked = asked(AdoptKey.class);
    assertThat(asked.key()).isEqualTo(ID);
    var events = story.accept(story.slot(Scene.A).does(asked));
    assertThat(events)
        .extracting(Object::getClass)
        .containsExactly(
            KeyShown.class, KeyAdopted.class, CaCertificateAdopted.class, CrlRequested.class);
    var shown = (KeyShown) events.getFirst();
    assertThat(shown.origin()).isEqualTo(KeyOrigin.FOUND);
    assertThat(shown.weaker()).isEmpty();
    SignCrl crl = asked(SignCrl.class);
    assertThat(crl.draft().number()).isEqualTo(CrlNumber.of(118));
    assertThat(crl.issuer()).isEqualTo(certificate);
    assertThat(crl.key()).isEqualTo(ID);
    story.settle();
    assertThat(old().phase()).isInstanceOf(Phase.Standby.class);
    assertThat(Bundles.of(old()).trusted().getFirst().certificate()).contains(certificate);
    assertThat(old().generation(1).ready().findFirst().orElseThrow().stage()).isEqualTo("signing");
  }

  /** On the first list, and on each that follows, beside what is revoked here. */
  @Test
  void whatWasRevokedBeforeStaysRevoked() {
    seen();
    var entry =
        new CrlDraft.Entry(
            new Serial("5f00"), Instant.parse("2026-01-01T00:00:00Z"), RevocationReason.SUPERSEDED);
    story.accept(
        create(
            List.of(Scene.A),
            new Adoption(
                PLACE, ID, Optional.of(certificate), false, CrlNumber.of(118), List.of(entry))));
    story.accept(story.slot(Scene.A).does(asked(AdoptKey.class)));
    assertThat(asked(SignCrl.class).draft().revoked()).containsExactly(entry);
    story.settle();
    var fleet = new FakeFleet(story, "old");
    fleet.enrol("client", Role.PRESENTS_CLIENT, Role.VERIFIES);
    fleet.keepsUp();
    var own = fleet.issued().getLast().serial();
    story.accept(
        new RevokeCredentials(
            OLD,
            List.of(own),
            Optional.empty(),
            RevocationReason.KEY_COMPROMISE,
            "stolen",
            "p-1",
            List.of(new ParticipantName("client"))));
    SignCrl next = asked(SignCrl.class);
    assertThat(next.draft().number()).isEqualTo(CrlNumber.of(119));
    assertThat(next.draft().revoked())
        .extracting(CrlDraft.Entry::serial)
        .containsExactlyInAnyOrder(ListedSerial.of(own), entry.serial());
    story.settle();
    // Nothing was added meanwhile, so no further list follows.
    assertThat(story.house().outbox()).isEmpty();
  }

  /** 19 octets, as GnuTLS numbers its CRLs, and entries with serial numbers of every kind. */
  @Test
  void numberingGoesOnBeyondWhatALongHolds() {
    seen();
    var last = new CrlNumber("44601490397061246283071436545296723011960832");
    List<CrlDraft.Entry> before =
        Stream.of("-5", "0", "4d", "ffffffffffffffffffffffffffffffffffffffff")
            .map(s ->
                new CrlDraft.Entry(
                    new ListedSerial(s),
                    Instant.parse("2026-01-01T00:00:00Z"),
                    RevocationReason.UNSPECIFIED))
            .toList();
    story.accept(
        create(
            Policy.DEFAULT,
            List.of(Scene.A),
            new Adoption(PLACE, ID, Optional.of(certificate), false, last.next(), before)));
    story.settle();
    assertThat(published().draft().number()).isEqualTo(last.next());
    story.now(story.now().plus(Policy.DEFAULT.crlLifetime().dividedBy(2)).plusSeconds(1));
    OriginActs.passTime(story);
    story.settle();
    assertThat(published().draft().number()).isEqualTo(last.next().next());
    assertThat(published().draft().revoked()).isEqualTo(before);
  }

  private Key.Published published() {
    return old().generation(1).ready().findFirst().orElseThrow().x509().orElseThrow();
  }

  @Test
  void aNumberThatLeavesNoneAfterItIsRefusedWhenSet() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new Adoption(PLACE, ID, Optional.of(certificate), false, CrlNumber.GREATEST))
        .withMessageContaining("leaves too few numbers")
        .withMessageContaining("RFC 5280, section 5.2.3");
    var all =
        new Adoption(PLACE, ID, Optional.of(certificate), false, CrlNumber.of(Long.MAX_VALUE));
    seen();
    story.accept(create(Policy.DEFAULT, List.of(Scene.A), all));
    story.settle();
    story.now(story.now().plus(Policy.DEFAULT.crlLifetime().dividedBy(2)).plusSeconds(1));
    OriginActs.passTime(story);
    story.settle();
    assertThat(published().draft().number().value()).isEqualTo("9223372036854775808");
  }

  @Test
  void theCommandsOfADecisionAreThoseOfTheHouse() {
    seen();
    story.accept(create(Optional.of(certificate)));
    House before = story.house();
    var events = story.accept(story.slot(Scene.A).does(asked(AdoptKey.class)));
    assertThat(Rules.commands(before, events)).containsExactly(asked(SignCrl.class));
  }

  @Test
  void withoutACertificateItSignsANewOne() {
    seen();
    story.accept(create(Optional.empty()));
    assertThat(story.accept(story.slot(Scene.A).does(asked(AdoptKey.class))))
        .hasAtLeastOneElementOfType(CaCertificateRequested.class);
    story.accept(story.slot(Scene.A).does(asked(SignCaCertificate.class)));
    assertThat(asked(SignCrl.class).draft().number()).isEqualTo(CrlNumber.of(118));
    story.settle();
    assertThat(old().phase()).isInstanceOf(Phase.Standby.class);
  }

  @Test
  void whereNothingIsAdoptedAKeyIsGenerated() {
    seen();
    Adoption adopted = new Adoption(PLACE, ID, Optional.of(certificate), false, CrlNumber.of(1));
    assertThat(story.accept(create(List.of(Scene.A, Scene.B), adopted)))
        .hasAtLeastOneElementOfType(KeyAdoptionRequested.class)
        .hasAtLeastOneElementOfType(KeyRequested.class);
    story.settle();
    assertThat(old().generation(1).complete()).isTrue();
  }

  @Test
  void aKeyThatNobodySawIsNotAdopted() {
    assertThat(story.refuse(create(Optional.empty())).code()).isEqualTo("key-not-seen");
    story.slot(Scene.A).finds(new KeyId("02"), ca.pair());
    inspected(Scene.A);
    var refusal = story.refuse(create(Optional.empty()));
    assertThat(refusal.code()).isEqualTo("key-not-seen");
    assertThat(refusal.message()).contains("carousel slot check hsm-a");
  }

  @Test
  void aKeyOfAnotherSuiteIsNotAdopted() {
    story.slot(Scene.A).finds(ID, FakeSlot.keyPair(Suite.ED25519));
    inspected(Scene.A);
    var refusal = story.refuse(create(Optional.empty()));
    assertThat(refusal.code()).isEqualTo("adoption-unfit");
    assertThat(refusal.message()).contains("--suite x509=ed25519");
  }

  @Test
  void whatTheAuthorityDoesNotHaveIsNotAdopted() {
    seen();
    var elsewhere =
        new Adoption(
            KeyPlace.of(Scene.B, Format.X509), ID, Optional.empty(), false, CrlNumber.of(1));
    assertThat(story.refuse(create(List.of(Scene.A), elsewhere)).code())
        .isEqualTo("adoption-unfit");
    var ssh =
        new Adoption(
            KeyPlace.of(Scene.A, Format.SSH), ID, Optional.empty(), false, CrlNumber.of(1));
    assertThat(story.refuse(create(List.of(Scene.A), ssh)).code()).isEqualTo("adoption-unfit");
  }

  @TestFactory
  Stream<DynamicTest> aCertificateThatDoesNotFit() {
    var now = story.now();
    var other = ForeignCa.of(Suite.ECDSA_P256);
    return Map.of(
            "of another key",
            other.certificate(CaShape.RIGHT),
            "signed by another",
            ca.signedBy(other),
            "issued under another name",
            ca.certificate(CaShape.RIGHT.issuedBy("CN=A root,O=Elsewhere")),
            "of no CA",
            ca.certificate(
                CaShape.RIGHT.constrained(Optional.of(new BasicConstraints(false)), true)),
            "that may sign no CRLs",
            ca.certificate(CaShape.RIGHT.using(KeyUsage.keyCertSign)),
            "without a key identifier",
            ca.certificate(CaShape.RIGHT.unidentified()),
            "over",
            ca.certificate(CaShape.RIGHT, now.minus(Duration.ofDays(9)), now),
            "over within a credential's life",
            ca.certificate(
                CaShape.RIGHT, now.minus(Duration.ofDays(9)), now.plus(Duration.ofMinutes(59))),
            "not valid yet",
            ca.certificate(CaShape.RIGHT, now.plusSeconds(9), now.plus(Duration.ofDays(9))),
            "not DER",
            Bytes.of(new byte[] {1, 2, 3}))
        .entrySet()
        .stream()
        .map(e ->
            dynamicTest(
                e.getKey(),
                () -> {
                  seen();
                  assertThat(story.refuse(create(Optional.of(e.getValue()))).code())
                      .isEqualTo("adoption-unfit");
                }));
  }

  @Test
  void aLongerPathAndOtherExtensionsAreAsTheyAre() {
    seen();
    Bytes long3 =
        ca.certificate(CaShape.RIGHT.constrained(Optional.of(new BasicConstraints(3)), true));
    story.accept(create(Optional.of(long3)));
    story.settle();
    assertThat(old().phase()).isInstanceOf(Phase.Standby.class);
  }

  @Test
  void aWeakKeyIsAdoptedOnlyIfThatWasSaid() {
    seen();
    story.accept(create(Optional.of(certificate)));
    AdoptKey asked = asked(AdoptKey.class);
    KeyFound weak = story.slot(Scene.A).shows(asked, List.of("not never extractable"));
    assertThat(story.refuse(weak).code()).isEqualTo("key-weak");
    assertThat(story.house().outbox()).containsKey(asked.command());
  }

  @Test
  void inWhatItIsWeakIsRecorded() {
    seen();
    story.accept(
        create(
            List.of(Scene.A),
            new Adoption(PLACE, ID, Optional.of(certificate), true, CrlNumber.of(1))));
    AdoptKey asked = asked(AdoptKey.class);
    assertThat(asked.acceptWeak()).isTrue();
    var events = story.accept(story.slot(Scene.A).shows(asked, List.of("not never extractable")));
    assertThat(((KeyShown) events.getFirst()).weaker()).containsExactly("not never extractable");
  }

  @Test
  void onlyTheKeyThatWasNamedIsAdopted() {
    seen();
    story.accept(create(Optional.of(certificate)));
    AdoptKey asked = asked(AdoptKey.class);
    FakeSlot slot = story.slot(Scene.A);
    var good = slot.shows(asked);
    var other = slot.generates(asked.command(), asked.suite());
    // Generated or found: another key is no answer, and nothing of the token is destroyed for it.
    assertThat(story.refuse(other).code()).isEqualTo("answer-unfit");
    assertThat(
            story
                .refuse(
                    new KeyFound(
                        asked.command(),
                        Scene.A,
                        other.key(),
                        other.publicKey(),
                        List.of(),
                        other.possession()))
                .code())
        .isEqualTo("answer-unfit");
    var forged =
        new KeyFound(asked.command(), Scene.A, ID, good.publicKey(), List.of(), other.possession());
    assertThat(story.refuse(forged).code()).isEqualTo("proof-failed");
    var swapped = slot.proves(asked.command(), ID, FakeSlot.keyPair(asked.suite()), asked.suite());
    assertThat(
            story
                .refuse(
                    new KeyFound(
                        asked.command(),
                        Scene.A,
                        ID,
                        swapped.publicKey(),
                        List.of(),
                        swapped.possession()))
                .code())
        .isEqualTo("adoption-unfit");
    story.accept(good);
    assertThat(story.accept(good)).hasOnlyElementsOfType(AnswerRepeated.class);
    assertThat(story.refuse(other).code()).isEqualTo("answer-unfit");
  }

  @Test
  void aKeyIsAdoptedOnceUnderWhateverNameAndWherever() {
    seen();
    story.accept(create(Optional.of(certificate)));
    story.settle();
    var again =
        new CreateAuthority(
            new AuthorityName("again"),
            FormatSuite.x509(Suite.ECDSA_P256),
            List.of(Scene.A),
            Scene.POLICY,
            "p-1",
            create(Optional.empty()).origin());
    assertThat(story.refuse(again).code()).isEqualTo("key-known");
    // A clone of the token, where the key has another id.
    var clone = new KeyId("77");
    story.slot(Scene.B).finds(clone, ca.pair());
    inspected(Scene.B);
    var cloned =
        new CreateAuthority(
            new AuthorityName("clone"),
            FormatSuite.x509(Suite.ECDSA_P256),
            List.of(Scene.B),
            Scene.POLICY,
            "p-1",
            new Origin(
                List.of(
                    new Adoption(
                        KeyPlace.of(Scene.B, Format.X509),
                        clone,
                        Optional.empty(),
                        false,
                        CrlNumber.of(1))),
                List.of()));
    assertThat(story.refuse(cloned).code()).isEqualTo("key-known");
    // Nor is it trusted as a key of a CA elsewhere.
    var imported =
        new CreateAuthority(
            new AuthorityName("import"),
            FormatSuite.x509(Suite.ECDSA_P256),
            List.of(Scene.B),
            Scene.POLICY,
            "p-1",
            ca.imported());
    assertThat(story.refuse(imported).code()).isEqualTo("public-key-known");
  }

  @Test
  void aCloneThatShowsUpBetweenTheLookAndTheAnswerIsRefused() {
    seen();
    var clone = new KeyId("77");
    story.slot(Scene.B).finds(clone, ca.pair());
    inspected(Scene.B);
    story.accept(create(Optional.empty()));
    story.accept(
        new CreateAuthority(
            new AuthorityName("clone"),
            FormatSuite.x509(Suite.ECDSA_P256),
            List.of(Scene.B),
            Scene.POLICY,
            "p-1",
            new Origin(
                List.of(
                    new Adoption(
                        KeyPlace.of(Scene.B, Format.X509),
                        clone,
                        Optional.empty(),
                        false,
                        CrlNumber.of(1))),
                List.of())));
    var asked =
        story.house().outbox().values().stream()
            .filter(AdoptKey.class::isInstance)
            .map(AdoptKey.class::cast)
            .toList();
    story.accept(story.slot(asked.get(0).slot()).shows(asked.get(0)));
    assertThat(story.refuse(story.slot(asked.get(1).slot()).shows(asked.get(1))).code())
        .isEqualTo("key-known");
  }

  @Test
  void anAdoptedKeyEndsAsOthersDo() {
    seen();
    story.accept(create(Optional.of(certificate)));
    story.settle();
    var fleet = new FakeFleet(story, "old");
    OriginActs.rotate(story, "old", fleet, true);
    story.now(story.now().plus(Duration.ofDays(8)));
    OriginActs.passTime(story);
    assertThat(story.slot(Scene.A).keys()).doesNotContainKey(ID);
    assertThat(old().generation(1).keys().get(PLACE).stage()).isEqualTo("destroyed");
  }

  @Test
  void whatItIssuedBeforeIsAnOperatorsToAnswerFor() {
    seen();
    story.accept(create(Optional.of(certificate)));
    story.settle();
    var fleet = new FakeFleet(story, "old");
    OriginActs.toUpdateServers(story, "old");
    assertThat(story.refuse(OriginActs.advance(story, "old", false)).code())
        .isEqualTo("elsewhere-unknown");
    story.accept(OriginActs.advance(story, "old", true));
    assertThat(fleet.issued()).isEmpty();
  }
}
