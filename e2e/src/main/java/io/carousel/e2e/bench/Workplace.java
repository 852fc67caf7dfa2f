package io.carousel.e2e.bench;

import io.carousel.deploy.node.Tokens;
import io.carousel.deploy.node.WorkerProgram;
import io.carousel.events.AuthorName;
import io.carousel.events.Bytes;
import io.carousel.events.KeyId;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import io.carousel.events.seal.AuthorKeyFile;
import io.carousel.signer.Worker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** SoftHSM tokens in a folder, and workers as the processes that they are in earnest. */
final class Workplace {
  private final Path folder;
  private final Path module;
  private final SecureRandom random = new SecureRandom();

  private Workplace(Path folder, Path module) {
    this.folder = folder;
    this.module = module;
  }

  /**
   * Without tokens yet.
   *
   * @param folder empty
   * @param module the PKCS#11 module of SoftHSM
   */
  static Workplace in(Path folder, Path module) throws IOException {
    var workplace = new Workplace(folder, module);
    workplace.prepareTokens();
    return workplace;
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

  /** What SoftHSM is told. */
  Path softHsm() {
    return folder.resolve("softhsm2.conf");
  }

  private Path slot(SlotName slot) {
    return folder.resolve("slots").resolve(slot.value());
  }

  /** How a worker works; what is empty is as usual. */
  record Manner(int sessions, Optional<Integer> leavesInHand, Optional<String> verify) {}

  /**
   * Whom a worker listens to.
   *
   * @param bootstrap Kafka's bootstrap servers
   * @param founder SubjectPublicKeyInfo of the orchestrator that founded the house
   */
  record ControlPlane(String bootstrap, Bytes founder) {}

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

  /** What that worker is called as an author. */
  static AuthorName worker(SlotName slot, int number) {
    return new AuthorName("worker-%s-%d".formatted(slot, number));
  }

  /** Whether that worker has a key already. */
  boolean knows(SlotName slot, AuthorName worker) {
    return Files.exists(keyFile(slot, worker));
  }

  /** By which that worker is to be enrolled. */
  Bytes publicKey(SlotName slot, AuthorName worker) throws IOException {
    return publicKey(keyFile(slot, worker));
  }

  /** Of the key in that file, which is made if there is none. */
  static Bytes publicKey(Path file) throws IOException {
    return Bytes.of(AuthorKeyFile.readOrCreate(file).getPublic().getEncoded());
  }

  private Path keyFile(SlotName slot, AuthorName worker) {
    return slot(slot).resolve(worker + ".key");
  }

  /** Makes the token of that slot. */
  void makeToken(SlotName slot) throws IOException {
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

  /** Starts a worker that is enrolled; returns once it consumes. */
  Child start(
      SlotName slot, AuthorName name, ControlPlane control, Manner manner, Optional<SlowHsm> slow)
      throws IOException {
    Path config = slot(slot).resolve(name + ".yaml");
    Files.writeString(config, configuration(slot, name, control, manner));
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

  private String configuration(SlotName slot, AuthorName name, ControlPlane control, Manner manner)
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
                control.bootstrap(),
                control.founder().base64(),
                name,
                keyFile(slot, name));
    return fixed
        + manner.leavesInHand().map("leavesInHand: %d\n"::formatted).orElse("")
        + manner.verify().map("verify: %s\n"::formatted).orElse("");
  }

  /** What the token does by itself: signatures a second. */
  double raw(SlotName slot, KeyId key, Suite suite, int sessions, Duration time)
      throws IOException {
    var arguments =
        List.of(
            module.toString(),
            slot.value(),
            slot(slot).resolve("pin").toString(),
            key.value(),
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
}
