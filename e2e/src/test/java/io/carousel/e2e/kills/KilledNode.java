package io.carousel.e2e.kills;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.carousel.deploy.node.NodeFolder;
import io.carousel.e2e.node.Child;
import io.carousel.e2e.node.Cli;
import io.carousel.events.AuthorName;
import io.carousel.events.AuthorRole;
import io.carousel.events.Bytes;
import io.carousel.events.SlotName;
import io.carousel.events.seal.AuthorKeyFile;
import io.carousel.events.testing.Pkcs11Spy;
import io.carousel.events.testing.SpyLog;
import io.carousel.events.wire.Json;
import io.carousel.orchestrator.documents.Wanted.WantedAuthor;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/**
 * A node with two slots that is killed in one way or another and comes back on the same port, and a
 * worker of its first slot that is no child of it: that one outlives the node, and so the broker.
 * From {@link #spy} on a module between each worker and its token writes down every call.
 */
final class KilledNode implements AutoCloseable {
  static final List<SlotName> SLOTS = List.of(new SlotName("hsm-a"), new SlotName("hsm-b"));

  private static final Duration PATIENCE = Duration.ofMinutes(8);
  private static final Path MODULE = Path.of(System.getProperty("carousel.test.softhsm"));
  private static final String APART = "apart";

  private final Path folder;
  private final int port;
  private final Path spy;
  private final List<Path> errors = new ArrayList<>();
  private Child process;
  private Child apart;

  private KilledNode(Path folder, int port) throws IOException {
    this.folder = folder;
    this.port = port;
    this.spy = Pkcs11Spy.in(folder).module();
  }

  static KilledNode start(Path folder, int port) throws Exception {
    var node = new KilledNode(folder, port);
    node.serve();
    return node;
  }

  private Path data() {
    return folder.resolve("data");
  }

  URI api() {
    return URI.create("http://127.0.0.1:" + port);
  }

  Path secret() {
    return data().resolve("api.secret");
  }

  Cli cli() {
    return new Cli(data());
  }

  String bootstrap() throws Exception {
    byte[] described = Files.readAllBytes(data().resolve("node.json"));
    return Json.PLAIN.read(described, NodeFolder.Description.class).bootstrap();
  }

