package io.carousel.signer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.carousel.events.AuthorName;
import io.carousel.events.AuthorRole;
import io.carousel.events.SlotName;
import io.carousel.events.seal.Author;
import io.carousel.events.seal.Message;
import io.carousel.events.testing.Broker;
import io.carousel.events.topics.SigningGroup;
import io.carousel.events.topics.Topic;
import io.carousel.signer.config.WorkerConfig;
import io.carousel.signer.token.SoftHsm;
import io.carousel.signer.token.TokenConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a worker says of a start that cannot be, and how it ends. */
class StartTest {
  private static final AtomicInteger NAMES = new AtomicInteger();

  private static Broker broker;
  private static TestHouse house;
  private static TokenConfig token;

  @TempDir static Path tokens;
  @TempDir Path folder;

  private final SlotName slot = new SlotName("hsm-" + NAMES.incrementAndGet());

  private record Ended(Exit exit, String out, String err) {}

  @BeforeAll
  static void open() {
    broker = Broker.fresh(Map.of());
    house = new TestHouse(broker);
    house.found();
    token = SoftHsm.newToken(tokens);
  }

  @AfterAll
  static void close() {
    house.close();
    broker.close();
  }

  private ConfigFile config() {
    return ConfigFile.of(house, slot, token, "worker-" + slot).within("2s");
  }

  private Ended run(ConfigFile config) {
    return run("--config", config.write(folder).toString());
  }

