package io.carousel.signer;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.carousel.events.CommandId;
import io.carousel.events.Format;
import io.carousel.events.LeafResult;
import io.carousel.events.SigningCommand;
import io.carousel.events.SigningCommand.LeafCommand;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import io.carousel.events.WorkerAct;
import io.carousel.events.orders.SignatureAccount;
import io.carousel.events.seal.Message;
import io.carousel.events.testing.Broker;
import io.carousel.events.testing.Pkcs11Spy;
import io.carousel.events.testing.SpyLog;
import io.carousel.events.topics.Topic;
import io.carousel.events.wire.Wire;
import io.carousel.signer.token.SoftHsm;
import io.carousel.signer.token.TokenConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every signature that a token makes for a worker, as a module of others between both counts them,
 * against the commands in Kafka.
 */
class SpiedWorkerTest {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final SlotName SLOT = new SlotName("hsm-a");
  private static final int BURST = 300;
  private static final int KILLS = 3;

  @TempDir private Path folder;
  private final List<Spied> workers = new ArrayList<>();
  private Broker broker;
  private TestHouse house;
  private TokenConfig token;
  private Issuing issuing;

  @BeforeEach
  void open() {
    token = SoftHsm.newToken(folder);
    broker = Broker.fresh(Map.of());
    house = new TestHouse(broker);
    house.found();
    house.register(SLOT);
    issuing = new Issuing(house, SLOT);
  }

  @AfterEach
  void close() throws Exception {
    for (Spied worker : workers) {
      worker.child.close();
    }
    house.close();
    broker.close();
  }

  /** A worker in a process of its own, whose module is a spy of its own in front of the token's. */
  private final class Spied {
    private final Pkcs11Spy spy;
    private final Path config;
    private ChildWorker child;

    Spied(String name) throws Exception {
      spy = Pkcs11Spy.in(Files.createDirectory(folder.resolve(name)));
      ConfigFile file =
          ConfigFile.of(house, SLOT, token, name).module(spy.module()).with("leavesInHand: 12");
      house.enrolWorker(name, SLOT, file.authorKey(folder));
      config = file.write(folder, "sessions: 1"); // it does not lock its log
      workers.add(this);
    }

    Spied start() throws Exception {
      child = ChildWorker.start(config, spy.environment(token.module()));
      return this;
    }
  }

  private void ask(Format format, Suite suite) {
    issuing.by(format, suite);
  }

  @Test
  void everySignatureIsOfACommandInKafkaAndMadeOnce() throws Exception {
    Spied worker = new Spied("alone").start();
    worker.child.ready();
    ask(Format.X509, Suite.RSA_2048);
    ask(Format.SSH, Suite.ED25519);
    ask(Format.JWT, Suite.ECDSA_P256);
    issuing.inspect();
    List<LeafCommand> burst = issuing.leaves(60);
    house.ask(house.founder, burst);
    eventually(() -> house.count(Topic.RESULTS) >= burst.size());
    assertThat(worker.child.terminate()).as(worker.child.err()).isZero();

    SpyLog log = worker.spy.log();
    assertThat(log.signatures()).allMatch(SpyLog.Signature::done);
    assertThat(log.signaturesBySha256().keySet()).isEqualTo(fixed().keySet());
    assertThat(log.signaturesBySha256().values()).containsOnly(1);
    // Three statements of possession, a CA certificate, its CRL, three trials.
    assertThat(log.signatures()).hasSize(8 + burst.size());
    assertThat(house.count(Topic.RESULTS)).isEqualTo(burst.size());
    assertThat(deliveries(Topic.RESULTS)).isEmpty();
    assertThat(deliveries(Topic.COMMANDS)).isEmpty();
    SignatureAccount account = house.account();
    assertThat(account.most()).isEqualTo(log.signatures().size());
    assertThat(account.unheard()).isEmpty();
    assertThat(log.calls())
        .extracting(SpyLog.Call::function)
        .doesNotContain("C_SignUpdate", "C_SignRecover", "C_WrapKey", "C_CopyObject");
  }

