package io.carousel.orchestrator.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.AuthorName;
import io.carousel.events.AuthorRole;
import io.carousel.events.Role;
import io.carousel.events.SlotName;
import io.carousel.events.TrustBundle;
import io.carousel.orchestrator.documents.Authors;
import io.carousel.orchestrator.documents.Slots.SlotLine;
import io.carousel.orchestrator.documents.Wanted.WantedAuthor;
import io.carousel.orchestrator.documents.Wanted.WantedJoin;
import io.carousel.orchestrator.documents.Wanted.WantedLeave;
import io.carousel.orchestrator.documents.Wanted.WantedLoss;
import io.carousel.orchestrator.documents.Wanted.WantedRemoval;
import io.carousel.orchestrator.documents.Wanted.WantedSlot;
import java.util.EnumSet;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What operators and participants see of slots that come and go. */
class SlotApiTest extends ApiTest {
  private static final String SLOTS = "/v1/authorities/user/slots";
  private static final SlotName C = new SlotName("hsm-c");

  @Test
  void aSlotJoinsAndLeaves() {
    openUser();
    declare();
    desk.enrol("user", EnumSet.allOf(Role.class), "web-1");
    desk.shows("web-1");
    assertThat(join().status()).isEqualTo(200);
    assertThat(status().slot()).contains(C);
    desk.keysCome("user");
    TrustBundle joining = operator.get(bundle(0, 0)).as(TrustBundle.class);
    assertThat(joining.trusted()).extracting(TrustBundle.TrustedKey::slot).contains(Optional.of(C));
    assertThat(joining.trusted()).noneMatch(TrustBundle.TrustedKey::outgoing);
    assertThat(operator.get("/pub/user/bundle.pem").body().split("BEGIN CERTIFICATE", -1))
        .hasSize(4);
    assertThat(advance().status()).isEqualTo(200);

    Caller.Got left =
        operator.post(SLOTS + "/hsm-a/leave", new WantedLeave(seen(), "out of warranty"));
    assertThat(left.status()).isEqualTo(200);
    assertThat(operator.get(bundle(0, 0)).as(TrustBundle.class).trusted())
        .filteredOn(TrustBundle.TrustedKey::outgoing)
        .extracting(TrustBundle.TrustedKey::slot)
        .containsExactly(Optional.of(new SlotName("hsm-a")));
    assertProblem(join(), 409, "slot-moving");
    assertThat(advance().status()).isEqualTo(200);
    assertThat(operator.get("/pub/user/bundle.pem").body().split("BEGIN CERTIFICATE", -1))
        .hasSize(3);
    assertThat(operator.get("/pub/user/crls.pem").body().split("BEGIN X509 CRL", -1)).hasSize(3);
  }

  @Test
  void whoWaitsForNewsHearsOfALostSlotAtOnce() {
    openUser();
    TrustBundle before = operator.get(bundle(0, 0)).as(TrustBundle.class);
    var waiting =
        CompletableFuture.supplyAsync(
            () -> operator.get(bundle(before.sequence(), 30)).as(TrustBundle.class));
    Caller.Got lost = operator.post("/v1/slots/hsm-b/loss", new WantedLoss("burnt"));
    assertThat(lost.status()).isEqualTo(200);
    TrustBundle after = waiting.join();
    assertThat(after.number()).isEqualTo(before.number());
    assertThat(after.trusted())
        .filteredOn(TrustBundle.TrustedKey::outgoing)
        .extracting(TrustBundle.TrustedKey::slot)
        .containsExactly(Optional.of(new SlotName("hsm-b")));
    assertThat(status().lost()).containsExactly(new SlotName("hsm-b"));
    SlotLine line = operator.get("/v1/slots/hsm-b").as(SlotLine.class);
    assertThat(line.lost().orElseThrow().reason()).isEqualTo("burnt");
    assertThat(line.keys()).isEqualTo(1);
    assertProblem(
        operator.post("/v1/slots/hsm-b/loss", new WantedLoss("burnt")), 409, "slot-lost-already");
  }

  @Test
  void aSlotIsRemoved() {
    declare();
    Caller.Got removed =
        operator.post("/v1/slots/hsm-c/removal", new WantedRemoval("back", Optional.empty()));
    assertThat(removed.status()).isEqualTo(200);
    assertProblem(operator.get("/v1/slots/hsm-c"), 404, "unknown-slot");
    assertProblem(
        operator.post("/v1/slots/hsm-c/removal", new WantedRemoval("back", Optional.empty())),
        409,
        "unknown-slot");
  }

  @Test
  void aWorkerIsEnrolledAndRemoved() {
    var wanted =
        new WantedAuthor(
            new AuthorName("worker-2"),
            AuthorRole.WORKER,
            Optional.of(new SlotName("hsm-a")),
            FakeDesk.identity());
    assertThat(operator.post("/v1/authors", wanted).status()).isEqualTo(200);
    assertThat(operator.get("/v1/authors").as(Authors.class).authors())
        .filteredOn(a -> a.role() == AuthorRole.WORKER)
        .singleElement()
        .satisfies(a -> assertThat(a.publicKey()).isEqualTo(wanted.publicKey().digest()));
    assertProblem(
        operator.post("/v1/slots/hsm-b/removal", new WantedRemoval(" ", Optional.empty())),
        409,
        "reason-missing");
    assertProblem(
        operator.post("/v1/slots/hsm-a/removal", new WantedRemoval("back", Optional.empty())),
        409,
        "workers-enrolled");
    assertThat(operator.delete("/v1/authors/worker-2?reason=moved").status()).isEqualTo(200);
    assertProblem(operator.delete("/v1/authors/worker-2"), 409, "unknown-author");
    assertProblem(
        operator.post(
            "/v1/authors",
            new WantedAuthor(
                new AuthorName("worker-3"),
                AuthorRole.WORKER,
                Optional.empty(),
                FakeDesk.identity())),
        400,
        "invalid");
  }

  private void declare() {
    assertThat(operator.post("/v1/slots", new WantedSlot(C, "/opt/hsm.so", "none")).status())
        .isEqualTo(200);
  }

  private Caller.Got join() {
    return operator.post(SLOTS, new WantedJoin(seen(), C, Optional.empty()));
  }
}
