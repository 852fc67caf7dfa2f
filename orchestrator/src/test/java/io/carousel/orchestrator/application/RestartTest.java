package io.carousel.orchestrator.application;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.carousel.events.AuthorName;
import io.carousel.events.AuthorRole;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.CommandId;
import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.HouseId;
import io.carousel.events.KeyId;
import io.carousel.events.LeafOrder;
import io.carousel.events.LeafResult.LeafSigned;
import io.carousel.events.OperatorAct.EnrolAuthor;
import io.carousel.events.OperatorAct.RegisterSlot;
import io.carousel.events.ParticipantName;
import io.carousel.events.Profile;
import io.carousel.events.Reply;
import io.carousel.events.Serial;
import io.carousel.events.SigningCommand.SignToken;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import io.carousel.events.seal.Author;
import io.carousel.events.seal.ImpossibleHistory;
import io.carousel.events.seal.Message;
import io.carousel.events.seal.Warrant;
import io.carousel.events.testing.Broker;
import io.carousel.events.topics.Topic;
import io.carousel.events.wire.Wire;
import io.carousel.orchestrator.desk.Readiness;
import io.carousel.orchestrator.desk.Refusals;
import io.carousel.orchestrator.log.ActSender;
import io.carousel.orchestrator.log.Cluster;
import io.carousel.orchestrator.log.ControlLog;
import io.carousel.orchestrator.log.LogConfig;
import io.carousel.orchestrator.log.MessageWriter;
import io.carousel.orchestrator.log.Standing;
import io.carousel.orchestrator.log.TopicSetup;
import io.carousel.orchestrator.log.Watcher;
import io.carousel.orchestrator.rules.Evidence;
import io.carousel.orchestrator.rules.House;
import io.carousel.orchestrator.rules.Rules;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A start after much was issued, on a real broker. {@code -Dcarousel.restart.results=365000} makes
 * it a measurement.
 */
@Timeout(600)
class RestartTest {
  private static final int RESULTS = Integer.getInteger("carousel.restart.results", 3_000);
  private static final SlotName SLOT = new SlotName("hsm-a");
  private static final AuthorityName USER = new AuthorityName("user");
  private static final Bytes CA_KEY = Bytes.of(new byte[] {1, 2});

  @TempDir Path folder;
  private Broker broker;
  private Cluster cluster;
  private final HouseId house = new HouseId("00112233445566778899aabbccddeeff");
  private final Author owner = new Author(house, new AuthorName("orchestrator-1"), Author.newKey());
  private final Author worker = new Author(house, new AuthorName("worker-1"), Author.newKey());
  private ControlLog<House> log;

  private static final class Quiet implements Watcher {
    @Override
    public void standing(Standing standing) {}

    @Override
    public void impossible(ImpossibleHistory history) {}

    @Override
    public void failed(Throwable cause) {}
  }

  @BeforeEach
  void found() throws Exception {
    broker = Broker.fresh(Map.of());
    cluster = Cluster.local(broker.bootstrap());
    TopicSetup.ensure(cluster, List.of(SLOT));
    var config =
        new LogConfig(
            cluster,
            Files.createDirectories(folder.resolve("log")),
            Optional.of(Wire.FEATURE_LEVEL),
            Optional.empty(),
            Rules.VERSION,
            LogConfig.Pace.DEFAULT);
    log =
        ControlLog.open(
            config, owner, new HouseJudge((_, _) -> Evidence.NONE), Optional.empty(), new Quiet());
    try (var acts = new ActSender(cluster, owner, log.chronicle())) {
      for (var act :
          List.of(
              new RegisterSlot(SLOT, "module", "none", "p-1"),
              new EnrolAuthor(
                  worker.name(),
                  AuthorRole.WORKER,
                  Optional.of(SLOT),
                  worker.publicKey(),
                  "p-1"))) {
        assertThat(acts.ask(id(), act, Duration.ofSeconds(30)).get())
            .isInstanceOf(Reply.Accepted.class);
      }
    }
  }

  @AfterEach
  void close() {
    log.close();
    broker.close();
  }

  private static CommandId id() {
    var random = new byte[10];
    new SecureRandom().nextBytes(random);
    return CommandId.of(Instant.now(), random);
  }

