package io.carousel.orchestrator.axon;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.AuthorName;
import io.carousel.events.CommandId;
import io.carousel.events.Event;
import io.carousel.events.HouseEvent;
import io.carousel.events.HouseId;
import io.carousel.events.OperatorAct;
import io.carousel.events.Reply;
import io.carousel.events.SlotName;
import io.carousel.events.seal.Author;
import io.carousel.events.seal.ImpossibleHistory;
import io.carousel.events.seal.Recorded;
import io.carousel.events.testing.Broker;
import io.carousel.orchestrator.log.ActSender;
import io.carousel.orchestrator.log.Asked;
import io.carousel.orchestrator.log.Cluster;
import io.carousel.orchestrator.log.ControlLog;
import io.carousel.orchestrator.log.Judge;
import io.carousel.orchestrator.log.LogConfig;
import io.carousel.orchestrator.log.TopicSetup;
import io.carousel.orchestrator.log.Verdict;
import io.carousel.orchestrator.log.Watcher;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.axonframework.messaging.eventstreaming.Tag;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Acts as Axon commands, on a toy state: the names of the slots. */
class AxonJudgeTest implements Watcher {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir Path folder;
  private final List<Event> projected = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Throwable> broken = new CompletableFuture<>();
  private AxonJudge<Names> judge;
  private ControlLog<Names> log;
  private ActSender acts;

  record Names(SortedSet<String> slots) {}

  @BeforeEach
  void open() {
    var house = new HouseId(UUID.randomUUID().toString().replace("-", ""));
    Cluster cluster =
        Cluster.local(Broker.shared().bootstrap()).under("aj" + house.value().substring(0, 8));
    TopicSetup.ensure(cluster, List.of());
    var config =
        new LogConfig(cluster, folder, Optional.of(1), Optional.empty(), 1, LogConfig.Pace.DEFAULT);
    var author = new Author(house, new AuthorName("axon"), Author.newKey());
    judge =
        new AxonJudge<>(new Toy(), Names.class, AxonJudgeTest::tags)
            .project("slots", (sequence, event) -> projected.add(event));
    log = ControlLog.open(config, author, judge, Optional.empty(), this);
    judge.start(log);
    acts = new ActSender(cluster, author, log.chronicle());
  }

  @AfterEach
  void close() {
    acts.close();
    judge.close();
    log.close();
  }

  private static Set<Tag> tags(Event event) {
    return event instanceof HouseEvent.SlotRegistered s
        ? Set.of(new Tag("slot", s.slot().value()))
        : Set.of();
  }

  @Test
  void actsAreDecidedOnStagedStateAndProjectedOnceCommitted() {
    List<CompletableFuture<Reply>> replies = new ArrayList<>();
    IntStream.range(0, 100).forEach(i -> replies.add(register("s" + i % 50)));
    long refused =
        replies.stream()
            .map(CompletableFuture::join)
            .filter(Reply.Refused.class::isInstance)
            .count();
    assertThat(refused).isEqualTo(50);
    assertThat(log.chronicle().now().state().slots()).hasSize(50);
    Recorded last =
        log.chronicle().read(1, 1_000).stream().filter(e -> !e.tags().isEmpty()).toList().getLast();
    assertThat(last.tags()).containsExactly("slot=s49");
    Awaitility.await().until(() -> projected.size() == 102);
    assertThat(projected)
        .isEqualTo(log.chronicle().read(1, 1_000).stream().map(Recorded::event).toList());
  }

  @Test
  void aHandlerThatFailsRefusesItsActAlone() {
    assertThat(register("bad").join())
        .isInstanceOfSatisfying(
            Reply.Refused.class, r -> assertThat(r.code()).isEqualTo("rules-failed"));
    assertThat(register("good").join()).isInstanceOf(Reply.Accepted.class);
  }

  private CompletableFuture<Reply> register(String slot) {
    byte[] random = new byte[10];
    new java.security.SecureRandom().nextBytes(random);
    return acts.ask(
        CommandId.of(Instant.now(), random),
        new OperatorAct.RegisterSlot(new SlotName(slot), "m", "c", "op"),
        PATIENCE);
  }

  @Override
  public void impossible(ImpossibleHistory history) {
    broken.complete(history);
  }

  @Override
  public void failed(Throwable cause) {
    broken.complete(cause);
  }

  private static final class Toy implements Judge<Names> {
    @Override
    public Names initial() {
      return new Names(new TreeSet<>());
    }

    @Override
    public Names evolve(Names names, Recorded recorded) {
      if (recorded.event() instanceof HouseEvent.SlotRegistered s) {
        var more = new TreeSet<>(names.slots());
        more.add(s.slot().value());
        return new Names(more);
      }
      return names;
    }

    @Override
    public Verdict judge(Names names, Asked asked, Instant now) {
      var act = (OperatorAct.RegisterSlot) asked.act();
      String slot = act.slot().value();
      if (slot.equals("bad")) {
        throw new IllegalStateException("a fault on purpose");
      }
      return Verdict.of(
          names.slots().contains(slot)
              ? new HouseEvent.ActRefused("register-slot", "exists", slot, now)
              : new HouseEvent.SlotRegistered(
                  act.slot(), act.module(), act.custody(), act.by(), now));
    }
  }
}
