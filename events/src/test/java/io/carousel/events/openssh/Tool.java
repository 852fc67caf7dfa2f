package io.carousel.events.openssh;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Programs, as those of OpenSSH, run to their end. */
public final class Tool {
  private static final int SECONDS = 60;

  /** Where Debian keeps what only root should run; not on everybody's PATH. */
  private static final List<String> FOLDERS = List.of("/usr/bin", "/usr/sbin", "/usr/local/sbin");

  private Tool() {}

  /** What a program said, both streams together, and how it ended. */
  public record Said(int status, String text) {
    /** Whether it ended well. */
    public boolean well() {
      return status == 0;
    }

    /** The text, if it ended well. */
    public String good() {
      assertThat(status).as(text).isZero();
      return text;
    }
  }

  /** Skips the test where that program is missing; `deploy/provision test-tools` brings it. */
  public static void need(String program) {
    assumeTrue(find(program) != null, program + " is not installed");
  }

  /** The whole path of a program, which sshd needs of itself; null if it is missing. */
  public static Path find(String program) {
    var path = Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1));
    return Stream.concat(path.filter(folder -> !folder.isEmpty()), FOLDERS.stream())
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst()
        .orElse(null);
  }

  public static Said run(List<String> command) {
    try {
      var builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.environment().put("TZ", "UTC");
      builder.environment().put("LC_ALL", "C");
      builder.environment().remove("SSH_AUTH_SOCK");
      Process process = builder.start();
      process.getOutputStream().close();
      String text = new String(process.getInputStream().readAllBytes(), UTF_8);
      assertThat(process.waitFor(SECONDS, TimeUnit.SECONDS)).as(command.toString()).isTrue();
      return new Said(process.exitValue(), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  static Said keygen(Object... arguments) {
    return run(
        Stream.concat(Stream.of("ssh-keygen"), Stream.of(arguments).map(Object::toString))
            .toList());
  }
}
