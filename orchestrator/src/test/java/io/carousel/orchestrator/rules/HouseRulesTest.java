package io.carousel.orchestrator.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.events.AuthorName;
import io.carousel.events.AuthorRole;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.Format;
import io.carousel.events.FormatSuite;
import io.carousel.events.Membership;
import io.carousel.events.OperatorAct.CreateAuthority;
import io.carousel.events.OperatorAct.EnrolAuthor;
import io.carousel.events.OperatorAct.EnrolParticipant;
import io.carousel.events.OperatorAct.RaiseFeatureLevel;
import io.carousel.events.OperatorAct.RegisterSlot;
import io.carousel.events.OperatorAct.RemoveAuthor;
import io.carousel.events.OperatorAct.RemoveParticipant;
import io.carousel.events.OperatorAct.StartRotation;
import io.carousel.events.ParticipantName;
import io.carousel.events.Policy;
import io.carousel.events.Role;
import io.carousel.events.RotationId;
import io.carousel.events.SlotName;
import io.carousel.events.SubjectName;
import io.carousel.events.Suite;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is asked of the house outside a rotation, and what is refused. */
class HouseRulesTest {
  private final Story story = new Story(3, "hsm-a", "hsm-b");

  @Test
  void anAuthorityNeedsAFreeNameAndKnownSlots() {
    story.accept(create("user", "hsm-a"));
    assertThat(story.refuse(create("user", "hsm-b")).code()).isEqualTo("authority-exists");
    Refusal unknown = story.refuse(create("db", "hsm-a", "hsm-c"));
    assertThat(unknown.code()).isEqualTo("unknown-slot");
    assertThat(unknown.message()).contains("hsm-c").contains("hsm-a, hsm-b");
  }

  @Test
  void theLongestNamesFitIntoTheSubjectOfACertificate() {
    String longest = "a".repeat(NamingRules.NAMES_LIMIT - "hsm-a".length());
    assertThat(story.refuse(create(longest + "a", "hsm-a")).code()).isEqualTo("names-too-long");
    story.accept(create(longest, "hsm-a"));
    story.settle();
    Authority a = story.authority(longest);
    story.accept(new StartRotation(a.name(), a.seen(), List.of(), "", "p-1"));
    assertThat(story.authority(longest).phase().underway())
        .contains(new RotationId(longest + "/1"));
  }

  @Test
  void anyAuthorityNameMakesARotationId() {
    assertThat(RotationId.of(new AuthorityName("a".repeat(63)), 999_999_999).value()).hasSize(73);
  }

