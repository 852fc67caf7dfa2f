package io.carousel.e2e.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.carousel.agent.Trust;
import io.carousel.agent.certificate.Certificates;
import io.carousel.agent.http.HttpHouse;
import io.carousel.e2e.node.Child;
import io.carousel.e2e.node.Cli;
import io.carousel.events.AuthorityName;
import io.carousel.events.openssh.Tool;
import io.carousel.orchestrator.documents.RotationStatus;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** docs/agent.md, done: an existing nginx comes under Carousel, and its CA is rotated. */
class NginxRotationTest {
  private static final String CANARY = "    canary: {connect: 127.0.0.1:443}\n";
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final AuthorityName WEB = new AuthorityName("web");
  private static final int ENOUGH = 25;

  /** What an operator adapts: paths, ports and how nginx is called. */
  private static final Pattern BLOCK = Pattern.compile("```(yaml|nginx)\n(.*?)```", Pattern.DOTALL);

  @TempDir Path folder;
  private Child node;
  private Cli cli;
  private HttpHouse house;
  private URI api;
  private Nginx nginx;
  private final List<Child> agents = new ArrayList<>();
  private final List<Trust.Anchor> known = new CopyOnWriteArrayList<>();

  @BeforeEach
  void start() throws Exception {
    List.of("nginx", "curl", "openssl").forEach(Tool::need);
    Path data = folder.resolve("data");
    node =
        Child.start(
            folder, "up", "--data", data.toString(), "--slot=hsm-a", "--listen", "127.0.0.1:0");
    await()
        .atMost(PATIENCE)
        .until(() -> !node.isAlive() || node.out().contains("Participants are received at"));
    assertThat(node.isAlive()).as("%s%s", node.out(), node.err()).isTrue();
    cli = new Cli(data);
    api = URI.create(told("HTTP API +(http://\\S+)"));
    house = new HttpHouse(api, data.resolve("api.secret"));
    nginx = Nginx.withOldCertificate(Files.createDirectory(folder.resolve("nginx")), "web-1");
  }

  private String told(String pattern) {
    Matcher said = Pattern.compile(pattern).matcher(node.out());
    assertThat(said.find()).as(node.out()).isTrue();
    return said.group(1);
  }

  @AfterEach
  void stop() throws Exception {
    for (Child agent : agents) {
      agent.close();
    }
    if (nginx != null) {
      nginx.close();
    }
    if (house != null) {
      house.close();
    }
    node.close();
  }

  @Test
  void noExchangeFailsWhileItsCaIsRotatedAndRolledBack() throws Exception {
    cli.done("authority", "create", "web", "--slot=hsm-a", "--leaf-lifetime=1h", "--wait");
    learn();
    assertThat(house.clockDifference().orElseThrow().abs()).isLessThan(Duration.ofSeconds(60));
    Path server = serverUnderCarousel();
    Path client = client();
    Child serving = run(server);
    run(client);
    Path files = folder.resolve("caller");
    await().atMost(PATIENCE).until(() -> Files.exists(files.resolve("confirmed/key.pem")));
    try (var caller = new Caller(files, "web-1", nginx.port(), this::generation)) {
      caller.talk(2);
      enough(caller, "client by 1, server by 1");

      rotate();
      assertThat(said(server)).contains("generation 2 was refused before it was trusted");
      advance("update-clients");
      enough(caller, "client by 2, server by 1");
      serving = killedInTheMiddle(serving, server, () -> advance("update-servers"));
      enough(caller, "client by 2, server by 2");
      advance("standby");
      await().atMost(PATIENCE).until(() -> trusts(server, "2") && trusts(client, "2"));
      enough(caller, "client by 2, server by 2");

      rotate();
      advance("update-clients");
      enough(caller, "client by 3, server by 2");
      advance("update-servers");
      enough(caller, "client by 3, server by 3");
      cli.done("rotation", "rollback", "web", "--reason=on second thoughts");
      enough(caller, "client by 2, server by 2");
      advance("standby");
      await().atMost(PATIENCE).until(() -> trusts(server, "2") && trusts(client, "2"));
      enough(caller, "client by 2, server by 2");

      assertThat(caller.failures()).as(nginx.errors()).isEmpty();
      System.out.printf(
          "nginx under an agent: %d exchanges, 0 failed, %s%n", caller.total(), caller.made());
    }
    assertThat(serving.isAlive()).isTrue();
    assertThat(serving.stop(30)).isZero();
  }

