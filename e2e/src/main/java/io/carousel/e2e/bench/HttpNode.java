package io.carousel.e2e.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.carousel.deploy.Carousel;
import io.carousel.events.AuthorityName;
import io.carousel.events.Digest;
import io.carousel.events.TrustBundle;
import io.carousel.orchestrator.documents.AuthorityDetails;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A whole node as {@code carousel up} starts it, with the heap that it has by default. */
final class HttpNode implements AutoCloseable {
  /** As the launcher has them. */
  private static final List<String> FLAGS =
      List.of(
          "-Xmx512m",
          "-XX:+UseSerialGC",
          "-XX:+UseCompactObjectHeaders",
          "-XX:+ExitOnOutOfMemoryError",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          "-Daxoniq.update-checker.disabled=true");

  private static final Pattern API = Pattern.compile("HTTP API +(http://\\S+)");
  private static final Pattern LISTENER = Pattern.compile("received at (https://[^,]+),");
  private static final Pattern TOTAL = Pattern.compile("(?m)^Total +\\d+ +(\\d+)");

  private final Path data;
  private final Path log;
  private final Child process;
  private final URI api;
  private final URI listener;

  private HttpNode(Path folder, Path module) throws IOException {
    this.data = folder.resolve("data");
    this.log = folder.resolve("node.log");
    this.process =
        Child.start(
            FLAGS,
            Carousel.class,
            List.of(
                "up",
                "--data",
                data.toString(),
                "--port",
                "0",
                "--listen",
                "127.0.0.1:0",
                "--slot",
                "only"),
            Map.of("CAROUSEL_SOFTHSM", module.toString()),
            log);
    this.api = URI.create(said(API));
    this.listener = URI.create(said(LISTENER));
  }

  /**
   * Starts one; returns once it receives participants.
   *
   * @param folder empty
   * @param module the PKCS#11 module of SoftHSM
   */
  static HttpNode in(Path folder, Path module) throws IOException {
    return new HttpNode(folder, module);
  }

  private String said(Pattern wanted) throws IOException {
    try {
      while (true) {
        Matcher line = wanted.matcher(process.line());
        if (line.find()) {
          return line.group(1);
        }
      }
    } catch (IllegalStateException e) {
      throw new IllegalStateException(Files.readString(log), e);
    }
  }

  Path secretFile() {
    return data.resolve("api.secret");
  }

  URI api() {
    return api;
  }

  URI listener() {
    return listener;
  }

  HouseCalls calls() throws IOException {
    return new HouseCalls(api, secretFile());
  }

  /** By what participants know it: SHA-256 of the CA keys of its own authority. */
  static Set<Digest> pins(HouseCalls calls) throws IOException, InterruptedException {
    return calls
        .get("/v1/authorities/" + AuthorityName.BUILT_IN, AuthorityDetails.class)
        .bundle()
        .trusted()
        .stream()
        .map(TrustBundle.TrustedKey::key)
        .collect(Collectors.toUnmodifiableSet());
  }

  long residentMib() {
    return process.residentMib();
  }

  /** Bytes that live in its heap, after a collection (jcmd's histogram counts what is live). */
  long live() throws IOException, InterruptedException {
    Process jcmd =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(process.pid()),
                "GC.class_histogram")
            .redirectErrorStream(true)
            .start();
    String text = new String(jcmd.getInputStream().readAllBytes(), UTF_8);
    Matcher total = TOTAL.matcher(text);
    if (jcmd.waitFor() != 0 || !total.find()) {
      throw new IllegalStateException("jcmd says nothing of the heap of " + process.pid());
    }
    return Long.parseLong(total.group(1));
  }

  /** How many connections of participants and strangers it has, as the system says (proc(5)). */
  long standing() throws IOException {
    String port = ":%04X ".formatted(listener.getPort());
    long all = 0;
    for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
      try (Stream<String> lines = Files.lines(Path.of(table))) {
        all += lines.filter(line -> isEstablishedAt(line, port)).count();
      }
    }
    return all;
  }

  private static boolean isEstablishedAt(String line, String port) {
    String[] words = line.strip().split(" +", 5);
    return words.length == 5 && (words[1] + " ").endsWith(port) && words[3].equals("01");
  }

  @Override
  public void close() throws IOException {
    process.close();
  }
}
