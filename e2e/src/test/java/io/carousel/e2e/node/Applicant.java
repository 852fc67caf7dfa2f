package io.carousel.e2e.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.carousel.agent.HouseException;
import io.carousel.agent.Identity;
import io.carousel.agent.http.HttpHouse;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.Credential;
import io.carousel.events.CredentialRequest;
import io.carousel.events.Format;
import io.carousel.events.HouseId;
import io.carousel.events.Membership;
import io.carousel.events.ParticipantName;
import io.carousel.events.Profile;
import io.carousel.events.Statements;
import io.carousel.events.SubjectName;
import io.carousel.events.wire.Json;
import io.carousel.orchestrator.documents.Wanted.WantedMembership;
import io.carousel.orchestrator.documents.Wanted.WantedParticipant;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Stream;

/** A participant that asks a node for whatever a test wants, over its loopback API. */
public final class Applicant implements AutoCloseable {
  private final Identity identity;
  private final Node node;
  private final HttpHouse house;

  /** One of that name, with a new identity key. */
  public Applicant(Node node, String name) {
    this.node = node;
    this.identity = Identity.create(new ParticipantName(name));
    this.house = new HttpHouse(node.api(), node.secret());
  }

  /** Its identity key and name. */
  public Identity identity() {
    return identity;
  }

  /** Its way to the house. */
  public HttpHouse house() {
    return house;
  }

  /** Has an operator enrol it; the answer's status and text. */
  public HttpResponse<String> enrolled(Membership... memberships)
      throws IOException, InterruptedException {
    var wanted =
        new WantedParticipant(
            identity.name(),
            identity.publicKey(),
            Stream.of(memberships).map(WantedMembership::of).toList());
    return post(node.api(), Files.readString(node.secret()).strip(), wanted);
  }

  private static HttpResponse<String> post(URI api, String secret, Object wanted)
      throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(api.resolve("/v1/participants"))
              .header("Authorization", "Bearer " + secret)
              .header("Content-Type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofByteArray(Json.PLAIN.write(wanted)))
              .build(),
          HttpResponse.BodyHandlers.ofString(UTF_8));
    }
  }

  /** Asks for a credential, signed as itself. */
  public Credential asks(
      String authority, Format format, Profile profile, Bytes subject, String... names)
      throws HouseException, InterruptedException {
    return house.request(
        request(house.id(), identity.name(), authority, format, profile, subject, names));
  }

  /** The same request in the name of somebody, signed by its own identity key. */
  public CredentialRequest request(
      HouseId id,
      ParticipantName as,
      String authority,
      Format format,
      Profile profile,
      Bytes subject,
      String... names) {
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    List<SubjectName> wanted = Stream.of(names).map(SubjectName::new).toList();
    var of = new AuthorityName(authority);
    byte[] statement =
        Statements.credentialRequest(id, as, of, format, profile, subject, wanted, now);
    return new CredentialRequest(
        as, of, format, profile, subject, wanted, now, identity.sign(statement));
  }

  @Override
  public void close() {
    house.close();
  }
}
