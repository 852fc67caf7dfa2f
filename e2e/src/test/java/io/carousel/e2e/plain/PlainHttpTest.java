package io.carousel.e2e.plain;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.carousel.e2e.node.Cli;
import io.carousel.e2e.node.Node;
import io.carousel.events.PhaseName;
import io.carousel.events.openssh.Tool;
import io.carousel.orchestrator.documents.RotationStatus;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Gates that hold for nobody but a script, and are opened by its evidence alone. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PlainHttpTest {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private Path folder;
  private Node node;
  private Cli cli;

  @BeforeAll
  void start(@TempDir Path own) throws Exception {
    Tool.need("curl");
    Tool.need("openssl");
    folder = own;
    node = Node.listening(folder, "--slot", "only");
    cli = node.cli();
    cli.done("authority", "create", "web", "--leaf-lifetime=1h", "--wait");
  }

  @AfterAll
  void stop() throws Exception {
    if (node != null) {
      node.close();
    }
  }

  @Test
  void curlAndOpensslCarryAParticipantThroughRotationsOfItsAuthorityAndOfTheHouse()
      throws Exception {
    var script = new Script(folder.resolve("one"), "openssl x509 -in current/cert.pem -noout");
    Script.Ended enrolled = enrol(script, "plain-1", token("plain-1"));
    assertThat(enrolled.status()).as(enrolled.text()).isZero();

    Process running = script.start("follow", "web", "both");
    try {
      rotate(script, "web", 2);
      rotate(script, "carousel", 2);
      rotate(script, "web", 3);
      assertThat(running.isAlive()).isTrue();
    } finally {
      running.destroy();
      running.waitFor();
    }
    cli.breaking("fleet", "remove", "plain-1", "--reason=switched off");
    Script.Ended removed = script.run("step", "web", "both");
    assertThat(removed.status()).isNotZero();
    assertThat(removed.text()).contains("is not enrolled any more");
  }

  private void rotate(Script script, String authority, int successor) {
    cli.done("rotation", "start", authority, "--reason=yearly");
    for (PhaseName next :
        List.of(PhaseName.UPDATE_CLIENTS, PhaseName.UPDATE_SERVERS, PhaseName.STANDBY)) {
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> {
            RotationStatus status = status(authority);
            assertThat(status.gate().required()).isPositive();
            assertThat(status.gate().lacking()).isEmpty();
          });
      cli.done("rotation", "advance", authority, "--wait", "--timeout=90s");
      assertThat(status(authority).seen().phase()).isEqualTo(next);
      itsFilesHoldTogether(script, authority);
    }
    assertThat(status(authority).active()).isEqualTo(successor);
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(authorities(script, authority)).isEqualTo(1));
    assertThat(issuer(script, authority)).contains(authority + " G" + successor);
  }

  /** The set may be changed meanwhile: then it is looked at again. */
  private static void itsFilesHoldTogether(Script script, String authority) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> {
          Path set = script.file(authority, ".").toRealPath();
          Tool.run(
                  List.of(
                      "openssl",
                      "verify",
                      "-crl_check",
                      "-CRLfile",
                      set.resolve("crls.pem").toString(),
                      "-CAfile",
                      set.resolve("bundle.pem").toString(),
                      set.resolve("cert.pem").toString()))
              .good();
        });
  }

  private static long authorities(Script script, String authority) throws IOException {
    return Files.readAllLines(script.file(authority, "bundle.pem"), UTF_8).stream()
        .filter(line -> line.startsWith("-----BEGIN CERTIFICATE"))
        .count();
  }

  private static String issuer(Script script, String authority) {
    String certificate = script.file(authority, "cert.pem").toString();
    return Tool.run(List.of("openssl", "x509", "-in", certificate, "-noout", "-issuer")).good();
  }

  @Test
  void aServiceThatDoesNotTakeASetGoesOnWithTheOneBefore() throws Exception {
    cli.done("authority", "create", "api", "--leaf-lifetime=1h", "--wait");
    Path broken = folder.resolve("broken");
    var script = new Script(folder.resolve("two"), "! test -e " + broken);
    assertThat(enrol(script, "plain-2", token("plain-2", "api")).status()).isZero();
    assertThat(script.run("step", "api", "both").status()).isZero();
    String before = Files.readString(script.file("api", "bundle.pem"), UTF_8);

    Files.createFile(broken);
    cli.done("rotation", "start", "api", "--reason=yearly");
    await().atMost(PATIENCE).until(() -> !status("api").keysMissing());
    Script.Ended failed = script.run("step", "api", "both");
    assertThat(failed.status()).isNotZero();
    assertThat(failed.text()).contains("the set before is back");
    assertThat(Files.readString(script.file("api", "bundle.pem"), UTF_8)).isEqualTo(before);
    assertThat(status("api").gate().ready()).isFalse();

    Files.delete(broken);
    // What a SIGKILL in the middle leaves behind.
    Path files = script.folder("api");
    Files.createSymbolicLink(files.resolve("next"), Path.of("nowhere"));
    Files.createDirectories(files.resolve("new"));
    Files.writeString(files.resolveSibling("counter.new"), "");
    Script.Ended mended = script.run("step", "api", "both");
    assertThat(mended.status()).as(mended.text()).isZero();
    await().atMost(PATIENCE).until(() -> status("api").gate().ready());
    cli.breaking("fleet", "remove", "plain-2", "--reason=switched off");
  }

  @Test
  void anotherHouseAndAUsedTokenAreRefusedAndSaySo() throws Exception {
    Path token = token("plain-3");
    var script = new Script(folder.resolve("three"), "true");
    String[] parts = Files.readString(token, UTF_8).strip().split("[.]", -1);
    parts[3] = "A".repeat(43);
    Path ofAnother =
        Files.writeString(folder.resolve("another.token"), String.join(".", parts) + "\n", UTF_8);
    Script.Ended elsewhere = enrol(script, "plain-3", ofAnother);
    assertThat(elsewhere.status()).isNotZero();
    assertThat(elsewhere.text()).contains("is not the house of that token");

    assertThat(enrol(script, "plain-3", token).status()).isZero();
    Script.Ended second = enrol(new Script(folder.resolve("four"), "true"), "plain-3", token);
    assertThat(second.status()).isNotZero();
    assertThat(second.text()).contains("token-used-up");
    cli.breaking("fleet", "remove", "plain-3", "--reason=switched off");
  }

  @Test
  void aBundleThatTheHouseHasNotSignedIsLeftAlone() throws Exception {
    var script = new Script(folder.resolve("five"), "true");
    assertThat(enrol(script, "plain-5", token("plain-5")).status()).isZero();
    assertThat(script.run("step", "web", "both").status()).isZero();
    String before = Files.readString(script.file("web", "bundle.pem"), UTF_8);
    // As if whoever answers there had another key than this house.
    Path known = script.file("carousel", "bundle.json");
    String good = Files.readString(known, UTF_8);
    Files.writeString(known, good.replaceAll("\"key\":\"..", "\"key\":\"zz"), UTF_8);
    Script.Ended strange = script.run("step", "web", "both");
    assertThat(strange.status()).isNotZero();
    assertThat(strange.text()).contains("no key of the house that is known here has signed");
    assertThat(Files.readString(script.file("web", "bundle.pem"), UTF_8)).isEqualTo(before);

    Files.writeString(known, good, UTF_8);
    Script.Ended mended = script.run("step", "web", "both");
    assertThat(mended.status()).as(mended.text()).isZero();
    cli.breaking("fleet", "remove", "plain-5", "--reason=switched off");
  }

  @Test
  void curlIsToldTheBundlesOfAnAuthorityAsTheyCome() throws Exception {
    var script = new Script(folder.resolve("six"), "true");
    assertThat(enrol(script, "plain-6", token("plain-6")).status()).isZero();
    assertThat(script.run("step", "web", "both").status()).isZero();
    var curl =
        new ProcessBuilder(
            "curl",
            "--silent",
            "--no-buffer",
            "--max-time",
            "60",
            "--cacert",
            script.folder("carousel").resolveSibling("house.pem").toString(),
            "--cert",
            script.file("carousel", "fullchain.pem").toString(),
            "--key",
            script.file("carousel", "key.pem").toString(),
            node.listener().resolve("/v1/authorities/web/bundles").toString());
    Process following = curl.start();
    try (BufferedReader told = following.inputReader(UTF_8)) {
      assertThat(told.readLine()).isEqualTo(":");
      assertThat(told.readLine()).isEmpty();
      assertThat(told.readLine()).matches("id:[0-9]+");
      assertThat(told.readLine()).isEqualTo("event:bundle");
      assertThat(told.readLine()).startsWith("data:{\"authority\":\"web\"");
    } finally {
      following.destroy();
    }
    cli.breaking("fleet", "remove", "plain-6", "--reason=switched off");
  }

  /** By HTTP/1.0, from where the certificate says. */
  @Test
  void opensslFetchesTheListByItself() throws Exception {
    cli.done(
        "authority",
        "create",
        "lists",
        "--leaf-lifetime=1h",
        "--distribution=" + node.api(),
        "--wait");
    var script = new Script(folder.resolve("seven"), "true");
    assertThat(enrol(script, "plain-7", token("plain-7", "lists")).status()).isZero();
    assertThat(script.run("step", "lists", "both").status()).isZero();
    List<String> verify =
        List.of(
            "openssl",
            "verify",
            "-crl_check",
            "-crl_download",
            "-CAfile",
            script.file("lists", "bundle.pem").toString(),
            script.file("lists", "cert.pem").toString());
    assertThat(Tool.run(verify).good()).contains(": OK");

    cli.breaking(
        "authority", "revoke", "lists", "--participant=plain-7", "--reason=a disk was lost");
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(Tool.run(verify).text()).contains("certificate revoked"));
    // Else a rotation of the built-in authority would wait for what is in its hands.
    cli.breaking(
        "authority", "revoke", "carousel", "--participant=plain-7", "--reason=switched off");
    cli.breaking("fleet", "remove", "plain-7", "--reason=switched off");
  }

  /** It makes an ETag weak where it compresses, and speaks HTTP/1.0 to the node. */
  @Test
  void whoeverWaitsThroughNginxWaits() throws Exception {
    try (Proxy nginx = Proxy.nginx(folder.resolve("nginx"), node.api())) {
      String url = nginx.url("/pub/web/bundle.pem");
      String head = curl("-D", "-", "-o", "/dev/null", "-H", "Accept-Encoding: gzip", url);
      assertThat(head).containsIgnoringCase("Content-Encoding: gzip");
      Matcher tag = Pattern.compile("(?im)^ETag: (W/\"[^\"]+\")").matcher(head);
      assertThat(tag.find()).as(head).isTrue();
      String waited =
          curl(
              "-o",
              "/dev/null",
              "-w",
              "%{http_code} %{time_total}",
              "-H",
              "Accept-Encoding: gzip",
              "-H",
              "If-None-Match: " + tag.group(1),
              url + "?wait=1.5");
      assertThat(waited).startsWith("304 ");
      assertThat(Double.parseDouble(waited.substring("304 ".length()))).isGreaterThan(1.4);
      assertThat(curl("--compressed", url)).isEqualTo(curl(node.api().resolve(url).toString()));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "GET /healthz", "HEAD /readyz HTTP/1.1\\r\\nHost:\\ localhost"})
  void theCheckOfHaproxyIsAnswered(String check) throws Exception {
    Path own = folder.resolve("haproxy" + check.hashCode());
    try (Proxy haproxy = Proxy.haproxy(own, node.api(), check)) {
      await()
          .atMost(PATIENCE)
          .untilAsserted(() ->
              assertThat(curl(haproxy.url("/haproxy;csv")))
                  .containsPattern("(?m)^nodes,node,.*,UP,.*,L7OK,"));
      assertThat(curl(haproxy.url("/healthz"))).contains("\"status\"");
    }
  }

  private static String curl(String... arguments) {
    return Tool.run(
            Stream.concat(
                    Stream.of("curl", "--silent", "--show-error", "--max-time", "30"),
                    Stream.of(arguments))
                .toList())
        .good();
  }

  private Script.Ended enrol(Script script, String name, Path token) throws Exception {
    return script.run("enrol", node.listener().toString(), name, token.toString());
  }

  private Path token(String name) {
    return token(name, "web");
  }

  private Path token(String name, String authority) {
    Path file = folder.resolve(name + ".token");
    cli.done(
        "fleet",
        "token",
        "create",
        "--authority=" + authority,
        "--role=presents-client",
        "--role=presents-server",
        "--role=verifies",
        "--name=" + name,
        "--ttl=1h",
        "--out=" + file);
    return file;
  }

  private RotationStatus status(String authority) {
    return cli.read(RotationStatus.class, "rotation", "status", authority);
  }
}
