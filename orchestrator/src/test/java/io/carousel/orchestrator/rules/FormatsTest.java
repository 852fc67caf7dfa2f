package io.carousel.orchestrator.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.Act;
import io.carousel.events.AuthorityEvent.KeyStageReached;
import io.carousel.events.AuthorityName;
import io.carousel.events.Format;
import io.carousel.events.FormatSuite;
import io.carousel.events.KeyPlace;
import io.carousel.events.KeyStage;
import io.carousel.events.Membership;
import io.carousel.events.OperatorAct.Advance;
import io.carousel.events.OperatorAct.CreateAuthority;
import io.carousel.events.OperatorAct.EnrolParticipant;
import io.carousel.events.OperatorAct.RevokeCredentials;
import io.carousel.events.OperatorAct.StartRotation;
import io.carousel.events.ParticipantName;
import io.carousel.events.Policy;
import io.carousel.events.RevocationReason;
import io.carousel.events.Role;
import io.carousel.events.SigningCommand.InspectToken;
import io.carousel.events.SlotName;
import io.carousel.events.SshOptions;
import io.carousel.events.Suite;
import io.carousel.events.TrustBundle;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** One rotation moves X.509, SSH and JWT together. */
class FormatsTest {
  private static final AuthorityName ALL = new AuthorityName("all");
  private static final SlotName A = new SlotName("hsm-a");
  private static final List<FormatSuite> FORMATS =
      List.of(
          new FormatSuite(Format.X509, Suite.ECDSA_P384),
          new FormatSuite(Format.SSH, Suite.ED25519),
          new FormatSuite(Format.JWT, Suite.ECDSA_P256));
  private static final Duration MAX_AGE = Duration.ofMinutes(2);
  private static final Policy POLICY =
      new Policy(
          Duration.ofHours(1),
          Duration.ofDays(365),
          Duration.ofMinutes(1),
          Optional.of(Duration.ofDays(7)),
          Duration.ofDays(365),
          Optional.empty(),
          MAX_AGE,
          SshOptions.DEFAULT);

  private final Story story = new Story(3, "hsm-a", "hsm-b");
  private final FakeFleet fleet = new FakeFleet(story, "all");

  private void open() {
    story.accept(
        new CreateAuthority(ALL, FORMATS, List.of(A, new SlotName("hsm-b")), POLICY, "p-1"));
    story.settle();
  }

  private Authority all() {
    return story.authority("all");
  }

  private void advances() {
    fleet.keepsUp();
    story.accept(new Advance(ALL, all().seen(), List.of(), false, "", "p-1"));
  }

  @Test
  void everySlotHasAKeyForEachFormatInItsOwnSuite() {
    open();
    Generation first = all().generation(1);
    assertThat(first.keys().keySet())
        .extracting(KeyPlace::value)
        .containsExactly(
            "hsm-a/jwt", "hsm-a/ssh", "hsm-a/x509", "hsm-b/jwt", "hsm-b/ssh", "hsm-b/x509");
    assertThat(first.ready(Format.X509)).allMatch(k -> k.certificate().isPresent());
    assertThat(first.ready(Format.SSH)).hasSize(2).allMatch(k -> k.x509().isEmpty());
    assertThat(first.ready(Format.JWT)).hasSize(2).allMatch(k -> k.x509().isEmpty());
    TrustBundle bundle = Bundles.of(all());
    assertThat(bundle.number()).isEqualTo(1);
    assertThat(bundle.trusted()).hasSize(6);
    assertThat(bundle.trusted(Format.SSH)).hasSize(2);
  }

  @Test
  void aRotationMovesThemTogetherAndMayChangeOneSuite() {
    rotates();
  }

  private void rotates() {
    open();
    enrolAll("web");
    story.accept(
        new StartRotation(
            ALL, all().seen(), List.of(new FormatSuite(Format.SSH, Suite.ECDSA_P256)), "", "p-1"));
    story.settle();
    assertThat(Bundles.of(all()).number()).isEqualTo(2);
    assertThat(Bundles.of(all()).trusted()).hasSize(12);
    assertThat(all().generation(2).suite(Format.SSH)).isEqualTo(Suite.ECDSA_P256);
    assertThat(all().generation(2).suite(Format.X509)).isEqualTo(Suite.ECDSA_P384);
    fleet.keepsUp();
    assertThat(story.refuse(new Advance(ALL, all().seen(), List.of(), false, "", "p-1")).code())
        .isEqualTo("published-too-lately");
    story.now(story.now().plus(MAX_AGE).plusSeconds(1));
    advances();
    advances();
    advances();
    assertThat(all().phase()).isEqualTo(new Phase.Standby(2));
    assertThat(Bundles.of(all()).trusted()).hasSize(6).allMatch(k -> k.generation() == 2);
    assertThat(all().generation(1).living())
        .hasSize(6)
        .allMatch(k -> k.made().stage().equals(Optional.of(KeyStage.HELD)));
  }

