package io.carousel.e2e.bench;

import io.carousel.deploy.broker.EmbeddedBroker;
import io.carousel.events.AuthorName;
import io.carousel.events.AuthorRole;
import io.carousel.events.AuthorityName;
import io.carousel.events.FormatSuite;
import io.carousel.events.PhaseName;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import io.carousel.orchestrator.documents.ForecastDetails;
import io.carousel.orchestrator.documents.RotationStatus;
import io.carousel.orchestrator.documents.Wanted.WantedAdvance;
import io.carousel.orchestrator.documents.Wanted.WantedAuthor;
import io.carousel.orchestrator.documents.Wanted.WantedAuthority;
import io.carousel.orchestrator.documents.Wanted.WantedRotation;
import io.carousel.orchestrator.documents.Wanted.WantedSlot;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A house with one authority on one slot: an orchestrator and a worker as processes of their own,
 * and a broker in this one.
 */
final class FleetHouse implements AutoCloseable {
  static final AuthorityName AUTHORITY = new AuthorityName("fleet");

  private static final SlotName SLOT = new SlotName("hsm-fleet");
  private static final Workplace.Manner MANNER =
      new Workplace.Manner(2, Optional.empty(), Optional.empty());

  private static final Duration LOOK = Duration.ofMillis(500);

  private final Path folder;
  private final Opened opened = new Opened();
  private final Child orchestrator;
  private final URI api;
  private final HouseCalls calls;

  private FleetHouse(Path folder, Path module, Duration lease)
      throws IOException, InterruptedException {
    this.folder = folder;
    Workplace workplace = Workplace.in(folder, module);
    EmbeddedBroker broker = opened.add(EmbeddedBroker.on(folder.resolve("kafka")));
    broker.start();
    this.orchestrator =
        opened.add(
            Child.start(
                List.of(
                    "-Xmx2g",
                    "-XX:+UseSerialGC",
                    // As 'carousel up' has it.
                    "-XX:+UseCompactObjectHeaders",
                    "--sun-misc-unsafe-memory-access=allow",
                    "-Dlogback.configurationFile=bench-logback.xml"),
                OrchestratorProgram.class,
                List.of(broker.bootstrap(), own().toString(), secretFile().toString()),
                workplace.softHsm(),
                folder.resolve("orchestrator.log")));
    String ready = orchestrator.line();
    if (!ready.startsWith(OrchestratorProgram.READY)) {
      throw new IllegalStateException(ready);
    }
    String port = ready.substring(OrchestratorProgram.READY.length());
    this.api = URI.create("http://127.0.0.1:" + port);
    this.calls = opened.add(new HouseCalls(api, secretFile()));
    var control =
        new Workplace.ControlPlane(
            broker.bootstrap(), Workplace.publicKey(own().resolve("identity.key")));
    found(workplace, control, lease);
  }

  /**
   * Builds it.
   *
   * @param folder empty
   * @param module the PKCS#11 module of SoftHSM
   * @param lease how long a participant counts as heard
   */
  static FleetHouse in(Path folder, Path module, Duration lease)
      throws IOException, InterruptedException {
    return new FleetHouse(folder, module, lease);
  }

  private void found(Workplace workplace, Workplace.ControlPlane control, Duration lease)
      throws IOException, InterruptedException {
    workplace.makeToken(SLOT);
    calls.must("/v1/slots", new WantedSlot(SLOT, "softhsm", "a folder of the benchmark"));
    AuthorName worker = Workplace.worker(SLOT, 1);
    calls.must(
        "/v1/authors",
        new WantedAuthor(
            worker, AuthorRole.WORKER, Optional.of(SLOT), workplace.publicKey(SLOT, worker)));
    opened.add(workplace.start(SLOT, worker, control, MANNER, Optional.empty()));
    calls.must(
        "/v1/authorities",
        new WantedAuthority(
            AUTHORITY,
            Optional.of(FormatSuite.x509(Suite.ECDSA_P256)),
            List.of(SLOT),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(lease),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty()));
  }

  private Path own() {
    return folder.resolve("orchestrator");
  }

  Path secretFile() {
    return folder.resolve("api.secret");
  }

  /** Where its API is. */
  URI api() {
    return api;
  }

  HouseCalls calls() {
    return calls;
  }

  RotationStatus status() throws IOException, InterruptedException {
    return calls.get(rotation(""), RotationStatus.class);
  }

  /** Waits until its authority can sign. */
  void awaitKeys() throws IOException, InterruptedException {
    while (status().seen().phase() != PhaseName.STANDBY) {
      Thread.sleep(LOOK);
    }
  }

  void start(RotationStatus status) throws IOException, InterruptedException {
    calls.must(
        rotation(""),
        new WantedRotation(status.seen(), Optional.empty(), Optional.of("the benchmark")));
  }

  /** Whom the next step would break. */
  ForecastDetails forecast() throws IOException, InterruptedException {
    return calls.get(rotation("/forecast"), ForecastDetails.class);
  }

  /** Whom the end of trust in that generation would break, now. */
  ForecastDetails forecast(int without) throws IOException, InterruptedException {
    return calls.get(rotation("/forecast?without=" + without), ForecastDetails.class);
  }

  /** Asks for the next phase; empty, or why not. */
  Optional<String> advance(RotationStatus status) throws IOException, InterruptedException {
    return calls.may(
        rotation("/advance"),
        new WantedAdvance(status.seen(), Optional.empty(), Optional.empty(), Optional.empty()));
  }

  private static String rotation(String verb) {
    return "/v1/authorities/%s/rotation%s".formatted(AUTHORITY, verb);
  }

  /** Bytes that live in the orchestrator's heap. */
  long live() throws IOException {
    orchestrator.tell(OrchestratorProgram.MEMORY);
    return Long.parseLong(orchestrator.line());
  }

  /** Processor time that the orchestrator has taken. */
  Duration cpu() {
    return orchestrator.cpu();
  }

  /** Bytes that Kafka keeps of the house. */
  long kept() throws IOException {
    try (var files = Files.walk(folder.resolve("kafka"))) {
      return files
          .filter(f -> f.getParent().getFileName().toString().startsWith("carousel."))
          .filter(f -> f.getFileName().toString().endsWith(".log"))
          .mapToLong(f -> f.toFile().length())
          .sum();
    }
  }

  @Override
  public void close() throws IOException {
    opened.close();
  }
}
