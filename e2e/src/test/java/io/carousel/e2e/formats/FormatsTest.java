package io.carousel.e2e.formats;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.carousel.agent.Identity;
import io.carousel.agent.http.HttpHouse;
import io.carousel.e2e.node.Child;
import io.carousel.e2e.node.Cli;
import io.carousel.events.AuthorityName;
import io.carousel.events.Format;
import io.carousel.events.Membership;
import io.carousel.events.ParticipantName;
import io.carousel.events.PhaseName;
import io.carousel.events.Profile;
import io.carousel.events.Role;
import io.carousel.events.SubjectName;
import io.carousel.events.TrustBundle.TrustedKey;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One authority signs X.509, SSH and JWT; its whole fleet moves from one generation to the next,
 * and back from another, while every verifier verifies.
 */
class FormatsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(150);
  private static final AuthorityName ALL = new AuthorityName("all");

  /** Of each judge, in each phase, once everybody has moved. */
  private static final int ENOUGH = 6;

  @TempDir Path folder;

  private final Counts counts = new Counts();
  private Child node;
  private Cli cli;
  private URI api;
  private HttpHouse house;
  private Published published;
  private Fleet fleet;
  private PhaseTable table;
  private Member client;
  private Member other;
  private Member server;
  private Member peer;

  /** What generation 1 has issued, kept for later; and what was trusted when it was alone. */
  private final Map<Format, Held> first = new HashMap<>();

  private TrustFolder before;

  @BeforeEach
  void start() throws Exception {
    for (String program : List.of("openssl", "certtool", "ssh", "sshd")) {
      Tool.need(program);
    }
    Path data = folder.resolve("data");
    node = Child.start(folder, "up", "--data", data.toString());
    await().atMost(PATIENCE).until(() -> !node.isAlive() || node.out().contains("Carousel is up"));
    assertThat(node.isAlive()).as("%s%s", node.out(), node.err()).isTrue();
    cli = new Cli(data);
    Matcher url = Pattern.compile("HTTP API +(http://\\S+)").matcher(node.out());
    assertThat(url.find()).isTrue();
    api = URI.create(url.group(1));
    house = new HttpHouse(api, data.resolve("api.secret"));
    published = new Published(api, ALL);
    table = new PhaseTable(published, Files.createDirectory(folder.resolve("table")));
  }

  @AfterEach
  void stop() throws Exception {
    try (Child _ = node) {
      if (fleet != null) {
        fleet.close();
      }
      if (house != null) {
        house.close();
      }
    }
  }

  @Test
  void allFormatsMoveTogetherAndNoVerificationFails() throws Exception {
    long began = System.nanoTime();
    create();
    enrol();
    counts.in("standby 1");
    settle(PhaseName.STANDBY, 1, 1, 1);
    fleet.start();
    enough(Set.of("1/1"));
    remember();
    aRotationToTheEnd();
    nobodyAcceptsTheOldOnes();
    anotherOneRolledBack();
    oneIsRevoked();
    fleet.fallSilent();
    report(began);
  }

  private void create() {
    cli.done(
        "authority",
        "create",
        "all",
        "--format=x509,ssh,jwt",
        "--suite=rsa-2048",
        "--leaf-lifetime=1h",
        "--crl-lifetime=20s",
        "--jwks-max-age=12s",
        "--distribution=" + api,
        "--wait");
  }

  private void enrol() throws Exception {
    Path fleetFolder = Files.createDirectory(folder.resolve("fleet"));
    Role c = Role.PRESENTS_CLIENT;
    Role s = Role.PRESENTS_SERVER;
    client = join("client-1", fleetFolder, List.of(c), List.of(Format.values()));
    other = join("client-2", fleetFolder, List.of(c), List.of(Format.values()));
    server = join("server-1", fleetFolder, List.of(s), List.of(Format.values()));
    peer = join("peer-1", fleetFolder, List.of(c, s), List.of(Format.X509, Format.SSH));
    fleet =
        new Fleet(
            house.id(),
            published,
            counts,
            List.of(client, other, peer),
            List.of(server, peer),
            Files.createDirectory(folder.resolve("scratch")));
  }

  private Member join(String name, Path parent, List<Role> roles, List<Format> formats)
      throws Exception {
    Identity identity = Identity.create(new ParticipantName(name));
    var membership =
        new Membership(
            ALL,
            Stream.concat(roles.stream(), Stream.of(Role.VERIFIES)).toList(),
            formats,
            List.of(
                new SubjectName("dns:" + name + ".example"),
                new SubjectName("principal:" + Member.OPERATOR),
                new SubjectName("principal:" + name + ".example"),
                new SubjectName("audience:" + Fleet.AUDIENCE)));
    enrol(
        new WantedParticipant(
            identity.name(), identity.publicKey(), List.of(WantedMembership.of(membership))));
    return new Member(identity, membership, house, published, parent);
  }

  private void enrol(WantedParticipant wanted) throws Exception {
    String secret = Files.readString(folder.resolve("data/api.secret")).strip();
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> done =
          http.send(
              HttpRequest.newBuilder(api.resolve("/v1/participants"))
                  .header("Authorization", "Bearer " + secret)
                  .header("Content-Type", "application/json")
                  .POST(BodyPublishers.ofByteArray(Json.PLAIN.write(wanted)))
                  .build(),
              BodyHandlers.ofString(UTF_8));
      assertThat(done.statusCode()).as(done.body()).isEqualTo(200);
    }
  }

  // --- phases -----------------------------------------------------------------------------------

  private void aRotationToTheEnd() throws Exception {
    cli.done("rotation", "start", "all", "--suite=ecdsa-p256", "--reason=all formats move");
    counts.in("init 2");
    nobodyGoesOnBeforeEveryCacheKnows();
    settle(PhaseName.INIT, 1, 1, 1, 2);
    enough(Set.of("1/1"));
    theFirstOnesAreStillGood();

    other.delay(Format.SSH);
    cli.done("rotation", "advance", "all", "--wait");
    counts.in("update-clients 2");
    oneFormatThatLagsHoldsTheGate();
    settle(PhaseName.UPDATE_CLIENTS, 2, 1, 1, 2);
    // Who presents as client and server moves with the clients.
    enough(Set.of("2/1", "2/2"));
    theFirstOnesAreStillGood();
    whoNeverTrustedTheNewOnesRefusesThem();

    cli.done("rotation", "advance", "all", "--wait");
    counts.in("update-servers 2");
    settle(PhaseName.UPDATE_SERVERS, 2, 2, 1, 2);
    enough(Set.of("2/2"));
    theFirstOnesAreStillGood();

    cli.done("rotation", "advance", "all", "--wait");
    counts.in("standby 2");
    settle(PhaseName.STANDBY, 2, 2, 2);
    enough(Set.of("2/2"));
  }

  private void anotherOneRolledBack() throws Exception {
    cli.done("rotation", "start", "all", "--suite=x509=ed25519,ssh=ed25519,jwt=ecdsa-p384");
    counts.in("init 3");
    settle(PhaseName.INIT, 2, 2, 2, 3);
    cli.done("rotation", "advance", "all", "--wait");
    counts.in("update-clients 3");
    settle(PhaseName.UPDATE_CLIENTS, 3, 2, 2, 3);
    cli.done("rotation", "advance", "all", "--wait");
    counts.in("update-servers 3");
    settle(PhaseName.UPDATE_SERVERS, 3, 3, 2, 3);
    enough(Set.of("3/3"));
    Held abandoned = client.held(Format.X509, Profile.CLIENT);

    cli.done("rotation", "rollback", "all", "--reason=to see that it can be done");
    counts.in("rollback 3");
    settle(PhaseName.ROLLBACK, 2, 2, 2, 3);
    enough(Set.of("2/2"));
    cli.done("rotation", "advance", "all", "--wait");
    counts.in("standby again");
    settle(PhaseName.STANDBY, 2, 2, 2);
    enough(Set.of("2/2"));
    for (CertificateJudge judge : CertificateJudge.values()) {
      assertThat(judge.refusal(abandoned, server.trust())).as("%s", judge).isPresent();
    }
  }

  /** Until everybody knows the phase, presents as its row of the phase table says, and says so. */
  private void settle(PhaseName phase, int clients, int servers, Integer... trusted)
      throws Exception {
    for (Member member : fleet == null ? List.<Member>of() : fleet.members()) {
      await("%s in %s".formatted(member.name(), phase))
          .atMost(PATIENCE)
          .conditionEvaluationListener(c -> {
            if (c.getRemainingTimeInMS() < 200) {
              System.err.println(member.name() + ": " + member.problem());
            }
          })
          .until(() -> generations(member).equals(Set.of(trusted)) && member.isSettledIn(phase));
      assertThat(member.all())
          .isNotEmpty()
          .allSatisfy(held -> {
            boolean asServer = held.use().profile() == Profile.SERVER;
            assertThat(held.generation())
                .as("%s", held.use())
                .isEqualTo(asServer ? servers : clients);
          });
    }
    counts.settled();
    if (fleet != null) {
      table.judge(client.bundle().orElseThrow(), Set.of(trusted), fleet.members());
    }
  }

  private static Set<Integer> generations(Member member) {
    return member.bundle().stream()
        .flatMap(bundle -> bundle.trusted().stream())
        .map(TrustedKey::generation)
        .collect(Collectors.toSet());
  }

  /** Until every judge has judged often enough since everybody moved. */
  private void enough(Set<String> tlsGenerations) {
    List<String> judges =
        Stream.concat(
                Stream.of(CertificateJudge.values()).map(CertificateJudge::toString),
                Stream.of(Fleet.TLS, Fleet.SSH, Fleet.JWT, Fleet.CRL))
            .toList();
    Map<String, Long> from = judges.stream().collect(Collectors.toMap(j -> j, counts::now));
    await()
        .atMost(PATIENCE)
        .until(() ->
            !counts.failures().isEmpty()
                || judges.stream().allMatch(j -> counts.now(j) >= from.get(j) + ENOUGH));
    assertThat(counts.failures()).isEmpty();
    assertThat(counts.tlsGenerations()).isEqualTo(tlsGenerations);
  }

  // --- gates ------------------------------------------------------------------------------------

  /** Whatever the fleet says: verifiers of tokens may keep a set of keys without the new ones. */
  private void nobodyGoesOnBeforeEveryCacheKnows() {
    await().atMost(PATIENCE).until(() -> !status().keysMissing());
    assertThat(status().gate().ready()).isFalse();
    assertThat(status().gate().opens()).isPresent();
    Cli.Ran early = cli.run("rotation", "advance", "all");
    assertThat(early.status()).isNotZero();
    assertThat(early.err()).contains("until then verifiers of tokens may keep the keys they had");
  }

  private RotationStatus status() {
    return cli.read(RotationStatus.class, "rotation", "status", "all");
  }

  /** Two of three credentials have moved; the third may still be presented. */
  private void oneFormatThatLagsHoldsTheGate() {
    await()
        .atMost(PATIENCE)
        .until(() ->
            other.held(Format.X509, Profile.CLIENT).generation() == 2
                && other.held(Format.JWT, Profile.CLIENT).generation() == 2
                && status().gate().shown() == 2);
    Cli.Ran early = cli.run("rotation", "advance", "all");
    assertThat(early.status()).isNotZero();
    assertThat(early.err()).contains("client-2");
    other.catchUp();
  }

  // --- controls ---------------------------------------------------------------------------------

  private void remember() throws Exception {
    for (Format format : Format.values()) {
      first.put(format, client.held(format, Profile.CLIENT));
    }
    before = client.trust().copy("before");
    certificatesSayWhereTheirListIs();
  }

  /** What the certificate says of itself leads to the list and to the issuer. */
  private void certificatesSayWhereTheirListIs() throws Exception {
    Held leaf = first.get(Format.X509);
    String said =
        Tool.run(
                List.of(
                    "openssl",
                    "x509",
                    "-noout",
                    "-ext",
                    "crlDistributionPoints,authorityInfoAccess",
                    "-in",
                    leaf.files().orElseThrow().toString()))
            .good();
    byte[] issuer = at(said, "CA Issuers - URI:(\\S+)");
    assertThat(io.carousel.events.Bytes.of(issuer)).isEqualTo(leaf.issuer().orElseThrow());
    byte[] list = at(said, "Full Name:\\s+URI:(\\S+)");
    assertThat(fleet.refusal(list, leaf.issuer())).isEmpty();
  }

  private byte[] at(String text, String pattern) {
    Matcher url = Pattern.compile(pattern).matcher(text);
    assertThat(url.find()).as(text).isTrue();
    assertThat(url.group(1)).startsWith(api + "/pub/all/");
    return published.answer(URI.create(url.group(1))).body();
  }

  /** Of generation 1, whoever still presents them. */
  private void theFirstOnesAreStillGood() {
    assertThat(refusals()).allSatisfy((judge, why) -> assertThat(why).as(judge).isEmpty());
  }

  /** With their keys gone from every verifier; caches of keys have forgotten them in time. */
  private void nobodyAcceptsTheOldOnes() {
    await().atMost(PATIENCE).until(() -> fleet.refusal(first.get(Format.JWT), client).isPresent());
    Map<String, Optional<String>> refusals = refusals();
    assertThat(refusals).hasSize(5);
    assertThat(refusals).allSatisfy((judge, why) -> assertThat(why).as(judge).isPresent());
    assertThat(refusals.get(Fleet.SSH).orElseThrow()).contains("Permission denied (publickey)");
  }

  private Map<String, Optional<String>> refusals() {
    var refusals = new HashMap<String, Optional<String>>();
    for (CertificateJudge judge : CertificateJudge.values()) {
      refusals.put(judge.toString(), judge.refusal(first.get(Format.X509), server.trust()));
    }
    refusals.put(Fleet.SSH, Fleet.login(first.get(Format.SSH), client.trust(), server));
    refusals.put(Fleet.JWT, fleet.refusal(first.get(Format.JWT), client));
    return refusals;
  }

  /** What is published matters: with what was there before, nobody verifies what is new. */
  private void whoNeverTrustedTheNewOnesRefusesThem() throws Exception {
    before.refresh(published);
    Held moved = client.held(Format.X509, Profile.CLIENT);
    for (CertificateJudge judge : CertificateJudge.values()) {
      assertThat(judge.refusal(moved, before)).as("%s", judge).isPresent();
      assertThat(judge.refusal(first.get(Format.X509), before)).as("%s", judge).isEmpty();
    }
  }

  private void oneIsRevoked() throws Exception {
    counts.in("revoked");
    fleet.leave(other);
    other.fallSilent();
    Held certificate = other.held(Format.X509, Profile.CLIENT);
    Held login = other.held(Format.SSH, Profile.CLIENT);
    for (CertificateJudge judge : CertificateJudge.values()) {
      assertThat(judge.refusal(certificate, server.trust())).as("%s", judge).isEmpty();
    }
    assertThat(Fleet.login(login, client.trust(), server)).isEmpty();

    cli.breaking(
        "authority",
        "revoke",
        "all",
        "--participant=client-2",
        "--cause=key-compromise",
        "--reason=stolen");
    for (CertificateJudge judge : CertificateJudge.values()) {
      await().atMost(PATIENCE).until(() -> judge.refusal(certificate, server.trust()).isPresent());
      assertThat(judge.refusal(certificate, server.trust()).orElseThrow())
          .containsIgnoringCase("revoked");
    }
    await().atMost(PATIENCE).until(() -> Fleet.login(login, client.trust(), server).isPresent());
    assertThat(Fleet.login(login, client.trust(), server).orElseThrow())
        .contains("Permission denied (publickey)");
    assertThat(server.sshd().log()).contains("revoked by file");
    enough(Set.of("2/2"));
  }

  private void report(long began) {
    System.out.println(counts.table());
    System.out.println(table);
    System.out.printf(
        "%d verifications, %d failed, in %d s%n",
        counts.made(),
        counts.failures().size(),
        Duration.ofNanos(System.nanoTime() - began).toSeconds());
    assertThat(counts.failures()).isEmpty();
  }
}