  private static Ended run(String... args) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    Exit exit = new Worker().run(stream(out), stream(err), args);
    return new Ended(
        exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private static PrintStream stream(ByteArrayOutputStream to) {
    return new PrintStream(to, true, StandardCharsets.UTF_8);
  }

  /** Where Kafka should be, somebody counts who calls: nobody must. */
  private Ended runWithoutKafka(ConfigFile config) throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Ended ended = run(config.servers("127.0.0.1:" + socket.getLocalPort()));
      socket.setSoTimeout(1);
      assertThatThrownBy(socket::accept).isInstanceOf(SocketTimeoutException.class);
      assertThat(ended.out()).isEmpty();
      return ended;
    }
  }

  @Test
  void aWrongPinEndsForGood() throws IOException {
    TokenConfig own = SoftHsm.newToken(folder);
    Path wrong = SoftHsm.pinFile(folder.resolve("wrong.pin"), "wrong-pin\n");
    ConfigFile config = ConfigFile.of(house, slot, own, "worker-" + slot).pinFile(wrong);
    Ended first = runWithoutKafka(config);
    assertThat(first.exit()).isEqualTo(Exit.PIN);
    assertThat(first.err()).contains("PIN").doesNotContain("wrong-pin");
    Ended again = runWithoutKafka(config);
    assertThat(again.exit()).isEqualTo(Exit.PIN);
    assertThat(again.err()).contains("wrong.pin.refused");
  }

  @Test
  void aMissingTokenIsNamed() throws IOException {
    Ended ended = runWithoutKafka(config().label("no-such-token"));
    assertThat(ended.exit()).isEqualTo(Exit.CONFIGURATION);
    assertThat(ended.err()).contains("no-such-token");
  }

  @Test
  void aMissingModuleIsNamed() throws IOException {
    Ended ended = runWithoutKafka(config().module(folder.resolve("none.so")));
    assertThat(ended.exit()).isEqualTo(Exit.CONFIGURATION);
    assertThat(ended.err()).contains("none.so");
  }

  @Test
  void anExposedPinFileIsNamed() throws IOException {
    Path exposed = Files.writeString(folder.resolve("exposed.pin"), SoftHsm.PIN);
    Files.setPosixFilePermissions(exposed, PosixFilePermissions.fromString("rw-r--r--"));
    Ended ended = runWithoutKafka(config().pinFile(exposed));
    assertThat(ended.exit()).isEqualTo(Exit.CONFIGURATION);
    assertThat(ended.err()).contains("exposed.pin").doesNotContain(SoftHsm.PIN);
  }

  @Test
  void anUnknownKeyIsNamed() throws IOException {
    Ended ended = runWithoutKafka(config().with("colour: red"));
    assertThat(ended.exit()).isEqualTo(Exit.CONFIGURATION);
    assertThat(ended.err()).contains("'colour' is no key known here");
  }

  @Test
  void anExposedIdentityIsNamed() throws IOException {
    Path key = Files.createFile(config().authorKey(folder));
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
    Ended ended = runWithoutKafka(config());
    assertThat(ended.exit()).isEqualTo(Exit.CONFIGURATION);
    assertThat(ended.err()).contains("author.keyFile", key.getFileName().toString());
  }

  @Test
  void aWrongCommandLineShowsTheRightOne() {
    for (String[] args : new String[][] {{}, {"--confg", "x"}, {"--config"}}) {
      Ended ended = run(args);
      assertThat(ended.exit()).isEqualTo(Exit.USAGE);
      assertThat(ended.err()).contains("usage: ");
    }
    assertThat(run("--help").out()).contains("usage: ", "77");
  }

  @Test
  void aMissingBrokerIsSaidInTime() throws IOException {
    int nobody;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = socket.getLocalPort();
    }
    Ended ended = run(config().servers("127.0.0.1:" + nobody));
    assertThat(ended.exit()).isEqualTo(Exit.KAFKA_MISSING);
    assertThat(ended.err()).contains("no Kafka broker answered at 127.0.0.1:" + nobody);
  }

  @Test
  void missingTopicsAreNamed() {
    Ended ended = run(config());
    assertThat(ended.exit()).isEqualTo(Exit.KAFKA_MISSING);
    assertThat(ended.err()).contains("carousel.keys." + slot, "carousel.leaves." + slot);
  }

  @Test
  void everyWrongGroupSettingIsNamed() {
    house.register(slot);
    house.configure(SigningGroup.keys(slot), "share.isolation.level", "read_uncommitted");
    house.configure(SigningGroup.leaves(slot), "share.auto.offset.reset", "latest");
    Ended ended = run(config());
    assertThat(ended.exit()).isEqualTo(Exit.CONFIGURATION);
    assertThat(ended.err().lines().filter(l -> l.startsWith("  - ")))
        .containsExactly(
            "  - carousel-keys-"
                + slot
                + ": share.isolation.level is 'read_uncommitted' and must be read_committed"
                + " (the default delivers aborted commands)",
            "  - carousel-leaves-"
                + slot
                + ": share.auto.offset.reset is 'latest' and must be earliest"
                + " (the default drops what was written before the first worker came)");
  }

  @Test
  void anotherFoundersHouseIsRefused() {
    house.register(slot);
    Author other = new Author(house.id, new AuthorName("orchestrator-1"), Author.newKey());
    Ended ended = run(config().founder(other.publicKey()));
    assertThat(ended.exit()).isEqualTo(Exit.IMPOSSIBLE_HISTORY);
    assertThat(ended.err()).contains("record 1", "not founded by the key that is pinned");
  }

  @Test
  void anotherKeyUnderItsNameIsRefused() {
    house.register(slot);
    house.enrolWorker("worker-" + slot, slot, folder.resolve("another.key"));
    Ended ended = run(config());
    assertThat(ended.exit()).isEqualTo(Exit.CONFIGURATION);
    assertThat(ended.err()).contains("'worker-" + slot + "' is enrolled as worker");
  }

  @Test
  void anotherRoleUnderItsNameIsRefused() {
    house.register(slot);
    house.enrol(
        new Author(house.id, new AuthorName("worker-" + slot), Author.newKey()),
        AuthorRole.ORCHESTRATOR,
        Optional.empty());
    assertThat(run(config()).err()).contains("is enrolled as orchestrator of slot none");
  }

  @Test
  void whoIsNotEnrolledWaitsForItAndGoesWhenRemoved() throws Exception {
    house.register(slot);
    WorkerConfig config = WorkerConfig.read(config().within("60s").write(folder));
    try (var worker = TestWorker.start(config)) {
      await().atMost(Duration.ofSeconds(20)).until(() -> Files.exists(config.authorKey()));
      assertThat(worker.out()).isEmpty();
      house.enrolWorker(config.author().value(), slot, config.authorKey());
      worker.ready();
      house.remove(config.author());
      assertThat(worker.exit()).isEqualTo(Exit.CONFIGURATION);
      assertThat(worker.err()).contains("has been removed");
    }
  }

  @Test
  void recordsThatNobodyEnrolledSignedStopNothing() throws Exception {
    withWorker((own, worker) -> {
      Message genuine = own.messages(Topic.EVENTS).getLast();
      var unsigned = new TreeMap<>(genuine.headers());
      unsigned.remove(Message.SIGNATURE);
      own.send(genuine);
      own.send(own.messages(Topic.EVENTS).getFirst());
      own.send(new Message(genuine.topic(), null, unsigned, genuine.value()));
      own.send(genuine.with(Message.SEQUENCE, "6"));
      own.send(new ProducerRecord<byte[], byte[]>(Topic.EVENTS.topicName(), null));
      own.send(new ProducerRecord<>(Topic.EVENTS.topicName(), new byte[0], new byte[500_000]));
      own.remove(new AuthorName("worker-" + slot));
      // It has read on, or it would not know.
      assertThat(worker.exit()).isEqualTo(Exit.CONFIGURATION);
      assertThat(worker.err()).contains("has been removed");
    });
  }

  @Test
  void whatAnOrchestratorSignedAndCannotBeStopsTheWorker() throws Exception {
    withWorker((own, worker) -> {
      own.fork();
      assertThat(worker.exit()).isEqualTo(Exit.IMPOSSIBLE_HISTORY);
      assertThat(worker.err()).contains("record 5", "the log was forked");
    });
  }

  private interface Deed {
    void on(TestHouse own, TestWorker worker) throws Exception;
  }

  private void withWorker(Deed deed) throws Exception {
    var broker = Broker.fresh(Map.of());
    var own = new TestHouse(broker);
    try (own;
        broker) {
      own.found();
      own.register(slot);
      own.enrolWorker("worker-" + slot, slot, folder.resolve("worker-" + slot + ".key"));
      ConfigFile config = ConfigFile.of(own, slot, token, "worker-" + slot);
      try (var worker = TestWorker.start(WorkerConfig.read(config.write(folder))).ready()) {
        deed.on(own, worker);
      }
    }
  }
}
