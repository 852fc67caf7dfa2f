package io.carousel.signer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Programs of others, run to their end. */
public final class Tool {
  private Tool() {}

  /** What a program said, both streams together, and how it ended. */
  public record Said(int status, String text) {
    /** The text, if it ended well. */
    public String good() {
      assertThat(status).as(text).isZero();
      return text;
    }

    /** The text, if it ended badly. */
    public String bad() {
      assertThat(status).as(text).isNotZero();
      return text;
    }
  }

  /**
   * Skips the test where that program is missing; {@code deploy/provision test-tools} brings it.
   */
  public static void need(String program) {
    boolean found =
        Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":", -1))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    assumeTrue(found, program + " is not installed");
  }

  /** Runs a program without input. */
  public static Said run(Object... command) {
    List<String> words = Stream.of(command).map(Object::toString).toList();
    try {
      var builder = new ProcessBuilder(words).redirectErrorStream(true);
      builder.environment().put("TZ", "UTC");
      builder.environment().put("LC_ALL", "C.UTF-8");
      Process process = builder.start();
      process.getOutputStream().close();
      String text = new String(process.getInputStream().readAllBytes(), UTF_8);
      return new Said(process.waitFor(), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
