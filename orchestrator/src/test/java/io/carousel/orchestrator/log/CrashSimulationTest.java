package io.carousel.orchestrator.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.CommandId;
import io.carousel.events.OperatorAct;
import io.carousel.events.Reply;
import io.carousel.events.seal.Recorded;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Owners die before and after each of their steps, while acts come in and are asked again; whatever
 * was answered stays as it was, and nothing is decided twice.
 */
class CrashSimulationTest {
  private final TestHouse house = new TestHouse();
  private final long seed = Long.getLong("carousel.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final Map<CommandId, OperatorAct.RegisterSlot> acts = new HashMap<>();
  private final Map<CommandId, Reply> answers = new HashMap<>();

  @AfterEach
  void close() {
    house.close();
  }

  @Test
  void nothingIsLostOrDoubledWhereverAnOwnerDies() {
    var asker = house.founder();
    for (Cuts.Point point : Cuts.Point.values()) {
      house.enrol("owner-" + point.name().toLowerCase(Locale.ROOT), asker);
    }
    asker.close();
    for (Cuts.Point point : Cuts.Point.values()) {
      die(point);
    }
    var last = house.start("first", false, Cuts.NONE);
    assertThat(last.chronicle().upToDate().join().state())
        .as("seed %d", seed)
        .doesNotHaveDuplicates();
    checkLog();
  }

  /** An instance owns the log and dies there, while another asks and takes over. */
  private void die(Cuts.Point point) {
    var armed = new AtomicReference<Cuts.Point>();
    int survives = random.nextInt(3);
    var rounds = new AtomicInteger(survives);
    var owner =
        house.start(
            "owner-" + point.name().toLowerCase(Locale.ROOT),
            false,
            at -> {
              if (at == armed.get() && rounds.getAndDecrement() <= 0) {
                throw new Cuts.Cut(true);
              }
            });
    boolean diesInItsFirstTransaction = point.compareTo(Cuts.Point.DECIDE) < 0;
    if (diesInItsFirstTransaction) {
      rounds.set(0);
      armed.set(point);
    } else {
      owner.owning();
      armed.set(point);
    }
    var standby = house.start("first", false, Cuts.NONE);
    ask(standby);
    Awaitility.await()
        .atMost(TestHouse.PATIENCE)
        .until(() -> owner.log.standing() == Standing.STOPPED || survives > 0);
    standby.close();
    owner.close();
  }

  private void ask(TestHouse.Instance through) {
    List<CompletableFuture<Void>> asked = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      CommandId id = idToAsk();
      asked.add(
          through
              .sender()
              .ask(id, acts.get(id), TestHouse.PATIENCE)
              .thenAccept(reply -> remember(id, reply)));
    }
    asked.forEach(CompletableFuture::join);
  }

  /** A new act, or one that was asked before. */
  private CommandId idToAsk() {
    if (!acts.isEmpty() && random.nextInt(3) == 0) {
      return new ArrayList<>(acts.keySet()).get(random.nextInt(acts.size()));
    }
    CommandId id = TestHouse.newId();
    acts.put(id, TestHouse.registration("s" + random.nextInt(40)));
    return id;
  }

  private synchronized void remember(CommandId id, Reply reply) {
    Reply before = answers.putIfAbsent(id, reply);
    assertThat(before == null || before.equals(reply))
        .as("seed %d: %s was answered %s and then %s", seed, id, before, reply)
        .isTrue();
  }

  private void checkLog() {
    Map<CommandId, List<Recorded>> byCommand =
        house.replayed().stream()
            .filter(e -> e.command().isPresent())
            .collect(Collectors.groupingBy(e -> e.command().get()));
    answers.forEach((id, reply) -> {
      assertThat(byCommand.get(id)).as("seed %d: %s", seed, id).hasSize(1);
      Recorded event = byCommand.get(id).getFirst();
      Outcome outcome = Outcome.after(null, event);
      assertThat(Optional.of(outcome).map(Outcome::reply)).contains(reply);
    });
    assertThat(answers.keySet()).isEqualTo(acts.keySet());
  }
}
