package io.carousel.signer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.carousel.events.AuthorName;
import io.carousel.events.AuthorRole;
import io.carousel.events.AuthorityEvent.KeyAdopted;
import io.carousel.events.Bytes;
import io.carousel.events.CommandId;
import io.carousel.events.Format;
import io.carousel.events.LeafResult;
import io.carousel.events.LeafResult.LeafRefused;
import io.carousel.events.LeafResult.LeafSigned;
import io.carousel.events.Profile;
import io.carousel.events.SigningCommand.GenerateKey;
import io.carousel.events.SigningCommand.LeafCommand;
import io.carousel.events.SigningCommand.SignCaCertificate;
import io.carousel.events.SigningCommand.SignLeaf;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import io.carousel.events.WorkerAct;
import io.carousel.events.WorkerAct.CaCertificateSigned;
import io.carousel.events.WorkerAct.KeyCommandRefused;
import io.carousel.events.WorkerAct.KeyGenerated;
import io.carousel.events.WorkerAct.KeyGone;
import io.carousel.events.WorkerAct.UnorderedCommandSeen;
import io.carousel.events.seal.Author;
import io.carousel.events.seal.Message;
import io.carousel.events.testing.Broker;
import io.carousel.events.topics.Topic;
import io.carousel.signer.config.WorkerConfig;
import io.carousel.signer.token.DelegatingToken;
import io.carousel.signer.token.InMemoryToken;
import io.carousel.signer.token.SoftHsm;
import io.carousel.signer.token.TokenConfig;
import io.carousel.signer.token.TokenException;
import io.carousel.signer.token.TokenKey;
import io.carousel.signer.token.TokenUnusable;
import io.carousel.signer.trust.Limits;
import io.carousel.signer.trust.NameLimits;
import io.carousel.signer.trust.Verification;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
      assertThat(signed.serial()).isEqualTo(leaf.order().serial());
      var destroy = Asked.destroy(generate, made);
      house.ask(destroy);
      assertThat(act(destroy.command(), KeyGone.class).wasThere()).isTrue();
      SignLeaf later = Asked.leaf(certify, ca, Profile.CLIENT);
      house.ask(later);
      assertThat(leaf(later.command(), LeafRefused.class).code()).isEqualTo("no-such-key");
      assertThat(worker.out()).startsWith("ready: slot " + slot).hasLineCount(1);
    }
  }

  /** With an orchestrator's key, and no event: in the token nothing happens. */
  @Test
  void whatNoEventOrderedIsNotDone() {
    SlotName slot = newSlot();
    try (var _ = TestWorker.start(config(slot, SoftHsm.newToken(folder), "w1")).ready()) {
      GenerateKey generate = Asked.key(slot, Suite.ECDSA_P256);
      house.ask(generate);
      KeyGenerated made = act(generate.command(), KeyGenerated.class);
      SignCaCertificate certify = Asked.ca(generate, made);
      house.ask(certify);
      CaCertificateSigned ca = act(certify.command(), CaCertificateSigned.class);
      var destroy = Asked.destroy(generate, made);
      house.send(house.founder, List.of(destroy));
      UnorderedCommandSeen seen = act(destroy.command(), UnorderedCommandSeen.class);
      assertThat(seen.asked()).isEqualTo("carousel.destroy-key.v1");
      assertThat(seen.author()).isEqualTo(house.founder.name());
      assertThat(seen.detail())
          .contains("destroy key " + made.key(), "no event of the log ordered");
      // The key is there, and signs.
      SignLeaf leaf = Asked.leaf(certify, ca, Profile.BOTH);
      house.ask(leaf);
      assertThat(leaf(leaf.command(), LeafSigned.class)).isNotNull();
    }
  }

  /** Kafka keeps key commands for a month, and whoever owns it may show them again. */
  @Test
  void whatWasAnsweredIsNotDoneAgain() {
    SlotName slot = newSlot();
    try (var _ = TestWorker.start(config(slot, SoftHsm.newToken(folder), "w1")).ready()) {
      GenerateKey generate = house.ordered(Asked.key(slot, Suite.ECDSA_P256));
      house.send(house.founder, List.of(generate));
      KeyGenerated made = act(generate.command(), KeyGenerated.class);
      house.record(
          new KeyAdopted(
              generate.authority(),
              generate.generation(),
              slot,
              generate.format(),
              generate.command(),
              made.key(),
              made.publicKey(),
              new AuthorName("w1"),
              Instant.now()));
      var destroy = Asked.destroy(generate, made);
      house.ask(destroy);
      assertThat(act(destroy.command(), KeyGone.class).wasThere()).isTrue();
      house.send(house.founder, List.of(generate));
      GenerateKey last = Asked.key(slot, Suite.ED25519);
      house.ask(last);
      act(last.command(), KeyGenerated.class);
      assertThat(house.acts().stream().filter(a -> a.answers().equals(generate.command())))
          .hasSize(1);
    }
  }

  @Test
  void twoWorkersShareASlot() {
    SlotName slot = newSlot();
    TokenConfig token = SoftHsm.newToken(folder);
    try (var _ = TestWorker.start(config(slot, token, "w1", 4)).ready();
        var _ = TestWorker.start(config(slot, token, "w2", 4)).ready()) {
      Ca ca = ca(slot);
      List<SignLeaf> asked = leaves(ca, 60);
      house.ask(house.founder, asked);
      everyOneIsSigned(asked);
      Set<String> workers =
          house.messages(Topic.RESULTS).stream()
              .map(m -> m.need(Message.SOURCE))
              .filter(source -> source.endsWith(slot.value()))
              .collect(Collectors.toSet());
      assertThat(workers).hasSize(2);
    }
  }

  /** Nothing is enrolled for the second, and nothing is configured anywhere. */
  @Test
  void oneMoreIsStartedFromTheSameFile() throws Exception {
    SlotName slot = newSlot();
    ConfigFile file = ConfigFile.of(house, slot, SoftHsm.newToken(folder), "shared-" + slot);
    house.enrolWorker(file.author().value(), slot, file.authorKey(folder));
    Path config = file.write(folder);
    try (var one = ChildWorker.start(config).ready();
        var two = ChildWorker.start(config).ready()) {
      Ca ca = ca(slot);
      everyOneIsSigned(ask(leaves(ca, 60)));
      one.kill();
      everyOneIsSigned(ask(leaves(ca, 60)));
      assertThat(two.terminate()).isZero();
    }
  }

  @Test
  void twoSlotsWorkAtOnce() {
    SlotName one = newSlot();
    SlotName two = newSlot();
    try (var _ = TestWorker.start(config(one, SoftHsm.newToken(folder), "w")).ready();
        var _ = TestWorker.start(config(two, SoftHsm.newToken(folder), "w")).ready()) {
      List<SignLeaf> asked = new ArrayList<>(leaves(ca(one), 10));
      asked.addAll(leaves(ca(two), 10));
      house.ask(house.founder, asked);
      everyOneIsSigned(asked);
    }
  }

  @Test
  void whatMayNotBeAskedIsAnsweredWithACode() {
    SlotName slot = newSlot();
    SlotName other = newSlot();
    TokenConfig token = SoftHsm.newToken(folder);
    Limits limits =
        new Limits(
            Set.of(Format.X509),
            Set.of(Profile.CLIENT),
            NameLimits.DEFAULT,
            Set.of(),
            Set.of(Suite.ECDSA_P256, Suite.ED25519),
            Duration.ofDays(1),
            Duration.ofDays(3650),
            Duration.ofHours(1),
            Duration.ofMinutes(5));
    WorkerConfig enrolled = config(slot, token, "w");
    try (var _ = TestWorker.start(config(slot, token, enrolled.author(), limits, 64)).ready()) {
      Ca ca = ca(slot);
      Ca second = ca(slot);
      SignLeaf sound = Asked.leaf(ca.asked(), ca.signed(), Profile.CLIENT);
      refused("late", Asked.other(sound, o -> o.deadline = Instant.now().minusSeconds(1)));
      refused("profile-not-allowed", Asked.other(sound, o -> o.profile = Profile.SERVER));
      refused("lifetime-too-long", Asked.other(sound, o -> o.notAfter = o.notAfter.plusSeconds(1)));
      refused("out-of-phase", Asked.other(sound, o -> o.phaseSequence = 1));
      refused("out-of-phase", Asked.other(sound, o -> o.generation = 2));
      refused("issuer-differs", Asked.other(sound, o -> o.key = second.asked().key()));
      GenerateKey suite = Asked.key(slot, Suite.RSA_2048);
      house.ask(suite);
      assertThat(act(suite.command(), KeyCommandRefused.class).code())
          .isEqualTo("suite-not-allowed");
      GenerateKey misled = Asked.key(other, Suite.ED25519);
      house.send(
          house.founder.seal(List.of(TestHouse.draft(house.founder, slot, misled))).getFirst());
      KeyCommandRefused refusal = act(misled.command(), KeyCommandRefused.class);
      assertThat(refusal.code()).isEqualTo("wrong-slot");
      assertThat(refusal.slot()).isEqualTo(slot);
    }
  }

  private static void refused(String code, LeafCommand command) {
    house.ask(command);
    assertThat(leaf(command.command(), LeafRefused.class).code()).isEqualTo(code);
  }

  @Test
  void strangersAreNotAnswered() {
    SlotName slot = newSlot();
    try (var _ = TestWorker.start(config(slot, SoftHsm.newToken(folder), "w")).ready()) {
      GenerateKey forged = Asked.key(slot, Suite.ED25519);
      house.ask(author("mallory"), List.of(forged));
      GenerateKey borrowed = Asked.key(slot, Suite.ED25519);
      house.ask(author("orchestrator-1"), List.of(borrowed));
      GenerateKey own = Asked.key(slot, Suite.ED25519);
      house.ask(own);
      act(own.command(), KeyGenerated.class);
      assertThat(house.acts())
          .noneMatch(a -> a.answers().equals(forged.command()))
          .noneMatch(a -> a.answers().equals(borrowed.command()));
      eventually(() -> Optional.of(house.deadOf(Topic.KEYS.of(slot))).filter(dead -> dead == 2));
    }
  }

  @Test
  void aNewOrchestratorIsKnownAtOnce() {
    SlotName slot = newSlot();
    try (var _ = TestWorker.start(config(slot, SoftHsm.newToken(folder), "w")).ready()) {
      for (int i = 2; i < 5; i++) {
        Author next = author("orchestrator-%d-of-%s".formatted(i, slot));
        house.enrol(next, AuthorRole.ORCHESTRATOR, Optional.empty());
        GenerateKey command = Asked.key(slot, Suite.ED25519);
        house.ask(next, List.of(command));
        act(command.command(), KeyGenerated.class);
      }
    }
  }

  @Test
  void aKilledWorkersCommandsAreTakenUpByOthers() throws Exception {
    SlotName slot = newSlot();
    TokenConfig token = SoftHsm.newToken(folder);
    // So little at once that it is killed in the middle of its work.
    ConfigFile file = ConfigFile.of(house, slot, token, "killed-" + slot).with("leavesInHand: 8");
    house.enrolWorker(file.author().value(), slot, file.authorKey(folder));
    Ca ca;
    List<SignLeaf> asked;
    try (var child = ChildWorker.start(file.write(folder)).ready()) {
      ca = ca(slot);
      asked = leaves(ca, 600);
      house.ask(house.founder, asked);
      eventually(() -> first(house.results(), r -> r.answers().equals(asked.getFirst().command())));
      child.kill();
    }
    int signed = answered(asked).size();
    assertThat(signed).isLessThan(asked.size());
    try (var _ = TestWorker.start(config(slot, token, "w")).ready()) {
      everyOneIsSigned(asked);
    }
  }

  @Test
  void aHealthyWorkerIsQuietSmallAndEndsAsAsked() throws Exception {
    SlotName slot = newSlot();
    TokenConfig token = SoftHsm.newToken(folder);
    ConfigFile file = ConfigFile.of(house, slot, token, "quiet-" + slot);
    house.enrolWorker(file.author().value(), slot, file.authorKey(folder));
    try (var child = ChildWorker.start(file.write(folder)).ready()) {
      everyOneIsSigned(ask(leaves(ca(slot), 50)));
      assertThat(child.terminate()).isZero();
      assertThat(child.out()).startsWith("ready: slot").hasLineCount(1);
      assertThat(child.err()).doesNotContain("WARN", "ERROR", "WARNING");
    }
  }

  @Test
  void aWorkerEndsWithItsParent() throws Exception {
    SlotName slot = newSlot();
    ConfigFile file = ConfigFile.of(house, slot, SoftHsm.newToken(folder), "orphan-" + slot);
    house.enrolWorker(file.author().value(), slot, file.authorKey(folder));
    try (var child = ChildWorker.start(file.write(folder), "--parent").ready()) {
      assertThat(child.closeInput()).isZero();
    }
  }

  /** As when a whole node is killed: the broker is gone, and the pipe to the parent. */
  @Test
  void noWorkerOutlivesItsNode() throws Exception {
    Broker doomed = Broker.fresh(Map.of());
    SlotName slot = new SlotName("hsm-of-a-node");
    try (doomed;
        var own = new TestHouse(doomed)) {
      own.found();
      own.register(slot);
      ConfigFile file = ConfigFile.of(own, slot, SoftHsm.newToken(folder), "orphan");
      own.enrolWorker(file.author().value(), slot, file.authorKey(folder));
      try (var child = ChildWorker.start(file.write(folder), "--parent").ready()) {
        doomed.stop();
        assertThat(child.closeInput()).isZero();
      }
    }
  }

  @Test
  void aPinRefusedLaterEndsTheWorkerForGood() {
    SlotName slot = newSlot();
    var token =
        new DelegatingToken(new InMemoryToken()) {
          @Override
          public Optional<TokenKey> findByLabel(String label) throws TokenException {
            throw new TokenUnusable(TokenUnusable.Fault.PIN_LOCKED, "the token has locked the PIN");
          }
        };
    WorkerConfig config = config(slot, SoftHsm.newToken(folder), "w");
    try (var worker = TestWorker.start(config, token).ready()) {
      house.ask(Asked.key(slot, Suite.ED25519));
      assertThat(worker.exit()).isEqualTo(Exit.PIN);
      assertThat(worker.err()).contains("the token has locked the PIN");
    }
  }

  private static List<SignLeaf> ask(List<SignLeaf> commands) {
    house.ask(house.founder, commands);
    return commands;
  }

  private static Author author(String name) {
    return new Author(house.id, new AuthorName(name), Author.newKey());
  }

  private record Ca(SignCaCertificate asked, CaCertificateSigned signed) {}

  private static Ca ca(SlotName slot) {
    GenerateKey generate = Asked.key(slot, Suite.ECDSA_P256);
    house.ask(generate);
    SignCaCertificate certify = Asked.ca(generate, act(generate.command(), KeyGenerated.class));
    house.ask(certify);
    return new Ca(certify, act(certify.command(), CaCertificateSigned.class));
  }

  private static List<SignLeaf> leaves(Ca ca, int number) {
    Bytes key = Asked.publicKey("EC", 256);
    return Stream.generate(() -> Asked.leaf(ca.asked(), ca.signed(), Profile.BOTH, key))
        .limit(number)
        .toList();
  }

  private static Set<CommandId> answered(List<SignLeaf> asked) {
    Set<CommandId> wanted = asked.stream().map(SignLeaf::command).collect(Collectors.toSet());
    wanted.retainAll(
        house.results().stream()
            .filter(LeafSigned.class::isInstance)
            .map(LeafResult::answers)
            .collect(Collectors.toSet()));
    return wanted;
  }

  private static void everyOneIsSigned(List<SignLeaf> asked) {
    eventually(() -> Optional.of(answered(asked)).filter(all -> all.size() == asked.size()));
  }

  private static SlotName newSlot() {
    var slot = new SlotName("hsm-" + NAMES.incrementAndGet());
    house.register(slot);
    return slot;
  }

  /** Of an enrolled worker. */
  private WorkerConfig config(SlotName slot, TokenConfig token, String name) {
    return config(slot, token, name, 64);
  }

  private WorkerConfig config(SlotName slot, TokenConfig token, String name, int inHand) {
    String unique = name + "-" + slot;
    Author author = house.enrolWorker(unique, slot, folder.resolve(unique + ".key"));
    return config(slot, token, author.name(), Limits.DEFAULT, inHand);
  }

  private WorkerConfig config(
      SlotName slot, TokenConfig token, AuthorName name, Limits limits, int inHand) {
    return new WorkerConfig(
        slot,
        token,
        broker.bootstrap(),
        Duration.ofSeconds(10),
        house.founder.publicKey(),
        name,
        folder.resolve(name + ".key"),
        inHand,
        Verification.ALL,
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