  /** As a worker would answer an orchestrator's command. */
  private Message result(long serial) {
    Instant now = Instant.now();
    var order =
        new LeafOrder(
            id(),
            USER,
            1,
            SLOT,
            new KeyId("a1"),
            Suite.ECDSA_P256,
            new ParticipantName("m-" + serial),
            Digest.of(new byte[] {3}),
            Profile.CLIENT,
            Serial.of(BigInteger.valueOf(serial)),
            now,
            now.plus(Duration.ofHours(24)),
            1,
            now.plusSeconds(20));
    var command =
        new SignToken(order, CA_KEY, "issuer", List.of("billing"), CA_KEY, Optional.empty());
    var typed = Wire.CURRENT.write(command);
    Message asked =
        owner
            .seal(
                List.of(
                    owner.draft(
                        Topic.LEAVES.of(SLOT),
                        null,
                        order.command().value(),
                        typed.type(),
                        now,
                        typed.value())))
            .getFirst();
    var signed =
        new LeafSigned(
            order.command(),
            USER,
            1,
            SLOT,
            order.participant(),
            order.identity(),
            Format.JWT,
            Profile.CLIENT,
            order.serial(),
            command.signer(),
            order.notAfter(),
            Digest.of(new byte[] {4}),
            Bytes.of(new byte[600]));
    var answer = Wire.CURRENT.write(signed);
    return worker
        .draft(
            Topic.RESULTS.topicName(),
            USER + "/" + order.serial(),
            order.command().value(),
            answer.type(),
            now,
            answer.value())
        .with(Warrant.of(asked));
  }

  private void write(long first, int count) {
    try (var writer = new MessageWriter(cluster, worker)) {
      var written = new ArrayList<CompletableFuture<?>>();
      for (long serial = first; serial < first + count; serial++) {
        written.add(writer.write(result(serial)).toCompletableFuture());
        if (written.size() == 2_000) {
          CompletableFuture.allOf(written.toArray(CompletableFuture<?>[]::new)).join();
          written.clear();
        }
      }
      CompletableFuture.allOf(written.toArray(CompletableFuture<?>[]::new)).join();
    }
  }

  /** What a start took. */
  private record Took(Duration toFirstAnswer, Duration toRegister, boolean answeredBefore) {}

  private Took start(long next, long known) throws Exception {
    var readiness = new Readiness(Clock.systemUTC());
    var answered = new CompletableFuture<Boolean>();
    Serial own = Serial.of(BigInteger.valueOf(next));
    long began = System.nanoTime();
    try (var records =
        new FleetRecords(
            cluster,
            house,
            log.chronicle(),
            Clock.systemUTC(),
            r -> r.serial().equals(own) && answered.complete(true),
            new Refusals(),
            readiness,
            folder)) {
      assertThat(readiness.missing().isEmpty()).isEqualTo(records.isRegisterRead());
      write(next, 1);
      answered.get(60, TimeUnit.SECONDS);
      Duration first = Duration.ofNanos(System.nanoTime() - began);
      boolean before = !records.isRegisterRead();
      records.awaitRegister(Duration.ofMinutes(5));
      Duration register = Duration.ofNanos(System.nanoTime() - began);
      await().until(readiness::isComplete);
      Evidence seen = records.read().apply(log.chronicle().now().state(), USER);
      assertThat(seen.issued()).hasSize(Math.toIntExact(known + 1));
      return new Took(first, register, before);
    }
  }

  @Test
  void answersComeAtOnceAndTheRegisterIsKept() throws Exception {
    write(1, RESULTS);
    Took fresh = start(RESULTS + 1L, RESULTS);
    assertThat(fresh.toFirstAnswer()).isLessThan(Duration.ofSeconds(10));
    assertThat(folder.resolve("register.snapshot")).exists();
    write(RESULTS + 2L, 100);
    Took kept = start(RESULTS + 102L, RESULTS + 101L);
    assertThat(kept.toFirstAnswer()).isLessThan(Duration.ofSeconds(10));
    Files.write(folder.resolve("register.snapshot"), new byte[] {1, 2, 3});
    Took again = start(RESULTS + 103L, RESULTS + 102L);
    assertThat(again.toFirstAnswer()).isLessThan(Duration.ofSeconds(10));
    System.out.printf(
        "%d results: without a snapshot %s, with one %s, with a broken one %s%n",
        RESULTS, fresh, kept, again);
  }
}
