package io.carousel.e2e.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.deploy.demo.Summary;
import io.carousel.events.wire.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo, as a program sees it. */
class DemoTest {
  private static final long PATIENCE_SECONDS = 300;

  @TempDir Path folder;

  @Test
  void itShowsWhatItPromises() throws Exception {
    Path data = folder.resolve("data");
    try (Child demo = Child.start(folder, "demo", "--json", "--data", data.toString())) {
      int status = demo.await(PATIENCE_SECONDS);
      assertThat(status).as("%s%s", demo.out(), demo.err()).isZero();
      Summary summary = Json.PLAIN.read(demo.out().getBytes(UTF_8), Summary.class);

      assertThat(summary.passed()).isTrue();
      assertThat(summary.handshakes().failed()).isZero();
      assertThat(summary.handshakes().resumed()).isPositive();
      assertThat(summary.handshakes().full()).isPositive();
      assertThat(summary.controls()).hasSize(3).allMatch(Summary.Control::detected);
      assertThat(summary.rotations())
          .extracting(Summary.Rotation::outcome)
          .containsExactly("completed", "rolled-back");
      assertThat(summary.rotations().getLast().phases())
          .extracting(Summary.Lap::name)
          .containsExactly("init", "update-clients", "update-servers", "rollback");
      assertThat(summary.tokens())
          .hasSize(2)
          .allMatch(Summary.Token::recorded)
          .allMatch(token -> token.before().size() == 1 && token.after().size() == 1)
          .noneMatch(token -> token.before().equals(token.after()));
      assertThat(summary.replay().equal()).isTrue();
      assertThat(summary.memory().residentMiB()).isBetween(1L, 1536L);
      assertThat(complaints(data.resolve("logs"))).isEmpty();
    }
  }

  /** What a log of a healthy run has none of, even where workers are killed and started again. */
  private static List<String> complaints(Path logs) throws IOException {
    var found = new ArrayList<String>();
    try (Stream<Path> files = Files.list(logs)) {
      List<Path> all = files.toList();
      assertThat(all)
          .extracting(file -> file.getFileName().toString())
          .contains("node.log", "worker-hsm-a.log", "worker-hsm-b.log");
      for (Path file : all) {
        for (String line : Files.readAllLines(file)) {
          if (line.matches(".*\\b(WARN|WARNING|ERROR|FATAL|Exception)\\b.*")) {
            found.add(file.getFileName() + ": " + line);
          }
        }
      }
    }
    return found;
  }
}