  /** Has somebody said something to its API, as an operator; the answer must be 200. */
  void post(String path, Object wanted) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> done =
          http.send(
              HttpRequest.newBuilder(api().resolve(path))
                  .header("Authorization", "Bearer " + Files.readString(secret()).strip())
                  .header("Content-Type", "application/json")
                  .POST(BodyPublishers.ofByteArray(Json.PLAIN.write(wanted)))
                  .build(),
              BodyHandlers.ofString(UTF_8));
      assertThat(done.statusCode()).as(done.body()).isEqualTo(200);
    }
  }

  /** Puts the spy before each worker, and starts the worker apart. */
  void spy() throws Exception {
    for (SlotName slot : SLOTS) {
      Path yaml = yaml(slot);
      // One session: the spy does not lock its log.
      Files.writeString(
          yaml,
          Files.readString(yaml)
              .replaceFirst("module: .*", "module: '" + spy + "'\n  sessions: 1"));
    }
    workers().forEach(ProcessHandle::destroyForcibly);
    enrolApart();
    await()
        .atMost(PATIENCE)
        .until(() ->
            Stream.concat(SLOTS.stream().map(this::log), errors.stream())
                .allMatch(KilledNode::isSpied));
  }

  private void enrolApart() throws Exception {
    Path key = folder.resolve("apart.key");
    SlotName slot = SLOTS.getFirst();
    post(
        "/v1/authors",
        new WantedAuthor(
            new AuthorName(APART),
            AuthorRole.WORKER,
            Optional.of(slot),
            Bytes.of(AuthorKeyFile.readOrCreate(key).getPublic().getEncoded())));
    Files.writeString(
        folder.resolve("apart.yaml"),
        Files.readString(yaml(slot))
            .replaceFirst("name: .*", "name: " + APART)
            .replaceFirst("keyFile: .*", "keyFile: '" + key + "'"));
    startApart();
  }

  private void startApart() throws IOException {
    Map<String, String> environment = new HashMap<>(Pkcs11Spy.unbuffered(MODULE));
    environment.put("SOFTHSM2_CONF", data().resolve("softhsm2.conf").toString());
    apart =
        Child.start(
            folder, environment, "worker", "--config", folder.resolve("apart.yaml").toString());
    errors.add(apart.errors());
  }

  private static boolean isSpied(Path log) {
    try {
      return Files.readString(log, ISO_8859_1).contains("C_Login");
    } catch (IOException e) {
      return false;
    }
  }

  private Path yaml(SlotName slot) {
    return data().resolve("slots").resolve(slot.value()).resolve("worker.yaml");
  }

  private Path log(SlotName slot) {
    return data().resolve("logs").resolve("worker-%s.log".formatted(slot));
  }

  /** Every call of C_Sign that workers have made since they are spied on. */
  List<SpyLog.Signature> signatures() throws IOException {
    var all = new ArrayList<SpyLog.Signature>();
    for (Path log : Stream.concat(SLOTS.stream().map(this::log), errors.stream()).toList()) {
      all.addAll(SpyLog.read(log).signatures());
    }
    return all;
  }

  /** Starts what does not run, and waits for nothing. */
  void launch() throws Exception {
    if (process == null || !process.isAlive()) {
      process =
          Child.start(
              folder,
              Pkcs11Spy.unbuffered(MODULE),
              "up",
              "--data",
              data().toString(),
              "--port",
              Integer.toString(port));
    }
    if (apart != null && !apart.isAlive()) {
      startApart();
    }
  }

  /** Starts what does not run; returns once the node serves. */
  void serve() throws Exception {
    launch();
    await()
        .atMost(PATIENCE)
        .until(() -> !process.isAlive() || process.out().contains("Carousel is up"));
    assertThat(process.isAlive()).as("%s%s", process.out(), process.err()).isTrue();
  }

  /** Whether it has said so, and still runs. */
  boolean serves() {
    return process.isAlive() && process.out().contains("Carousel is up");
  }

  /** SIGKILL to the node and every worker, as nearly at once as may be. */
  void killTree() throws InterruptedException {
    List<ProcessHandle> workers = workers();
    workers.forEach(ProcessHandle::destroyForcibly);
    process.kill();
    gone(workers);
  }

  /**
   * SIGKILL to the node, which holds orchestrator and broker. Its workers end by themselves; the
   * one apart stays, with whatever it has in hand.
   */
  void killNode() throws InterruptedException {
    List<ProcessHandle> workers = process.children();
    process.kill();
    gone(workers);
  }

  /** SIGKILL to a worker. */
  void killWorker(Random random) {
    List<ProcessHandle> workers = workers();
    if (!workers.isEmpty()) {
      workers.get(random.nextInt(workers.size())).destroyForcibly();
    }
  }

  /** SIGKILL to the worker apart as soon as it has its token sign; it is inside a batch then. */
  void killBusyWorker() throws IOException {
    Path log = apart.errors();
    long before = Files.size(log);
    await()
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(1))
        .until(() -> Files.size(log) > before);
    apart.handle().destroyForcibly();
  }

  private List<ProcessHandle> workers() {
    var all = new ArrayList<>(process.children());
    if (apart != null && apart.isAlive()) {
      all.add(apart.handle());
    }
    return all;
  }

  private static void gone(List<ProcessHandle> workers) {
    await().atMost(PATIENCE).until(() -> workers.stream().noneMatch(ProcessHandle::isAlive));
  }

  @Override
  public void close() throws InterruptedException {
    if (apart != null) {
      apart.close();
    }
    process.close();
  }
}
