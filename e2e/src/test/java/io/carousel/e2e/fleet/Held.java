package io.carousel.e2e.fleet;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** A connection that a client, which is a program, has made and keeps. */
final class Held implements AutoCloseable {
  /** Whose processes hold connections apart from those that accept. */
  static final Set<Kind> KINDS = EnumSet.of(Kind.NGINX, Kind.HAPROXY, Kind.POSTGRESQL, Kind.SSHD);

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Process client;
  private final OutputStream in;

  private Held(Process client, OutputStream in) {
    this.client = client;
    this.in = in;
  }

  /**
   * Starts that client.
   *
   * @param request what it says first; its input stays open
   * @param connected what it says once the server has verified it
   */
  static Held start(List<String> command, String request, String connected, Path out)
      throws IOException {
    Process client =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile()).start();
    var held = new Held(client, client.getOutputStream());
    held.in.write(request.getBytes(US_ASCII));
    held.in.flush();
    await()
        .atMost(PATIENCE)
        .until(() -> !client.isAlive() || Files.readString(out).contains(connected));
    assertThat(client.isAlive()).as(Files.readString(out)).isTrue();
    return held;
  }

  /** Whether it still stands. */
  boolean stands() {
    return client.isAlive();
  }

  @Override
  public void close() throws IOException, InterruptedException {
    client.destroyForcibly();
    client.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }
}
