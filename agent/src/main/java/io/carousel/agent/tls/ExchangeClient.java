package io.carousel.agent.tls;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.carousel.agent.Material;
import io.carousel.agent.X509Credential;
import io.carousel.agent.certificate.Certificates;
import io.carousel.events.ParticipantName;
import io.carousel.events.wire.Json;
import io.carousel.events.wire.UnreadableRecord;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import javax.net.ssl.SSLException;

/**
 * The client's side of exchanges. In TLS 1.3 a client finishes its handshake before the server has
 * judged its certificate; so an exchange succeeds only when the server's answer, which is
 * application data, names this client and the generation of its issuer, and the client has checked
 * the server. Thread-safe.
 */
public final class ExchangeClient {
  private final MutualTls tls;
  private final Exchanges exchanges;

  /** Shows and trusts what that says at the moment; counts every exchange there. */
  public ExchangeClient(MutualTls tls, Exchanges exchanges) {
    this.tls = tls;
    this.exchanges = exchanges;
  }

  /**
   * Makes one exchange on a connection of its own, and counts it.
   *
   * @param server who must be there
   * @throws InterruptedException if the thread is interrupted; then nothing is counted
   */
  public Outcome exchange(ParticipantName server, InetSocketAddress address)
      throws InterruptedException {
    Outcome outcome = attempt(server, address);
    if (outcome instanceof Outcome.Failed && Thread.interrupted()) {
      throw new InterruptedException("an exchange was interrupted");
    }
    exchanges.count(outcome);
    return outcome;
  }

  private Outcome attempt(ParticipantName server, InetSocketAddress address) {
    try (var plain = new Socket();
        MutualTls.Lease lease = tls.lease(plain).orElse(null)) {
      if (lease == null) {
        return new Outcome.Failed(
            server, FailureCause.NO_CREDENTIAL, "there is no credential to show yet");
      }
      plain.setTcpNoDelay(true);
      plain.setSoTimeout((int) Connection.SILENCE.toMillis());
      try {
        plain.connect(address, (int) Connection.SILENCE.toMillis());
      } catch (IOException e) {
        return new Outcome.Failed(server, FailureCause.UNREACHABLE, text(e));
      }
      return talk(server, Connection.toServer(lease, plain, server.value()));
    } catch (IOException e) {
      return new Outcome.Failed(server, FailureCause.CONNECTION_LOST, text(e));
    }
  }

  private static Outcome talk(ParticipantName server, Connection connection) {
    try {
      connection.open();
      Peer peer = connection.peer();
      if (!Certificates.dnsNames(peer.certificate()).contains(server.value())) {
        String why = "the certificate there is of '%s'".formatted(peer.name());
        return new Outcome.Failed(server, FailureCause.WRONG_SERVER, why);
      }
      String asked = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
      connection.writeLine(asked.getBytes(UTF_8));
      Answer answer = Json.PLAIN.read(connection.readLine().getBytes(UTF_8), Answer.class);
      return judge(server, connection, peer, asked, answer);
    } catch (UnreadableRecord e) {
      return new Outcome.Failed(server, FailureCause.WRONG_ANSWER, text(e));
    } catch (CertificateException e) {
      connection.forget();
      return new Outcome.Failed(server, FailureCause.UNTRUSTED_SERVER, text(e));
    } catch (IOException e) {
      return broken(server, connection, e);
    }
  }

  private static Outcome judge(
      ParticipantName server, Connection connection, Peer peer, String asked, Answer answer) {
    Material material = connection.setting().material();
    X509Credential own = material.x509().orElseThrow();
    // A server that trusts a root accepts CAs of which it knows no generation.
    int generation = answer.generation() == 0 ? 0 : own.generation();
    var expected =
        new Answer(asked, server, material.owner(), generation, answer.issuer(), own.serial());
    if (!answer.equals(expected)) {
      String why = "the answer was %s where %s was due".formatted(answer, expected);
      return new Outcome.Failed(server, FailureCause.WRONG_ANSWER, why);
    }
    return new Outcome.Succeeded(
        server, connection.resumed(), answer.generation(), peer.issuer().generation());
  }

  private static Outcome broken(
      ParticipantName server, Connection connection, IOException failure) {
    if (connection.refusal().isPresent()) {
      String why = text(connection.refusal().get());
      return new Outcome.Failed(server, FailureCause.UNTRUSTED_SERVER, why);
    }
    boolean alert =
        failure instanceof SSLException && !(failure.getCause() instanceof EOFException);
    FailureCause cause = alert ? FailureCause.REFUSED_BY_SERVER : FailureCause.CONNECTION_LOST;
    return new Outcome.Failed(server, cause, text(failure));
  }

  private static String text(Exception e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}
