package io.carousel.e2e.bench;

import io.carousel.deploy.broker.EmbeddedBroker;
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
import io.carousel.orchestrator.Orchestrator;
import io.carousel.orchestrator.OrchestratorConfig;
import io.carousel.orchestrator.credential.CredentialDesk;
import io.carousel.orchestrator.rules.Authority;
import io.carousel.orchestrator.rules.House;
import io.carousel.orchestrator.rules.Key;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
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
  private final Workplace workplace;
  private final EmbeddedBroker broker;
  private final Orchestrator orchestrator;
  private final SecureRandom random = new SecureRandom();
  private final Opened opened = new Opened();

  private SigningHouse(Path folder, Path module) throws IOException {
    this.folder = folder;
    this.workplace = Workplace.in(folder, module);
    try {
      this.broker = opened.add(EmbeddedBroker.on(folder.resolve("kafka")));
      broker.start();
      this.orchestrator = opened.add(Orchestrator.start(config()));
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

  /** Where issued credentials come from. */
  CredentialDesk desk() {
    return orchestrator.credentialDesk();
  }

  /** Makes a token, its slot and an authority that signs with it, which has no key yet. */
  AuthorityName found(SlotName slot, Suite suite) throws IOException {
    workplace.makeToken(slot);
    ask(new OperatorAct.RegisterSlot(slot, "softhsm", "a folder of the benchmark", OPERATOR));
    var authority = new AuthorityName("of-" + slot);
    ask(
        new OperatorAct.CreateAuthority(
            authority, FormatSuite.x509(suite), List.of(slot), Policy.DEFAULT, OPERATOR));
    return authority;
  }

  /** Starts a worker of that slot; returns once it consumes. */
  Child worker(SlotName slot, int number, Workplace.Manner manner, Optional<Workplace.SlowHsm> slow)
      throws IOException {
    AuthorName name = Workplace.worker(slot, number);
    if (!workplace.knows(slot, name)) {
      ask(
          new OperatorAct.EnrolAuthor(
              name,
              AuthorRole.WORKER,
              Optional.of(slot),
              workplace.publicKey(slot, name),
              OPERATOR));
    }
    Bytes founder = Workplace.publicKey(folder.resolve("orchestrator").resolve("identity.key"));
    return workplace.start(
        slot, name, new Workplace.ControlPlane(broker.bootstrap(), founder), manner, slow);
  }

  /** What the token does by itself: signatures a second. */
  double raw(SlotName slot, Key.Ready key, Suite suite, int sessions, Duration time)
      throws IOException {
    return workplace.raw(slot, key.id(), suite, sessions, time);
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

  private void ask(OperatorAct act) {
    byte[] fresh = new byte[10];
    random.nextBytes(fresh);
    if (orchestrator.frontDesk().ask(CommandId.of(Instant.now(), fresh), act)
        instanceof Reply.Refused refused) {
      throw new IllegalStateException(refused.reason());
    }
  }

  @Override
  public void close() throws IOException {
    opened.close();
  }
}