  @Test
  void anNginxThatDoesNotReloadKeepsTheGateClosedAndSaysWhy() throws Exception {
    cli.done("authority", "create", "web", "--slot=hsm-a", "--leaf-lifetime=1h", "--wait");
    Path config = serverUnderCarousel();
    run(config);
    String good = Files.readString(folder.resolve("nginx/nginx.conf"), UTF_8);
    Files.writeString(folder.resolve("nginx/nginx.conf"), good.replace("listen", "lisden"));
    Path before = folder.resolve("output/current").toRealPath();
    rotate();
    String said = awaitTrouble(config);
    assertThat(said).contains("unknown directive", "lisden", "the earlier set is put back");
    assertThat(folder.resolve("output/current").toRealPath()).isEqualTo(before);
    assertThat(status().gate().ready()).isFalse();
    assertThat(status().gate().lacking())
        .isNotEmpty()
        .allSatisfy(lacking -> assertThat(lacking.participant()).hasToString("web-1"));
    Files.writeString(folder.resolve("nginx/nginx.conf"), good);
    await().atMost(PATIENCE).until(() -> status().gate().ready());
    assertThat(folder.resolve("output/current").toRealPath()).isNotEqualTo(before);
  }

  /** Its certificate is of one authority, and those of its callers are of another. */
  @Test
  void anNginxStandsBetweenTwoAuthoritiesThatRotateAtOnce() throws Exception {
    List<String> both = List.of("host", "user");
    cli.done("authority", "create", "host", "--slot=hsm-a", "--wait");
    // Who verifies callers has to show it by a canary, and not only to say so.
    cli.done("authority", "create", "user", "--slot=hsm-a", "--trust-evidence=observed", "--wait");
    String words =
        nginx.command().stream().map("'%s'"::formatted).collect(Collectors.joining(", "));
    String preset =
        "nginx: {command: [%s], pidFile: %s, address: 127.0.0.1:%d, clients: %%s}"
            .formatted(words, nginx.pidFile(), nginx.port());
    Path config =
        Files.writeString(
            folder.resolve("agent.yaml"),
            """
            house: {url: "%s", secretFile: data/api.secret}
            participant: {name: web-1}
            state: agent
            outputs:
              - authority: host
                roles: [presents-server, verifies]
                folder: host
                preset: nginx
                %s
              - authority: user
                roles: [verifies]
                folder: user
                canary: {connect: 127.0.0.1:%d}
                preset: nginx
                %s
            """
                .formatted(api, preset.formatted(false), nginx.port(), preset.formatted(true)));
    enrol(config);
    nginx.configure(
        """
        ssl_certificate %1$s/host/current/fullchain.pem;
        ssl_certificate_key %1$s/host/current/key.pem;
        ssl_client_certificate %1$s/user/current/bundle.pem;
        ssl_crl %1$s/user/current/crls.pem;
        ssl_verify_client on;
        """
            .formatted(folder));
    assertThat(ended(0, "--config", config.toString(), "--once")).contains("is up to date");
    run(config);
    for (String authority : both) {
      cli.done("rotation", "start", authority, "--reason=both at once");
    }
    for (String authority : both) {
      await()
          .atMost(PATIENCE)
          .until(
              () -> cli.read(RotationStatus.class, "rotation", "status", authority).gate().ready());
    }
    assertThat(
            Files.readString(folder.resolve("user/current/bundle.pem"), UTF_8).split("BEGIN", -1))
        .hasSize(3);
    assertThat(said(config)).contains("generation 2 was refused before it was trusted");
  }

