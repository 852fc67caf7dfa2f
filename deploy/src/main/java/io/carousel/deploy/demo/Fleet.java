package io.carousel.deploy.demo;

import io.carousel.agent.Habits;
import io.carousel.agent.Identity;
import io.carousel.agent.Material;
import io.carousel.agent.Participant;
import io.carousel.agent.Standing;
import io.carousel.agent.http.HttpHouse;
import io.carousel.agent.tls.ExchangeClient;
import io.carousel.agent.tls.ExchangeServer;
import io.carousel.agent.tls.Exchanges;
import io.carousel.agent.tls.MutualTls;
import io.carousel.events.AuthorityName;
import io.carousel.events.Membership;
import io.carousel.events.ParticipantName;
import io.carousel.events.Role;
import io.carousel.events.Serial;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Clients and servers, each a participant of its own; the clients talk without pause. */
final class Fleet implements AutoCloseable {
  /** From one exchange of a client to its next: what two cores carry beside everything else. */
  private static final Duration PACE = Duration.ofMillis(100);

  private static final Habits HABITS =
      new Habits(
          Duration.ofSeconds(20),
          Duration.ofSeconds(20),
          Duration.ofMillis(100),
          Duration.ofSeconds(2),
          Duration.ofMillis(500),
          InstantSource.system(),
          new SecureRandom());

  private final AuthorityName authority;
  private final HttpHouse house;
  private final Exchanges exchanges = new Exchanges();
  private final Set<Serial> credentials = ConcurrentHashMap.newKeySet();
  private final List<Member> clients = new ArrayList<>();
  private final List<Member> servers = new ArrayList<>();
  private final List<Future<Void>> talks = new ArrayList<>();
  private final CountDownLatch silence = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  private Fleet(AuthorityName authority, HttpHouse house) {
    this.authority = authority;
    this.house = house;
  }

  /**
   * One participant.
   *
   * @param server where it listens; empty for a client
   */
  record Member(
      ParticipantName name,
      MutualTls tls,
      Participant participant,
      Optional<ExchangeServer> server) {
    InetSocketAddress address() {
      return server.orElseThrow().address();
    }

    Material material() {
      return tls.material().orElseThrow();
    }
  }

  /**
   * How far the fleet is on its way to a generation.
   *
   * @param trusting members that trust it
   * @param clients that present it
   * @param servers that present it
   */
  record Convergence(
      int trusting, int members, int clients, int ofClients, int servers, int ofServers) {}

  /** Enrols everybody and sets them to work; they may not have credentials yet. */
  static Fleet enrol(
      Operator operator, HttpHouse house, AuthorityName authority, int clients, int servers)
      throws DemoFailed {
    var fleet = new Fleet(authority, house);
    var joining = new ArrayList<Future<Member>>();
    for (int i = 1; i <= clients; i++) {
      var name = new ParticipantName("client-%02d".formatted(i));
      joining.add(fleet.threads.submit(() -> fleet.join(operator, name, Role.PRESENTS_CLIENT)));
    }
    for (int i = 1; i <= servers; i++) {
      var name = new ParticipantName("server-%02d".formatted(i));
      joining.add(fleet.threads.submit(() -> fleet.join(operator, name, Role.PRESENTS_SERVER)));
    }
    for (Future<Member> member : joining) {
      Member joined = joined(member);
      (joined.server().isPresent() ? fleet.servers : fleet.clients).add(joined);
    }
    return fleet;
  }

