package io.carousel.orchestrator.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.events.Act.EnrolByToken;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.EnrolmentEvent.EnrolmentTokenCreated;
import io.carousel.events.EnrolmentEvent.EnrolmentTokenMisused;
import io.carousel.events.EnrolmentRequest;
import io.carousel.events.EnrolmentTokenId;
import io.carousel.events.FleetEvent.ParticipantEnrolledByToken;
import io.carousel.events.Format;
import io.carousel.events.Membership;
import io.carousel.events.NamePattern;
import io.carousel.events.OperatorAct.CreateEnrolmentToken;
import io.carousel.events.OperatorAct.EnrolParticipant;
import io.carousel.events.OperatorAct.RemoveParticipant;
import io.carousel.events.OperatorAct.RevokeEnrolmentToken;
import io.carousel.events.ParticipantName;
import io.carousel.events.Role;
import io.carousel.events.Suite;
import io.carousel.events.TokenMisuse;
import io.carousel.events.seal.EnrolmentToken;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Who is let in by a token, and who is not. */
class EnrolmentTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final List<Membership> SERVES =
      List.of(new Membership(Scene.USER, List.of(Role.PRESENTS_SERVER)));

  private final Story story = Scene.empty().story;
  private final EnrolmentToken token = EnrolmentToken.create();

  private static CreateEnrolmentToken create(
      EnrolmentToken token, String names, int uses, boolean replace) {
    return new CreateEnrolmentToken(
        token.publicKey(), new NamePattern(names), SERVES, uses, replace, HOUR, "p-1");
  }

  private EnrolmentToken made(String names, int uses, boolean replace) {
    var made = EnrolmentToken.create();
    story.accept(create(made, names, uses, replace));
    return made;
  }

  private EnrolByToken asks(EnrolmentToken by, String name, String identity) {
    return new EnrolByToken(
        Story.asks(story.house().id().orElseThrow(), by, name, identity, story.now()));
  }

  private EnrolByToken asks(EnrolmentToken by, String name) {
    return asks(by, name, name);
  }

  private Grant grant(EnrolmentToken of) {
    return story.house().grant(of.id(), story.now()).orElseThrow();
  }

  private Participant participant(String name) {
    return story.house().participant(new ParticipantName(name)).orElseThrow();
  }

  private Decision.Refused refused(EnrolByToken act) {
    return (Decision.Refused) story.ask(act);
  }

  /** Refused, and the log tells it. */
  private void misused(EnrolByToken act, TokenMisuse what, String code) {
    Decision.Refused refused = refused(act);
    assertThat(refused.why().code()).as(refused.why().message()).isEqualTo(code);
    assertThat(refused.told())
        .singleElement()
        .isInstanceOfSatisfying(
            EnrolmentTokenMisused.class,
            e -> {
              assertThat(e.why()).isEqualTo(what);
              assertThat(e.participant()).isEqualTo(act.request().participant());
              assertThat(e.identityKey()).isEqualTo(act.request().identityKey().digest());
            });
  }

  // Tokens

  @Test
  void aTokenIsKnownByItsPublicKeyAlone() {
    story.accept(create(token, "web-*", 3, false));
    Grant grant = grant(token);
    assertThat(grant.publicKey()).isEqualTo(token.publicKey());
    assertThat(grant.id()).isEqualTo(EnrolmentTokenId.of(token.publicKey()));
    assertThat(grant.expiresAt()).isEqualTo(story.now().plus(HOUR));
    assertThat(story.refuse(create(token, "db-*", 3, false)).code()).isEqualTo("token-exists");
  }

  @Test
  void aTokenIsForWhatThereIs() {
    Bytes ec = Bytes.of(FakeSlot.keyPair(Suite.ECDSA_P256).getPublic().getEncoded());
    assertThat(story.refuse(with(ec, SERVES)).code()).isEqualTo("key-unusable");
    var nowhere = new Membership(new AuthorityName("nowhere"), List.of(Role.VERIFIES));
    assertThat(story.refuse(with(token.publicKey(), List.of(nowhere))).code())
        .isEqualTo("unknown-authority");
    var ssh = new Membership(Scene.USER, List.of(Role.VERIFIES), List.of(Format.SSH), List.of());
    assertThat(story.refuse(with(token.publicKey(), List.of(ssh))).code())
        .isEqualTo("format-not-signed");
  }

  private static CreateEnrolmentToken with(Bytes key, List<Membership> memberships) {
    return new CreateEnrolmentToken(
        key, new NamePattern("web-*"), memberships, 1, false, HOUR, "p-1");
  }

  @Test
  void numbersHaveBounds() {
    for (int uses : new int[] {0, -1, 1_001}) {
      assertThatThrownBy(() -> create(token, "web-*", uses, false))
          .hasMessageContaining("1 to 1000 uses");
    }
    for (Duration life :
        List.of(Duration.ZERO, Duration.ofSeconds(-1), Duration.ofDays(30).plusNanos(1))) {
      assertThatThrownBy(() ->
              new CreateEnrolmentToken(
                  token.publicKey(), new NamePattern("a"), SERVES, 1, false, life, "p-1"))
          .hasMessageContaining("up to 30 days");
    }
    assertThatThrownBy(() -> create(token, "web-*", 1, true))
        .hasMessageContaining("one name and one use");
    assertThatThrownBy(() -> create(token, "web-1", 2, true))
        .hasMessageContaining("one name and one use");
    assertThatThrownBy(() -> with(token.publicKey(), List.of()))
        .hasMessageContaining("at least one authority");
  }

  // Names

  @Test
  void namesThatNoWorkerSignsAreRefusedWithTheReason() {
    story.accept(create(token, "w*", 3, false));
    assertThat(refused(asks(token, "web-a..b")).why().code()).isEqualTo("name-unfit");
    var refusal =
        story.refuse(
            new EnrolParticipant(
                new ParticipantName("web-a..b"), Story.identity("x"), SERVES, "p-1"));
    assertThat(refusal.code()).isEqualTo("name-unfit");
    assertThat(refusal.message()).contains("no name of a host").contains("RFC 1123");
    for (String name : List.of("a.-b", "a-.b", "192.0.2.1")) {
      assertThat(
              story
                  .refuse(
                      new EnrolParticipant(
                          new ParticipantName(name), Story.identity("x"), SERVES, "p-1"))
                  .code())
          .as(name)
          .isEqualTo("name-unfit");
    }
  }

  @Test
  void aPatternMeansOneLabel() {
    story.accept(create(token, "web-*", 3, false));
    misused(asks(token, "web-1.evil.com"), TokenMisuse.OTHER_NAME, "name-not-allowed");
    story.accept(asks(token, "web-1"));
  }

  @Test
  void whoWasRemovedDoesNotComeBackByAnyTokenThatWasOpen() {
    story.accept(create(token, "web-*", 3, false));
    EnrolmentToken other = made("web-1", 1, true);
    EnrolmentToken elsewhere = made("db-*", 1, false);
    story.accept(asks(token, "web-1"));
    var removed =
        (io.carousel.events.FleetEvent.ParticipantRemoved)
            story
                .accept(new RemoveParticipant(new ParticipantName("web-1"), "stolen", "p-1"))
                .getFirst();
    assertThat(removed.barred()).containsExactlyInAnyOrder(token.id(), other.id());
    // With its identity, with a new one, and by the other token: the name is barred for both.
    assertThat(refused(asks(token, "web-1")).why().code()).isEqualTo("identity-removed");
    Decision.Refused anew = refused(asks(token, "web-1", "another identity"));
    assertThat(anew.why().code()).isEqualTo("name-barred");
    assertThat(anew.why().message()).contains(token.id().value()).contains("new token");
    assertThat(refused(asks(other, "web-1", "another identity")).why().code())
        .isEqualTo("name-barred");
    // The token is for others as before, and a token made since lets it in.
    story.accept(asks(token, "web-2"));
    story.accept(asks(elsewhere, "db-1"));
    story.accept(asks(made("web-1", 1, false), "web-1", "another identity"));
  }

  // Coming in

  @Test
  void whoHoldsATokenComesIn() {
    story.accept(create(token, "web-*", 2, false));
    EnrolByToken act = asks(token, "web-1");
    var event = (ParticipantEnrolledByToken) story.accept(act).getFirst();
    assertThat(event.request()).isEqualTo(act.request());
    assertThat(event.tokenKey()).isEqualTo(token.publicKey());
    assertThat(event.replaced()).isEmpty();
    assertThat(participant("web-1"))
        .isEqualTo(
            new Participant(
                new ParticipantName("web-1"),
                Story.identity("web-1"),
                SERVES,
                Optional.of(token.id())));
    assertThat(grant(token).used()).isEqualTo(1);
    story.accept(asks(token, "web-2"));
    misused(asks(token, "web-3"), TokenMisuse.USED_UP, "token-used-up");
    assertThat(story.house().participants()).hasSize(2);
  }

  @Test
  void whoAsksAgainIsInAlreadyHoweverTheTokenEnded() {
    story.accept(create(token, "web-*", 1, false));
    story.accept(asks(token, "web-1"));
    assertRepeated(asks(token, "web-1"));
    story.now(story.now().plus(HOUR).plus(Grant.KEPT).plusSeconds(1));
    story.accept(create(EnrolmentToken.create(), "db-1", 1, false));
    assertThat(story.house().grants()).doesNotContainKey(token.id());
    assertRepeated(asks(token, "web-1"));
    // Two calls at once: the owner hears of both.
    assertThat(refused(asks(token, "web-1")).why().code()).isEqualTo("already-enrolled");
    assertThat(refused(asks(token, "web-1")).told()).isEmpty();
  }

  private void assertRepeated(EnrolByToken act) {
    assertThat(Enrolling.of(story.house(), act.request(), story.now()))
        .isEqualTo(new Enrolling.Repeated(participant(act.request().participant().value())));
  }

  @Test
  void whoIsInByOtherMeansIsInIfItDoesTheSame() {
    story.accept(create(token, "web-*", 1, false));
    var name = new ParticipantName("web-1");
    story.accept(new EnrolParticipant(name, Story.identity("web-1"), SERVES, "p-1"));
    assertRepeated(asks(token, "web-1"));
    var verifies = List.of(new Membership(Scene.USER, List.of(Role.VERIFIES)));
    story.accept(new EnrolParticipant(name, Story.identity("web-1"), verifies, "p-1"));
    assertThat(refused(asks(token, "web-1")).why().code()).isEqualTo("already-enrolled");
    assertThat(grant(token).used()).isZero();
  }

  @Test
  void aChangeOfRolesForgetsNotByWhichTokenItCame() {
    story.accept(create(token, "web-*", 1, false));
    story.accept(asks(token, "web-1"));
    var verifies = List.of(new Membership(Scene.USER, List.of(Role.VERIFIES)));
    story.accept(
        new EnrolParticipant(
            new ParticipantName("web-1"), Story.identity("web-1"), verifies, "p-1"));
    assertThat(participant("web-1").token()).contains(token.id());
    assertRepeated(asks(token, "web-1"));
  }

  // Turned away

  @Test
  void aTokenEndsAtTheInstantThatItSays() {
    story.accept(create(token, "web-*", 3, false));
    Instant end = story.now().plus(HOUR);
    story.now(end.minusNanos(1));
    story.accept(asks(token, "web-1"));
    story.now(end);
    misused(asks(token, "web-2"), TokenMisuse.EXPIRED, "token-expired");
  }

  /** The clock of a new owner may be behind; what has expired does not come back. */
  @Test
  void whatHasExpiredStaysExpiredWhateverTheClockSays() {
    story.accept(create(token, "web-*", 3, false));
    Instant begin = story.now();
    story.now(begin.plus(HOUR));
    made("db-1", 1, false);
    EnrolByToken asked = asks(token, "web-1");
    story.now(begin);
    misused(asked, TokenMisuse.EXPIRED, "token-expired");
  }

  @Test
  void anEndedTokenIsKnownForADay() {
    story.accept(create(token, "web-*", 1, false));
    Instant forgotten = story.now().plus(HOUR).plus(Grant.KEPT);
    story.now(forgotten.minusNanos(1));
    misused(asks(token, "web-1"), TokenMisuse.EXPIRED, "token-expired");
    story.now(forgotten);
    assertThat(refused(asks(token, "web-1")).why().code()).isEqualTo("unknown-token");
    assertThat(story.refuse(new RevokeEnrolmentToken(token.id(), "why", "p-1")).code())
        .isEqualTo("unknown-token");
  }

  @Test
  void aRevokedTokenLetsInNobody() {
    story.accept(create(token, "web-*", 3, false));
    story.accept(asks(token, "web-1"));
    assertThat(story.refuse(new RevokeEnrolmentToken(token.id(), " ", "p-1")).code())
        .isEqualTo("reason-missing");
    story.accept(new RevokeEnrolmentToken(token.id(), "it leaked", "p-1"));
    misused(asks(token, "web-2"), TokenMisuse.REVOKED, "token-revoked");
    assertThat(participant("web-1").token()).contains(token.id());
    assertThat(story.refuse(new RevokeEnrolmentToken(token.id(), "why", "p-1")).code())
        .isEqualTo("token-ended");
  }

  @Test
  void aTokenIsForItsNames() {
    story.accept(create(token, "web-*", 3, false));
    misused(asks(token, "db-1"), TokenMisuse.OTHER_NAME, "name-not-allowed");
  }

  @Test
  void noTokenLetsInWhoIsCalledAsCanariesAre() {
    story.accept(create(token, "*", 3, false));
    assertThat(refused(asks(token, "canary.invalid")).why().code()).isEqualTo("name-kept");
    assertThat(grant(token).misuses()).isZero();
  }

  @Test
  void aNameIsTakenByWhoHasIt() {
    story.accept(create(token, "web-*", 3, false));
    story.accept(asks(token, "web-1"));
    misused(asks(token, "web-1", "somebody else"), TokenMisuse.NAME_TAKEN, "name-taken");
    assertThat(participant("web-1").identityKey()).isEqualTo(Story.identity("web-1"));
  }

  @Test
  void aTokenNobodyMadeIsUnknown() {
    EnrolByToken act = asks(token, "web-1");
    assertThat(refused(act).why().code()).isEqualTo("unknown-token");
    assertThat(refused(act).told()).isEmpty();
  }

  @Test
  void bothKeysMustHaveSigned() {
    story.accept(create(token, "web-*", 3, false));
    EnrolmentRequest good = asks(token, "web-1").request();
    EnrolmentRequest other = asks(token, "web-2").request();
    for (EnrolmentRequest bad :
        List.of(
            changed(good, good.participant(), other.tokenSignature(), good.identitySignature()),
            changed(good, good.participant(), good.tokenSignature(), good.tokenSignature()),
            changed(good, good.participant(), Bytes.of(new byte[0]), good.identitySignature()),
            changed(good, other.participant(), good.tokenSignature(), good.identitySignature()))) {
      Decision.Refused refused = refused(new EnrolByToken(bad));
      assertThat(refused.why().code()).isEqualTo("not-signed");
      assertThat(refused.told()).isEmpty();
    }
    var ec =
        new EnrolmentRequest(
            good.participant(),
            Bytes.of(FakeSlot.keyPair(Suite.ECDSA_P256).getPublic().getEncoded()),
            good.token(),
            good.time(),
            good.tokenSignature(),
            good.identitySignature());
    assertThat(refused(new EnrolByToken(ec)).why().code()).isEqualTo("key-unusable");
    assertThat(story.house().participants()).isEmpty();
  }

  /** Else whoever had the same token could speak for the host. */
  @Test
  void theTokensKeyIsNobodysIdentity() {
    story.accept(create(token, "web-*", 3, false));
    var name = new ParticipantName("web-1");
    Bytes both =
        token
            .request(
                story.house().id().orElseThrow(), name, token.publicKey(), story.now(), Bytes::of)
            .tokenSignature();
    var request =
        new EnrolmentRequest(name, token.publicKey(), token.id(), story.now(), both, both);
    assertThat(refused(new EnrolByToken(request)).why().code()).isEqualTo("key-unusable");
  }

  private static EnrolmentRequest changed(
      EnrolmentRequest good, ParticipantName name, Bytes byToken, Bytes byIdentity) {
    return new EnrolmentRequest(
        name, good.identityKey(), good.token(), good.time(), byToken, byIdentity);
  }

  @Test
  void anOldRequestIsNoneAnyMore() {
    story.accept(create(token, "web-*", 3, false));
    EnrolByToken act = asks(token, "web-1");
    Instant asked = story.now();
    for (Duration off : List.of(Duration.ofSeconds(301), Duration.ofSeconds(-301))) {
      var late =
          new EnrolByToken(
              Story.asks(
                  story.house().id().orElseThrow(), token, "web-1", "web-1", asked.plus(off)));
      assertThat(refused(late).why().code()).isEqualTo("clock-off");
      assertThat(refused(late).told()).isEmpty();
    }
    story.now(asked.plusSeconds(300));
    story.accept(act);
  }

  /** The log holds its request, with both signatures: whoever reads it could send it again. */
  @Test
  void whoWasRemovedDoesNotComeBackByTheSameToken() {
    story.accept(create(token, "web-*", 3, false));
    EnrolByToken act = asks(token, "web-1");
    story.accept(act);
    story.accept(new RemoveParticipant(new ParticipantName("web-1"), "stolen", "p-1"));
    Decision.Refused again = refused(act);
    assertThat(again.why().code()).isEqualTo("identity-removed");
    assertThat(again.told()).isEmpty();
    assertThat(refused(asks(token, "web-2", "web-1")).why().code()).isEqualTo("identity-removed");
    // Nor does another machine under its name; a token that was made since brings it back.
    assertThat(refused(asks(token, "web-1", "another machine")).why().code())
        .isEqualTo("name-barred");
    story.accept(asks(made("web-1", 1, false), "web-1"));
  }

  // Replacing

  @Test
  void aLostHostIsReplacedByATokenThatSaysSo() {
    story.accept(create(token, "web-*", 1, false));
    story.accept(asks(token, "web-1", "the lost machine"));
    EnrolmentToken replacing = made("web-1", 1, true);
    var event =
        (ParticipantEnrolledByToken)
            story.accept(asks(replacing, "web-1", "the new machine")).getFirst();
    assertThat(event.replaced()).contains(Story.identity("the lost machine").digest());
    assertThat(participant("web-1").identityKey()).isEqualTo(Story.identity("the new machine"));
    // The one that was lost turns up again.
    assertThat(refused(asks(token, "web-1", "the lost machine")).why().code())
        .isEqualTo("identity-removed");
    misused(asks(replacing, "web-1", "the lost machine"), TokenMisuse.USED_UP, "token-used-up");
    assertThat(participant("web-1").identityKey()).isEqualTo(Story.identity("the new machine"));
  }

  @Test
  void itMayComeFirstToo() {
    EnrolmentToken replacing = made("web-1", 1, true);
    var event = (ParticipantEnrolledByToken) story.accept(asks(replacing, "web-1")).getFirst();
    assertThat(event.replaced()).isEmpty();
  }

  // Bounds

  @Test
  void theLogHearsOfTheFirstMisuses() {
    story.accept(create(token, "web-1", 1, false));
    for (int i = 0; i < Grant.TOLD; i++) {
      misused(asks(token, "db-" + i), TokenMisuse.OTHER_NAME, "name-not-allowed");
    }
    Decision.Refused next = refused(asks(token, "db-9"));
    assertThat(next.why().code()).isEqualTo("name-not-allowed");
    assertThat(next.told()).isEmpty();
    assertThat(grant(token).misuses()).isEqualTo(Grant.TOLD);
    assertThat(grant(token).lastMisuse().orElseThrow().participant().value())
        .isEqualTo("db-" + (Grant.TOLD - 1));
    // What it is for, it still does.
    story.accept(asks(token, "web-1"));
  }

  @Test
  void thereAreAsManyOpenTokensAsThereMayBe() {
    House house = story.house();
    for (int i = 0; i < EnrolmentRules.MOST; i++) {
      var id = new EnrolmentTokenId("%016x".formatted(i));
      house =
          house.withGrants(
              House.persistent(house.grants())
                  .plus(id, openGrant(id, story.now().plus(HOUR).plusNanos(i))));
    }
    Circumstances c = story.circumstances(Story.OWNER);
    CreateEnrolmentToken act = create(token, "web-*", 1, false);
    assertThat(((Decision.Refused) Rules.decide(house, act, c)).why().code())
        .isEqualTo("too-many-tokens");
    // One of them ends.
    story.now(story.now().plus(HOUR));
    Circumstances later = story.circumstances(Story.OWNER);
    assertThat(Rules.decide(house, act, later)).isInstanceOf(Decision.Accepted.class);
  }

  /** Whoever makes and ends tokens without end does not make the state grow without end. */
  @Test
  void ofThoseThatEndedTheLatestAreRemembered() {
    House house = story.house();
    Instant begin = story.now();
    for (int i = 0; i < EnrolmentRules.MOST + 5; i++) {
      var id = new EnrolmentTokenId("%016x".formatted(i));
      house =
          house.withGrants(
              House.persistent(house.grants()).plus(id, openGrant(id, begin.plusNanos(i))));
    }
    story.now(begin.plusSeconds(1));
    var event =
        (EnrolmentTokenCreated)
            ((Decision.Accepted)
                    Rules.decide(
                        house, create(token, "web-*", 1, false), story.circumstances(Story.OWNER)))
                .events()
                .getFirst();
    House next = EnrolmentRules.created(house, event);
    assertThat(next.grants())
        .hasSize(EnrolmentRules.MOST + 1)
        .containsKey(token.id())
        .doesNotContainKey(new EnrolmentTokenId("%016x".formatted(4)))
        .containsKey(new EnrolmentTokenId("%016x".formatted(5)));
  }

  private static Grant openGrant(EnrolmentTokenId id, Instant expires) {
    return Grant.of(
        new EnrolmentTokenCreated(
            id,
            Bytes.of(new byte[] {1}),
            new NamePattern("web-*"),
            SERVES,
            1,
            false,
            expires,
            "p-1",
            expires));
  }

  @Test
  void aWorkerAsksForNobody() {
    story.accept(create(token, "web-*", 1, false));
    var decision = (Decision.Refused) story.ask(Story.worker(Scene.A), asks(token, "web-1"));
    assertThat(decision.why().code()).isEqualTo("not-authorised");
  }

  @Test
  void anEventThatNoTokenAllowsCannotBe() {
    story.accept(create(token, "web-*", 1, false));
    EnrolByToken act = asks(token, "web-1");
    var event = (ParticipantEnrolledByToken) story.accept(act).getFirst();
    assertThatThrownBy(() -> story.record(event)).isInstanceOf(IllegalStateException.class);
    var ofNoToken =
        new ParticipantEnrolledByToken(
            asks(EnrolmentToken.create(), "web-2").request(),
            token.publicKey(),
            SERVES,
            Optional.empty(),
            story.now());
    assertThatThrownBy(() -> story.record(ofNoToken)).isInstanceOf(IllegalStateException.class);
  }
}
