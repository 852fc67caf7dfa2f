package io.carousel.signer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.carousel.events.AuthorName;
import io.carousel.events.CommandId;
import io.carousel.events.LeafResult;
import io.carousel.events.LeafResult.LeafRefused;
import io.carousel.events.LeafResult.LeafSigned;
import io.carousel.events.Profile;
import io.carousel.events.SigningCommand.GenerateKey;
import io.carousel.events.SigningCommand.SignCaCertificate;
import io.carousel.events.SigningCommand.SignLeaf;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import io.carousel.events.WorkerAct;
import io.carousel.events.WorkerAct.CaCertificateSigned;
import io.carousel.events.WorkerAct.KeyGenerated;
import io.carousel.events.WorkerAct.KeyGone;
import io.carousel.events.seal.Author;
import io.carousel.events.testing.Broker;
import io.carousel.signer.config.WorkerConfig;
import io.carousel.signer.token.SoftHsm;
import io.carousel.signer.token.TokenConfig;
import io.carousel.signer.trust.Limits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole workers on a real broker and real tokens. */
class WorkerTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final AtomicInteger NAMES = new AtomicInteger();

  private static Broker broker;
  private static TestHouse house;

  @TempDir Path folder;

  @BeforeAll
  static void open() {
    broker = Broker.fresh(Map.of());
    house = new TestHouse(broker);
    house.found();
  }

  @AfterAll
  static void close() {
    house.close();
    broker.close();
  }

  @Test
  void aKeyIsBornCertifiedUsedAndDestroyed() {
    SlotName slot = newSlot();
    try (var worker = TestWorker.start(config(slot, SoftHsm.newToken(folder), "w1")).ready()) {
      GenerateKey generate = Asked.key(slot, Suite.ECDSA_P256);
      house.ask(generate);
      KeyGenerated made = act(generate.command(), KeyGenerated.class);
      SignCaCertificate certify = Asked.ca(generate, made);
      house.ask(certify);
      CaCertificateSigned ca = act(certify.command(), CaCertificateSigned.class);
      SignLeaf leaf = Asked.leaf(certify, ca, Profile.BOTH);
      house.ask(leaf);
      LeafSigned signed = leaf(leaf.command(), LeafSigned.class);
      assertThat(signed.serial()).isEqualTo(leaf.serial());
      var destroy = Asked.destroy(generate, made);
      house.ask(destroy);
      assertThat(act(destroy.command(), KeyGone.class).wasThere()).isTrue();
      SignLeaf later = Asked.leaf(certify, ca, Profile.CLIENT);
      house.ask(later);
      assertThat(leaf(later.command(), LeafRefused.class).code()).isEqualTo("no-such-key");
      assertThat(worker.out()).startsWith("ready: slot " + slot).hasLineCount(1);
    }
  }

  private static SlotName newSlot() {
    var slot = new SlotName("hsm-" + NAMES.incrementAndGet());
    house.register(slot);
    return slot;
  }

  /** Of an enrolled worker. */
  private WorkerConfig config(SlotName slot, TokenConfig token, String name) {
    String unique = name + "-" + slot;
    Author author = house.enrolWorker(unique, slot, folder.resolve(unique + ".key"));
    return config(slot, token, author.name(), Limits.DEFAULT);
  }

  private WorkerConfig config(SlotName slot, TokenConfig token, AuthorName name, Limits limits) {
    return new WorkerConfig(
        slot,
        token,
        broker.bootstrap(),
        Duration.ofSeconds(10),
        house.founder.publicKey(),
        name,
        folder.resolve(name + ".key"),
        64,
        limits);
  }

  private static <A extends WorkerAct> A act(CommandId command, Class<A> type) {
    WorkerAct act = eventually(() -> first(house.acts(), a -> a.answers().equals(command)));
    assertThat(act).isInstanceOf(type);
    return type.cast(act);
  }

  private static <R extends LeafResult> R leaf(CommandId command, Class<R> type) {
    LeafResult result = eventually(() -> first(house.results(), r -> r.answers().equals(command)));
    assertThat(result).isInstanceOf(type);
    return type.cast(result);
  }

  private static <T> Optional<T> first(List<T> all, Predicate<T> wanted) {
    return all.stream().filter(wanted).findFirst();
  }

  private static <T> T eventually(Callable<Optional<T>> found) {
    return await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(found, Optional::isPresent)
        .orElseThrow();
  }
}
