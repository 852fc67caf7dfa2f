package io.carousel.agent.tls;

import java.io.IOException;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** One TLS connection under one lease. One thread. */
final class Connection {
  /** How long either side waits for the other's next byte. */
  static final Duration SILENCE = Duration.ofSeconds(10);

  /**
   * What a client offers for the key exchange. Left alone, JSSE makes a key for each kind of curve
   * and uses one of them: a third of a resumed exchange's whole work.
   */
  private static final String[] ONE_KEY_SHARE = {"secp256r1"};

  private final MutualTls.Lease lease;
  private final SSLSocket socket;
  private final PeerTrust.Side peerSide;
  private final PeerTrust.Handshake handshake = new PeerTrust.Handshake();

  private Connection(MutualTls.Lease lease, SSLSocket socket, PeerTrust.Side peerSide) {
    this.lease = lease;
    this.socket = socket;
    this.peerSide = peerSide;
  }

  /** The client's side; sessions are remembered by server name and port. */
  static Connection toServer(MutualTls.Lease lease, Socket plain, String server)
      throws IOException {
    SSLSocketFactory sockets = lease.setting().context().getSocketFactory();
    var socket = (SSLSocket) sockets.createSocket(plain, server, plain.getPort(), false);
    SSLParameters parameters = onlyTls13(socket);
    parameters.setNamedGroups(ONE_KEY_SHARE);
    socket.setSSLParameters(parameters);
    return new Connection(lease, socket, PeerTrust.Side.SERVER);
  }

  /** The server's side, which insists on a client certificate. */
  static Connection toClient(MutualTls.Lease lease, Socket plain) throws IOException {
    SSLSocketFactory sockets = lease.setting().context().getSocketFactory();
    var socket = (SSLSocket) sockets.createSocket(plain, null, false);
    SSLParameters parameters = onlyTls13(socket);
    parameters.setNeedClientAuth(true);
    socket.setSSLParameters(parameters);
    return new Connection(lease, socket, PeerTrust.Side.CLIENT);
  }

  /** A context named for TLS 1.3 speaks 1.2 as well unless it is told not to. */
  private static SSLParameters onlyTls13(SSLSocket socket) {
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setProtocols(new String[] {"TLSv1.3"});
    return parameters;
  }

  /** Shakes hands. */
  void open() throws IOException {
    ScopedValue.where(PeerTrust.UNDER_WAY, handshake)
        .call(() -> {
          socket.startHandshake();
          return true;
        });
  }

  /** Why our side refused the other's certificate in the handshake; empty if it did not. */
  Optional<CertificateException> refusal() {
    return Optional.ofNullable(handshake.refusal());
  }

  /** Whether an earlier session was resumed, so that no certificate was exchanged. */
  boolean resumed() {
    return !handshake.asked();
  }

  Setting setting() {
    return lease.setting();
  }

  /**
   * Who the peer is, under what is trusted at this moment: for a resumed session, and where trust
   * was replaced since the connection began, the peer's chain is validated again.
   *
   * @throws CertificateException if it is not trusted any more
   */
  Peer peer() throws CertificateException, IOException {
    var chain = (X509Certificate[]) socket.getSession().getPeerCertificates();
    Setting latest = lease.latest();
    return resumed() || latest != lease.setting()
        ? latest.peers().judge(chain, peerSide)
        : latest.peers().identify(chain);
  }

  String readLine() throws IOException {
    return Line.read(socket.getInputStream());
  }

  void writeLine(byte[] text) throws IOException {
    socket.getOutputStream().write(Line.of(text));
  }

  /** Says that nothing more will come. */
  void end() throws IOException {
    socket.shutdownOutput();
  }

  /** Forgets the session: it shall not be resumed. */
  void forget() {
    socket.getSession().invalidate();
  }
}
