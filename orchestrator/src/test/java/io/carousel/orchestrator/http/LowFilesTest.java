package io.carousel.orchestrator.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process that has no file left for another connection makes room, and goes on. */
@Timeout(60)
class LowFilesTest {
  private static final int FILES = 200;
  private static final int CONNECTIONS = 400;
  private static final String GET = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";

  @Test
  void connectionsThatTakeEveryFileKeepNobodyOut(@TempDir Path folder) throws Exception {
    Process process = process(folder);
    var held = new ArrayList<Wire>();
    try (BufferedReader said = process.inputReader(UTF_8)) {
      int port = Integer.parseInt(said.readLine());
      try (Wire wire = Wire.plain(port)) {
        // What is not loaded yet could not be, without a file.
        assertThat(wire.send(GET).answer("GET").orElseThrow().status()).isEqualTo(200);
      }
      for (int i = 0; i < CONNECTIONS; i++) {
        held.add(Wire.plain(port).send("GET /hea"));
      }
      for (int i = 0; i < 5; i++) {
        try (Wire wire = Wire.plain(port)) {
          assertThat(wire.send(GET).answer("GET").orElseThrow().status()).isEqualTo(200);
        }
      }
      assertThat(process.isAlive()).isTrue();
    } finally {
      for (Wire wire : held) {
        wire.close();
      }
      process.destroyForcibly();
    }
  }

  private static Process process(Path folder) throws IOException {
    return new ProcessBuilder(
            "bash",
            "-c",
            "ulimit -n %d && exec \"$0\" \"$@\"".formatted(FILES),
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Dlogback.configurationFile=" + System.getProperty("logback.configurationFile", ""),
            "-cp",
            System.getProperty("java.class.path"),
            LowFiles.class.getName(),
            folder.toString())
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /** Of what can never accept again nothing looks alive. */
  @Test
  void whatListensNoMoreIsSaid() throws Exception {
    var broken = new CompletableFuture<String>();
    var server = new Server();
    var connections = new Connections(Limits.ofApi(), FakeDesk.empty().refusals());
    ConnectionFactory[] http = {new HttpConnectionFactory()};
    var acceptor = new Acceptor(server, connections, broken::complete, http);
    server.addConnector(acceptor);
    server.start();
    int port = acceptor.getLocalPort();
    ((Closeable) acceptor.getTransport()).close();
    assertThat(broken.get(20, TimeUnit.SECONDS))
        .contains("accepted no more on port " + port)
        .contains("start again");
    server.stop();
  }
}