  @Test
  void lifetimesHaveAnEnd() {
    for (Duration lifetime : List.of(Duration.ofDays(36_601), Duration.ofSeconds(Long.MAX_VALUE))) {
      assertThatThrownBy(
              () -> new Policy(Duration.ofHours(1), lifetime, Duration.ZERO, Optional.empty()))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() ->
              new Policy(
                  Duration.ofHours(1), Duration.ofDays(2), Duration.ZERO, Optional.of(lifetime)))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(
              () -> new Policy(lifetime, Duration.ofDays(2), Duration.ZERO, Optional.empty()))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void textsAreFitForATerminal() {
    for (String bad : List.of("a\u001b[2J", "a\nb", "a\u202eb", "a\ud800", "x".repeat(1_001))) {
      assertThatThrownBy(() -> new RegisterSlot(new SlotName("c"), bad, "none", "p-1"))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> new RaiseFeatureLevel(2, bad))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void aSlotIsDeclaredOnceAndMayBeSaidAgain() {
    var same =
        new RegisterSlot(
            new SlotName("hsm-a"), "/usr/lib/softhsm/libsofthsm2.so", "no replicas", "p-1");
    House before = story.house();
    story.accept(same);
    assertThat(story.house().slots()).isEqualTo(before.slots());
    var other = new RegisterSlot(new SlotName("hsm-a"), "/opt/hsm.so", "no replicas", "p-1");
    assertThat(story.refuse(other).code()).isEqualTo("slot-exists");
  }

  @Test
  void anAuthorHasOneKeyUntilItIsRemoved() {
    AuthorName name = Story.worker(new SlotName("hsm-a")).name();
    var other =
        new EnrolAuthor(
            name,
            AuthorRole.WORKER,
            Optional.of(new SlotName("hsm-a")),
            Story.identity("another"),
            "p-1");
    assertThat(story.refuse(other).code()).isEqualTo("author-taken");
    story.accept(new RemoveAuthor(name, "its host was replaced", "p-1"));
    story.accept(other);
    assertThat(story.refuse(new RemoveAuthor(new AuthorName("nobody"), "", "p-1")).code())
        .isEqualTo("unknown-author");
  }

  @Test
  void anAuthorNeedsAnEd25519KeyAndAKnownSlot() {
    Bytes ec = Bytes.of(FakeSlot.keyPair(Suite.ECDSA_P256).getPublic().getEncoded());
    var name = new AuthorName("orchestrator-2");
    var wrongKey = new EnrolAuthor(name, AuthorRole.ORCHESTRATOR, Optional.empty(), ec, "p-1");
    assertThat(story.refuse(wrongKey).code()).isEqualTo("key-unusable");
    var wrongSlot =
        new EnrolAuthor(
            name,
            AuthorRole.WORKER,
            Optional.of(new SlotName("hsm-c")),
            Story.identity("w"),
            "p-1");
    assertThat(story.refuse(wrongSlot).code()).isEqualTo("unknown-slot");
  }

  @Test
  void somebodyIsAlwaysLeftToWriteTheLog() {
    AuthorName owner = Story.OWNER.name();
    assertThat(story.refuse(new RemoveAuthor(owner, "", "p-1")).code())
        .isEqualTo("last-orchestrator");
    story.accept(
        new EnrolAuthor(
            new AuthorName("orchestrator-2"),
            AuthorRole.ORCHESTRATOR,
            Optional.empty(),
            Story.identity("orchestrator-2"),
            "p-1"));
    assertThat(story.refuse(new RemoveAuthor(owner, "", "p-1")).code())
        .isEqualTo("last-orchestrator");
    story.accept(new RemoveAuthor(new AuthorName("orchestrator-2"), "", "p-1"));
  }

  @Test
  void aParticipantKeepsItsIdentityAndMayChangeItsRoles() {
    story.accept(create("user", "hsm-a"));
    story.accept(enrol("web-1", "web-1", Role.VERIFIES));
    House before = story.house();
    story.accept(enrol("web-1", "web-1", Role.VERIFIES));
    assertThat(story.house().participants()).isEqualTo(before.participants());
    story.accept(enrol("web-1", "web-1", Role.PRESENTS_SERVER, Role.VERIFIES));
    var membership =
        story
            .house()
            .participant(new ParticipantName("web-1"))
            .flatMap(p -> p.membership(new AuthorityName("user")))
            .orElseThrow();
    assertThat(membership.has(Role.PRESENTS_SERVER)).isTrue();
    assertThat(story.refuse(enrol("web-1", "mallory", Role.VERIFIES)).code())
        .isEqualTo("identity-taken");
    story.accept(new RemoveParticipant(new ParticipantName("web-1"), "", "p-1"));
    assertThat(story.refuse(new RemoveParticipant(new ParticipantName("web-1"), "", "p-1")).code())
        .isEqualTo("unknown-participant");
    story.accept(enrol("web-1", "mallory", Role.VERIFIES));
  }

  @Test
  void nobodyIsCalledWhatCanariesAre() {
    story.accept(create("user", "hsm-a"));
    assertThat(story.refuse(enrol("canary.invalid", "web-1", Role.VERIFIES)).code())
        .isEqualTo("name-kept");
    var named =
        new Membership(
            new AuthorityName("user"),
            List.of(Role.PRESENTS_SERVER),
            List.of(Format.X509),
            List.of(new SubjectName("dns:a.invalid")));
    var act =
        new EnrolParticipant(
            new ParticipantName("web-1"), Story.identity("web-1"), List.of(named), "p-1");
    assertThat(story.refuse(act).code()).isEqualTo("name-kept");
  }

  @Test
  void aParticipantNeedsAnEd25519KeyAndKnownAuthorities() {
    assertThat(story.refuse(enrol("web-1", "web-1", Role.VERIFIES)).code())
        .isEqualTo("unknown-authority");
    Bytes ec = Bytes.of(FakeSlot.keyPair(Suite.ECDSA_P256).getPublic().getEncoded());
    for (Bytes bad : List.of(ec, Bytes.of(new byte[0]), Bytes.of(new byte[44]))) {
      var act =
          new EnrolParticipant(new ParticipantName("web-1"), bad, memberships(Role.VERIFIES), "p");
      assertThat(story.refuse(act).code()).isEqualTo("key-unusable");
    }
  }

  @Test
  void theAuthorityOfTheHouseSignsCertificatesAlone() {
    var tokens =
        new CreateAuthority(
            AuthorityName.BUILT_IN,
            List.of(
                new FormatSuite(Format.X509, Suite.ED25519),
                new FormatSuite(Format.JWT, Suite.ED25519)),
            List.of(new SlotName("hsm-a")),
            Policy.DEFAULT,
            "p-1");
    Refusal refusal = story.refuse(tokens);
    assertThat(refusal.code()).isEqualTo("name-reserved");
    assertThat(refusal.message()).contains("signs X.509 alone");
    story.accept(create("carousel", "hsm-a"));
  }

  private static CreateAuthority create(String name, String... slots) {
    return new CreateAuthority(
        new AuthorityName(name),
        FormatSuite.x509(Suite.ED25519),
        List.of(slots).stream().map(SlotName::new).toList(),
        Policy.DEFAULT,
        "p-1");
  }

  private static EnrolParticipant enrol(String name, String identity, Role... roles) {
    return new EnrolParticipant(
        new ParticipantName(name), Story.identity(identity), memberships(roles), "p-1");
  }

  private static List<Membership> memberships(Role... roles) {
    return List.of(new Membership(new AuthorityName("user"), List.of(roles)));
  }
}
