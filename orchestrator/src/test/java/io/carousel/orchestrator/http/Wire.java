package io.carousel.orchestrator.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** A connection, byte by byte: what no client would send, and when it ends. */
final class Wire implements AutoCloseable {
  private static final int PATIENCE = 10_000;
  private static final int MANY = 1_000_000;
  private static final int SMALL = 4 * 1024;

  private final Socket socket;
  private final InputStream in;

  private Wire(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(PATIENCE);
    socket.setTcpNoDelay(true);
    this.in = new BufferedInputStream(socket.getInputStream());
  }

  static Wire plain(int port) throws IOException {
    return new Wire(new Socket(InetAddress.getLoopbackAddress(), port));
  }

  /** One whose side of the network takes little before it is read. */
  static Wire narrow(int port) throws IOException {
    var socket = new Socket();
    socket.setReceiveBufferSize(SMALL);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    return new Wire(socket);
  }

  static Wire tls(int port) throws Exception {
    SSLContext context = SSLContext.getInstance("TLSv1.3");
    context.init(null, new TrustManager[] {new Anybody()}, null);
    var socket =
        (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
    socket.startHandshake();
    return new Wire(socket);
  }

  /** An answer as it came. */
  record Got(String version, int status, Map<String, String> headers, String body) {
    String header(String name) {
      return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
    }
  }

  Wire send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    socket.getOutputStream().flush();
    return this;
  }

  /**
   * Sends it byte by byte for as long as the other side takes it.
   *
   * @return how many bytes that were
   */
  int drip(String text, Duration pause) throws IOException {
    socket.setSoTimeout((int) pause.toMillis());
    int sent = 0;
    try {
      for (int i = 0; i < text.length(); i++) {
        send(text.substring(i, i + 1));
        sent++;
        if (hasWordOrEnd()) {
          break;
        }
      }
    } catch (SocketException e) {
      // It has ended.
    }
    socket.setSoTimeout(PATIENCE);
    return sent;
  }

  private boolean hasWordOrEnd() throws IOException {
    in.mark(1);
    try {
      in.read();
      in.reset();
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    }
  }

  /** Whether the other side says nothing for so long, and does not end it either. */
  boolean isQuietFor(Duration time) throws IOException {
    socket.setSoTimeout((int) time.toMillis());
    try {
      return !hasWordOrEnd();
    } finally {
      socket.setSoTimeout(PATIENCE);
    }
  }

  /** Sends it again and again; whether the other side has ended it after a while. */
  boolean asksUntilEnded(String text) {
    try {
      for (int i = 0; i < MANY; i++) {
        send(text);
      }
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  /**
   * The next answer.
   *
   * @param method of what was asked: HEAD has no body
   * @return empty if the connection has ended instead
   */
  Optional<Got> answer(String method) throws IOException {
    Optional<String> first = line();
    if (first.isEmpty()) {
      return Optional.empty();
    }
    String[] parts = first.get().split(" ", 3);
    int status = Integer.parseInt(parts[1]);
    var headers = new TreeMap<String, String>();
    for (String line = line().orElse(""); !line.isEmpty(); line = line().orElse("")) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    boolean none = method.equals("HEAD") || status == 204 || status == 304 || status < 200;
    return Optional.of(new Got(parts[0], status, headers, none ? "" : body(headers)));
  }

  private String body(Map<String, String> headers) throws IOException {
    if (headers.containsKey("content-length")) {
      int length = Integer.parseInt(headers.get("content-length"));
      return new String(in.readNBytes(length), ISO_8859_1);
    }
    return new String(in.readAllBytes(), ISO_8859_1);
  }

  /** The first line of an answer that may not end. */
  Optional<String> firstLine() throws IOException {
    return line();
  }

  private Optional<String> line() throws IOException {
    var line = new ByteArrayOutputStream();
    try {
      for (int b = in.read(); b != '\n'; b = in.read()) {
        if (b < 0) {
          return Optional.empty();
        }
        line.write(b);
      }
    } catch (SocketException e) {
      return Optional.empty();
    }
    return Optional.of(line.toString(ISO_8859_1).stripTrailing());
  }

  /** Reads one byte, if there is one. */
  void readOne() {
    try {
      in.read();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether the other side has ended it, once everything was read. */
  boolean hasEnded() throws IOException {
    try {
      return in.read() < 0;
    } catch (SocketException e) {
      return true;
    }
  }

  /** Reads what is left, as an alert of TLS; fails if the other side does not end it. */
  void readToItsEnd() throws IOException {
    boolean ended = false;
    while (!ended) {
      ended = hasEnded();
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  private static final class Anybody implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
