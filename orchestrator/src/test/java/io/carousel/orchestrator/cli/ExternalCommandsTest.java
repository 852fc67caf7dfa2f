package io.carousel.orchestrator.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.Bytes;
import io.carousel.events.Role;
import io.carousel.events.RootUse;
import io.carousel.events.Serial;
import io.carousel.events.wire.Json;
import io.carousel.orchestrator.cli.Terminal.Ran;
import io.carousel.orchestrator.documents.AuthorityDetails;
import io.carousel.orchestrator.documents.CaRequests;
import io.carousel.orchestrator.documents.CaRequests.CaRequestLine;
import io.carousel.orchestrator.http.FakeDesk;
import io.carousel.orchestrator.rules.RootCa;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An external root, from the command line and over the API behind it. */
class ExternalCommandsTest {
  private static final String AWAITED = "its certificate from the external root";

  @TempDir Path folder;
  private final RootCa root = new RootCa("Elsewhere Root");
  private Terminal terminal;

  @BeforeEach
  void start() throws IOException {
    terminal = new Terminal(folder, FakeDesk.withSlots("hsm-a", "hsm-b"));
  }

  @AfterEach
  void stop() {
    terminal.close();
  }

  private Path pem(String name, String label, Bytes... all) throws IOException {
    var text = new StringBuilder();
    for (Bytes der : all) {
      text.append(
          "-----BEGIN %s-----\n%s\n-----END %s-----\n"
              .formatted(
                  label,
                  Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der.toArray()),
                  label));
    }
    return Files.writeString(folder.resolve(name), text, US_ASCII);
  }

  private Ran create(String... more) throws IOException {
    var line = new ArrayList<>(List.of("authority", "create", "user", "--root"));
    line.add(pem("root.pem", "CERTIFICATE", root.root()).toString());
    line.addAll(List.of(more));
    Ran ran = terminal.run(line.toArray(String[]::new));
    assertThat(ran.exit()).as(ran.err()).isZero();
    terminal.desk.requestsCome("user");
    return ran;
  }

  private AuthorityDetails details() {
    return Json.PLAIN.read(
        terminal.run("authority", "show", "user", "-o", "json").out().getBytes(UTF_8),
        AuthorityDetails.class);
  }

  private List<CaRequestLine> requests() {
    return Json.PLAIN
        .read(
            terminal.run("authority", "csr", "user", "-o", "json").out().getBytes(UTF_8),
            CaRequests.class)
        .requests();
  }

  private Bytes certificate(CaRequestLine request) {
    Instant now = FakeDesk.NOON;
    return root.below(request.request())
        .between(now.minusSeconds(60), now.plus(Duration.ofDays(3000)))
        .sign();
  }

  private void open() throws IOException {
    for (CaRequestLine request : requests()) {
      Path file = pem("ca.pem", "CERTIFICATE", certificate(request), root.root());
      Ran ran = terminal.run("authority", "certificate", "user", file.toString());
      assertThat(ran.exit()).as(ran.err()).isZero();
      assertThat(ran.out()).startsWith("Imported 'CN=user G");
    }
    terminal.desk.crlsCome("user");
  }

  @Test
  void theRequestsAreExportedAndTheCertificatesImported() throws IOException {
    create();
    assertThat(details().external().orElseThrow().use()).isEqualTo(RootUse.PINNED);
    Ran status = terminal.run("rotation", "status", "user");
    assertThat(status.out())
        .contains("awaiting certificate")
        .contains(
            "Next: Have the external root sign the requests of hsm-a and hsm-b: export them with 'carousel authority csr user', and import what it gives with 'carousel authority certificate user FILE'.");
    Ran printed = terminal.run("authority", "csr", "user", "--slot", "hsm-b");
    assertThat(printed.out())
        .startsWith("-----BEGIN CERTIFICATE REQUEST-----\n")
        .endsWith("-----END CERTIFICATE REQUEST-----\n")
        .containsOnlyOnce("BEGIN");
    assertThat(printed.err()).contains("carousel authority certificate user FILE");
    Ran written = terminal.run("authority", "csr", "user", "--out", folder + "/asked");
    assertThat(written.out()).contains("asked/user-g1-hsm-a.csr", "asked/user-g1-hsm-b.csr");
    assertThat(folder.resolve("asked/user-g1-hsm-a.csr")).content().startsWith("-----BEGIN");
    Ran early = terminal.run("rotation", "start", "user");
    assertThat(early.err()).contains("hsm-a/x509: " + AWAITED).contains("hsm-b/x509");
    open();
    assertThat(terminal.run("rotation", "status", "user").out()).contains("standby");
    assertThat(terminal.run("authority", "csr", "user").err())
        .contains("no key of authority 'user' waits for a certificate");
  }

  @Test
  void whoWaitsForANewAuthorityWaitsForItsRequests() throws Exception {
    Path file = pem("root.pem", "CERTIFICATE", root.root());
    var ran =
        CompletableFuture.supplyAsync(() ->
                terminal.run("authority", "create", "user", "--root", file.toString(), "--wait"))
            .orTimeout(2, TimeUnit.MINUTES);
    Awaitility.await().until(() -> !terminal.desk.house().authorities().isEmpty());
    terminal.desk.requestsCome("user");
    assertThat(ran.join().out())
        .isEqualTo(
            "Authority user is being created below an external root: its keys are made on hsm-a and hsm-b; export their requests with 'carousel authority csr user'.\n");
  }

  @Test
  void severalCertificatesComeInOneFileInDerToo() throws IOException {
    create();
    List<CaRequestLine> asked = requests();
    Path both =
        pem("both.pem", "CERTIFICATE", certificate(asked.getFirst()), certificate(asked.getLast()));
    assertThat(terminal.run("authority", "certificate", "user", both.toString()).out().lines())
        .hasSize(2);
    terminal.desk.crlsCome("user");
    assertThat(terminal.run("rotation", "start", "user").exit()).isZero();
    terminal.desk.requestsCome("user");
    Path der = folder.resolve("one.der");
    Files.write(der, certificate(requests().getFirst()).toArray());
    assertThat(terminal.run("authority", "certificate", "user", der.toString()).exit()).isZero();
    assertThat(requests()).hasSize(1);
    assertThat(terminal.run("authority", "csr", "user", "--generation", "1").exit())
        .isEqualTo(ExitCode.FAILED);
  }

  @Test
  void whatIsWrongIsSaid() throws IOException {
    Path nothing = Files.writeString(folder.resolve("nothing"), "nothing");
    assertThat(terminal.run("authority", "create", "x", "--root", nothing.toString()).err())
        .contains("holds no certificate in PEM or DER");
    assertThat(terminal.run("authority", "create", "x", "--root-use", "root").err())
        .contains("name it with --root");
    assertThat(terminal.run("authority", "create", "x", "--root", folder + "/nowhere.pem").err())
        .contains("cannot be read");
    Path two = pem("two.pem", "CERTIFICATE", root.root(), root.root());
    assertThat(terminal.run("authority", "create", "x", "--root", two.toString()).err())
        .contains("holds 2 certificates");

    create("--root-use", "root");
    Path rootFile = folder.resolve("root.pem");
    assertThat(terminal.run("authority", "certificate", "user", rootFile.toString()).err())
        .contains("only certificates that issued themselves");
    Bytes other = certificate(new CaRequestLine(1, requests().getFirst().slot(), "", request()));
    Ran refused =
        terminal.run(
            "authority", "certificate", "user", pem("other.pem", "CERTIFICATE", other).toString());
    assertThat(refused.exit()).isEqualTo(ExitCode.FAILED);
    assertThat(refused.err()).contains("its key is none of those that wait for a certificate");
    assertThat(terminal.run("authority", "root-crl", "user", nothing.toString()).err())
        .contains("does not hold exactly one CRL");
  }

  private static Bytes request() {
    return RootCa.request(
        RootCa.keyPair(), io.carousel.events.Suite.ECDSA_P256, "CN=user G1 hsm-a,O=Carousel");
  }

  // --- removal ----------------------------------------------------------------------------------

  @Test
  void whatIsNotRemovableIsSaidUntilTheRootRevokesIt() throws IOException {
    create("--root-use", "root");
    open();
    terminal.desk.enrol("user", Set.of(Role.VERIFIES), "gateway");
    assertThat(terminal.run("rotation", "start", "user").exit()).isZero();
    terminal.desk.requestsCome("user");
    open();
    terminal.desk.shows("gateway");
    for (int i = 0; i < 3; i++) {
      Ran ran = terminal.run("rotation", "advance", "user");
      if (ran.exit() != 0) {
        ran = terminal.run("rotation", "advance", "user", "--nobody");
      }
      assertThat(ran.exit()).as(ran.err()).isZero();
    }
    for (String command : List.of("rotation status", "authority show")) {
      assertThat(terminal.run((command + " user").split(" ")).out())
          .contains(
              "Generation 1: NOT REMOVABLE: verifiers trust the root, and its CRL does not revoke generation 1");
    }
    Path crl =
        pem("root.crl", "X509 CRL", root.crl(7, FakeDesk.NOON, serials(1).toArray(Serial[]::new)));
    Ran imported = terminal.run("authority", "root-crl", "user", crl.toString());
    assertThat(imported.exit()).as(imported.err()).isZero();
    for (String command : List.of("rotation status", "authority show")) {
      assertThat(terminal.run((command + " user").split(" ")).out())
          .contains("Generation 1: revoked by the root's CRL number 7, held by ")
          .contains(" of 1 verifiers")
          .doesNotContain("WARNING");
    }
    terminal.desk.later(Duration.ofDays(8));
    assertThat(terminal.run("authority", "show", "user").out())
        .contains("External root:  root")
        .contains("Root's CRL:     number 7, until ")
        .contains("WARNING: the root's CRL number 7 is stale since ");
    assertThat(terminal.run("rotation", "status", "user").out()).contains("WARNING: ");
  }

  private List<Serial> serials(int generation) {
    return terminal
        .desk
        .house()
        .authorities()
        .firstEntry()
        .getValue()
        .external()
        .orElseThrow()
        .imported()
        .stream()
        .filter(i -> i.generation() == generation)
        .map(io.carousel.orchestrator.rules.External.Imported::serial)
        .toList();
  }

  // --- publication ------------------------------------------------------------------------------

  @Test
  void verifiersReadTheRootOrTheCasBelowIt() throws Exception {
    create("--root-use", "root");
    assertThat(get("/pub/user/root.crl").statusCode()).isEqualTo(404);
    Path crl = folder.resolve("root.crl");
    Bytes list = root.crl(7, FakeDesk.NOON);
    Files.write(crl, list.toArray());
    assertThat(terminal.run("authority", "root-crl", "user", crl.toString()).exit()).isZero();
    open();
    assertThat(Bytes.of(get("/pub/user/root.crl").body())).isEqualTo(list);
    assertThat(count(get("/pub/user/bundle.pem"), "BEGIN CERTIFICATE")).isEqualTo(1);
    assertThat(text(get("/pub/user/bundle.pem")).replaceAll("-----[^-]+-----|\\s", ""))
        .isEqualTo(root.root().base64());
    assertThat(count(get("/pub/user/chain.pem"), "BEGIN CERTIFICATE")).isEqualTo(2);
    assertThat(count(get("/pub/user/crls.pem"), "BEGIN X509 CRL")).isEqualTo(3);
  }

  @Test
  void verifiersThatPinReadTheCasAlone() throws Exception {
    create();
    open();
    assertThat(count(get("/pub/user/bundle.pem"), "BEGIN CERTIFICATE")).isEqualTo(2);
    assertThat(get("/pub/user/chain.pem").body()).isEqualTo(get("/pub/user/bundle.pem").body());
    assertThat(count(get("/pub/user/crls.pem"), "BEGIN X509 CRL")).isEqualTo(2);
  }

  private HttpResponse<byte[]> get(String path) throws Exception {
    String api =
        Json.PLAIN
            .read(Files.readAllBytes(folder.resolve("node.json")), Terminal.Description.class)
            .api();
    try (HttpClient anybody = HttpClient.newHttpClient()) {
      return anybody.send(
          HttpRequest.newBuilder(URI.create(api + path)).build(), BodyHandlers.ofByteArray());
    }
  }

  private static String text(HttpResponse<byte[]> answer) {
    return new String(answer.body(), US_ASCII);
  }

  private static int count(HttpResponse<byte[]> answer, String what) {
    return text(answer).split(what, -1).length - 1;
  }
}
