package io.carousel.agent.service;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/**
 * A client that verifies its servers: a command that calls one, to which a server on this machine
 * shows the certificate.
 *
 * @param command finds {@code CAROUSEL_SET}, {@code CAROUSEL_CANARY_PORT} (on 127.0.0.1) and {@code
 *     CAROUSEL_CANARY_NAME} in its environment; it ends with status 0 if it got an answer to a
 *     request (HTTP)
 * @param name by which the certificate is called
 */
public record ClientVerifier(Command command, String name) implements Verifier {
  private static final String ANSWER =
      "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n";

  private static final int BACKLOG = 8;

  @Override
  public boolean ofClients() {
    return false;
  }

  @Override
  public boolean accepts(Shown shown, Optional<Path> set)
      throws ServiceFailure, InterruptedException {
    try (var listening =
        (SSLServerSocket)
            new FixedIdentity(shown)
                .context()
                .getServerSocketFactory()
                .createServerSocket(0, BACKLOG, InetAddress.ofLiteral("127.0.0.1"))) {
      var endpoint = new Endpoint(listening);
      Command.Ended ended = command.end(environment(listening.getLocalPort(), set));
      return verdict(ended, endpoint);
    } catch (IOException e) {
      throw new ServiceFailure("no server can be opened on 127.0.0.1: " + e.getMessage(), e);
    }
  }

  private boolean verdict(Command.Ended ended, Endpoint endpoint) throws ServiceFailure {
    if (ended.status() == 0 && endpoint.answered) {
      return true;
    }
    if (ended.status() != 0 && endpoint.called && !endpoint.answered) {
      return false;
    }
    throw new ServiceFailure(
        ended.status() == 0
            ? "'%s' ended well and never got an answer of %s".formatted(command, name)
            : "'%s' ended with status %d and %s%s"
                .formatted(
                    command,
                    ended.status(),
                    endpoint.called ? "had got its answer" : "never called 127.0.0.1",
                    ended.said()));
  }

  private Map<String, String> environment(int port, Optional<Path> set) {
    var variables = new TreeMap<String, String>();
    set.ifPresent(s -> variables.put("CAROUSEL_SET", s.toString()));
    variables.put("CAROUSEL_CANARY_PORT", Integer.toString(port));
    variables.put("CAROUSEL_CANARY_NAME", name);
    return variables;
  }

  @Override
  public String describe() {
    return "a server for '%s'".formatted(command);
  }

  /** Answers whoever finishes a handshake, until its socket is closed. */
  private static final class Endpoint {
    private volatile boolean called;
    private volatile boolean answered;

    Endpoint(SSLServerSocket listening) {
      Thread.ofVirtual().name("canary-endpoint").start(() -> serve(listening));
    }

    private void serve(SSLServerSocket listening) {
      while (!listening.isClosed()) {
        try (var caller = (SSLSocket) listening.accept()) {
          called = true;
          caller.startHandshake();
          // In TLS 1.3 a client that refuses says so after the server's side of the handshake.
          if (caller.getInputStream().read() >= 0) {
            answered = true;
            caller.getOutputStream().write(ANSWER.getBytes(US_ASCII));
          }
        } catch (IOException e) {
          // Refused, or closed; the command's status says what came of it.
        }
      }
    }
  }
}
