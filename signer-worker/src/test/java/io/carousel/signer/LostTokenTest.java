package io.carousel.signer;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.carousel.events.CommandId;
import io.carousel.events.Format;
import io.carousel.events.LeafResult;
import io.carousel.events.LeafResult.LeafSigned;
import io.carousel.events.Serial;
import io.carousel.events.SigningCommand.LeafCommand;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import io.carousel.events.seal.Message;
import io.carousel.events.testing.Broker;
import io.carousel.events.topics.Topic;
import io.carousel.signer.token.P11KitServer;
import io.carousel.signer.token.SoftHsm;
import io.carousel.signer.token.TokenConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A worker whose token is in another process (p11-kit), which is killed and started again while
 * credentials are asked for in Kafka. Nobody but a service manager, which is what the test is to
 * the worker, does anything about it.
 */
class LostTokenTest {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final SlotName SLOT = new SlotName("hsm-far");

  /** Commands that wait for an answer at any time. */
  private static final int OPEN = 120;

  /** Answers by which a rate is measured. */
  private static final int STRETCH = 240;

  /** After these a service manager starts a worker again; after others it does not. */
  private static final Set<Integer> AGAIN =
      Set.of(Exit.KAFKA_MISSING.code(), Exit.FAULT.code(), Exit.TOKEN_UNAVAILABLE.code());

  @TempDir private Path folder;
  private final List<LeafCommand> asked = new ArrayList<>();
  private P11KitServer server;
  private Broker broker;
  private TestHouse house;
  private Issuing issuing;
  private Path config;
  private ChildWorker worker;
  private int restarts;

  @BeforeEach
  void open() throws Exception {
    TokenConfig token = SoftHsm.newToken(folder);
    server = new P11KitServer(token.module(), folder, Map.of());
    server.start();
    broker = Broker.fresh(Map.of());
    house = new TestHouse(broker);
    house.found();
    house.register(SLOT);
    ConfigFile file =
        ConfigFile.of(house, SLOT, token, "far")
            .module(P11KitServer.client())
            .with("leavesInHand: 32");
    house.enrolWorker("far", SLOT, file.authorKey(folder));
    config = file.write(folder, "sessions: 1", "hangsAfter: 3s");
    start();
    issuing = new Issuing(house, SLOT).by(Format.X509, Suite.ECDSA_P256);
  }

  private void start() throws Exception {
    worker = ChildWorker.start(config, server.address());
  }

  @AfterEach
  void close() throws Exception {
    worker.close();
    house.close();
    broker.close();
    server.close();
  }

  @Test
  void noCredentialIsLostNoneIsDoubledAndTheRateComesBackByItself() throws Exception {
    run(STRETCH); // everything is warm
    double usual = run(STRETCH);

    server.kill();
    killed("killed", usual);

    server.freeze(); // it neither answers nor hangs up
    topUp(OPEN);
    hungUntilAnotherProcessTriesIt();
    server.kill();
    killed("hung, and then killed", usual);

    until(() -> house.count(Topic.RESULTS) >= asked.size());
    everyCommandHasOneCredential();
    assertThat(worker.ended()).isEmpty();
    assertThat(worker.terminate()).isZero();
  }

  /** Nothing else ends a call that hangs. */
  private void hungUntilAnotherProcessTriesIt() {
    int before = restarts;
    until(() -> restarts > before);
  }

  private void killed(String how, double usual) throws Exception {
    int restartsBefore = restarts;
    int signed = house.count(Topic.RESULTS);
    topUp(OPEN + 60);
    // Away for as long as it takes the worker to find out: what it has signed by then is written.
    until(() -> worker.err().contains("takes up nothing new") || restarts > restartsBefore);
    int meanwhile = house.count(Topic.RESULTS);

    long back = System.nanoTime();
    server.start();
    until(() -> house.count(Topic.RESULTS) > meanwhile);
    double first = seconds(back);
    double rate = 0;
    do {
      rate = run(STRETCH);
      assertThat(seconds(back))
          .as("seconds and not at full rate")
          .isLessThan(PATIENCE.toNanos() / 1e9);
    } while (rate < usual / 2);
    System.out.printf(
        "token of a worker %s under load: %.2f s from its return to the first certificate, "
            + "%.2f s to full rate (%.0f/s of %.0f/s), %d restarts of the worker, %d answers while "
            + "it was away%n",
        how, first, seconds(back), rate, usual, restarts - restartsBefore, meanwhile - signed);
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }

  /** Asks on and on until so many more are answered; how many in a second. */
  private double run(int answers) {
    long from = System.nanoTime();
    int goal = house.count(Topic.RESULTS) + answers;
    until(() -> {
      topUp(OPEN);
      return house.count(Topic.RESULTS) >= goal;
    });
    return answers / seconds(from);
  }

  private void topUp(int open) {
    int missing = open - (asked.size() - house.count(Topic.RESULTS));
    if (missing > 0) {
      List<LeafCommand> more = issuing.leaves(missing);
      asked.addAll(more);
      house.ask(house.founder, more);
    }
  }

  private void until(BooleanSupplier condition) {
    try {
      await()
          .atMost(PATIENCE)
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(10))
          .until(() -> {
            serve();
            return condition.getAsBoolean();
          });
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(
          "%d of %d answered; the worker (%s): %s"
              .formatted(house.count(Topic.RESULTS), asked.size(), worker.ended(), worker.err()),
          e);
    }
  }

  /** What a service manager does. */
  private void serve() throws Exception {
    if (worker.ended().isPresent()) {
      assertThat(worker.ended().getAsInt()).as(worker.err()).isIn(AGAIN);
      restarts++;
      start();
    }
  }

  private void everyCommandHasOneCredential() {
    List<LeafResult> results = house.results();
    assertThat(results).allSatisfy(r -> assertThat(r).isInstanceOf(LeafSigned.class));
    Map<CommandId, Serial> wanted =
        asked.stream().collect(toMap(LeafCommand::command, c -> c.order().serial()));
    Map<CommandId, Serial> accepted = new HashMap<>();
    results.forEach(r -> accepted.putIfAbsent(r.answers(), r.serial()));
    assertThat(accepted).as("each serial number once, and none lost").isEqualTo(wanted);
    assertThat(house.dead()).isEmpty();
    // Whoever answered again was told that it might be again.
    Map<CommandId, Integer> answers = new HashMap<>();
    for (Message message : house.messages(Topic.RESULTS)) {
      CommandId command = TestHouse.answer(message).answers();
      int times = answers.merge(command, 1, Integer::sum);
      int handedOut = message.header(Message.DELIVERIES).map(Integer::parseInt).orElse(1);
      assertThat(handedOut)
          .as("%s, answered %d times", command, times)
          .isGreaterThanOrEqualTo(times);
    }
    System.out.printf(
        "%d certificates asked for, %d answers, %d of them again, %d restarts of the worker%n",
        asked.size(), results.size(), results.size() - asked.size(), restarts);
  }
}
