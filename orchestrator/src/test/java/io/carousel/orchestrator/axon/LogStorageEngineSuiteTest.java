package io.carousel.orchestrator.axon;

import io.carousel.events.AuthorName;
import io.carousel.events.HouseEvent;
import io.carousel.events.HouseId;
import io.carousel.events.seal.Author;
import io.carousel.events.seal.ImpossibleHistory;
import io.carousel.events.seal.Recorded;
import io.carousel.events.testing.Broker;
import io.carousel.orchestrator.log.Asked;
import io.carousel.orchestrator.log.Cluster;
import io.carousel.orchestrator.log.ControlLog;
import io.carousel.orchestrator.log.Draft;
import io.carousel.orchestrator.log.Judge;
import io.carousel.orchestrator.log.LogConfig;
import io.carousel.orchestrator.log.Standing;
import io.carousel.orchestrator.log.TopicSetup;
import io.carousel.orchestrator.log.Verdict;
import io.carousel.orchestrator.log.Watcher;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.axonframework.eventsourcing.eventstore.StorageEngineTestSuite;
import org.axonframework.eventsourcing.eventstore.TaggedEventMessage;
import org.axonframework.messaging.core.MessageType;
import org.axonframework.messaging.core.unitofwork.ProcessingContext;
import org.axonframework.messaging.eventhandling.EventMessage;
import org.axonframework.messaging.eventhandling.GenericEventMessage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;

/** Axon's own suite, against a log on a real broker. */
class LogStorageEngineSuiteTest extends StorageEngineTestSuite<LogStorageEngine> {
  @TempDir static Path folder;
  private ControlLog<Integer> log;

  @Override
  protected LogStorageEngine buildStorageEngine() throws Exception {
    var house = new HouseId(UUID.randomUUID().toString().replace("-", ""));
    Cluster cluster =
        Cluster.local(Broker.shared().bootstrap()).under("axon" + house.value().substring(0, 8));
    TopicSetup.ensure(cluster, List.of());
    var config =
        new LogConfig(
            cluster,
            Files.createDirectories(folder),
            Optional.of(1),
            Optional.empty(),
            1,
            LogConfig.Pace.DEFAULT);
    var author = new Author(house, new AuthorName("suite"), Author.newKey());
    log = ControlLog.open(config, author, new NoRules(), Optional.empty(), new Silent());
    Awaitility.await().until(() -> log.standing() == Standing.OWNER);
    // The house's own first records are not the suite's.
    long founded = log.chronicle().now().head().sequence();
    return new LogStorageEngine(log.chronicle(), log::propose, new Carried(), founded);
  }

  @Override
  protected ProcessingContext processingContext() {
    return null;
  }

  @AfterAll
  void close() {
    log.close();
  }

  /**
   * The suite's events are none of the contract, so each travels inside of one: the suite is about
   * what the engine does with them, not about what they say. Their times go forth and back, which
   * no log's do, and travel as text.
   */
  private final class Carried implements Translation {
    @Override
    public Draft draft(TaggedEventMessage<?> tagged) {
      EventMessage message = tagged.event();
      var event =
          new HouseEvent.ActRefused(
              message.type().name(),
              message.type().version(),
              message.timestamp() + " " + message.payload(),
              log.chronicle().now().at());
      return new Draft(message.identifier(), event, Translation.labels(tagged));
    }

    @Override
    public EventMessage message(Recorded recorded) {
      return recorded.event() instanceof HouseEvent.ActRefused carried
          ? new GenericEventMessage(
              recorded.id(),
              new MessageType(carried.act(), carried.code()),
              carried.reason().split(" ", 2)[1],
              Translation.metadata(recorded),
              Instant.parse(carried.reason().split(" ", 2)[0]))
          : new HouseTranslation().message(recorded);
    }
  }

  private static final class NoRules implements Judge<Integer> {
    @Override
    public Integer initial() {
      return 0;
    }

    @Override
    public Integer evolve(Integer state, Recorded event) {
      return state + 1;
    }

    @Override
    public Verdict judge(Integer staged, Asked asked, Instant now) {
      return Verdict.of();
    }
  }

  private static final class Silent implements Watcher {
    @Override
    public void impossible(ImpossibleHistory history) {}

    @Override
    public void failed(Throwable cause) {}
  }
}
