package io.carousel.e2e.bench;

import io.carousel.deploy.broker.EmbeddedBroker;
import io.carousel.deploy.node.Tokens;
import io.carousel.deploy.node.WorkerProgram;
import io.carousel.events.AuthorName;
import io.carousel.events.AuthorRole;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.CommandId;
import io.carousel.events.FormatSuite;
import io.carousel.events.OperatorAct;
import io.carousel.events.PhaseName;
import io.carousel.events.Policy;
import io.carousel.events.Reply;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import io.carousel.events.seal.AuthorKeyFile;
import io.carousel.orchestrator.Orchestrator;
import io.carousel.orchestrator.OrchestratorConfig;
import io.carousel.orchestrator.credential.CredentialDesk;
import io.carousel.orchestrator.rules.Authority;
import io.carousel.orchestrator.rules.House;
import io.carousel.orchestrator.rules.Key;
import io.carousel.signer.Worker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * A broker and an orchestrator in this process, SoftHSM tokens in a folder, and workers as the
 * processes that they are in earnest.
 */
final class SigningHouse implements AutoCloseable {
  private static final String OPERATOR = "bench";
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration SESSION = Duration.ofSeconds(6);

  private final Path folder;
  private final Path module;
  private final EmbeddedBroker broker;
  private final Orchestrator orchestrator;
  private final SecureRandom random = new SecureRandom();
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();

