package io.carousel.e2e.enrolment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.carousel.agent.Enrolment;
import io.carousel.agent.Habits;
import io.carousel.agent.HouseException;
import io.carousel.agent.Identity;
import io.carousel.agent.OwnCredential;
import io.carousel.agent.Participant;
import io.carousel.agent.certificate.CertificationRequest;
import io.carousel.agent.http.HttpHouse;
import io.carousel.agent.tls.HouseTls;
import io.carousel.agent.tls.MutualTls;
import io.carousel.e2e.node.Cli;
import io.carousel.e2e.node.Node;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.CredentialRequest;
import io.carousel.events.Enrolled;
import io.carousel.events.Format;
import io.carousel.events.ParticipantName;
import io.carousel.events.PhaseName;
import io.carousel.events.Profile;
import io.carousel.events.Serial;
import io.carousel.events.Statements;
import io.carousel.events.seal.EnrolmentTokenFile;
import io.carousel.orchestrator.documents.EnrolmentTokens;
import io.carousel.orchestrator.documents.EnrolmentTokens.TokenLine;
import io.carousel.orchestrator.documents.RotationStatus;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A token from the command line, a host that has nothing else, and one that takes its place. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EnrolmentTest {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final AuthorityName USER = new AuthorityName("user");
  private static final ParticipantName WEB = new ParticipantName("web-1");
  private static final Habits HABITS =
      new Habits(
          Duration.ofSeconds(20),
          Duration.ofSeconds(20),
          Duration.ofMillis(100),
          Duration.ofSeconds(1),
          Duration.ofMillis(200),
          InstantSource.system(),
          new SecureRandom());

  private Path folder;
  private Node node;
  private Cli cli;
  private URI api;
  private URI listener;

  @BeforeAll
  void start(@TempDir Path own) throws Exception {
    folder = own;
    node = Node.listening(folder);
    cli = node.cli();
    api = node.api();
    listener = node.listener();
    cli.done("authority", "create", "user", "--slot=hsm-a", "--leaf-lifetime=1h", "--wait");
  }

  @AfterAll
  void stop() throws Exception {
    node.close();
  }

  @Test
  void aTokenLetsOneHostInAndAnotherTakesItsPlaceOnceItIsLost() throws Exception {
    Path token = token("web.token", "--name=web-*");
    Identity first = Identity.create(WEB);
    Enrolled enrolled = enrol(first, token);
    assertThat(enrolled.participant()).isEqualTo(WEB);
    assertThat(enrol(first, token)).isEqualTo(enrolled);
    assertThat(cli.done("fleet", "show", "web-1"))
        .contains(first.publicKey().digest().value(), "token " + id(token));

    theSecondUseIsRefusedAndSeen(token);
    var lost = new Host(first, enrolled);
    lost.presents(1);
    Serial serial = lost.serial();
    lost.close();

    Path replacing = token("replacing.token", "--name=web-1", "--replace");
    Identity second = Identity.create(WEB);
    try (var host = new Host(second, enrol(second, replacing))) {
      assertThat(cli.done("log", "-n", "5"))
          .contains("in place of identity key " + first.publicKey().digest().brief());
      host.presents(1);
      theLostOneCountsNoMore(first, token);
      whatTheLostOneHoldsHoldsTheGate(host, serial);
    }
    cli.breaking("fleet", "remove", "web-1", "--reason=switched off");
    assertThat(cli.done("fleet", "list")).doesNotContain("web-1");
    refused(second, replacing, "identity-removed");
  }

  /** It has nothing but its token, which says by what the house is known. */
  @Test
  void aHostOnAnotherMachineEnrolsOverTheNetwork() throws Exception {
    Path token = token("far.token", "--name=far-*");
    assertThat(Enrolment.pins(token)).isEqualTo(node.pins());
    Identity identity = Identity.create(new ParticipantName("far-1"));
    try (var house = new HttpHouse(listener, new HouseTls(Enrolment.pins(token)))) {
      Enrolled enrolled = Enrolment.enrol(house, identity, token, InstantSource.system());
      assertThat(enrolled.participant()).isEqualTo(identity.name());
      assertThatThrownBy(() ->
              Enrolment.enrol(
                  house,
                  Identity.create(new ParticipantName("far-2")),
                  token,
                  InstantSource.system()))
          .isInstanceOf(HouseException.Refused.class)
          .hasMessageContaining("as many as it may");
    }
    cli.breaking("fleet", "remove", "far-1", "--reason=moved");
  }

  private Path token(String name, String... more) {
    Path file = folder.resolve(name);
    String[] all =
        Stream.concat(
                Stream.of(
                    "fleet",
                    "token",
                    "create",
                    "--authority=user",
                    "--role=presents-client",
                    "--role=presents-server",
                    "--role=verifies",
                    "--ttl=1h",
                    "--out=" + file),
                Stream.of(more))
            .toArray(String[]::new);
    cli.done(all);
    return file;
  }

  private static String id(Path token) throws Exception {
    return EnrolmentTokenFile.read(token).id().value();
  }

  /** As a host does that has no secret of the house. */
  private Enrolled enrol(Identity identity, Path token) throws Exception {
    try (var house = new HttpHouse(api, folder.resolve("no-secret"))) {
      return Enrolment.enrol(house, identity, token, InstantSource.system());
    }
  }

  private void refused(Identity identity, Path token, String code) {
    assertThatThrownBy(() -> enrol(identity, token))
        .isInstanceOfSatisfying(
            HouseException.Refused.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  private void theSecondUseIsRefusedAndSeen(Path token) throws Exception {
    Identity second = Identity.create(new ParticipantName("web-2"));
    for (int i = 0; i < 5; i++) {
      refused(second, token, "token-used-up");
    }
    assertThat(cli.done("log", "-n", "20"))
        .contains(
            "ALARM: somebody who holds enrolment token %s tried to enrol as web-2"
                .formatted(id(token)));
    TokenLine line =
        cli.read(EnrolmentTokens.class, "fleet", "token", "list").tokens().stream()
            .filter(t -> t.names().value().equals("web-*"))
            .findFirst()
            .orElseThrow();
    assertThat(line.state()).isEqualTo("used-up");
    assertThat(line.misuses()).isEqualTo(3);
    assertThat(cli.done("fleet", "token", "list")).contains("MISUSED 3 times, last as web-2");
    assertThat(cli.done("fleet", "list")).doesNotContain("web-2");
  }

  private void theLostOneCountsNoMore(Identity lost, Path token) throws Exception {
    refused(lost, token, "identity-removed");
    Bytes csr = CertificationRequest.of(WEB, OwnCredential.newKey());
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    try (HttpHouse house = house()) {
      byte[] statement =
          Statements.credentialRequest(
              house.id(), WEB, USER, Format.X509, Profile.BOTH, csr, List.of(), now);
      var request =
          new CredentialRequest(
              WEB, USER, Format.X509, Profile.BOTH, csr, List.of(), now, lost.sign(statement));
      assertThatThrownBy(() -> house.request(request))
          .isInstanceOfSatisfying(
              HouseException.Refused.class, e -> assertThat(e.code()).isEqualTo("bad-signature"));
    }
  }

  /** The lost machine may be anywhere, with its credential and its key. */
  private void whatTheLostOneHoldsHoldsTheGate(Host host, Serial serial) {
    cli.done("rotation", "start", "user", "--reason=yearly");
    cli.done("rotation", "advance", "user", "--wait", "--timeout=90s");
    cli.done("rotation", "advance", "user", "--wait", "--timeout=90s");
    host.presents(2);
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(status().gate().lacking())
                .extracting(RotationStatus.Lacking::question)
                .containsExactly("has replaced credential " + serial));
    assertThat(cli.run("rotation", "advance", "user").status()).isNotZero();
    cli.breaking(
        "authority", "revoke", "user", "--serial=" + serial, "--reason=its machine was lost");
    cli.done("rotation", "advance", "user", "--wait", "--timeout=90s");
    assertThat(status().seen().phase()).isEqualTo(PhaseName.STANDBY);
  }

  private RotationStatus status() {
    return cli.read(RotationStatus.class, "rotation", "status", "user");
  }

  private HttpHouse house() {
    return new HttpHouse(api, node.secret());
  }

  /** A machine with an agent. */
  private final class Host implements AutoCloseable {
    private final HttpHouse house = house();
    private final MutualTls tls = new MutualTls();
    private final Participant agent;

    Host(Identity identity, Enrolled enrolled) {
      agent = Participant.start(identity, enrolled.memberships(), house, _ -> tls, HABITS);
    }

    void presents(int generation) {
      await()
          .atMost(PATIENCE)
          .until(() ->
              agent.standing(USER).presents().stream().anyMatch(p -> p.generation() == generation));
    }

    /** Of that authority: the house's own gives it another one. */
    Serial serial() {
      return agent.standing(USER).presents().getFirst().serial();
    }

    @Override
    public void close() {
      agent.close();
      house.close();
    }
  }
}