  @Test
  void everyStageOfEveryKeyIsAnEvent() {
    rotates();
    for (SlotName slot : List.of(A, new SlotName("hsm-b"))) {
      for (Format format : Format.values()) {
        assertThat(stages(1, slot, format))
            .containsExactly(KeyStage.TRUSTED, KeyStage.SIGNING, KeyStage.RETIRED, KeyStage.HELD);
        assertThat(stages(2, slot, format)).containsExactly(KeyStage.TRUSTED, KeyStage.SIGNING);
      }
    }
  }

  @Test
  void theRetiredKeysOfEveryFormatAreDestroyedOneAfterTheOther() {
    rotates();
    story.now(story.now().plus(Duration.ofDays(8)));
    story.accept(new Act.TimePassed());
    var given = story.house().outbox().values();
    assertThat(given).hasOnlyElementsOfType(InspectToken.class).hasSize(2);
    for (var inspection : List.copyOf(given)) {
      House before = story.house();
      var accepted = (Decision.Accepted) story.ask(story.slot(inspection.slot()).does(inspection));
      assertThat(Rules.commands(before, accepted.events()))
          .hasSize(3)
          .allMatch(c -> story.house().outbox().get(c.command()).equals(c));
    }
    story.settle();
    assertThat(all().generation(1).keys().values()).hasOnlyElementsOfType(Key.Destroyed.class);
    assertThat(all().generation(2).ready()).hasSize(6);
  }

  private List<KeyStage> stages(int generation, SlotName slot, Format format) {
    return story.log().stream()
        .map(r -> r.event())
        .filter(KeyStageReached.class::isInstance)
        .map(KeyStageReached.class::cast)
        .filter(e -> e.generation() == generation && e.slot().equals(slot) && e.format() == format)
        .map(KeyStageReached::stage)
        .toList();
  }

  @Test
  void aGateWaitsForEveryFormatThatItsMembersUse() {
    open();
    enrolAll("web");
    story.accept(new StartRotation(ALL, all().seen(), List.of(), "", "p-1"));
    story.settle();
    story.now(story.now().plus(MAX_AGE).plusSeconds(1));
    advances();
    FakeFleet.Member web = fleet.member("web");
    web.follows();
    web.takesUp(web.asks().stream().filter(c -> c.format() != Format.JWT).toList());
    web.reports();
    assertThat(story.refuse(new Advance(ALL, all().seen(), List.of(), false, "", "p-1")).code())
        .isEqualTo("gate-closed");
    advances();
    assertThat(all().phase()).isInstanceOf(Phase.UpdateServers.class);
  }

  @Test
  void aHostKeepsItsOldHostCertificateWhileItsClientsMove() {
    open();
    enrolAll("web");
    story.accept(new StartRotation(ALL, all().seen(), List.of(), "", "p-1"));
    story.settle();
    story.now(story.now().plus(MAX_AGE).plusSeconds(1));
    advances();
    fleet.keepsUp();
    assertThat(fleet.member("web").presents())
        .filteredOn(c -> c.format() == Format.SSH)
        .extracting(Evidence.Issued::generation)
        .containsExactlyInAnyOrder(1, 2);
    advances();
    assertThat(all().phase()).isInstanceOf(Phase.UpdateServers.class);
  }

  @Test
  void nobodyIsEnrolledForAFormatThatIsNotSigned() {
    story.accept(
        new CreateAuthority(ALL, FormatSuite.x509(Suite.ECDSA_P256), List.of(A), POLICY, "p-1"));
    story.settle();
    var membership = new Membership(ALL, List.of(Role.VERIFIES), List.of(Format.SSH), List.of());
    assertThat(
            story
                .refuse(
                    new EnrolParticipant(
                        new ParticipantName("web"),
                        Story.identity("web"),
                        List.of(membership),
                        "p-1"))
                .message())
        .isEqualTo("authority 'all' signs no ssh; it signs: x509=ecdsa-p256");
    assertThat(
            story
                .refuse(
                    new StartRotation(
                        ALL,
                        all().seen(),
                        List.of(new FormatSuite(Format.JWT, Suite.ED25519)),
                        "",
                        "p-1"))
                .code())
        .isEqualTo("format-not-signed");
  }

  @Test
  void aRevokedOpensshCertificateIsInTheListOfItsKey() {
    open();
    enrolAll("web");
    fleet.keepsUp();
    assertThat(RevocationList.of(all()).certificates()).isEmpty();
    story.accept(
        new RevokeCredentials(
            ALL,
            List.of(),
            Optional.of(new ParticipantName("web")),
            RevocationReason.KEY_COMPROMISE,
            "stolen",
            "p-1",
            List.of(new ParticipantName("web"))));
    story.settle();
    var list = RevocationList.of(all());
    assertThat(list.version()).isEqualTo(all().revision()).isPositive();
    assertThat(list.certificates()).isNotEmpty();
    assertThat(list.bytes()).isEqualTo(RevocationList.of(all()).bytes());
  }

  private void enrolAll(String name) {
    fleet.enrol(
        name,
        new Membership(
            ALL,
            List.of(Role.PRESENTS_CLIENT, Role.PRESENTS_SERVER, Role.VERIFIES),
            List.of(Format.values()),
            List.of()));
  }
}
