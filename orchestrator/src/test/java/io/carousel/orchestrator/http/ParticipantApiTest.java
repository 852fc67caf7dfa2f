package io.carousel.orchestrator.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.Credential;
import io.carousel.events.CredentialRequest;
import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.ParticipantName;
import io.carousel.events.PhaseName;
import io.carousel.events.Profile;
import io.carousel.events.Report;
import io.carousel.events.Role;
import io.carousel.events.TrustBundle;
import io.carousel.orchestrator.documents.HouseDescription;
import io.carousel.orchestrator.http.Caller.Got;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What participants call. */
class ParticipantApiTest extends ApiTest {
  @Test
  void saysWhichHouseItIs() {
    Got got = operator.get("/v1/house");
    assertThat(got.status()).isEqualTo(200);
    assertThat(got.header("Content-Type")).isEqualTo("application/json");
    assertThat(got.body()).isEqualTo("{\"house\":\"00112233445566778899aabbccddeeff\"}");
    assertThat(got.as(HouseDescription.class).house()).isEqualTo(FakeDesk.HOUSE);
  }

  @Test
  void handsOutTheBundleOnceItIsNewer() {
    openUser();
    TrustBundle first = operator.get(bundle(0, 0)).as(TrustBundle.class);
    assertThat(first.trusted()).hasSize(2);

    assertThat(operator.get(bundle(first.sequence(), 0)).status()).isEqualTo(204);

    var waiting = CompletableFuture.supplyAsync(() -> operator.get(bundle(first.sequence(), 30)));
    startRotation();
    TrustBundle next = waiting.join().as(TrustBundle.class);
    assertThat(next.sequence()).isGreaterThan(first.sequence());
    assertThat(next.phase()).isEqualTo(PhaseName.INIT);
  }

  @Test
  void beforeTheFirstKeysTheBundleTrustsNobody() {
    create();
    assertThat(operator.get(bundle(0, 0)).as(TrustBundle.class).trusted()).isEmpty();
  }

  @Test
  void issuesCredentialsToThoseEnrolled() {
    openUser();
    var request =
        new CredentialRequest(
            new ParticipantName("web-1"),
            new AuthorityName("user"),
            Format.X509,
            Profile.CLIENT,
            bytes("csr"),
            List.of(),
            FakeDesk.NOON,
            bytes("signature"));
    assertProblem(operator.post("/v1/credentials", request), 403, "not-enrolled");

    desk.enrol("user", EnumSet.allOf(Role.class), "web-1");
    Got got = operator.post("/v1/credentials", request);
    assertThat(got.status()).isEqualTo(200);
    assertThat(got.as(Credential.class).generation()).isEqualTo(1);
  }

  @Test
  void takesReports() {
    assertThat(operator.post("/v1/reports", report(1)).status()).isEqualTo(204);
    assertProblem(operator.post("/v1/reports", report(0)), 400, "stale-counter");
  }

  private static Report report(long counter) {
    return new Report(
        new ParticipantName("web-1"),
        counter,
        new AuthorityName("user"),
        1,
        Digest.of(new byte[0]),
        List.of(),
        List.of(),
        bytes("signature"));
  }

  private static Bytes bytes(String text) {
    return Bytes.of(text.getBytes(UTF_8));
  }
}
