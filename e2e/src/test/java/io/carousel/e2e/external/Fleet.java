package io.carousel.e2e.external;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.agent.Habits;
import io.carousel.agent.Identity;
import io.carousel.agent.Installation;
import io.carousel.agent.Material;
import io.carousel.agent.NoVerdict;
import io.carousel.agent.Participant;
import io.carousel.agent.UnfitMaterial;
import io.carousel.agent.X509Credential;
import io.carousel.agent.http.HttpHouse;
import io.carousel.agent.tls.ExchangeClient;
import io.carousel.agent.tls.ExchangeServer;
import io.carousel.agent.tls.Exchanges;
import io.carousel.agent.tls.MutualTls;
import io.carousel.agent.tls.Outcome;
import io.carousel.events.AuthorityName;
import io.carousel.events.Canary;
import io.carousel.events.Membership;
import io.carousel.events.ParticipantName;
import io.carousel.events.Profile;
import io.carousel.events.Role;
import io.carousel.events.wire.Json;
import io.carousel.orchestrator.documents.Wanted.WantedMembership;
import io.carousel.orchestrator.documents.Wanted.WantedParticipant;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** Two agents of one authority, a client and a server, that shake hands without pause. */
final class Fleet implements AutoCloseable {
  private static final ParticipantName CANARY = new ParticipantName(Canary.NAME);

  private final AuthorityName authority;
  private final URI api;
  private final String secret;
  private final MutualTls clientTls = new MutualTls();
  private final MutualTls serverTls = new MutualTls();
  private final Participant client;
  private final Participant server;
  private final ParticipantName serverName;
  private final ExchangeServer listening;
  private final Exchanges exchanges = new Exchanges();
  private final CountDownLatch silence = new CountDownLatch(1);
  private final AtomicInteger good = new AtomicInteger();
  private final AtomicReference<String> bad = new AtomicReference<>("");
  private final Thread load;

  Fleet(AuthorityName authority, URI api, String secret, HttpHouse house) throws Exception {
    this.authority = authority;
    this.api = api;
    this.secret = secret;
    serverName = new ParticipantName(authority + "-server");
    listening = ExchangeServer.start(serverTls);
    client =
        join(
            new ParticipantName(authority + "-client"),
            Role.PRESENTS_CLIENT,
            house,
            new Tried(clientTls, Profile.CANARY_SERVER, this::called));
    server =
        join(
            serverName,
            Role.PRESENTS_SERVER,
            house,
            new Tried(serverTls, Profile.CANARY_CLIENT, this::exchange));
    load = Thread.ofPlatform().name("load of " + authority).start(this::shakeHands);
  }

  /** What comes of a handshake in which that is shown. */
  private interface Handshake {
    Outcome by(MutualTls canary) throws InterruptedException, IOException;
  }

  /** Material at work in TLS, and a canary tried on it by a handshake like any other. */
  private record Tried(MutualTls tls, Profile canary, Handshake handshake) implements Installation {
    @Override
    public void install(Material material) throws UnfitMaterial, InterruptedException {
      tls.install(material);
    }

    @Override
    public Optional<Profile> triedBy() {
      return Optional.of(canary);
    }

    @Override
    public boolean accepts(X509Credential shownOnce) throws NoVerdict, InterruptedException {
      try {
        Material ours = tls.material().orElseThrow(() -> new NoVerdict("nothing is at work"));
        var shown = new MutualTls();
        shown.install(new Material(CANARY, ours.trust(), Optional.of(shownOnce)));
        return handshake.by(shown) instanceof Outcome.Succeeded;
      } catch (UnfitMaterial | IOException e) {
        throw new NoVerdict("the canary cannot be shown: " + e.getMessage(), e);
      }
    }
  }

  /** The client calls a server that shows the canary. */
  private Outcome called(MutualTls canary) throws InterruptedException, IOException {
    try (ExchangeServer endpoint = ExchangeServer.start(canary)) {
      return new ExchangeClient(clientTls, new Exchanges()).exchange(CANARY, endpoint.address());
    }
  }

  private Participant join(ParticipantName name, Role role, HttpHouse house, Installation tls)
      throws Exception {
    Identity identity = Identity.create(name);
    var membership = new Membership(authority, List.of(role, Role.VERIFIES));
    enrol(
        new WantedParticipant(
            identity.name(), identity.publicKey(), List.of(WantedMembership.of(membership))));
    return Participant.start(identity, List.of(membership), house, _ -> tls, Habits.usual());
  }

  private void enrol(WantedParticipant wanted) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> done =
          http.send(
              HttpRequest.newBuilder(api.resolve("/v1/participants"))
                  .header("Authorization", "Bearer " + secret)
                  .header("Content-Type", "application/json")
                  .POST(BodyPublishers.ofByteArray(Json.PLAIN.write(wanted)))
                  .build(),
              BodyHandlers.ofString(UTF_8));
      assertThat(done.statusCode()).as(done.body()).isEqualTo(200);
    }
  }

  private void shakeHands() {
    try {
      while (!silence.await(30, TimeUnit.MILLISECONDS)) {
        if (clientTls.material().flatMap(m -> m.x509()).isEmpty()
            || serverTls.material().flatMap(m -> m.x509()).isEmpty()) {
          continue;
        }
        switch (exchange(clientTls)) {
          case Outcome.Succeeded _ -> good.incrementAndGet();
          case Outcome.Failed f -> bad.compareAndSet("", "%s: %s".formatted(f.cause(), f.why()));
        }
      }
    } catch (InterruptedException e) {
      bad.compareAndSet("", "interrupted");
    } catch (RuntimeException e) {
      bad.compareAndSet("", e.toString());
    }
  }

  /** A handshake with the server, by whatever that client shows and trusts. */
  Outcome exchange(MutualTls by) throws InterruptedException {
    return new ExchangeClient(by, exchanges).exchange(serverName, listening.address());
  }

  /** What the client works with. */
  MutualTls client() {
    return clientTls;
  }

  /** What the client presents now; it must present something. */
  X509Credential presented() {
    return clientTls.material().orElseThrow().x509().orElseThrow();
  }

  boolean presents(int clients, int servers) {
    return generation(clientTls) == clients && generation(serverTls) == servers;
  }

  private static int generation(MutualTls tls) {
    return tls.material().flatMap(m -> m.x509()).map(X509Credential::generation).orElse(0);
  }

  int handshakes() {
    return good.get();
  }

  /** Why the first failed; empty if none did. */
  String failure() {
    return bad.get();
  }

  @Override
  public void close() throws InterruptedException {
    silence.countDown();
    load.join();
    client.close();
    server.close();
    listening.close();
  }
}
