package io.carousel.orchestrator.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.AuthorityName;
import io.carousel.events.Digest;
import io.carousel.events.ParticipantName;
import io.carousel.events.PhaseName;
import io.carousel.events.Role;
import io.carousel.events.Seen;
import io.carousel.orchestrator.documents.Authorities;
import io.carousel.orchestrator.documents.AuthorityDetails;
import io.carousel.orchestrator.documents.Done;
import io.carousel.orchestrator.documents.HistoryPage;
import io.carousel.orchestrator.documents.KeyLine;
import io.carousel.orchestrator.documents.Participants;
import io.carousel.orchestrator.documents.RotationStatus;
import io.carousel.orchestrator.documents.RotationStatus.GateStatus;
import io.carousel.orchestrator.documents.Slots;
import io.carousel.orchestrator.documents.Wanted.WantedAdvance;
import io.carousel.orchestrator.documents.Wanted.WantedMembership;
import io.carousel.orchestrator.documents.Wanted.WantedParticipant;
import io.carousel.orchestrator.documents.Wanted.WantedRollback;
import io.carousel.orchestrator.http.Caller.Got;
import io.carousel.orchestrator.snapshot.HouseCodec;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What operators call. */
class OperatorApiTest extends ApiTest {
  @Test
  void createsAndShowsAuthorities() {
    Got got =
        operator.postText(
            "/v1/authorities",
            """
            {"name":"user","formats":[{"format":"x509","suite":"ed25519"}],"slots":["hsm-b"],"leafLifetime":"PT8H","hold":"never"}
            """);
    assertThat(got.status()).isEqualTo(200);
    assertThat(got.as(Done.class).sequence()).isEqualTo(desk.house().sequence());

    AuthorityDetails user = operator.get("/v1/authorities/user").as(AuthorityDetails.class);
    assertThat(user.phase()).isEqualTo(PhaseName.CREATING);
    assertThat(user.policy().leafLifetime()).isEqualTo(Duration.ofHours(8));
    assertThat(user.policy().hold()).isEmpty();
    assertThat(user.generations().getFirst().keys())
        .extracting(KeyLine::stage)
        .containsExactly("requested");
    assertThat(operator.get("/v1/authorities").as(Authorities.class).authorities())
        .singleElement()
        .satisfies(line -> assertThat(line.name()).isEqualTo(new AuthorityName("user")));
  }

  @Test
  void tellsTheLastFailureOfAKey() {
    create();
    desk.keyFails("user", 1, "hsm-b", "no room on the token");
    assertThat(status().keys())
        .filteredOn(k -> k.slot().value().equals("hsm-b"))
        .singleElement()
        .satisfies(k ->
            assertThat(k.failure())
                .contains(new KeyLine.Failure("token-full", "no room on the token", true)));
    assertThat(status().next())
        .isEqualTo("Check the worker of hsm-b: its last attempt at a key failed.");
  }

  @Test
  void aWholeRotationByHand() {
    openUser();
    desk.enrol("user", EnumSet.allOf(Role.class), "web-1", "web-2");
    desk.later(Duration.ofHours(1));
    startRotation();
    assertThat(status().since()).contains(FakeDesk.NOON.plus(Duration.ofHours(1)));
    assertProblem(advance(), 409, "keys-missing");

    desk.keysCome("user");
    desk.shows("web-1");
    RotationStatus init = status();
    assertThat(init.gate().ready()).isFalse();
    assertThat(init.gate().required()).isEqualTo(2);
    assertThat(init.gate().lacking())
        .singleElement()
        .satisfies(l -> assertThat(l.participant()).isEqualTo(new ParticipantName("web-2")));
    assertProblem(advance(), 409, "gate-closed");

    desk.shows("web-2");
    assertThat(status().gate().ready()).isTrue();
    for (PhaseName phase :
        List.of(PhaseName.UPDATE_CLIENTS, PhaseName.UPDATE_SERVERS, PhaseName.STANDBY)) {
      assertThat(advance().status()).isEqualTo(200);
      assertThat(status().seen().phase()).isEqualTo(phase);
    }
    assertThat(status().active()).isEqualTo(2);
  }

  @Test
  void tellsNoMoreOfWhatIsLackingThanIsAskedFor() {
    openUser();
    desk.enrol("user", EnumSet.allOf(Role.class), "web-1", "web-2", "web-3");
    startRotation();
    desk.keysCome("user");
    GateStatus gate = operator.get(ROTATION + "?lacking=2").as(RotationStatus.class).gate();
    assertThat(gate.required() - gate.shown()).isEqualTo(3);
    assertThat(gate.lacking()).hasSize(2);
    assertThat(gate.remedies()).singleElement().satisfies(r -> assertThat(r.count()).isEqualTo(3));
    assertProblem(operator.get(ROTATION + "?lacking=all"), 400, "invalid");
  }

