package io.carousel.e2e.threats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carousel.agent.config.AgentConfig;
import io.carousel.agent.program.Agent;
import io.carousel.agent.program.AgentTrouble;
import io.carousel.agent.program.StatusText;
import io.carousel.e2e.node.Node;
import io.carousel.events.openssh.Tool;
import io.carousel.orchestrator.documents.RotationStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A service's user on an agent's host. It may read its own files, and spoil them for itself. It
 * must not make the agent, which is root, write or delete anything elsewhere, nor seem to be well
 * when it is not.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ServiceUserTest {
  private static final String USER = "nobody";
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration NAMED_WITHIN = Duration.ofSeconds(30);

  @TempDir static Path shared;
  private static Node node;
  private static int names;

  @TempDir Path base;
  private Path output;
  private Path victim;
  private final List<Process> started = new ArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(
        Files.getOwner(Path.of("/proc/self")).getName().equals("root"),
        "only root gives files to other users");
    List.of("setpriv", "mkfifo", "openssl").forEach(Tool::need);
    node = Node.listening(shared, "--slot=hsm-a");
    node.cli().done("authority", "create", "web", "--slot=hsm-a", "--leaf-lifetime=1h", "--wait");
  }

  @AfterAll
  static void stop() throws Exception {
    if (node != null) {
      node.close();
    }
  }

  @BeforeEach
  void prepare() throws IOException {
    Files.setPosixFilePermissions(base, PosixFilePermissions.fromString("rwxr-xr-x"));
    output = base.resolve("output");
    victim = Files.createDirectory(base.resolve("victim"));
    Files.createDirectories(victim.resolve("000001.new"));
    for (String name : List.of("precious", "key.pem", "000001.new/key.pem")) {
      Files.writeString(victim.resolve(name), "precious");
    }
  }

  @AfterEach
  void end() {
    started.forEach(Process::destroyForcibly);
  }

  private void assertVictimIsWhole() throws IOException {
    try (Stream<Path> all = Files.walk(victim)) {
      assertThat(all.map(p -> victim.relativize(p).toString()))
          .containsExactlyInAnyOrder("", "precious", "key.pem", "000001.new", "000001.new/key.pem");
    }
    for (String name : List.of("precious", "key.pem", "000001.new/key.pem")) {
      assertThat(victim.resolve(name)).hasContent("precious");
      assertThat(Files.getOwner(victim.resolve(name)).getName()).isEqualTo("root");
    }
  }

  private AgentConfig config(String more) throws Exception {
    String name = "web-" + ++names;
    Path token = base.resolve("token");
    node.cli()
        .done(
            "fleet",
            "token",
            "create",
            "--authority=web",
            "--role=presents-server",
            "--role=verifies",
            "--name=" + name,
            "--ttl=1h",
            "--out=" + token);
    return AgentConfig.read(
        Files.writeString(
            base.resolve("agent.yaml"),
            """
            house: {url: "%s", secretFile: %s}
            participant: {name: %s, tokenFile: token}
            state: state
            outputs:
              - authority: web
                roles: [presents-server, verifies]
                folder: %s
                owner: nobody
            %s
            """
                .formatted(node.api(), node.secret(), name, output, more)));
  }

  private Process asService(String script) throws IOException {
    Process process =
        new ProcessBuilder(
                "setpriv",
                "--reuid=" + USER,
                "--regid=nogroup",
                "--clear-groups",
                "/bin/sh",
                "-c",
                script)
            .directory(output.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    started.add(process);
    return process;
  }

  private static String text(Agent agent) {
    return String.join("\n", new StatusText(agent.status()).lines());
  }

  private static String lacking(String participant) {
    return node
        .cli()
        .read(RotationStatus.class, "rotation", "status", "web")
        .gate()
        .lacking()
        .stream()
        .filter(l -> l.participant().toString().equals(participant))
        .map(Object::toString)
        .reduce("", String::concat);
  }

  @Test
  void linksInPlaceOfFoldersLeadNowhere() throws Exception {
    AgentConfig config = config("");
    try (Agent agent = Agent.start(config)) {
      assertThat(agent.awaitUpToDate(PATIENCE).upToDate()).as(text(agent)).isTrue();
      // Everything that it can think of, again and again, while the agent writes.
      Process attack =
          asService(
              """
              while :; do
                for f in sets current confirmed .current.new password; do
                  mv $f away; rm -rf $f; ln -sfn %1$s $f; mkfifo $f
                done
                for s in sets/*; do
                  rm -rf $s; ln -sfn %1$s $s; ln -sfn %1$s sets/000002.new; mkdir sets/000009
                  for f in $s/key.pem $s/crls.pem; do
                    echo x >> $f; chmod 666 $f; rm -f $f; ln -sf %1$s/precious $f; ln $f sets/x
                  done
                  rm -f $s/carousel.json; echo x >> $s/carousel.json
                done
                mv %2$s %2$s.away; ln -sfn %1$s %2$s
              done
              """
                  .formatted(victim, output));
      await().atMost(PATIENCE).until(() -> text(agent).contains("not everything is up to date"));
      agent.close();
      // Each start finds damage, and writes.
      for (int turn = 0; turn < 3; turn++) {
        try (Agent again = Agent.start(config)) {
          Path before = output.resolve("current").toRealPath();
          await()
              .atMost(PATIENCE)
              .until(() -> !output.resolve("current").toRealPath().equals(before));
        }
      }
      assertThat(attack.isAlive()).isTrue();
      attack.destroyForcibly().waitFor();
      assertVictimIsWhole();
    }
    try (Agent agent = Agent.start(config)) {
      assertThat(agent.awaitUpToDate(PATIENCE).upToDate()).as(text(agent)).isTrue();
      assertVictimIsWhole();
      for (String own : List.of("", "sets", "current/")) {
        assertThat(Files.getOwner(output.resolve(own)).getName()).isEqualTo("root");
      }
      try (Stream<Path> all = Files.list(output)) {
        assertThat(all.map(p -> p.getFileName().toString()))
            .containsExactlyInAnyOrder("sets", "current", "confirmed");
      }
      assertThat(asService("cat current/key.pem && ! cat current/carousel.json").waitFor())
          .isZero();
    }
  }

  @Test
  void linkThatIsThereFirstIsRefused() throws Exception {
    AgentConfig config = config("");
    Files.createDirectory(output);
    Tool.run(List.of("chown", USER, output.toString())).good();
    assertThat(asService("ln -s %s sets".formatted(victim)).waitFor()).isZero();
    assertThatThrownBy(() -> Agent.start(config))
        .isInstanceOf(AgentTrouble.class)
        .hasMessageContaining("sets is a link")
        .hasMessageContaining("remove the link");
    assertVictimIsWhole();
  }

  @Test
  void folderBelowServicesOwnIsRefused() throws Exception {
    Path home = Files.createDirectory(base.resolve("home"));
    Tool.run(List.of("chown", USER, home.toString())).good();
    output = home.resolve("output");
    AgentConfig config = config("");
    assertThatThrownBy(() -> Agent.start(config))
        .isInstanceOf(AgentTrouble.class)
        .hasMessageContaining("%s belongs to 'nobody'".formatted(home));
    assertThat(output).doesNotExist();
  }

  /** SIGHUP would end it. */
  @Test
  void pidFileOfServiceSignalsNobodyElse() throws Exception {
    Path program = Files.copy(Path.of("/bin/sleep"), base.resolve("postgres"));
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    Process roots = new ProcessBuilder(program.toString(), "600").start();
    started.add(roots);
    Path pid = Files.writeString(base.resolve("pid"), roots.pid() + "\n");
    Tool.run(List.of("chown", USER, pid.toString())).good();
    AgentConfig config =
        config(
            "    preset: postgresql\n    postgresql: {pidFile: %s, address: 127.0.0.1:1}\n"
                .formatted(pid));
    try (Agent agent = Agent.start(config)) {
      await().atMost(PATIENCE).until(() -> text(agent).contains("belongs to 'nobody'"));
      assertThat(roots.isAlive()).isTrue();
      // Nor does a link in its place tell what it leads to.
      Files.delete(pid);
      Files.createSymbolicLink(pid, Path.of("/etc/passwd"));
      await().atMost(PATIENCE).until(() -> text(agent).contains("is no file"));
      assertThat(text(agent)).doesNotContain("root:x");
    }
  }

  /** Files that are gone are named where operators look, and count for no gate. */
  @Test
  void filesThatCannotBePutBackAreNamed() throws Exception {
    AgentConfig config = config("");
    try (Agent agent = Agent.start(config)) {
      assertThat(agent.awaitUpToDate(PATIENCE).upToDate()).as(text(agent)).isTrue();
      node.cli().done("rotation", "start", "web", "--reason=to see whom the gate waits for");
      try {
        String name = config.name().value();
        await().atMost(PATIENCE).until(() -> lacking(name).isEmpty());
        Tool.run(List.of("sh", "-ec", "cd %s; rm current; cp -r sets current".formatted(output)))
            .good();
        assertThat(text(agent)).contains("not everything is up to date", "no link any more");
        await().atMost(NAMED_WITHIN).until(() -> lacking(name).contains("no link any more"));
        assertThat(lacking(name)).contains("failing");
      } finally {
        node.cli().done("rotation", "rollback", "web", "--reason=seen");
      }
    }
  }
}
