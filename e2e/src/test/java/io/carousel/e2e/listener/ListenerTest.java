package io.carousel.e2e.listener;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.carousel.agent.HouseException;
import io.carousel.agent.OwnCredential;
import io.carousel.agent.Standing;
import io.carousel.agent.certificate.CertificationRequest;
import io.carousel.agent.http.HttpHouse;
import io.carousel.agent.tls.HouseTls;
import io.carousel.e2e.node.Cli;
import io.carousel.e2e.node.Node;
import io.carousel.events.AuthorityName;
import io.carousel.events.BundleSignature;
import io.carousel.events.Bytes;
import io.carousel.events.CredentialRequest;
import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.ParticipantName;
import io.carousel.events.Profile;
import io.carousel.events.Statements;
import io.carousel.events.TrustBundle;
import io.carousel.events.openssh.Tool;
import io.carousel.events.wire.Json;
import io.carousel.orchestrator.documents.RotationStatus;
import io.carousel.orchestrator.documents.Wanted.WantedMembership;
import io.carousel.orchestrator.documents.Wanted.WantedParticipant;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Participants reach their house over TLS by its own authority, which rotates while they do. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ListenerTest {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final long ENOUGH = 50;

  private Path folder;
  private Node node;
  private Cli cli;
  private URI api;
  private URI listener;

  @BeforeAll
  void start(@TempDir Path own) throws Exception {
    folder = own;
    Tool.need("openssl");
    node = Node.listening(folder, "--slot", "only");
    cli = node.cli();
    api = node.api();
    listener = node.listener();
    cli.done("authority", "create", "web", "--leaf-lifetime=1h", "--wait");
  }

  @AfterAll
  void stop() throws Exception {
    if (node != null) {
      node.close();
    }
  }

  private Guest guest(String name) throws Exception {
    var guest = new Guest(name, "web", listener, node.pins());
    enrol(guest);
    return guest;
  }

  private void enrol(Guest guest) throws Exception {
    var wanted =
        new WantedParticipant(
            guest.identity().name(),
            guest.identity().publicKey(),
            guest.memberships().stream().map(WantedMembership::of).toList());
    HttpResponse<String> done =
        operator(
            HttpRequest.newBuilder(api.resolve("/v1/participants"))
                .POST(BodyPublishers.ofByteArray(Json.PLAIN.write(wanted))));
    assertThat(done.statusCode()).as(done.body()).isEqualTo(200);
  }

  private void remove(Guest guest) throws Exception {
    remove("%1$s?reason=gone&break=%1$s".formatted(guest.identity().name()));
  }

  /** Of whom nothing was heard, so that nothing breaks. */
  private void removeUnheard(Guest guest) throws Exception {
    remove(guest.identity().name() + "?reason=gone");
  }

  private void remove(String which) throws Exception {
    HttpResponse<String> done =
        operator(HttpRequest.newBuilder(api.resolve("/v1/participants/" + which)).DELETE());
    assertThat(done.statusCode()).as(done.body()).isEqualTo(200);
  }

  private HttpResponse<String> operator(HttpRequest.Builder request) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      String secret = Files.readString(node.secret()).strip();
      return http.send(
          request
              .header("Authorization", "Bearer " + secret)
              .header("Content-Type", "application/json")
              .build(),
          BodyHandlers.ofString(UTF_8));
    }
  }

  private RotationStatus status() {
    return cli.read(RotationStatus.class, "rotation", "status", "carousel");
  }

  @Test
  void theAuthorityOfTheHouseRotatesWhileItIsInUse() throws Exception {
    Set<Digest> before = node.pins();
    try (Guest guest = guest("web-1")) {
      guest.begin();
      int first = status().active();
      await().atMost(PATIENCE).until(() -> guest.shows(first));
      guest.ask();
      cli.done("rotation", "start", "carousel", "--reason=yearly");
      for (int gate = 0; gate < 3; gate++) {
        cli.done("rotation", "advance", "carousel", "--wait", "--timeout=90s");
        enough(guest);
      }
      assertThat(status().active()).isEqualTo(first + 1);
      await().atMost(PATIENCE).until(() -> guest.shows(first + 1));
      enough(guest);
      knownBy(node.pins());
      assertThatThrownBy(() -> knownBy(before))
          .isInstanceOf(HouseException.Unavailable.class)
          .hasMessageContaining("is not the house");
      remove(guest);
    }
  }

  @Test
  void whoSleepsThroughTwoRotationsOfTheHouseFindsItAgain() throws Exception {
    try (Guest sleeper = guest("web-5");
        Guest awake = guest("web-6")) {
      sleeper.begin();
      awake.begin();
      int first = status().active();
      await().atMost(PATIENCE).until(() -> sleeper.shows(first) && awake.shows(first));
      await().atMost(PATIENCE).until(() -> sleeper.standing(AuthorityName.BUILT_IN).upToDate());
      sleeper.sleep();
      for (int rotation = 0; rotation < 2; rotation++) {
        cli.done("rotation", "start", "carousel", "--reason=yearly");
        for (int gate = 0; gate < 3; gate++) {
          advanceFor(awake);
        }
      }
      assertThat(status().active()).isEqualTo(first + 2);
      // Nothing that it knew is left: neither whom it takes for the house, nor what it shows.
      sleeper.begin();
      await().atMost(PATIENCE).until(() -> sleeper.shows(first + 2));
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> {
            Standing web = sleeper.standing(new AuthorityName("web"));
            assertThat(web.upToDate()).as("%s", web).isTrue();
          });
      remove(sleeper);
      remove(awake);
    }
  }

  /** Passes a gate as soon as that one and the house do not hold it, and leaves others behind. */
  private void advanceFor(Guest awake) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> {
          assertThat(status().keysMissing()).isFalse();
          assertThat(heldBy(status().gate()))
              .doesNotContain(awake.identity().name(), new ParticipantName("orchestrator-1"));
        });
    var call = new ArrayList<>(List.of("rotation", "advance", "carousel", "--wait"));
    Set<ParticipantName> asleep = heldBy(status().gate());
    asleep.forEach(name -> call.add("--abandon=" + name));
    call.add("--reason=asleep");
    // It was heard a moment before it fell asleep.
    cli.breaking(call.toArray(String[]::new));
  }

  private static Set<ParticipantName> heldBy(RotationStatus.GateStatus gate) {
    return gate.lacking().stream()
        .map(RotationStatus.Lacking::participant)
        .collect(Collectors.toSet());
  }

  private static void enough(Guest guest) {
    long from = guest.calls();
    await()
        .atMost(PATIENCE)
        .until(() -> guest.failure().isPresent() || guest.calls() >= from + ENOUGH);
    assertThat(guest.failure()).isEmpty();
  }

  private void knownBy(Set<Digest> pins) throws Exception {
    try (var house = new HttpHouse(listener, new HouseTls(pins))) {
      assertThat(house.id()).isNotNull();
    }
  }

  @Test
  void whoShowsNothingGetsNoFurtherThanTheDoor() throws Exception {
    var tls = new HouseTls(node.pins());
    try (HttpClient http = HttpClient.newBuilder().sslContext(tls.context()).build()) {
      assertThat(get(http, "/healthz")).isEqualTo(200);
      assertThat(get(http, "/pub/web/bundle.pem")).isEqualTo(200);
      assertThat(get(http, "/v1/authorities/carousel/bundle")).isEqualTo(200);
      assertThat(get(http, "/v1/authorities/web/bundle")).isEqualTo(401);
      assertThat(get(http, "/v1/authorities/web/bundles")).isEqualTo(401);
      // What operators ask is not here at all.
      assertThat(get(http, "/v1/participants")).isEqualTo(401);
      assertThat(get(http, "/v1/state")).isEqualTo(401);
    }
    try (Guest guest = guest("web-2")) {
      guest.begin();
      await().atMost(PATIENCE).until(() -> guest.standing(new AuthorityName("web")).reports() > 0);
      remove(guest);
      await()
          .atMost(PATIENCE)
          .untilAsserted(() ->
              assertThatThrownBy(
                      () -> guest.house().bundle(new AuthorityName("web"), 0, Duration.ZERO))
                  .isInstanceOf(HouseException.Refused.class)
                  .hasMessageContaining("is not enrolled any more"));
    }
  }

  @Test
  void aStreamEndsOnceWhoFollowsItIsRemoved() throws Exception {
    try (Guest guest = guest("web-7")) {
      guest.begin();
      await().atMost(PATIENCE).until(() -> guest.shows(status().active()));
      var request =
          HttpRequest.newBuilder(listener.resolve("/v1/authorities/web/bundles"))
              .header("Accept", "text/event-stream");
      try (HttpClient http = HttpClient.newBuilder().sslContext(guest.tls()).build();
          Stream<String> lines = http.send(request.build(), BodyHandlers.ofLines()).body()) {
        Iterator<String> told = lines.iterator();
        assertThat(told.next()).isEqualTo(":");
        remove(guest);
        assertThat(told).toIterable().last().isEqualTo("");
        assertThat(http.send(request.build(), BodyHandlers.discarding()).statusCode())
            .isEqualTo(403);
      }
    }
  }

  private int get(HttpClient http, String path) throws Exception {
    return http.send(
            HttpRequest.newBuilder(listener.resolve(path)).build(), BodyHandlers.discarding())
        .statusCode();
  }

  @Test
  void nobodySpeaksForAnother() throws Exception {
    try (Guest one = guest("web-3");
        Guest other = guest("web-4")) {
      one.begin();
      await().atMost(PATIENCE).until(() -> one.shows(status().active()));
      CredentialRequest stolen = request(other);
      assertThatThrownBy(() -> one.house().request(stolen))
          .isInstanceOf(HouseException.Refused.class)
          .hasMessageContaining("each participant speaks for itself");
      assertThatThrownBy(() -> other.house().request(stolen))
          .isInstanceOf(HouseException.Refused.class)
          .hasMessageContaining("no credential of the authority 'carousel' was shown");
      remove(one);
      removeUnheard(other);
    }
  }

  private static CredentialRequest request(Guest guest) throws Exception {
    var web = new AuthorityName("web");
    var name = guest.identity().name();
    Bytes csr = CertificationRequest.of(name, OwnCredential.newKey());
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    byte[] statement =
        Statements.credentialRequest(
            guest.house().id(), name, web, Format.X509, Profile.SERVER, csr, List.of(), now);
    return new CredentialRequest(
        name,
        web,
        Format.X509,
        Profile.SERVER,
        csr,
        List.of(),
        now,
        guest.identity().sign(statement));
  }

  /** As the documentation of the API says it, and by other hands than those that signed. */
  @Test
  void opensslVerifiesWhatIsSignedOfABundle() throws Exception {
    cli.done("authority", "create", "signed", "--wait");
    try (var house = new HttpHouse(api, node.secret())) {
      TrustBundle told =
          house.bundle(new AuthorityName("signed"), 1, Duration.ofSeconds(20)).orElseThrow();
      var trusted = new ArrayList<String>();
      var keys = new ArrayList<String>();
      for (TrustBundle.TrustedKey key : told.trusted()) {
        String certificate = key.certificate().orElseThrow().digest().value();
        keys.add(key.key().value());
        trusted.add("x509:%d:%s:%s".formatted(key.generation(), key.key().value(), certificate));
      }
      String content = "carousel-trust-v1\n%s\n\n".formatted(String.join(",", trusted));
      String statement =
          "carousel-bundle-v1\n%s\nsigned\n%d\n%s\n%s\n"
              .formatted(
                  house.id(),
                  told.number(),
                  String.join(",", keys),
                  Digest.of(content.getBytes(UTF_8)).value());
      assertThat(told.signatures()).hasSize(1);
      BundleSignature signature = told.signatures().getFirst();
      assertThat(verified(signature, statement).text()).contains("Verified OK");
      assertThat(verified(signature, statement.replace("signed", "forged")).text())
          .contains("Verification failure");
    }
  }

  private Tool.Said verified(BundleSignature signature, String statement) throws Exception {
    Path text = Files.writeString(folder.resolve("statement"), statement);
    Path key = file("key.der", signature.publicKey());
    Path signed = file("signature", signature.signature());
    return Tool.run(
        List.of(
            "openssl",
            "dgst",
            "-sha256",
            "-keyform",
            "DER",
            "-verify",
            key.toString(),
            "-signature",
            signed.toString(),
            text.toString()));
  }

  private Path file(String name, Bytes content) throws Exception {
    return Files.write(folder.resolve(name), content.toArray());
  }

  @Test
  void opensslFindsTlsThirteenUnderThePublishedBundleAndNothingOlder() throws Exception {
    Path bundle = folder.resolve("carousel.pem");
    try (HttpClient http = HttpClient.newHttpClient()) {
      http.send(
          HttpRequest.newBuilder(api.resolve("/pub/carousel/bundle.pem")).build(),
          BodyHandlers.ofFile(bundle));
    }
    String where = listener.getHost() + ":" + listener.getPort();
    var good =
        Tool.run(
            List.of(
                "openssl",
                "s_client",
                "-connect",
                where,
                "-CAfile",
                bundle.toString(),
                "-verify_return_error",
                "-verify_ip",
                "127.0.0.1",
                "-brief"));
    assertThat(good.text()).contains("TLSv1.3", "Verification: OK");
    var old = Tool.run(List.of("openssl", "s_client", "-connect", where, "-tls1_2", "-brief"));
    assertThat(old.status()).isNotZero();
  }
}
