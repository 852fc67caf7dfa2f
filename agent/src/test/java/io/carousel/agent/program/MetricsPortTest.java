package io.carousel.agent.program;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.ParticipantName;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Anybody may connect there, and nobody can stay. */
@Timeout(30)
class MetricsPortTest {
  private static final Duration SHORT = Duration.ofMillis(400);
  private static final int MANY = 200;

  private MetricsPort port;

  @BeforeEach
  void open() throws IOException {
    port =
        MetricsPort.open(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            () ->
                new AgentStatus(
                    new ParticipantName("web-1"),
                    "https://house",
                    Instant.ofEpochSecond(1),
                    false,
                    Optional.empty(),
                    List.of()),
            SHORT);
  }

  @AfterEach
  void close() {
    port.close();
  }

  private Socket connected() throws IOException {
    var socket = new Socket(InetAddress.getLoopbackAddress(), port.port());
    socket.setSoTimeout(10_000);
    return socket;
  }

  private String asked(String text) throws IOException {
    try (Socket socket = connected()) {
      socket.getOutputStream().write(text.getBytes(ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
    }
  }

  @Test
  void answersWhatIsAskedProperly() throws IOException {
    assertThat(asked("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"))
        .startsWith("HTTP/1.1 200 OK\r\n")
        .contains("Connection: close\r\n", "\r\n\r\n# HELP ");
    assertThat(asked("GET /metrics?a=b HTTP/1.0\r\n\r\n")).startsWith("HTTP/1.1 200 ");
    assertThat(asked("HEAD /metrics HTTP/1.1\r\nHost: x\r\n\r\n"))
        .startsWith("HTTP/1.1 200 ")
        .endsWith("\r\n\r\n");
    assertThat(asked("GET / HTTP/1.1\r\nHost: x\r\n\r\n")).startsWith("HTTP/1.1 404 ");
    assertThat(asked("POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"))
        .startsWith("HTTP/1.1 405 ")
        .contains("Allow: GET, HEAD");
  }

  @Test
  void refusesWhatIsNoRequest() throws IOException {
    assertThat(asked("hello\r\n\r\n")).startsWith("HTTP/1.1 400 ");
    assertThat(asked("\r\n\r\n")).startsWith("HTTP/1.1 400 ");
    assertThat(asked("GET /metrics HTTP/2.0\r\n\r\n")).startsWith("HTTP/1.1 400 ");
    assertThat(asked("a".repeat(8 * 1024))).startsWith("HTTP/1.1 400 ");
  }

  @Test
  void whoeverIsSlowIsCutOffAndKeepsNobodyOut() throws IOException {
    var held = new ArrayList<Socket>();
    try {
      for (int i = 0; i < MANY; i++) {
        Socket socket = connected();
        held.add(socket);
        send(socket, "GET /met");
      }
      for (Socket socket : held) {
        assertThat(hasEnded(socket)).isTrue();
      }
      assertThat(asked("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")).startsWith("HTTP/1.1 200 ");
    } finally {
      for (Socket socket : held) {
        socket.close();
      }
    }
  }

  private static void send(Socket socket, String text) throws IOException {
    try {
      socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    } catch (SocketException e) {
      // One too many: it has been closed already.
    }
  }

  private static boolean hasEnded(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read() < 0;
    } catch (SocketException e) {
      return true;
    }
  }
}
