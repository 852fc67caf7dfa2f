package io.carousel.e2e.origins;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.agent.Habits;
import io.carousel.agent.Identity;
import io.carousel.agent.Material;
import io.carousel.agent.Participant;
import io.carousel.agent.Standing;
import io.carousel.agent.X509Credential;
import io.carousel.agent.http.HttpHouse;
import io.carousel.agent.tls.ExchangeClient;
import io.carousel.agent.tls.ExchangeServer;
import io.carousel.agent.tls.Exchanges;
import io.carousel.agent.tls.MutualTls;
import io.carousel.events.AuthorityName;
import io.carousel.events.Membership;
import io.carousel.events.ParticipantName;
import io.carousel.events.Role;
import io.carousel.events.wire.Json;
import io.carousel.orchestrator.documents.Wanted.WantedMembership;
import io.carousel.orchestrator.documents.Wanted.WantedParticipant;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * TLS participants that exchange without pause. As long as the house issues them nothing, each
 * shows what its old CA gave it.
 */
final class Fleet implements AutoCloseable {
  private static final Habits HABITS =
      new Habits(
          Duration.ofSeconds(20),
          Duration.ofSeconds(20),
          Duration.ofMillis(100),
          Duration.ofSeconds(1),
          Duration.ofMillis(200),
          InstantSource.system(),
          new SecureRandom());

  private final AuthorityName authority;
  private final URI api;
  private final Path secret;
  private final HttpHouse house;
  private final Exchanges exchanges = new Exchanges();
  private final List<Member> members = new ArrayList<>();
  private final CountDownLatch silence = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /** One of them. */
  record Member(
      Identity identity,
      List<Role> presents,
      MutualTls tls,
      Participant agent,
      ExchangeServer server) {
    X509Credential shows() {
      return tls.material().orElseThrow().x509().orElseThrow();
    }
  }

  Fleet(String authority, URI api, Path secret) {
    this.authority = new AuthorityName(authority);
    this.api = api;
    this.secret = secret;
    this.house = new HttpHouse(api, secret);
  }

  HttpHouse house() {
    return house;
  }

  /** Enrols it and sets it to work. */
  Member join(String name, Optional<X509Credential> old, Role... presents) throws Exception {
    Identity identity = Identity.create(new ParticipantName(name));
    var membership =
        new Membership(
            authority, Stream.concat(Stream.of(presents), Stream.of(Role.VERIFIES)).toList());
    enrol(
        new WantedParticipant(
            identity.name(), identity.publicKey(), List.of(WantedMembership.of(membership))));
    var tls = new MutualTls();
    Participant agent =
        Participant.start(
            identity,
            List.of(membership),
            house,
            _ -> m -> tls.install(new Material(m.owner(), m.trust(), m.x509().or(() -> old))),
            HABITS);
    var member = new Member(identity, List.of(presents), tls, agent, ExchangeServer.start(tls));
    members.add(member);
    return member;
  }

  private void enrol(WantedParticipant wanted) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> done =
          http.send(
              HttpRequest.newBuilder(api.resolve("/v1/participants"))
                  .header("Authorization", "Bearer " + Files.readString(secret).strip())
                  .header("Content-Type", "application/json")
                  .POST(BodyPublishers.ofByteArray(Json.PLAIN.write(wanted)))
                  .build(),
              BodyHandlers.ofString(UTF_8));
      assertThat(done.statusCode()).as(done.body()).isEqualTo(200);
    }
  }

  List<Member> members() {
    return members;
  }

  Standing standing(Member member) {
    return member.agent().standing(authority);
  }

  /** Every client calls every server but itself in turn. */
  void talk() {
    presenting(Role.PRESENTS_CLIENT).forEach(client -> threads.execute(() -> talk(client)));
  }

  private List<Member> presenting(Role role) {
    return members.stream().filter(m -> m.presents().contains(role)).toList();
  }

  private void talk(Member client) {
    var mouth = new ExchangeClient(client.tls(), exchanges);
    List<Member> servers = presenting(Role.PRESENTS_SERVER);
    try {
      for (int turn = 0; !silence.await(5, TimeUnit.MILLISECONDS); turn++) {
        Member server = servers.get(turn % servers.size());
        if (!server.equals(client)) {
          mouth.exchange(server.identity().name(), server.server().address());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  Exchanges exchanges() {
    return exchanges;
  }

  @Override
  public void close() {
    silence.countDown();
    threads.close();
    members.forEach(m -> m.agent().close());
    members.forEach(m -> m.server().close());
    house.close();
  }
}
