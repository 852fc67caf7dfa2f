package io.carousel.agent.program;

import io.carousel.agent.Habits;
import io.carousel.agent.Identity;
import io.carousel.agent.Participant;
import io.carousel.agent.config.AgentConfig;
import io.carousel.agent.disk.StateFolder;
import io.carousel.agent.http.HttpHouse;
import io.carousel.agent.http.SubscribedHouse;
import io.carousel.agent.output.AuthorityOutputs;
import io.carousel.agent.output.OutputStanding;
import io.carousel.events.AuthorityName;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An agent at work, from its start until it is closed. */
public final class Agent implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Agent.class);

  /** Credentials are backdated by a minute, and requests are refused when they are much older. */
  private static final Duration CLOCKS_MAY_DIFFER = Duration.ofSeconds(60);

  /** As usual, but with longer pauses: each attempt may reload a service that others use. */
  private static final Habits HABITS =
      new Habits(
          Duration.ofSeconds(20),
          Duration.ofSeconds(30),
          Duration.ofMillis(500),
          Duration.ofSeconds(30),
          Duration.ofSeconds(3),
          InstantSource.system(),
          new SecureRandom());

  private static final Duration LOOK = Duration.ofMillis(50);

  private final AgentConfig config;
  private final Habits habits;
  private final Instant since = Instant.now();

  /** What has been opened, in order. */
  private final List<AutoCloseable> open = new ArrayList<>();

  private final Map<AuthorityName, AuthorityOutputs> outputs = new LinkedHashMap<>();
  private final Map<AuthorityName, CrlRefresh> crls = new LinkedHashMap<>();
  private HttpHouse house;
  private Optional<HouseCredential> credential = Optional.empty();
  private Participant participant;
  private Optional<MetricsPort> metrics = Optional.empty();

  private Agent(AgentConfig config, Habits habits) {
    this.config = config;
    this.habits = habits;
  }

  /**
   * Starts one. The house need not be there: what is on disk goes on being used.
   *
   * @throws AgentTrouble if something on this machine is not as it has to be
   */
  public static Agent start(AgentConfig config) throws AgentTrouble {
    return start(config, HABITS);
  }

  /** The same with other habits than usual. */
  static Agent start(AgentConfig config, Habits habits) throws AgentTrouble {
    var agent = new Agent(config, habits);
    try {
      agent.open();
      return agent;
    } catch (IOException e) {
      agent.close();
      throw new AgentTrouble(e.getMessage() == null ? e.toString() : e.getMessage(), e);
    } catch (AgentTrouble | RuntimeException e) {
      agent.close();
      throw e;
    }
  }

  private void open() throws AgentTrouble, IOException {
    HouseLine line = opened(HouseLine.of(config));
    house = line.house();
    credential = line.credential();
    config
        .byAuthority()
        .forEach((name, all) -> outputs.put(name, new AuthorityOutputs(name, all, house)));
    requireRoom();
    StateFolder state = opened(StateFolder.open(config.state()));
    Identity identity = Identity.readOrCreate(config.name(), config.identityKey());
    state.guard(config.identityKey());
    admit(identity);
    participant =
        opened(
            Participant.start(
                identity,
                config.memberships(),
                opened(new SubscribedHouse(house, habits)),
                membership ->
                    membership.authority().equals(AuthorityName.BUILT_IN)
                        ? line.credential().orElseThrow()
                        : outputs.get(membership.authority()),
                habits,
                state));
    outputs.forEach((name, all) -> crls.put(name, opened(CrlRefresh.start(all, config.crls()))));
    for (AuthorityOutputs all : outputs.values()) {
      if (all.severs()) {
        opened(Severing.start(all));
      }
    }
    listen(config.state());
    if (config.metrics().isPresent()) {
      metrics =
          Optional.of(
              opened(MetricsPort.open(config.metrics().get(), this::status, MetricsPort.USUAL)));
    }
  }

  /** Where it tells its metrics. */
  OptionalInt metricsPort() {
    return metrics.stream().mapToInt(MetricsPort::port).findFirst();
  }

  private void admit(Identity identity) throws AgentTrouble, IOException {
    try {
      Admittance.unlessDone(config, identity, house);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AgentTrouble("interrupted before it was enrolled", e);
    }
  }

  private <T extends AutoCloseable> T opened(T resource) {
    open.add(resource);
    return resource;
  }

  private void requireRoom() throws AgentTrouble {
    List<String> obstacles =
        outputs.values().stream().flatMap(o -> o.obstacles().stream()).toList();
    if (!obstacles.isEmpty()) {
      throw new AgentTrouble(String.join("; ", obstacles));
    }
  }

  /** An agent that cannot be asked works all the same. */
  private void listen(Path state) {
    try {
      opened(StatusSocket.open(state, this::status));
    } catch (IOException e) {
      LOG.warn("nobody can ask for the status: {}: {}", StateFolder.socket(state), e.getMessage());
    }
  }

  /** How it stands now. */
  public AgentStatus status() {
    List<AgentStatus.OfAuthority> all =
        config.memberships().stream().map(m -> statusOf(m.authority())).toList();
    Optional<String> clock = house.clockDifference().flatMap(Agent::clockTrouble);
    return new AgentStatus(
        config.name(),
        config.house().url().toString(),
        since,
        clock.isEmpty() && all.stream().allMatch(AgentStatus.OfAuthority::upToDate),
        clock,
        all);
  }

  private AgentStatus.OfAuthority statusOf(AuthorityName authority) {
    Optional<AuthorityOutputs> of = Optional.ofNullable(outputs.get(authority));
    List<OutputStanding> standing =
        authority.equals(AuthorityName.BUILT_IN)
            ? credential.map(HouseCredential::standing).orElse(List.of())
            : of.map(AuthorityOutputs::standing).orElse(List.of());
    return AgentStatus.OfAuthority.of(
        participant.standing(authority),
        of.flatMap(AuthorityOutputs::crlsUntil),
        of.flatMap(AuthorityOutputs::whyNoCrls),
        Optional.ofNullable(crls.get(authority)).flatMap(CrlRefresh::problem),
        standing);
  }

  static Optional<String> clockTrouble(Duration ahead) {
    if (ahead.abs().compareTo(CLOCKS_MAY_DIFFER) <= 0) {
      return Optional.empty();
    }
    return Optional.of(
        "the clock of this machine is %d s %s the house's; set it (NTP), else credentials are refused or seem not valid yet"
            .formatted(ahead.abs().toSeconds(), ahead.isNegative() ? "behind" : "ahead of"));
  }

  /**
   * Waits until everything is up to date, CRLs too.
   *
   * @param patience how long at most
   * @return how it stands then
   */
  public AgentStatus awaitUpToDate(Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!status().upToDate() && System.nanoTime() - deadline < 0) {
      Thread.sleep(LOOK);
    }
    for (CrlRefresh refresh : crls.values()) {
      refresh.now();
    }
    for (AuthorityOutputs all : outputs.values()) {
      all.sever();
    }
    return status();
  }

  /** Ends its work; services keep what they have. */
  @Override
  public void close() {
    for (AutoCloseable resource : open.reversed()) {
      try {
        resource.close();
      } catch (Exception e) {
        LOG.warn("{} did not close: {}", resource.getClass().getSimpleName(), e.toString());
      }
    }
    open.clear();
  }
}