  /** The pins of its configuration are of a CA that is gone by then. */
  @Test
  void anAgentOnAnotherMachineGoesOnAfterTheRotationOfItsHousesOwnAuthority() throws Exception {
    cli.done("authority", "create", "web", "--slot=hsm-a", "--leaf-lifetime=1h", "--wait");
    Path config = client();
    assertThat(ended(0, "--config", config.toString(), "--once"))
        .contains("authority carousel", "authority web");
    Child agent = run(config);
    cli.done("rotation", "start", "carousel", "--reason=its turn");
    for (String phase : List.of("update-clients", "update-servers", "standby")) {
      await().atMost(PATIENCE).until(() -> status("carousel").gate().ready());
      cli.done("rotation", "advance", "carousel");
      assertThat(status("carousel").seen().phase()).hasToString(phase);
    }
    await().atMost(PATIENCE).until(() -> carouselTrusts(config, "2"));
    assertThat(agent.stop(30)).isZero();
    assertThat(ended(0, "--config", config.toString(), "--once")).contains("is up to date");
  }

  private boolean carouselTrusts(Path config, String generation) throws Exception {
    try (Child child = agent("status", "--config", config.toString())) {
      return child.await(PATIENCE.toSeconds()) == 0
          && Pattern.compile("carousel\n.*\n  trusts +generation %s\n".formatted(generation))
              .matcher(child.out())
              .find();
    }
  }