  private SigningHouse(Path folder, Path module) throws IOException {
    this.folder = folder;
    this.module = module;
    prepareTokens();
    try {
      this.broker = opening(EmbeddedBroker.on(folder.resolve("kafka")));
      broker.start();
      this.orchestrator = opening(Orchestrator.start(config()));
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * Builds it.
   *
   * @param folder empty
   * @param module the PKCS#11 module of SoftHSM
   */
  static SigningHouse in(Path folder, Path module) throws IOException {
    return new SigningHouse(folder, module);
  }

  private OrchestratorConfig config() throws IOException {
    Path own = Files.createDirectories(folder.resolve("orchestrator"));
    return new OrchestratorConfig(
        broker.bootstrap(),
        1,
        new AuthorName("orchestrator-1"),
        own,
        true,
        0,
        folder.resolve("api.secret"),
        SESSION);
  }

  private void prepareTokens() throws IOException {
    Path tokens = Files.createDirectories(folder.resolve("tokens"));
    Files.writeString(
        softHsm(),
        """
        directories.tokendir = %s
        objectstore.backend = file
        log.level = ERROR
        slots.removable = false
        """
            .formatted(tokens));
  }

  private Path softHsm() {
    return folder.resolve("softhsm2.conf");
  }

  private Path slot(SlotName slot) {
    return folder.resolve("slots").resolve(slot.value());
  }

  /** Where issued credentials come from. */
  CredentialDesk desk() {
    return orchestrator.credentialDesk();
  }

  /** How a worker works; what is empty is as usual. */
  record Manner(int sessions, Optional<Integer> leavesInHand, Optional<String> verify) {}

  /** Makes a token, its slot and an authority that signs with it, which has no key yet. */
  AuthorityName found(SlotName slot, Suite suite) throws IOException {
    makeToken(slot);
    ask(new OperatorAct.RegisterSlot(slot, "softhsm", "a folder of the benchmark", OPERATOR));
    var authority = new AuthorityName("of-" + slot);
    ask(
        new OperatorAct.CreateAuthority(
            authority, FormatSuite.x509(suite), List.of(slot), Policy.DEFAULT, OPERATOR));
    return authority;
  }

  private void makeToken(SlotName slot) throws IOException {
    Path own = Files.createDirectories(slot(slot));
    Files.setPosixFilePermissions(own, PosixFilePermissions.fromString("rwx------"));
    secret(own.resolve("pin"));
    secret(own.resolve("so-pin"));
    try (Child tool =
        Child.start(
            WorkerProgram.flags(scratch()),
            Tokens.class,
            List.of(module.toString(), "ensure", own.toString()),
            softHsm(),
            folder.resolve("tokens.log"))) {
      tool.awaitEnd();
    }
  }

  private void secret(Path file) throws IOException {
    byte[] secret = new byte[8];
    random.nextBytes(secret);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, HexFormat.of().formatHex(secret));
  }

  private Path scratch() throws IOException {
    return Files.createDirectories(folder.resolve("scratch"));
  }

  /** Starts a worker of that slot; returns once it consumes. */
  Child worker(SlotName slot, int number, Manner manner, Optional<SlowHsm> slow)
      throws IOException {
    var name = new AuthorName("worker-%s-%d".formatted(slot, number));
    Path keyFile = slot(slot).resolve(name + ".key");
    if (!Files.exists(keyFile)) {
      ask(
          new OperatorAct.EnrolAuthor(
              name, AuthorRole.WORKER, Optional.of(slot), publicKey(keyFile), OPERATOR));
    }
    Path config = slot(slot).resolve(name + ".yaml");
    Files.writeString(config, configuration(slot, name, keyFile, manner));
    var arguments = new ArrayList<String>();
    slow.ifPresent(hsm -> arguments.addAll(hsm.arguments(manner.sessions())));
    arguments.addAll(List.of("--config", config.toString(), "--parent"));
    Child worker =
        Child.start(
            WorkerProgram.flags(scratch()),
            slow.isPresent() ? SlowWorker.class : Worker.class,
            arguments,
            softHsm(),
            folder.resolve(name + ".log"));
    boolean ready = false;
    try {
      ready = worker.line().startsWith("ready");
      if (!ready) {
        throw new IllegalStateException(name + " does not become ready");
      }
      return worker;
    } catch (IllegalStateException e) {
      throw new IllegalStateException(Files.readString(folder.resolve(name + ".log")), e);
    } finally {
      if (!ready) {
        worker.close();
      }
    }
  }

  /**
   * An HSM that is far away.
   *
   * @param delay of each signature
   */
  record SlowHsm(Duration delay) {
    List<String> arguments(int sessions) {
      return List.of(Long.toString(delay.toMillis()), Integer.toString(sessions));
    }
  }

  private String configuration(SlotName slot, AuthorName name, Path keyFile, Manner manner)
      throws IOException {
    String fixed =
        """
        slot: %s
        token:
          module: '%s'
          label: %s
          pinFile: '%s'
          sessions: %d
        kafka:
          bootstrapServers: %s
        house:
          founder: %s
        author:
          name: %s
          keyFile: '%s'
        """
            .formatted(
                slot,
                module,
                slot,
                slot(slot).resolve("pin"),
                manner.sessions(),
                broker.bootstrap(),
                publicKey(folder.resolve("orchestrator").resolve("identity.key")).base64(),
                name,
                keyFile);
    return fixed
        + manner.leavesInHand().map("leavesInHand: %d\n"::formatted).orElse("")
        + manner.verify().map("verify: %s\n"::formatted).orElse("");
  }

  private static Bytes publicKey(Path file) throws IOException {
    return Bytes.of(AuthorKeyFile.readOrCreate(file).getPublic().getEncoded());
  }

  /** Waits until that authority's key can sign. */
  Key.Ready key(AuthorityName name) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() - end < 0) {
      House house = orchestrator.frontDesk().house();
      Authority authority = house.authority(name).orElseThrow();
      if (authority.phase().name() == PhaseName.STANDBY) {
        return authority.generation(1).ready().findFirst().orElseThrow();
      }
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
    throw new IllegalStateException("authority '%s' gets no key".formatted(name));
  }

  /** What the token does by itself: signatures a second. */
  double raw(SlotName slot, Key.Ready key, Suite suite, int sessions, Duration time)
      throws IOException {
    var arguments =
        List.of(
            module.toString(),
            slot.value(),
            slot(slot).resolve("pin").toString(),
            key.id().value(),
            suite.wire(),
            Integer.toString(sessions),
            Long.toString(time.toMillis()));
    try (Child raw =
        Child.start(
            WorkerProgram.flags(scratch()),
            RawToken.class,
            arguments,
            softHsm(),
            folder.resolve("raw.log"))) {
      String line = raw.line();
      while (!line.startsWith(RawToken.RATE)) {
        line = raw.line();
      }
      return Double.parseDouble(line.substring(RawToken.RATE.length()));
    }
  }

  private void ask(OperatorAct act) {
    byte[] fresh = new byte[10];
    random.nextBytes(fresh);
    if (orchestrator.frontDesk().ask(CommandId.of(Instant.now(), fresh), act)
        instanceof Reply.Refused refused) {
      throw new IllegalStateException(refused.reason());
    }
  }

  private <T extends AutoCloseable> T opening(T part) {
    opened.push(part);
    return part;
  }

  @Override
  public void close() throws IOException {
    while (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } catch (IOException | RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
