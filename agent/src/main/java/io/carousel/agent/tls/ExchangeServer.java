package io.carousel.agent.tls;

import io.carousel.agent.certificate.Certificates;
import io.carousel.events.wire.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's side of exchanges, on loopback: one line in, one answer out, a virtual thread for
 * each connection. The listener stays open whatever happens to the material.
 */
public final class ExchangeServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ExchangeServer.class);
  private static final int BACKLOG = 256;
  private static final int CONNECTIONS = 512;
  private static final int LEFTOVERS = 64 * 1024;
  private static final Duration FAREWELL = Duration.ofSeconds(2);

  private final MutualTls tls;
  private final ServerSocket listener;
  private final Semaphore room = new Semaphore(CONNECTIONS);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final LongAdder served = new LongAdder();
  private final LongAdder turnedAway = new LongAdder();

  private ExchangeServer(MutualTls tls, ServerSocket listener) {
    this.tls = tls;
    this.listener = listener;
  }

  /**
   * Listens on a free port of 127.0.0.1. Connections are turned away while there is no credential.
   *
   * @throws IOException if there is no port to be had
   */
  public static ExchangeServer start(MutualTls tls) throws IOException {
    var loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    var server = new ExchangeServer(tls, new ServerSocket(0, BACKLOG, loopback));
    server.threads.execute(server::accept);
    return server;
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return (InetSocketAddress) listener.getLocalSocketAddress();
  }

  /** How many exchanges it answered. */
  public long served() {
    return served.sum();
  }

  /** How many connections ended without an answer. */
  public long turnedAway() {
    return turnedAway.sum();
  }

  private void accept() {
    try {
      while (true) {
        room.acquire();
        Socket plain = listener.accept();
        threads.execute(() -> serve(plain));
      }
    } catch (SocketException | InterruptedException e) {
      LOG.debug("the listener is closed");
    } catch (IOException e) {
      throw new UncheckedIOException("the listener on %s failed".formatted(address()), e);
    }
  }

  private void serve(Socket plain) {
    try (plain;
        MutualTls.Lease lease = tls.lease(plain).orElse(null)) {
      if (lease == null) {
        turnedAway.increment();
        return;
      }
      plain.setTcpNoDelay(true);
      plain.setSoTimeout((int) Connection.SILENCE.toMillis());
      answer(plain, Connection.toClient(lease, plain));
    } catch (IOException e) {
      LOG.debug("a connection broke: {}", e.getMessage());
    } finally {
      room.release();
    }
  }

  private void answer(Socket plain, Connection connection) throws IOException {
    try {
      connection.open();
      String asked = connection.readLine();
      // Judged after the question, as late as can be: trust may have gone since the handshake.
      Peer client = connection.peer();
      connection.writeLine(Json.PLAIN.write(answerTo(asked, connection, client)));
      connection.end();
      served.increment();
    } catch (CertificateException e) {
      connection.forget();
      turnAway(plain, e);
    } catch (IOException e) {
      turnAway(plain, e);
    }
  }

  private static Answer answerTo(String asked, Connection connection, Peer client)
      throws CertificateException {
    return new Answer(
        asked,
        connection.setting().material().owner(),
        client.name(),
        client.issuer().generation(),
        Certificates.serial(client.issuer().certificate()),
        client.serial());
  }

  /**
   * Reads on for a moment before the connection is closed: closing it with bytes unread would reset
   * it, and the client would lose the alert that tells it why.
   */
  private void turnAway(Socket plain, Exception why) throws IOException {
    turnedAway.increment();
    LOG.debug("a client was turned away: {}", why.getMessage());
    plain.setSoTimeout(1000);
    plain.shutdownOutput();
    plain.getInputStream().readNBytes(LEFTOVERS);
  }

  /** Closes the listener, lets connections under way end for two seconds, and ends the others. */
  @Override
  public void close() {
    try {
      listener.close();
      threads.shutdown();
      if (!threads.awaitTermination(FAREWELL.toMillis(), TimeUnit.MILLISECONDS)) {
        threads.shutdownNow();
        threads.awaitTermination(FAREWELL.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("closing the listener", e);
    } catch (InterruptedException e) {
      threads.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
