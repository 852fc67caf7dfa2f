package io.carousel.e2e.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** Many connections over TLS to one server, from many addresses of this machine. */
final class Crowd implements AutoCloseable {
  /** What each of them does once its handshake is done. */
  enum Manner {
    /** It asks once, is answered, and says nothing more. */
    IDLE,
    /** It sends half of a request. */
    HALF
  }

  /** Handshakes at a time: more would but wait for each other. */
  private static final int OPENERS = 32;

  private static final int ADDRESSES = 64;
  private static final int PATIENCE_MILLIS = 60_000;

  /** Before the server takes it for over, as it does 75 s after an answer. */
  private static final long ASK_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(40);

  private static final String HEAD = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n";
  private static final String END = "\"missing\":[";

  private final URI where;
  private final Manner manner;
  private final Queue<One> held = new ConcurrentLinkedQueue<>();
  private final AtomicInteger failed = new AtomicInteger();
  private final ExecutorService openers =
      Executors.newFixedThreadPool(OPENERS, Thread.ofVirtual().factory());

  /** One of them, and when it was answered last. */
  private static final class One {
    private final SSLSocket socket;
    private long answered;

    private One(SSLSocket socket) {
      this.socket = socket;
    }
  }

  Crowd(URI where, Manner manner) {
    this.where = where;
    this.manner = manner;
  }

  /**
   * Opens so many more, and waits until each stands or has failed.
   *
   * @param shows what each of them shows
   */
  void open(int count, IntFunction<SSLContext> shows) throws InterruptedException {
    var left = new java.util.concurrent.CountDownLatch(count);
    for (int i = 0; i < count; i++) {
      int number = i;
      openers.execute(() -> {
        try {
          open(number, shows.apply(number).getSocketFactory()).ifPresent(held::add);
        } catch (IOException e) {
          failed.incrementAndGet();
        } finally {
          left.countDown();
        }
      });
    }
    while (!left.await(1, TimeUnit.SECONDS)) {
      askAgain();
    }
    askAgain();
  }

  private Optional<One> open(int number, SSLSocketFactory tls) throws IOException {
    var plain = new Socket();
    try {
      int host = number % ADDRESSES;
      plain.bind(new InetSocketAddress("127.1.%d.%d".formatted(host / 8, 1 + host % 8), 0));
      plain.connect(new InetSocketAddress(where.getHost(), where.getPort()), PATIENCE_MILLIS);
      plain.setSoTimeout(PATIENCE_MILLIS);
      var socket = (SSLSocket) tls.createSocket(plain, where.getHost(), where.getPort(), true);
      socket.startHandshake();
      var one = new One(socket);
      begin(one);
      return Optional.of(one);
    } catch (IOException e) {
      plain.close();
      throw e;
    }
  }

  private void begin(One one) throws IOException {
    switch (manner) {
      case IDLE -> ask(one);
      case HALF -> one.socket.getOutputStream().write((HEAD + "X-Half: ").getBytes(ISO_8859_1));
    }
  }

  private static void ask(One one) throws IOException {
    one.socket.getOutputStream().write((HEAD + "\r\n").getBytes(ISO_8859_1));
    InputStream in = one.socket.getInputStream();
    var text = new StringBuilder();
    byte[] some = new byte[1024];
    while (!text.toString().contains(END)) {
      int n = in.read(some);
      if (n < 0) {
        throw new IOException("it has ended");
      }
      text.append(new String(some, 0, n, ISO_8859_1));
    }
    if (text.toString().toLowerCase(java.util.Locale.ROOT).contains("connection: close")) {
      throw new IOException("it is to end");
    }
    one.answered = System.nanoTime();
  }

  /** Those whose time is nearly over ask once more, so that all stand at once. */
  private void askAgain() {
    if (manner == Manner.IDLE) {
      long now = System.nanoTime();
      held.removeIf(one -> now - one.answered > ASK_AGAIN_NANOS && hasGone(one));
    }
  }

  private boolean hasGone(One one) {
    try {
      ask(one);
      return false;
    } catch (IOException e) {
      failed.incrementAndGet();
      return true;
    }
  }

  /** How many could not be opened, or were ended. */
  int failed() {
    return failed.get();
  }

  @Override
  public void close() throws IOException {
    openers.shutdownNow();
    for (One one : held) {
      // Without a farewell: the other side reads its end from TCP.
      one.socket.setSoLinger(true, 0);
      one.socket.close();
    }
    held.clear();
  }
}
