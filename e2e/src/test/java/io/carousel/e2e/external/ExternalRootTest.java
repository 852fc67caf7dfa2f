package io.carousel.e2e.external;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.carousel.agent.Material;
import io.carousel.agent.X509Credential;
import io.carousel.agent.http.HttpHouse;
import io.carousel.agent.tls.FailureCause;
import io.carousel.agent.tls.MutualTls;
import io.carousel.agent.tls.Outcome;
import io.carousel.e2e.external.ChainJudge.Shown;
import io.carousel.e2e.node.Child;
import io.carousel.e2e.node.Cli;
import io.carousel.events.AuthorityName;
import io.carousel.events.PhaseName;
import io.carousel.events.openssh.Tool;
import io.carousel.orchestrator.documents.RotationStatus;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two authorities below a root that openssl keeps are rotated under load: of one verifiers pin the
 * CA certificates, of the other they trust the root.
 */
class ExternalRootTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String NOT_REMOVABLE =
      "Generation 1: NOT REMOVABLE: verifiers trust the root, and its CRL does not revoke generation 1";

  @TempDir static Path folder;
  private static Child node;
  private static Cli cli;
  private static URI api;
  private static HttpHouse house;
  private static OpensslRoot root;

  @BeforeAll
  static void start() throws Exception {
    Tool.need("openssl");
    Tool.need("certtool");
    root = new OpensslRoot(folder.resolve("root"));
    Path data = folder.resolve("data");
    node = Child.start(folder, "up", "--data", data.toString(), "--slot", "only");
    await().atMost(PATIENCE).until(() -> !node.isAlive() || node.out().contains("Carousel is up"));
    assertThat(node.isAlive()).as("%s%s", node.out(), node.err()).isTrue();
    cli = new Cli(data);
    Matcher url = Pattern.compile("HTTP API +(http://\\S+)").matcher(node.out());
    assertThat(url.find()).isTrue();
    api = URI.create(url.group(1));
    house = new HttpHouse(api, data.resolve("api.secret"));
  }

  @AfterAll
  static void stop() throws Exception {
    try (Child _ = node) {
      if (house != null) {
        house.close();
      }
    }
  }

  // --- the two uses -----------------------------------------------------------------------------

  @Test
  void whoPinsForgetsARetiredGenerationByItself() throws Exception {
    create("pinned", "pinned");
    try (Fleet fleet = join("pinned")) {
      Shown first = shown("pinned", fleet.presented(), 1);
      Material old = fleet.client().material().orElseThrow();
      judged("pinned", first, true);
      rotate("pinned", fleet, () -> judged("pinned", first, true));
      Shown second = shown("pinned", fleet.presented(), 2);
      // The canary: whoever pins refuses the old one, though the root still stands behind it.
      judged("pinned", first, false);
      judged("pinned", second, true);
      Material now = fleet.client().material().orElseThrow();
      assertThat(fleet.exchange(tls(new Material(old.owner(), now.trust(), old.x509()))))
          .isInstanceOfSatisfying(
              Outcome.Failed.class,
              f -> assertThat(f.cause()).isEqualTo(FailureCause.REFUSED_BY_SERVER));
      said(
          "pinned",
          "Generation 1: removed: verifiers pin the intermediates, as canaries have shown");
      assertThat(fleet.failure()).isEmpty();
      assertThat(fleet.handshakes()).isGreaterThan(10);
    }
  }

  @Test
  void whoTrustsTheRootForgetsItByItsCrl() throws Exception {
    create("trusting", "root");
    cli.done("authority", "root-crl", "trusting", root.crl().toString());
    try (Fleet fleet = join("trusting")) {
      Shown first = shown("trusting", fleet.presented(), 1);
      Material stale = fleet.client().material().orElseThrow();
      judged("trusting", first, true);
      rotate("trusting", fleet, () -> judged("trusting", first, true));
      Shown second = shown("trusting", fleet.presented(), 2);
      // The rotation is over, and the old generation is as good as ever: the status says so.
      said("trusting", NOT_REMOVABLE);
      judged("trusting", first, true);
      judged("trusting", second, true);
      assertThat(fleet.exchange(tls(stale))).isInstanceOf(Outcome.Succeeded.class);

      root.revoke(first.issuer());
      cli.done("authority", "root-crl", "trusting", root.crl().toString());
      said(
          "trusting", "Generation 1: revoked by the root's CRL number 2, held by 2 of 2 verifiers");
      judged("trusting", first, false);
      judged("trusting", second, true);
      assertThat(fleet.exchange(tls(stale)))
          .isInstanceOfSatisfying(
              Outcome.Failed.class,
              f -> assertThat(f.cause()).isEqualTo(FailureCause.REFUSED_BY_SERVER));
      assertThat(fleet.failure()).isEmpty();
      assertThat(fleet.handshakes()).isGreaterThan(10);
    }
  }

  // --- steps ------------------------------------------------------------------------------------

  private void create(String name, String use) throws Exception {
    cli.done(
        "authority",
        "create",
        name,
        "--root=" + root.certificate(),
        "--root-use=" + use,
        "--leaf-lifetime=1h");
    certify(name, 1);
    await().atMost(PATIENCE).until(() -> status(name).seen().phase() == PhaseName.STANDBY);
  }

  /** Exports the requests, has the root sign them, and brings what it gives. */
  private void certify(String name, int generation) throws Exception {
    await().atMost(PATIENCE).until(() -> status(name).next().startsWith("Have the external root"));
    Path requests = folder.resolve("requests");
    cli.done("authority", "csr", name, "--out", requests.toString());
    Path request = requests.resolve("%s-g%d-only.csr".formatted(name, generation));
    cli.done("authority", "certificate", name, root.sign(request).toString());
  }

  private Fleet join(String name) throws Exception {
    String secret = Files.readString(folder.resolve("data/api.secret")).strip();
    var fleet = new Fleet(new AuthorityName(name), api, secret, house);
    await().atMost(PATIENCE).until(() -> fleet.presents(1, 1));
    return fleet;
  }

  private interface Check {
    void run() throws Exception;
  }

  private void rotate(String name, Fleet fleet, Check inEveryPhase) throws Exception {
    cli.done("rotation", "start", name, "--reason=yearly");
    assertThat(cli.run("rotation", "advance", name).err()).contains("rotation " + name + "/1");
    certify(name, 2);
    await().atMost(PATIENCE).until(() -> !status(name).keysMissing());
    inEveryPhase.run();
    cli.done("rotation", "advance", name, "--wait");
    await().atMost(PATIENCE).until(() -> fleet.presents(2, 1));
    inEveryPhase.run();
    cli.done("rotation", "advance", name, "--wait");
    await().atMost(PATIENCE).until(() -> fleet.presents(2, 2));
    inEveryPhase.run();
    cli.done("rotation", "advance", name, "--wait");
    assertThat(status(name).seen().phase()).isEqualTo(PhaseName.STANDBY);
    int before = fleet.handshakes();
    await().atMost(PATIENCE).until(() -> fleet.handshakes() > before + 3);
  }

  private RotationStatus status(String name) {
    return cli.read(RotationStatus.class, "rotation", "status", name);
  }

  private void said(String name, String line) {
    await().atMost(PATIENCE).until(() -> cli.done("rotation", "status", name).contains(line));
    assertThat(cli.done("authority", "show", name)).contains(line);
  }

  private static MutualTls tls(Material material) throws Exception {
    var tls = new MutualTls();
    tls.install(material);
    return tls;
  }

  // --- judges -----------------------------------------------------------------------------------

  /** What is published now is what each judge goes by. */
  private void judged(String name, Shown shown, boolean good) throws Exception {
    boolean pinned = name.equals("pinned");
    Path trusted = fetch(name, "bundle.pem");
    Path crls = fetch(name, "crls.pem");
    for (ChainJudge judge : ChainJudge.values()) {
      Optional<String> refusal = judge.refusal(shown, trusted, crls, pinned);
      if (good) {
        assertThat(refusal).as("%s of %s", judge, shown).isEmpty();
      } else {
        assertThat(refusal).as("%s of %s", judge, shown).isPresent();
      }
    }
  }

  private Path fetch(String name, String what) throws Exception {
    try (HttpClient anybody = HttpClient.newHttpClient()) {
      Path file = folder.resolve(name + "-" + what);
      var request = HttpRequest.newBuilder(api.resolve("/pub/%s/%s".formatted(name, what))).build();
      var response = anybody.send(request, BodyHandlers.ofByteArray());
      assertThat(response.statusCode()).isEqualTo(200);
      return Files.write(file, response.body());
    }
  }

  private Shown shown(String name, X509Credential own, int generation) throws Exception {
    assertThat(own.generation()).isEqualTo(generation);
    Path issuer = folder.resolve("root/%s-g%d-only.csr.pem".formatted(name, generation));
    String leaf = pem(own.certificate());
    String stem = "%s-leaf-%d".formatted(name, generation);
    return new Shown(
        write(stem + ".pem", leaf),
        issuer,
        write(stem + "-chain.pem", leaf + Files.readString(issuer)));
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text, US_ASCII);
  }

  private static String pem(X509Certificate certificate) throws CertificateEncodingException {
    return "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n"
        .formatted(
            Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded()));
  }
}
