package io.carousel.orchestrator.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.orchestrator.documents.Done;
import io.carousel.orchestrator.documents.HistoryPage;
import io.carousel.orchestrator.http.Caller.Got;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What may go wrong while the API serves. */
class ApiServerTest extends ApiTest {
  private static final String KEY = "0195518e-2c7b-7a10-8123-456789abcdef";

  @Test
  void anActThatIsAskedAgainIsDoneOnce() {
    desk.fail(FakeDesk.Fault.LOST_AFTER_EFFECT);
    Got lost = create("Idempotency-Key", KEY);
    assertProblem(lost, 503, "outcome-unknown");
    assertThat(lost.header("Retry-After")).isEqualTo("1");

    Got again = create("Idempotency-Key", KEY);
    assertThat(again.status()).isEqualTo(200);
    assertThat(again.as(Done.class).command().value()).isEqualTo(KEY);
    assertThat(desk.decided()).isEqualTo(1);

    Got other =
        operator.post(
            "/v1/authorities",
            BodyPublishers.ofString("{\"name\":\"host\",\"slots\":[\"hsm-a\"]}"),
            "Idempotency-Key",
            KEY);
    assertProblem(other, 409, "another-body");
  }

  @Test
  void aKeyThatIsNoCommandIdIsRefused() {
    assertProblem(create("Idempotency-Key", "again please"), 400, "invalid");
    assertThat(desk.decided()).isZero();
  }

  @Test
  void nothingOfTheInsideGetsOut() {
    desk.fail(FakeDesk.Fault.BUG);
    var log = new ByteArrayOutputStream();
    PrintStream console = System.out;
    System.setOut(new PrintStream(log, true, UTF_8));
    Got got;
    try {
      got = create();
    } finally {
      System.setOut(console);
    }
    assertProblem(got, 500, "internal");
    assertThat(got.body()).doesNotContain("secret detail", "Exception");
    assertThat(log.toString(UTF_8)).contains("secret detail");
  }

  @Test
  void stoppingAnswersThoseWhoWait() throws Exception {
    openUser();
    long sequence = desk.house().sequence();
    List<CompletableFuture<Got>> waiting =
        List.of(
            CompletableFuture.supplyAsync(() -> operator.get(bundle(sequence, 60))),
            CompletableFuture.supplyAsync(
                () -> operator.get("/v1/history?from=%d&wait=60".formatted(sequence + 1))));
    org.awaitility.Awaitility.await().until(() -> desk.waiting() == 2);
    server.stop();
    assertThat(waiting.get(0).get(10, TimeUnit.SECONDS).status()).isEqualTo(204);
    assertThat(waiting.get(1).get(10, TimeUnit.SECONDS).as(HistoryPage.class).events()).isEmpty();
    assertThatThrownBy(() -> operator.get("/v1/house"))
        .isInstanceOf(java.io.UncheckedIOException.class);
  }

  @Test
  void manyMayWaitAtOnce() {
    openUser();
    long sequence = desk.house().sequence();
    List<CompletableFuture<Got>> waiting =
        java.util.stream.IntStream.range(0, 200).mapToObj(_ -> sent(bundle(sequence, 60))).toList();
    org.awaitility.Awaitility.await().until(() -> desk.waiting() == 200);
    assertThat(operator.get("/v1/house").status()).isEqualTo(200);
    startRotation();
    assertThat(waiting).allSatisfy(w -> assertThat(w.join().status()).isEqualTo(200));
  }

  private CompletableFuture<Got> sent(String path) {
    var answer = new CompletableFuture<Got>();
    Thread.startVirtualThread(() -> answer.complete(operator.get(path)));
    return answer;
  }
}
