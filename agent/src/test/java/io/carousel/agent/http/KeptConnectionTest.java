package io.carousel.agent.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.agent.HouseException;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.Digest;
import io.carousel.events.HouseId;
import io.carousel.events.ParticipantName;
import io.carousel.events.Report;
import io.carousel.events.wire.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A house that ends a kept connection under a call has not been asked yet, and is asked again. */
@Timeout(30)
class KeptConnectionTest {
  private static final HouseId HOUSE = new HouseId("00112233445566778899aabbccddeeff");

  /** How a connection ends. */
  enum End {
    /** By a FIN. */
    CLOSED,
    /** By a RST. */
    RESET
  }

  @TempDir Path folder;
  private ServerSocket socket;
  private HttpHouse house;
  private final AtomicInteger asked = new AtomicInteger();
  private volatile End end = End.CLOSED;
  private volatile int answersOfEach = 1;

  @BeforeEach
  void open() throws IOException {
    socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
    house =
        new HttpHouse(
            URI.create("http://127.0.0.1:" + socket.getLocalPort()),
            HouseFixture.secretFile(folder, HouseFixture.SECRET));
  }

  @AfterEach
  void close() throws IOException {
    house.close();
    socket.close();
  }

  private void accept() {
    try {
      while (true) {
        Socket connection = socket.accept();
        Thread.ofVirtual().start(() -> serve(connection));
      }
    } catch (IOException e) {
      assertThat(socket.isClosed()).isTrue();
    }
  }

  /** Answers so many calls on each connection, and ends it under the next. */
  private void serve(Socket connection) {
    try (connection) {
      var in = new BufferedReader(new InputStreamReader(connection.getInputStream(), ISO_8859_1));
      for (int i = 0; readCall(in); i++) {
        asked.incrementAndGet();
        if (i == answersOfEach) {
          connection.setSoLinger(end == End.RESET, 0);
          return;
        }
        answer(connection);
      }
    } catch (SocketException e) {
      assertThat(e).hasMessageMatching("Connection reset|Socket closed|Broken pipe");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean readCall(BufferedReader in) throws IOException {
    int length = 0;
    String line = in.readLine();
    if (line == null) {
      return false;
    }
    for (; !line.isEmpty(); line = in.readLine()) {
      if (line.startsWith("Content-Length: ")) {
        length = Integer.parseInt(line.substring("Content-Length: ".length()));
      }
    }
    for (int i = 0; i < length; i++) {
      in.read();
    }
    return true;
  }

  private static void answer(Socket connection) throws IOException {
    byte[] body = Json.PLAIN.write(new HouseDescription(HOUSE));
    String head =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
            .formatted(body.length);
    connection.getOutputStream().write((head + new String(body, UTF_8)).getBytes(UTF_8));
  }

  private static Report report() {
    return new Report(
        new ParticipantName("web-1"),
        1,
        new AuthorityName("db"),
        1,
        Digest.of(new byte[0]),
        List.of(),
        List.of(),
        List.of(),
        Optional.empty(),
        Optional.empty(),
        Bytes.of(new byte[64]));
  }

  @ParameterizedTest
  @EnumSource
  void itIsAskedAgain(End how) throws Exception {
    end = how;
    assertThat(house.id()).isEqualTo(HOUSE);
    for (int i = 0; i < 5; i++) {
      house.report(report());
    }
    // Each report but the last ended a connection, and came through on the next.
    assertThat(asked).hasValue(1 + 2 * 5);
  }

  @Test
  void aHouseThatEndsEveryConnectionIsNotAskedForEver() {
    answersOfEach = 0;
    assertThatThrownBy(() -> house.report(report())).isInstanceOf(HouseException.Unavailable.class);
    assertThat(asked).hasValue(2);
  }
}