  @Test
  void aRotationIsTurnedBack() {
    openUser();
    startRotation();
    Got got = operator.post(ROTATION + "/rollback", new WantedRollback(seen(), "wrong week"));
    assertThat(got.status()).isEqualTo(200);
    assertThat(status().seen().phase()).isEqualTo(PhaseName.ROLLBACK);
    assertThat(
            operator
                .post(
                    ROTATION + "/advance",
                    new WantedAdvance(
                        seen(), Optional.empty(), Optional.of(true), Optional.empty()))
                .status())
        .isEqualTo(200);
    assertThat(status().active()).isEqualTo(1);
  }

  @Test
  void pastRotationsAreTold() {
    openUser();
    startRotation();
    assertThat(operator.get("/v1/authorities/user/rotations").body())
        .isEqualTo(
            "{\"rotations\":[{\"rotation\":\"user/1\",\"retiring\":1,\"successor\":2,"
                + "\"reason\":\"yearly rotation\",\"by\":\"local\",\"outcome\":\"under way\","
                + "\"phases\":[{\"phase\":\"init\",\"at\":\"2026-03-01T12:00:00Z\"}]}]}");
  }

  @Test
  void twoOperatorsWhoPressAdvanceMoveOnePhase() {
    openUser();
    desk.enrol("user", EnumSet.allOf(Role.class), "web-1");
    desk.shows("web-1");
    startRotation();
    desk.keysCome("user");
    Seen seen = seen();
    assertThat(advance(seen).status()).isEqualTo(200);
    assertProblem(advance(seen), 409, "moved-on");
    assertThat(status().seen().phase()).isEqualTo(PhaseName.UPDATE_CLIENTS);
  }

  @Test
  void whatMayBeAbsentMayBeLeftOut() {
    openUser();
    Got got =
        operator.postText(
            ROTATION,
            "{\"seen\":{\"phase\":\"standby\",\"sequence\":%d}}".formatted(seen().sequence()));
    assertThat(got.status()).isEqualTo(200);
  }

  @Test
  void theFleetComesAndGoes() {
    openUser();
    var wanted =
        new WantedParticipant(
            new ParticipantName("web-1"),
            FakeDesk.identity(),
            List.of(
                new WantedMembership(
                    new AuthorityName("user"),
                    List.of(Role.VERIFIES),
                    Optional.empty(),
                    Optional.empty())));
    assertThat(operator.post("/v1/participants", wanted).status()).isEqualTo(200);
    assertThat(operator.get("/v1/participants").as(Participants.class).participants())
        .singleElement()
        .satisfies(p -> assertThat(p.identityKey()).isEqualTo(wanted.identityKey().digest()));
    assertThat(operator.delete("/v1/participants/web-1?reason=gone%20home").status())
        .isEqualTo(200);
    assertProblem(operator.delete("/v1/participants/web-1"), 409, "unknown-participant");
  }

  @Test
  void listsSlots() {
    create();
    assertThat(operator.get("/v1/slots").as(Slots.class).slots())
        .extracting(s -> s.name() + " " + s.authorities())
        .containsExactly("hsm-a 1", "hsm-b 1");
  }

  @Test
  void tellsTheHistory() {
    HistoryPage page = operator.get("/v1/history?from=1&limit=2").as(HistoryPage.class);
    assertThat(page.next()).isEqualTo(3);
    assertThat(page.events())
        .extracting(e -> e.sequence() + " " + e.type() + " " + e.sentence())
        .containsExactly(
            "1 carousel.founded.v1 House 00112233445566778899aabbccddeeff was founded by"
                + " orchestrator orchestrator-1 at feature level 1.",
            "2 carousel.term-started.v1 Orchestrator orchestrator-1 became the owner of the log"
                + " (term 1).");

    assertThat(operator.get("/v1/history?limit=1").as(HistoryPage.class).events())
        .singleElement()
        .satisfies(e -> assertThat(e.sequence()).isEqualTo(4));
    assertThat(operator.get("/v1/history?from=5").as(HistoryPage.class))
        .isEqualTo(new HistoryPage(List.of(), 5));

    var waiting =
        CompletableFuture.supplyAsync(
            () -> operator.get("/v1/history?from=5&limit=1&wait=30").as(HistoryPage.class));
    create();
    assertThat(waiting.join().events())
        .singleElement()
        .satisfies(e -> assertThat(e.type()).isEqualTo("carousel.authority-created.v1"));
  }

  @Test
  void theStateComesWithItsDigest() {
    openUser();
    String body = operator.get("/v1/state").body();
    byte[] state = new HouseCodec().write(desk.house());
    assertThat(body)
        .isEqualTo(
            "{\"sequence\":%d,\"sha256\":\"%s\",\"state\":%s}"
                .formatted(desk.house().sequence(), Digest.of(state), new String(state, UTF_8)));
  }
}
