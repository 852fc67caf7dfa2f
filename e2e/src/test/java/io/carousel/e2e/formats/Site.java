package io.carousel.e2e.formats;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.carousel.agent.Identity;
import io.carousel.agent.http.HttpHouse;
import io.carousel.e2e.node.Child;
import io.carousel.e2e.node.Cli;
import io.carousel.events.AuthorityName;
import io.carousel.events.Format;
import io.carousel.events.Membership;
import io.carousel.events.ParticipantName;
import io.carousel.events.Role;
import io.carousel.events.SubjectName;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A node in a process of its own, and who takes part in one authority there. */
final class Site implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final Path data;
  private final Path members;
  private final AuthorityName authority;
  private final Child node;
  private final Cli cli;
  private final URI api;
  private final HttpHouse house;
  private final Published published;

  private Site(Path folder, AuthorityName authority, Child node) throws Exception {
    this.data = folder.resolve("data");
    this.members = Files.createDirectory(folder.resolve("members"));
    this.authority = authority;
    this.node = node;
    this.cli = new Cli(data);
    Matcher url = Pattern.compile("HTTP API +(http://\\S+)").matcher(node.out());
    assertThat(url.find()).isTrue();
    this.api = URI.create(url.group(1));
    this.house = new HttpHouse(api, data.resolve("api.secret"));
    this.published = new Published(api, authority);
  }

  /** A node with those slots; the authority is still to be created. */
  static Site start(Path folder, AuthorityName authority, List<String> slots) throws Exception {
    var arguments =
        Stream.concat(
            Stream.of("up", "--data", folder.resolve("data").toString()),
            slots.stream().flatMap(s -> Stream.of("--slot", s)));
    Child node = Child.start(folder, arguments.toArray(String[]::new));
    try {
      await()
          .atMost(PATIENCE)
          .until(() -> !node.isAlive() || node.out().contains("Carousel is up"));
      assertThat(node.isAlive()).as("%s%s", node.out(), node.err()).isTrue();
      return new Site(folder, authority, node);
    } catch (Throwable e) {
      node.close();
      throw e;
    }
  }

  Cli cli() {
    return cli;
  }

  URI api() {
    return api;
  }

  HttpHouse house() {
    return house;
  }

  Published published() {
    return published;
  }

  /** Somebody who takes part from here on. */
  Member join(String name, List<Role> roles, List<Format> formats) throws Exception {
    Identity identity = Identity.create(new ParticipantName(name));
    var membership =
        new Membership(
            authority,
            Stream.concat(roles.stream(), Stream.of(Role.VERIFIES)).toList(),
            formats,
            List.of(
                new SubjectName("dns:" + name + ".example"),
                new SubjectName("principal:" + Member.OPERATOR),
                new SubjectName("principal:" + name + ".example"),
                new SubjectName("audience:" + Fleet.AUDIENCE)));
    enrol(
        new WantedParticipant(
            identity.name(), identity.publicKey(), List.of(WantedMembership.of(membership))));
    return new Member(identity, membership, house, published, members);
  }

  private void enrol(WantedParticipant wanted) throws Exception {
    String secret = Files.readString(data.resolve("api.secret")).strip();
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

  /** Kills the worker of that slot, so that the node cannot start it again. */
  void killWorker(String slot) throws Exception {
    Path configuration = data.resolve("slots").resolve(slot).resolve("worker.yaml").toRealPath();
    ProcessHandle worker =
        node.children().stream()
            .filter(p -> commandLine(p).contains(configuration.toString()))
            .findFirst()
            .orElseThrow();
    Files.writeString(configuration, "slot: nowhere\n");
    worker.destroyForcibly();
    await().atMost(PATIENCE).until(() -> (node.out() + node.err()).contains("is started again"));
  }

  /** All of it: {@link ProcessHandle.Info} has no room for a long class path. */
  private static String commandLine(ProcessHandle process) {
    try {
      return Files.readString(Path.of("/proc", String.valueOf(process.pid()), "cmdline"));
    } catch (IOException e) {
      return ""; // it has ended
    }
  }

  @Override
  public void close() throws Exception {
    try (Child _ = node) {
      house.close();
    }
  }
}
