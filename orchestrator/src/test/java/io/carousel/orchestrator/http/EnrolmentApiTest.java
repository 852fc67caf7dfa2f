package io.carousel.orchestrator.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.Enrolled;
import io.carousel.events.EnrolmentEvent.EnrolmentTokenMisused;
import io.carousel.events.EnrolmentRequest;
import io.carousel.events.Event;
import io.carousel.events.NamePattern;
import io.carousel.events.Role;
import io.carousel.events.TokenMisuse;
import io.carousel.events.seal.EnrolmentToken;
import io.carousel.events.seal.Recorded;
import io.carousel.orchestrator.documents.EnrolmentTokens;
import io.carousel.orchestrator.documents.EnrolmentTokens.TokenLine;
import io.carousel.orchestrator.documents.Participants;
import io.carousel.orchestrator.documents.Refused;
import io.carousel.orchestrator.documents.Wanted.WantedEnrolmentToken;
import io.carousel.orchestrator.documents.Wanted.WantedMembership;
import io.carousel.orchestrator.http.Caller.Got;
import io.carousel.orchestrator.rules.Grant;
import io.carousel.orchestrator.rules.Story;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Enrolment by tokens, as hosts and operators call it. */
class EnrolmentApiTest extends ApiTest {
  private static final String TOKENS = "/v1/enrolment-tokens";
  private static final String ENROLMENTS = "/v1/enrolments";

  private final EnrolmentToken token = EnrolmentToken.create();
  private Caller host;

  @BeforeEach
  void open() {
    openUser();
    host = caller();
  }

  @AfterEach
  void close() {
    host.close();
  }

  private static WantedEnrolmentToken wanted(EnrolmentToken token, String names) {
    return new WantedEnrolmentToken(
        token.publicKey(),
        new NamePattern(names),
        List.of(
            new WantedMembership(
                new AuthorityName("user"),
                List.of(Role.VERIFIES),
                Optional.empty(),
                Optional.empty())),
        Optional.empty(),
        Optional.empty(),
        Duration.ofHours(1));
  }

  private void make(String names) {
    Got got = operator.post(TOKENS, wanted(token, names));
    assertThat(got.status()).as(got.body()).isEqualTo(200);
  }

  private EnrolmentRequest asks(String name, String identity) {
    return Story.asks(FakeDesk.HOUSE, token, name, identity, desk.now());
  }

  private TokenLine line() {
    return operator.get(TOKENS).as(EnrolmentTokens.class).tokens().getFirst();
  }

  private List<Event> log() {
    return desk.history(1, 1_000, Duration.ZERO).stream().map(Recorded::event).toList();
  }

  @Test
  void whatMayBeAbsentIsLeftOut() {
    String body =
        """
        {"publicKey":"%s","names":"web-*","memberships":[{"authority":"user","roles":["verifies"]}],"life":"PT1H"}\
        """
            .formatted(token.publicKey().base64());
    assertThat(operator.postText(TOKENS, body).status()).isEqualTo(200);
    assertThat(line().uses()).isEqualTo(1);
    assertThat(line().replace()).isFalse();
    assertThat(line().state()).isEqualTo("open");
    assertThat(line().end()).isEqualTo(FakeDesk.NOON.plus(Duration.ofHours(1)));
  }

  @Test
  void tokensAreForOperators() {
    assertProblem(host.get(TOKENS), 401, "unauthorised");
    assertProblem(host.post(TOKENS, wanted(token, "web-*")), 401, "unauthorised");
    assertProblem(host.delete(TOKENS + "/" + token.id() + "?reason=x"), 401, "unauthorised");
  }

  @Test
  void aHostComesInWithoutTheSecret() {
    make("web-*");
    Got got = host.post(ENROLMENTS, asks("web-1", "web-1"));
    assertThat(got.status()).as(got.body()).isEqualTo(200);
    assertThat(got.as(Enrolled.class).memberships())
        .singleElement()
        .satisfies(m -> assertThat(m.roles()).containsExactly(Role.VERIFIES));
    assertThat(operator.get("/v1/participants").as(Participants.class).participants())
        .singleElement()
        .satisfies(p -> assertThat(p.token()).contains(token.id()));
    assertThat(line().used()).isEqualTo(1);
    assertThat(line().state()).isEqualTo("used-up");
  }

  @Test
  void askingAgainIsAnsweredAndLeavesNoTrace() {
    make("web-*");
    EnrolmentRequest asked = asks("web-1", "web-1");
    host.post(ENROLMENTS, asked);
    int before = log().size();
    desk.later(Duration.ofHours(2));
    for (EnrolmentRequest again : List.of(asked, asks("web-1", "web-1"))) {
      Got got = host.post(ENROLMENTS, again);
      assertThat(got.status()).as(got.body()).isEqualTo(200);
    }
    assertThat(log()).hasSize(before);
  }

