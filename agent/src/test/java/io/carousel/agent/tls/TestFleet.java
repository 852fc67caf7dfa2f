package io.carousel.agent.tls;

import io.carousel.agent.FakeHouse;
import io.carousel.agent.House;
import io.carousel.agent.Identity;
import io.carousel.agent.Participant;
import io.carousel.agent.TestHabits;
import io.carousel.events.Membership;
import io.carousel.events.ParticipantName;
import io.carousel.events.Role;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Participants that exchange without pause, each client with servers drawn at random. */
final class TestFleet implements AutoCloseable {
  private final FakeHouse enrolment;
  private final House house;
  private final long seed;
  private final Exchanges exchanges = new Exchanges();
  private final List<Participant> participants = new ArrayList<>();
  private final Map<ParticipantName, MutualTls> clients = new LinkedHashMap<>();
  private final Map<ParticipantName, ExchangeServer> servers = new LinkedHashMap<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Future<?>> loops = new ArrayList<>();
  private volatile boolean stopping;

  TestFleet(FakeHouse enrolment, House house, long seed) {
    this.enrolment = enrolment;
    this.house = house;
    this.seed = seed;
  }

  void client(String name) {
    var tls = join(name, Role.PRESENTS_CLIENT, Role.VERIFIES);
    clients.put(new ParticipantName(name), tls);
  }

  void server(String name) throws IOException {
    var tls = join(name, Role.PRESENTS_SERVER, Role.VERIFIES);
    servers.put(new ParticipantName(name), ExchangeServer.start(tls));
  }

  /** A member that is both, with one credential for both. */
  void both(String name) throws IOException {
    var tls = join(name, Role.PRESENTS_CLIENT, Role.PRESENTS_SERVER, Role.VERIFIES);
    clients.put(new ParticipantName(name), tls);
    servers.put(new ParticipantName(name), ExchangeServer.start(tls));
  }

  private MutualTls join(String name, Role... roles) {
    Identity identity = Identity.create(new ParticipantName(name));
    Membership membership = FakeHouse.membership(roles);
    enrolment.enrol(identity, membership);
    var tls = new MutualTls(Duration.ofSeconds(30));
    var habits = TestHabits.quick(InstantSource.system(), seed + participants.size());
    participants.add(Participant.start(identity, List.of(membership), house, _ -> tls, habits));
    return tls;
  }

  void exchangeWithoutPause() {
    var random = new Random(seed);
    clients.values().forEach(tls -> exchangeWithoutPause(tls, new Random(random.nextLong())));
  }

  private void exchangeWithoutPause(MutualTls tls, Random random) {
    var client = new ExchangeClient(tls, exchanges);
    List<Map.Entry<ParticipantName, InetSocketAddress>> peers = addresses();
    loops.add(
        threads.submit(() -> {
          while (!stopping) {
            var peer = peers.get(random.nextInt(peers.size()));
            client.exchange(peer.getKey(), peer.getValue());
          }
          return null;
        }));
  }

  private List<Map.Entry<ParticipantName, InetSocketAddress>> addresses() {
    return servers.entrySet().stream()
        .map(server -> Map.entry(server.getKey(), server.getValue().address()))
        .toList();
  }

  MutualTls tls(String client) {
    return clients.get(new ParticipantName(client));
  }

  InetSocketAddress address(String server) {
    return servers.get(new ParticipantName(server)).address();
  }

  Exchanges exchanges() {
    return exchanges;
  }

  List<Participant> participants() {
    return participants;
  }

  @Override
  public void close() throws Exception {
    stopping = true;
    threads.close();
    for (Future<?> loop : loops) {
      loop.get();
    }
    servers.values().forEach(ExchangeServer::close);
    participants.forEach(Participant::close);
  }
}