  private static Member joined(Future<Member> member) throws DemoFailed {
    try {
      return member.get();
    } catch (ExecutionException e) {
      throw new DemoFailed("the fleet cannot be enrolled: " + e.getCause().getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DemoFailed("interrupted", e);
    }
  }

  private Member join(Operator operator, ParticipantName name, Role presents)
      throws DemoFailed, IOException {
    Identity identity = Identity.create(name);
    var membership = new Membership(authority, List.of(presents, Role.VERIFIES));
    operator.enrol(name, identity.publicKey(), List.of(membership));
    var tls = new MutualTls();
    Optional<ExchangeServer> server =
        presents == Role.PRESENTS_SERVER
            ? Optional.of(ExchangeServer.start(tls))
            : Optional.empty();
    Participant participant =
        Participant.start(
            identity, List.of(membership), house, _ -> material -> install(tls, material), HABITS);
    return new Member(name, tls, participant, server);
  }

  private void install(MutualTls tls, Material material)
      throws io.carousel.agent.UnfitMaterial, InterruptedException {
    material.x509().ifPresent(own -> credentials.add(own.serial()));
    tls.install(material);
  }

  /**
   * Waits until everybody has a credential and has said so.
   *
   * @throws DemoFailed if somebody has none by then; says who and why
   */
  void awaitReports(Duration atMost) throws DemoFailed {
    Instant end = Instant.now().plus(atMost);
    try {
      for (Member member : members()) {
        while (standing(member).presents().isEmpty() || standing(member).reports() == 0) {
          if (Instant.now().isAfter(end)) {
            throw new DemoFailed(
                "%s has no credential after %d seconds: %s"
                    .formatted(
                        member.name(),
                        atMost.toSeconds(),
                        standing(member).problem().orElse("nothing went wrong, it waits")));
          }
          TimeUnit.MILLISECONDS.sleep(20);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DemoFailed("interrupted", e);
    }
  }

  /** Every client begins to make exchanges, each with all servers in turn. */
  void talk() {
    clients.forEach(client -> talks.add(threads.submit(() -> talk(client))));
  }

  private Void talk(Member client) throws InterruptedException {
    var mouth = new ExchangeClient(client.tls(), exchanges);
    long wait = ThreadLocalRandom.current().nextLong(PACE.toMillis());
    for (int turn = ThreadLocalRandom.current().nextInt(servers.size()); ; turn++) {
      if (silence.await(wait, TimeUnit.MILLISECONDS)) {
        return null;
      }
      long began = System.nanoTime();
      Member server = servers.get(turn % servers.size());
      mouth.exchange(server.name(), server.address());
      long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
      wait = Math.max(0, PACE.toMillis() - took);
    }
  }

  /**
   * Ends the exchanges; those under way are finished and counted.
   *
   * @throws DemoFailed if a client fell silent before
   */
  void fallSilent() throws DemoFailed {
    silence.countDown();
    for (Future<Void> talk : talks) {
      try {
        talk.get();
      } catch (ExecutionException e) {
        throw new DemoFailed("a client stopped talking: " + e.getCause(), e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new DemoFailed("interrupted", e);
      }
    }
  }

  /** What counts every exchange. */
  Exchanges exchanges() {
    return exchanges;
  }

  /** How many credentials were put to work. */
  int credentials() {
    return credentials.size();
  }

  List<Member> clients() {
    return clients;
  }

  List<Member> servers() {
    return servers;
  }

  private List<Member> members() {
    var all = new ArrayList<>(clients);
    all.addAll(servers);
    return all;
  }

  Convergence convergence(int generation) {
    Predicate<Member> presents =
        m -> standing(m).presents().stream().anyMatch(p -> p.generation() == generation);
    return new Convergence(
        count(members(), m -> standing(m).trusts().contains(generation)),
        clients.size() + servers.size(),
        count(clients, presents),
        clients.size(),
        count(servers, presents),
        servers.size());
  }

  private static int count(List<Member> members, Predicate<Member> which) {
    return (int) members.stream().filter(which).count();
  }

  private Standing standing(Member member) {
    return member.participant().standing(authority);
  }

  @Override
  public void close() {
    silence.countDown();
    threads.close();
    for (Member member : members()) {
      member.server().ifPresent(ExchangeServer::close);
    }
    List<Thread> farewells =
        members().stream().map(m -> Thread.startVirtualThread(m.participant()::close)).toList();
    try {
      for (Thread farewell : farewells) {
        farewell.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