  /** What a status with an exit code for trouble says about it. */
  private String awaitTrouble(Path config) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < deadline) {
      try (Child child = agent("status", "--config", config.toString())) {
        if (child.await(PATIENCE.toSeconds()) == 1 && child.out().contains("problem")) {
          return child.out();
        }
      }
    }
    throw new AssertionError("the agent has no trouble");
  }

  // --- the quick start --------------------------------------------------------------------------

  private static String block(String language) throws Exception {
    Matcher blocks = BLOCK.matcher(Files.readString(Path.of("..", "docs", "agent.md"), UTF_8));
    return blocks
        .results()
        .filter(b -> b.group(1).equals(language))
        .map(b -> b.group(2))
        .findFirst()
        .orElseThrow();
  }

  private String said(Path config) throws Exception {
    return ended(0, "status", "--wait", "--config", config.toString());
  }

  private Path serverUnderCarousel() throws Exception {
    Path config = folder.resolve("agent.yaml");
    String words =
        nginx.command().stream().map("'%s'"::formatted).collect(Collectors.joining(", "));
    Files.writeString(
        config,
        here(block("yaml"))
            .replace("/var/lib/carousel-agent", folder.resolve("agent").toString())
            .replace("[nginx]", "[%s]".formatted(words))
            .replace("/run/nginx.pid", nginx.pidFile().toString())
            .replace("    preset: nginx", CANARY + "    preset: nginx")
            .replace("127.0.0.1:443", "127.0.0.1:" + nginx.port()));
    enrol(config);
    nginx.configure(here(block("nginx")));
    String plan = ended(0, "--config", config.toString(), "--dry-run");
    assertThat(plan)
        .contains("would put bundle", "would ask for the x509 server credential of generation 1");
    assertThat(folder.resolve("output")).doesNotExist();
    String done = ended(0, "--config", config.toString(), "--once");
    assertThat(done).contains("everything is up to date", "nginx at 127.0.0.1:" + nginx.port());
    return config;
  }

  /** What stands for this machine's paths. */
  private String here(String text) {
    return text.replace("http://127.0.0.1:8437", api.toString())
        .replace("/etc/carousel/house.secret", folder.resolve("data/api.secret").toString())
        .replace("/etc/nginx/carousel", folder.resolve("output").toString());
  }

  private Path client() throws Exception {
    Path config = folder.resolve("caller.yaml");
    Files.writeString(
        config,
        """
        house:
          url: %s
          pins: [%s]
        participant:
          name: caller
        state: caller-state
        outputs:
          - authority: web
            roles: [presents-client, verifies]
            folder: caller
        """
            .formatted(
                told("received at (https://[^,]+),"),
                told("received at https://[^,]+, by the keys (\\S+)\\.")));
    enrol(config);
    return config;
  }

  private void enrol(Path config) throws Exception {
    Path form = folder.resolve("form.json");
    Files.writeString(form, ended(0, "identity", "--config", config.toString()));
    String secret = Files.readString(folder.resolve("data/api.secret"), UTF_8).strip();
    Path header = Files.writeString(folder.resolve("header"), "Authorization: Bearer " + secret);
    assertThat(
            Tool.run(
                    List.of(
                        "curl",
                        "--silent",
                        "--show-error",
                        "--fail-with-body",
                        "--noproxy",
                        "*",
                        "-H",
                        "@" + header,
                        "-H",
                        "Content-Type: application/json",
                        "--data",
                        "@" + form,
                        api.resolve("/v1/participants").toString()))
                .good())
        .contains("sequence");
  }

  private String ended(int status, String... arguments) throws Exception {
    try (Child child = agent(arguments)) {
      assertThat(child.await(PATIENCE.toSeconds()))
          .as("%s%s", child.out(), child.err())
          .isEqualTo(status);
      return child.out();
    }
  }

  private Child agent(String... arguments) throws Exception {
    var all = new ArrayList<String>(List.of("agent"));
    all.addAll(List.of(arguments));
    return Child.start(folder, all.toArray(String[]::new));
  }

  private Child run(Path config) throws Exception {
    Child child = agent("--config", config.toString());
    agents.add(child);
    await().atMost(PATIENCE).until(() -> !child.isAlive() || child.out().contains("is running"));
    assertThat(child.isAlive()).as("%s%s", child.out(), child.err()).isTrue();
    return child;
  }

  // --- the rotation -----------------------------------------------------------------------------

  private RotationStatus status() {
    return status("web");
  }

  private RotationStatus status(String authority) {
    return cli.read(RotationStatus.class, "rotation", "status", authority);
  }

  private void rotate() throws Exception {
    cli.done("rotation", "start", "web", "--reason=to see it");
    await().atMost(PATIENCE).until(() -> !status().keysMissing());
    learn();
  }

  private void advance(String phase) {
    await().atMost(PATIENCE).until(() -> status().gate().ready());
    cli.done("rotation", "advance", "web");
    assertThat(status().seen().phase()).hasToString(phase);
  }

  /** SIGKILL between the switch to a new set and its confirmation, and another start. */
  private Child killedInTheMiddle(Child serving, Path config, Runnable act) throws Exception {
    Path current = folder.resolve("output/current");
    Path before = current.toRealPath();
    act.run();
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (current.toRealPath().equals(before) && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    serving.kill();
    assertThat(folder.resolve("output/confirmed").toRealPath()).isEqualTo(before);
    Child again = run(config);
    await().atMost(PATIENCE).until(() -> again.err().contains("was cut short; set"));
    return again;
  }

  private void enough(Caller caller, String generations) {
    int from = caller.made().getOrDefault(generations, 0);
    await()
        .atMost(PATIENCE)
        .until(() ->
            !caller.failures().isEmpty()
                || caller.made().getOrDefault(generations, 0) >= from + ENOUGH);
    assertThat(caller.failures()).isEmpty();
  }

  private boolean trusts(Path config, String generations) throws Exception {
    try (Child child = agent("status", "--config", config.toString())) {
      return child.await(PATIENCE.toSeconds()) == 0
          && Pattern.compile("web\n.*\n  trusts +generation %s\n".formatted(generations))
              .matcher(child.out())
              .find();
    }
  }

  private void learn() throws Exception {
    known.addAll(Trust.of(house.bundle(WEB, 0, Duration.ofSeconds(5)).orElseThrow()).anchors());
  }

  private int generation(X509Certificate certificate) {
    return known.stream()
        .filter(ca -> Certificates.isSignedBy(certificate, ca.certificate()))
        .mapToInt(Trust.Anchor::generation)
        .findFirst()
        .orElse(0);
  }
}