  @Test
  void whatKilledWorkersSignedTwiceIsRecordedAsSuch() throws Exception {
    long seed = System.nanoTime();
    System.out.println("workers are killed by the seed " + seed);
    var random = new Random(seed);
    List<Spied> pair = List.of(new Spied("one").start(), new Spied("two").start());
    ask(Format.X509, Suite.ECDSA_P256);
    ask(Format.SSH, Suite.ED25519);
    ask(Format.JWT, Suite.RSA_2048);
    pair.getFirst().child.ready();
    pair.getLast().child.ready();
    var asked = new ArrayList<LeafCommand>();
    for (int kill = 0; kill < KILLS; kill++) {
      List<LeafCommand> burst = issuing.leaves(BURST);
      int before = house.count(Topic.RESULTS);
      int answered = before + 20 + random.nextInt(BURST / 4);
      house.ask(house.founder, burst);
      asked.addAll(burst);
      eventually(() -> house.count(Topic.RESULTS) >= answered);
      Spied victim = pair.get(random.nextInt(2));
      victim.child.kill();
      assertThat(house.count(Topic.RESULTS)).as("in the middle").isLessThan(before + BURST);
      victim.start();
    }
    eventually(() -> answered().size() == asked.size());
    for (Spied worker : pair) {
      worker.child.ready();
      assertThat(worker.child.terminate()).as(worker.child.err()).isZero();
    }
    judge(asked);
  }

  private void eventually(Callable<Boolean> condition) {
    try {
      await()
          .atMost(PATIENCE)
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(5))
          .until(condition);
    } catch (ConditionTimeoutException e) {
      String said =
          workers.stream()
              .map(w -> w.child.ended() + w.child.out() + w.child.err())
              .collect(joining("\n"));
      throw new AssertionError(
          "%d results, %d dead; the workers: %s"
              .formatted(house.count(Topic.RESULTS), house.dead().size(), said),
          e);
    }
  }

  private void judge(List<LeafCommand> asked) throws Exception {
    assertThat(answered()).isEqualTo(asked.stream().map(SigningCommand::command).collect(toSet()));
    var times = new TreeMap<String, Integer>();
    long cutShort = 0;
    for (Spied worker : workers) {
      SpyLog log = worker.spy.log();
      log.signaturesBySha256().forEach((input, n) -> times.merge(input, n, Integer::sum));
      cutShort += log.signatures().stream().filter(s -> !s.done()).count();
    }
    Map<String, CommandId> fixed = fixed();
    Map<CommandId, Integer> deliveries = new HashMap<>(deliveries(Topic.RESULTS));
    deliveries.putAll(deliveries(Topic.COMMANDS));
    assertThat(times.keySet()).isEqualTo(fixed.keySet());
    int surplus = 0;
    for (Map.Entry<String, Integer> input : times.entrySet()) {
      CommandId command = fixed.get(input.getKey());
      assertThat(input.getValue())
          .as("signatures for command %s, and how often it was handed out", command)
          .isLessThanOrEqualTo(deliveries.getOrDefault(command, 1));
      surplus += input.getValue() - 1;
    }
    SignatureAccount account = house.account();
    long made = times.values().stream().mapToLong(Integer::intValue).sum();
    long unheard = account.unheard().size();
    System.out.printf(
        "%d signatures; begun %d, heard %d, begun and unheard %d%n",
        made, account.most(), account.heard(), unheard);
    assertThat(made).isBetween(account.heard(), account.most());
    assertThat(cutShort).as("cut short").isLessThanOrEqualTo(KILLS);
    System.out.printf(
        "%d commands, %d kills: %d signatures more than commands, %d commands recorded as handed "
            + "out again, %d answers more than commands%n",
        fixed.size(), KILLS, surplus, deliveries.size(), house.count(Topic.RESULTS) - asked.size());
  }

  private Map<String, CommandId> fixed() throws Exception {
    return FixedBytes.of(house.id, house.commands(SLOT), house.acts(), house.results());
  }

  private Set<CommandId> answered() {
    return house.results().stream().map(LeafResult::answers).collect(toSet());
  }

  /** How often each command was handed out by its last answer, where that was more than once. */
  private Map<CommandId, Integer> deliveries(Topic topic) {
    var deliveries = new HashMap<CommandId, Integer>();
    for (Message message : house.messages(topic)) {
      message
          .header(Message.DELIVERIES)
          .ifPresent(
              n -> deliveries.merge(answers(topic, message), Integer.parseInt(n), Math::max));
    }
    return deliveries;
  }

  private static CommandId answers(Topic topic, Message message) {
    return topic == Topic.RESULTS
        ? TestHouse.answer(message).answers()
        : ((WorkerAct) Wire.CURRENT.act(message.need(Message.TYPE), message.value())).answers();
  }
}
