package io.carousel.e2e.agent;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.carousel.e2e.fleet.Curl;
import io.carousel.events.openssh.Tool;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;

/**
 * Calls a server by curl without pause, with what is in an agent's output at the moment. A call
 * counts as made only if the server says that it verified the very certificate that curl has shown,
 * and curl that it verified the server's.
 */
final class Caller implements AutoCloseable {
  private static final String BEGIN = "-----BEGIN CERTIFICATE-----";
  private static final String END = "-----END CERTIFICATE-----";

  private final Path output;
  private final String server;
  private final int port;
  private final ToIntFunction<X509Certificate> generation;
  private final CountDownLatch silence = new CountDownLatch(1);
  private final List<Thread> threads = new ArrayList<>();
  private final Map<String, Integer> made = new TreeMap<>();
  private final List<String> failures = new ArrayList<>();

  /**
   * A caller.
   *
   * @param generation of the CA that issued a certificate; 0 if no CA of the authority did
   */
  Caller(Path output, String server, int port, ToIntFunction<X509Certificate> generation) {
    this.output = output;
    this.server = server;
    this.port = port;
    this.generation = generation;
  }

  void talk(int lines) {
    for (int i = 0; i < lines; i++) {
      threads.add(Thread.ofPlatform().start(this::run));
    }
  }

  private void run() {
    try {
      while (!silence.await(5, TimeUnit.MILLISECONDS)) {
        call();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void call() {
    try {
      // Once for all files: what is read through the link twice may be of two sets.
      Path set = output.resolve("current").toRealPath();
      X509Certificate own = certificate(Files.readString(set.resolve("cert.pem"), US_ASCII));
      Tool.Said said = Tool.run(Curl.call(set, server, port));
      judge(own, said);
    } catch (IOException | CertificateException | RuntimeException e) {
      failed(e.toString());
    }
  }

  private void judge(X509Certificate own, Tool.Said said) throws CertificateException {
    String[] words = said.text().split("\\s+", 4);
    boolean verified =
        said.well()
            && words.length == 4
            && words[0].equals("SUCCESS")
            && words[1].matches("[0-9A-F]+")
            && new BigInteger(words[1], 16).equals(own.getSerialNumber())
            && ("CN=" + words[2].replaceFirst("^CN=", ""))
                .equals(own.getSubjectX500Principal().getName());
    if (!verified) {
      failed(said.text());
      return;
    }
    String key =
        "client by %d, server by %d"
            .formatted(generation.applyAsInt(own), generation.applyAsInt(certificate(said.text())));
    synchronized (made) {
      made.merge(key, 1, Integer::sum);
    }
  }

  private void failed(String why) {
    synchronized (made) {
      failures.add(why);
    }
  }

  /** The first in a text. */
  static X509Certificate certificate(String text) throws CertificateException {
    int from = text.indexOf(BEGIN);
    int to = text.indexOf(END, from);
    if (from < 0 || to < 0) {
      throw new CertificateException("no certificate in: " + text);
    }
    byte[] pem = text.substring(from, to + END.length()).getBytes(US_ASCII);
    return (X509Certificate)
        CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(pem));
  }

  /** How many calls were made, by the generations on both sides. */
  Map<String, Integer> made() {
    synchronized (made) {
      return new TreeMap<>(made);
    }
  }

  int total() {
    return made().values().stream().mapToInt(Integer::intValue).sum();
  }

  List<String> failures() {
    synchronized (made) {
      return List.copyOf(failures);
    }
  }

  @Override
  public void close() throws InterruptedException {
    silence.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
  }
}
