package io.carousel.orchestrator.application;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.carousel.events.Act;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.FormatSuite;
import io.carousel.events.OperatorAct;
import io.carousel.events.OperatorAct.CreateAuthority;
import io.carousel.events.OperatorAct.FollowForeignCrl;
import io.carousel.events.Policy;
import io.carousel.events.Reply;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import io.carousel.orchestrator.rules.Authority;
import io.carousel.orchestrator.rules.Decision;
import io.carousel.orchestrator.rules.ForeignCa;
import io.carousel.orchestrator.rules.ForeignCrlRules;
import io.carousel.orchestrator.rules.Story;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** CRLs are fetched from whatever server, and nothing of it is trusted. */
@Timeout(60)
class CrlFetchTest {
  private static final AuthorityName OLD = new AuthorityName("old");

  private final Story story = new Story(5, "hsm-a");
  private final ForeignCa ca = ForeignCa.of(Suite.ECDSA_P256);
  private final CountDownLatch end = new CountDownLatch(1);
  private final CrlFetch fetch = new CrlFetch(Duration.ofSeconds(2));
  private final List<Act> asked = new ArrayList<>();
  private HttpServer server;
  private byte[] served = new byte[0];

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/crl", e -> answer(e, 200, served));
    server.createContext("/gone", e -> answer(e, 404, new byte[0]));
    server.createContext("/long", e -> answer(e, 200, new byte[300_000]));
    server.createContext(
        "/elsewhere",
        e -> {
          e.getResponseHeaders().set("Location", "http://169.254.169.254/latest");
          answer(e, 302, new byte[0]);
        });
    server.createContext("/slow", this::drips);
    server.start();
  }

  private static void answer(HttpExchange e, int status, byte[] body) throws IOException {
    try (e) {
      e.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
      if (body.length > 0) {
        e.getResponseBody().write(body);
      }
    }
  }

  /** A head, and then nothing that ends. */
  private void drips(HttpExchange e) throws IOException {
    e.sendResponseHeaders(200, 1000);
    e.getResponseBody().write(1);
    e.getResponseBody().flush();
    try {
      end.await();
    } catch (InterruptedException i) {
      Thread.currentThread().interrupt();
    }
  }

  @AfterEach
  void stop() {
    end.countDown();
    server.stop(0);
  }

  private String url(String path) {
    return "http://127.0.0.1:%d%s".formatted(server.getAddress().getPort(), path);
  }

  @Test
  void derAndPemAreTaken() throws Exception {
    Bytes crl = ca.crl(7, story.now());
    served = crl.toArray();
    assertThat(fetch.fetch(url("/crl"))).isEqualTo(crl);
    served =
        "-----BEGIN X509 CRL-----\n%s\n-----END X509 CRL-----\n"
            .formatted(Base64.getMimeEncoder().encodeToString(crl.toArray()))
            .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    assertThat(fetch.fetch(url("/crl"))).isEqualTo(crl);
  }

  @Test
  void whateverElseComesIsNamed() {
    fails("/gone", "status 404");
    fails("/long", "longer than 262144 octets");
    fails("/elsewhere", "sends elsewhere (http://169.254.169.254/latest), which is not followed");
    fails("/slow", "did not come within 2 s");
    fails("/crl", "CRL");
    served = "<html>".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    fails("/crl", "no CRL in DER or PEM");
    String gone = url("/crl");
    server.stop(0);
    assertThatThrownBy(() -> fetch.fetch(gone)).isInstanceOf(IOException.class);
  }

  private void fails(String path, String why) {
    assertThatThrownBy(() -> fetch.fetch(url(path)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(why);
  }

  // --- again and again --------------------------------------------------------------------------

  private Reply ask(io.carousel.events.CommandId command, Act act) {
    asked.add(act);
    return switch (story.ask(act)) {
      case Decision.Accepted _ -> new Reply.Accepted(command, 1);
      case Decision.Refused no ->
          new Reply.Refused(command, 1, no.why().code(), no.why().message());
    };
  }

  private Authority old() {
    return story.authority("old");
  }

  @Test
  void aListIsFetchedAgainAndTroubleIsToldOnce() {
    story.accept(
        new CreateAuthority(
            OLD,
            FormatSuite.x509(Suite.ECDSA_P256),
            List.of(new SlotName("hsm-a")),
            Policy.DEFAULT,
            "p-1",
            ca.imported()));
    story.accept(new FollowForeignCrl(OLD, Optional.empty(), Optional.of(url("/crl")), "p-1"));
    var now = new Instant[] {story.now()};
    var clock =
        new Clock() {
          @Override
          public Instant instant() {
            return now[0];
          }

          @Override
          public java.time.ZoneId getZone() {
            return ZoneOffset.UTC;
          }

          @Override
          public Clock withZone(java.time.ZoneId zone) {
            return this;
          }
        };
    var feed = new ForeignCrlFeed(story::house, this::ask, clock);
    served = ca.crl(1, story.now()).toArray();
    feed.fetchDue();
    feed.fetchDue();
    assertThat(asked).hasSize(1).hasOnlyElementsOfType(OperatorAct.ImportForeignCrl.class);
    assertThat(ForeignCrlRules.published(old())).containsExactly(Bytes.of(served));
    // The same again is no news; what is broken is told once; and its end too.
    pass(now, Duration.ofHours(1));
    feed.fetchDue();
    assertThat(asked).hasSize(1);
    byte[] good = served;
    served = "nonsense".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    for (int i = 0; i < 3; i++) {
      pass(now, Duration.ofHours(1));
      feed.fetchDue();
    }
    assertThat(asked).hasSize(2);
    assertThat(ForeignCrlRules.warnings(old(), now[0]))
        .singleElement()
        .asString()
        .contains("cannot be fetched from", "no CRL in DER or PEM");
    served = good;
    pass(now, Duration.ofMinutes(2));
    feed.fetchDue();
    assertThat(ForeignCrlRules.warnings(old(), now[0])).isEmpty();
    // Forged, and older: refused by the rules, and said.
    served = ForeignCa.of(Suite.ECDSA_P256).crl(9, story.now()).toArray();
    pass(now, Duration.ofHours(1));
    feed.fetchDue();
    assertThat(ForeignCrlRules.warnings(old(), now[0]))
        .anySatisfy(w -> assertThat(w).contains("does not verify under the CA's key"));
    served = ca.crl(2, now[0]).toArray();
    pass(now, Duration.ofMinutes(2));
    feed.fetchDue();
    assertThat(ForeignCrlRules.warnings(old(), now[0])).isEmpty();
    assertThat(ForeignCrlRules.published(old())).containsExactly(Bytes.of(served));
  }

  private void pass(Instant[] now, Duration time) {
    now[0] = now[0].plus(time);
    story.now(now[0]);
  }
}
