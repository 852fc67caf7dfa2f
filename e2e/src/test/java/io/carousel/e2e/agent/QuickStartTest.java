package io.carousel.e2e.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.e2e.node.Node;
import io.carousel.events.openssh.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The four steps of docs/agent.md by which an existing nginx comes under Carousel, as they stand
 * there: but for the root of the file system, which is a folder here, and for ports that are free.
 */
class QuickStartTest {
  private static final Path PAGE = Path.of("../docs/agent.md");
  private static final String SECTION = "## An existing nginx under Carousel";
  private static final Pattern BLOCK =
      Pattern.compile("^```(\\w*)\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
  private static final Pattern SYSTEM_PATH = Pattern.compile("(?<![\\w.])/(etc|var|run)/");

  @TempDir Path root;
  private Node node;
  private Nginx nginx;

  @BeforeEach
  void start() throws Exception {
    List.of("nginx", "curl", "openssl").forEach(Tool::need);
    for (String folder : List.of("etc/carousel", "etc/nginx", "var/lib", "run", "bin", "prefix")) {
      Files.createDirectories(root.resolve(folder));
    }
    node = Node.listening(root, "--slot", "only");
    nginx = Nginx.withOldCertificate(root.resolve("prefix"), "web-1");
    Files.copy(node.secret(), root.resolve("etc/carousel/house.secret"));
    program("carousel", "exec %s \"$@\"".formatted(String.join(" ", carousel())));
    program("nginx", "exec %s \"$@\"".formatted(String.join(" ", nginx.command())));
    // There is no systemd here: this does of it what the step is about.
    program(
        "systemctl",
        "carousel agent --config %s/etc/carousel/agent.yaml >agent.log 2>&1 & echo $! >agent.pid"
            .formatted(root));
  }

  @AfterEach
  void stop() throws Exception {
    Path pid = root.resolve("agent.pid");
    if (Files.exists(pid)) {
      ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()))
          .ifPresent(agent -> {
            agent.destroy();
            agent.onExit().join();
          });
    }
    if (nginx != null) {
      nginx.close();
    }
    if (node != null) {
      node.close();
    }
  }

  private static List<String> carousel() {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-cp",
        System.getProperty("java.class.path"),
        "io.carousel.deploy.Carousel");
  }

  private void program(String name, String command) throws IOException {
    Path file = root.resolve("bin").resolve(name);
    Files.writeString(file, "#!/bin/sh\n" + command + "\n", UTF_8);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** What stands between the marks of code in that section, in order. */
  private List<String> steps() throws IOException {
    String page = Files.readString(PAGE, UTF_8);
    int from = page.indexOf(SECTION);
    int to = page.indexOf("\n## ", from + 1);
    return BLOCK.matcher(page.substring(from, to)).results().map(this::here).toList();
  }

  private String here(MatchResult block) {
    return SYSTEM_PATH
        .matcher(block.group(2))
        .replaceAll(found -> root.resolve(found.group(1)) + "/")
        .replace("http://127.0.0.1:8437", node.api().toString())
        .replace(root.resolve("run/nginx.pid").toString(), nginx.pidFile().toString())
        .replace("127.0.0.1:443", "127.0.0.1:" + nginx.port());
  }

  private String shell(String commands) {
    String path = root.resolve("bin") + ":$PATH";
    return Tool.run(
            List.of(
                "sh",
                "-ec",
                "cd '%s'; PATH=%s; CAROUSEL_DATA=data; export PATH CAROUSEL_DATA%n%s"
                    .formatted(root, path, commands)))
        .good();
  }

  private String issuer() {
    String call =
        "openssl s_client -connect 127.0.0.1:%d -servername web-1 </dev/null 2>/dev/null | openssl x509 -noout -issuer"
            .formatted(nginx.port());
    return Tool.run(List.of("sh", "-c", call)).text().strip();
  }

  @Test
  void theFourStepsLeadToWhereTheySay() throws Exception {
    shell("carousel authority create web --wait");
    var steps = new ArrayList<>(steps());
    assertThat(steps).hasSize(5);

    Files.writeString(root.resolve("etc/carousel/agent.yaml"), steps.removeFirst(), UTF_8);
    shell(steps.removeFirst());
    assertThat(root.resolve("web-1.json")).content().doesNotContain("PRIVATE");
    shell(steps.removeFirst());
    nginx.configure(steps.removeFirst());
    assertThat(issuer()).isEqualTo("issuer=CN = web-1");

    String said = shell(steps.removeFirst());
    assertThat(said).contains("would write a new set", "everything is up to date");
    assertThat(issuer()).isEqualTo("issuer=O = Carousel, CN = web G1 only");
  }
}
