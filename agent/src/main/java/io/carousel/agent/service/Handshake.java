package io.carousel.agent.service;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.security.auth.x500.X500Principal;

/**
 * Looks at what a TLS server shows to strangers. Nothing is sent over the connection and nobody is
 * believed, so every certificate is taken; what matters is which one it is.
 */
final class Handshake {
  private final Witness peer = new Witness();
  private List<X500Principal> asksFor = List.of();

  private Handshake() {}

  /**
   * What a server showed.
   *
   * @param chain its certificate, and what it shows above that
   * @param asksFor the CAs whose client certificates it says it takes (RFC 8446, section 4.2.4);
   *     empty if it names none
   */
  record Seen(List<X509Certificate> chain, List<X500Principal> asksFor) {
    X509Certificate certificate() {
      return chain.getFirst();
    }
  }

  /**
   * Makes one full handshake.
   *
   * @throws IOException if there is no TLS server, or it showed no certificate
   */
  static Seen with(TlsServer server, InetSocketAddress backend) throws IOException {
    var handshake = new Handshake();
    try {
      handshake.make(server, backend, (int) Math.max(1, server.timeout().toMillis()));
    } catch (IOException e) {
      // A server that wants a certificate may end it once it has shown its own: that is enough.
      if (handshake.peer.chain().isEmpty()) {
        throw e;
      }
    }
    if (handshake.peer.chain().isEmpty()) {
      throw new IOException("the server showed no certificate");
    }
    return new Seen(handshake.peer.chain(), handshake.asksFor);
  }

  private void make(TlsServer server, InetSocketAddress target, int patience) throws IOException {
    try (var plain = new Socket()) {
      plain.connect(target, patience);
      plain.setSoTimeout(patience);
      server.startTls().ask(plain);
      try (SSLSocket tls =
          (SSLSocket)
              context()
                  .getSocketFactory()
                  .createSocket(plain, target.getHostString(), target.getPort(), true)) {
        server
            .serverName()
            .ifPresent(name -> {
              SSLParameters parameters = tls.getSSLParameters();
              parameters.setServerNames(List.of(new SNIHostName(name)));
              tls.setSSLParameters(parameters);
            });
        tls.startHandshake();
      }
    }
  }

  /** A new one each time, so that no session is resumed. */
  private SSLContext context() throws IOException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(new KeyManager[] {new Asked()}, new TrustManager[] {peer}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("this JDK speaks no TLS", e);
    }
  }

  /** Takes note of what the server asks for, and has nothing to show. */
  private final class Asked extends X509ExtendedKeyManager {
    @Override
    public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
      asksFor =
          Stream.of(issuers == null ? new Principal[0] : issuers)
              .map(X500Principal.class::cast)
              .toList();
      return null;
    }

    @Override
    public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
      return null;
    }

    @Override
    public String[] getClientAliases(String type, Principal[] issuers) {
      return new String[0];
    }

    @Override
    public String[] getServerAliases(String type, Principal[] issuers) {
      return new String[0];
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return new X509Certificate[0];
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return null;
    }
  }
}
