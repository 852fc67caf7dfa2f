package io.carousel.e2e.fleet;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * A plain server on the JVM, as applications have them: it reads its stores again when they change,
 * and tells each client whom it takes it for.
 */
final class JvmServer {
  private final Path link;
  private final char[] password;
  private Path loaded;
  private SSLContext context;

  private JvmServer(Path link, char[] password) {
    this.link = link;
    this.password = password;
  }

  /** Its arguments: the folder of its stores, their password, and its port on loopback. */
  public static void main(String[] arguments) throws Exception {
    var server = new JvmServer(Path.of(arguments[0]), arguments[1].toCharArray());
    int port = Integer.parseInt(arguments[2]);
    try (var listener = new ServerSocket(port, 50, InetAddress.getLoopbackAddress())) {
      while (true) {
        Socket plain = listener.accept();
        SSLContext now = server.context();
        Thread.ofVirtual().start(() -> serve(plain, now));
      }
    }
  }

  private SSLContext context() throws Exception {
    Path set = link.toRealPath();
    if (!set.equals(loaded)) {
      context = JvmStores.context(set, password);
      loaded = set;
    }
    return context;
  }

  private static void serve(Socket plain, SSLContext context) {
    try (SSLSocket tls =
        (SSLSocket) context.getSocketFactory().createSocket(plain, null, plain.getPort(), true)) {
      tls.setUseClientMode(false);
      tls.setNeedClientAuth(true);
      tls.setSoTimeout(10_000);
      tls.startHandshake();
      var client = (X509Certificate) tls.getSession().getPeerCertificates()[0];
      String line =
          "authenticated %x by %s as %s%n"
              .formatted(
                  client.getSerialNumber(),
                  client.getIssuerX500Principal().getName(),
                  client.getSubjectX500Principal().getName());
      tls.getOutputStream().write(line.getBytes(US_ASCII));
    } catch (IOException e) {
      // The client hears of it by itself.
    }
  }
}