  @Test
  void anAnswerThatGotLostIsToldTheSecondTime() {
    make("web-*");
    desk.fail(FakeDesk.Fault.LOST_AFTER_EFFECT);
    assertProblem(host.post(ENROLMENTS, asks("web-1", "web-1")), 503, "outcome-unknown");
    assertThat(host.post(ENROLMENTS, asks("web-1", "web-1")).status()).isEqualTo(200);
    assertThat(line().used()).isEqualTo(1);
  }

  @Test
  void misuseIsToldInTheLogTheFirstFewTimes() {
    make("web-*");
    host.post(ENROLMENTS, asks("web-1", "web-1"));
    for (int i = 0; i < Grant.TOLD + 3; i++) {
      assertProblem(host.post(ENROLMENTS, asks("web-2", "web-2")), 403, "token-used-up");
    }
    assertThat(log().stream().filter(EnrolmentTokenMisused.class::isInstance)).hasSize(Grant.TOLD);
    assertThat(line().misuses()).isEqualTo(Grant.TOLD);
    assertThat(line().lastMisuse().orElseThrow().why()).isEqualTo(TokenMisuse.USED_UP);
    assertThat(refusals("token-used-up")).isEqualTo(Grant.TOLD + 3);
  }

  /** Whoever holds no token's key can call as often as he likes, and adds nothing to the log. */
  @Test
  void strangersDoNotMakeTheLogGrow() {
    make("web-*");
    int before = log().size();
    int decided = desk.decided();
    EnrolmentRequest good = asks("web-1", "web-1");
    EnrolmentRequest unsigned =
        new EnrolmentRequest(
            good.participant(),
            good.identityKey(),
            good.token(),
            good.time(),
            Bytes.of(new byte[64]),
            good.identitySignature());
    var unknown = Story.asks(FakeDesk.HOUSE, EnrolmentToken.create(), "web-1", "web-1", desk.now());
    IntStream.range(0, 10)
        .forEach(i -> {
          assertProblem(host.post(ENROLMENTS, unsigned), 403, "not-signed");
          assertProblem(host.post(ENROLMENTS, unknown), 403, "unknown-token");
        });
    assertThat(log()).hasSize(before);
    assertThat(desk.decided()).isEqualTo(decided);
    assertThat(refusals("not-signed")).isEqualTo(10);
    assertThat(refusals("unknown-token")).isEqualTo(10);
  }

  private long refusals(String code) {
    return operator.get("/v1/refusals").as(Refused.class).counts().getOrDefault(code, 0L);
  }

  @Test
  void eachRefusalHasItsStatus() {
    make("web-*");
    EnrolmentRequest early = asks("web-1", "web-1");
    desk.later(Duration.ofMinutes(6));
    assertProblem(host.post(ENROLMENTS, early), 400, "clock-off");
    assertProblem(host.post(ENROLMENTS, asks("db-1", "db-1")), 403, "name-not-allowed");
    desk.enrol("user", java.util.EnumSet.of(Role.VERIFIES), "web-1");
    assertProblem(host.post(ENROLMENTS, asks("web-1", "web-1")), 409, "name-taken");
    desk.later(Duration.ofHours(1));
    assertProblem(host.post(ENROLMENTS, asks("web-2", "web-2")), 403, "token-expired");
    assertThat(line().state()).isEqualTo("expired");
    desk.later(Duration.ofHours(24));
    assertThat(operator.get(TOKENS).as(EnrolmentTokens.class).tokens()).isEmpty();
  }

  @Test
  void aTokenIsRevoked() {
    make("web-*");
    Got got = operator.delete(TOKENS + "/" + token.id() + "?reason=it%20leaked");
    assertThat(got.status()).as(got.body()).isEqualTo(200);
    assertProblem(host.post(ENROLMENTS, asks("web-1", "web-1")), 403, "token-revoked");
    assertThat(line().state()).isEqualTo("revoked");
    assertThat(line().revoked().orElseThrow().reason()).isEqualTo("it leaked");
    assertProblem(operator.delete(TOKENS + "/x?reason=x"), 400, "invalid");
  }

  @Test
  void whatMakesNoSenseIsRefused() {
    assertProblem(host.postText(ENROLMENTS, "{}"), 400, "unreadable-body");
    assertProblem(host.get(ENROLMENTS), 405, "wrong-method");
    var both =
        new WantedEnrolmentToken(
            token.publicKey(),
            new NamePattern("web-*"),
            wanted(token, "web-*").memberships(),
            Optional.of(1),
            Optional.of(true),
            Duration.ofHours(1));
    assertProblem(operator.post(TOKENS, both), 400, "invalid");
  }

  @Test
  void beforeTheFirstEventItIsStarting() {
    try (var young = new ApiServer(FakeDesk.empty(), 0, secretFile(), _ -> {}).start();
        var caller = new Caller(young.port())) {
      assertProblem(caller.post(ENROLMENTS, asks("web-1", "web-1")), 503, "starting");
    }
  }
}
