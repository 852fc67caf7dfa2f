package io.carousel.e2e.threats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import io.carousel.agent.Enrolment;
import io.carousel.agent.Habits;
import io.carousel.agent.Identity;
import io.carousel.agent.Participant;
import io.carousel.agent.http.HttpHouse;
import io.carousel.agent.tls.MutualTls;
import io.carousel.e2e.node.Cli;
import io.carousel.e2e.node.Node;
import io.carousel.events.AuthorityName;
import io.carousel.events.Enrolled;
import io.carousel.events.ParticipantName;
import io.carousel.events.PhaseName;
import io.carousel.orchestrator.documents.RotationStatus;
import io.carousel.orchestrator.documents.RotationStatus.AttentionLine;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * One operator, in haste or of ill will, with every command there is: nobody who is at work breaks
 * without having been named, and nobody is broken, revoked or silent unseen.
 */
@Timeout(value = 300, threadMode = SEPARATE_THREAD)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class OneOperatorTest {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final AuthorityName USER = new AuthorityName("user");
  private static final Habits HABITS =
      new Habits(
          Duration.ofSeconds(20),
          Duration.ofSeconds(2),
          Duration.ofMillis(100),
          Duration.ofSeconds(1),
          Duration.ofMillis(200),
          InstantSource.system(),
          new SecureRandom());

  private Path folder;
  private Node node;
  private Cli cli;
  private Host web;
  private Host client;

  @BeforeAll
  void start(@TempDir Path own) throws Exception {
    folder = own;
    node = Node.listening(folder);
    cli = node.cli();
    cli.done("authority", "create", "user", "--slot=hsm-a", "--leaf-lifetime=1h", "--wait");
    cli.done(
        "fleet",
        "token",
        "create",
        "--authority=user",
        "--role=presents-client",
        "--role=presents-server",
        "--role=verifies",
        "--ttl=1h",
        "--uses=2",
        "--name=*",
        "--out=" + folder.resolve("token"));
    web = new Host("web-1");
    client = new Host("client-1");
    await().atMost(PATIENCE).until(() -> attention().isEmpty() && web.presents(1));
  }

  @AfterAll
  void stop() throws Exception {
    web.close();
    client.close();
    node.close();
  }

  @Test
  @Order(1)
  void removesNobodyWhoIsAtWorkUnnamed() {
    Cli.Ran ran = cli.run("fleet", "remove", "web-1", "--reason=in haste");
    assertThat(ran.status()).isNotZero();
    assertThat(ran.err()).contains("web-1", "--break web-1");
    refused("does not break", "fleet", "remove", "web-1", "--reason=haste", "--break=client-1");
    assertThat(cli.done("fleet", "list")).contains("web-1");
  }

  @Test
  @Order(2)
  void abandonsNobodyWhoIsAtWorkUnnamed() {
    // Its agent ends; whatever it serves may go on for all that anybody knows.
    client.close();
    cli.done("rotation", "start", "user", "--reason=yearly");
    await()
        .atMost(PATIENCE)
        .until(() ->
            !status().keysMissing()
                && status().gate().lacking().stream()
                    .map(l -> l.participant().value())
                    .toList()
                    .equals(List.of("client-1")));
    assertThat(status().next()).doesNotContain("abandon", "revoke");
    String[] abandon = {
      "rotation", "advance", "user", "--abandon=client-1", "--reason=we cannot wait"
    };
    refused("--break client-1", abandon);
    refused("--nobody", "rotation", "advance", "user", "--nobody");
    refused("answers are missing", "rotation", "advance", "user", "--break=client-1");
    refused(
        "does not break",
        "rotation",
        "advance",
        "user",
        "--abandon=client-1",
        "--break=client-1,web-1",
        "--reason=all of them");
    Cli.Ran forecast = cli.run("rotation", "forecast", "user", "-o", "json");
    assertThat(forecast.status()).isNotZero();
    assertThat(forecast.out()).contains("\"mustName\"", "client-1");
    assertThat(status().seen().phase()).isEqualTo(PhaseName.INIT);

    assertThat(cli.breaking(abandon)).contains("entered update-clients");
    assertThat(cli.done("log", "-n", "20")).contains("breaks client-1: would refuse x509");
    await().atMost(PATIENCE).until(() -> web.presents(2));
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> {
          assertThat(kinds("client-1")).contains("broken");
          assertThat(status().fleet().broken())
              .anySatisfy(b -> {
                assertThat(b.presenters().names()).contains(web.name());
                assertThat(b.verifiers().names()).contains(client.name());
              });
        });
    cli.done("rotation", "rollback", "user", "--reason=too early");
    await().atMost(PATIENCE).until(() -> web.presents(1));
    await().atMost(PATIENCE).until(() -> !kinds("client-1").contains("broken"));
  }

  @Test
  @Order(3)
  void revokesNothingThatIsAtWorkUnnamedAndNothingUnseen() {
    String[] revoke = {
      "authority",
      "revoke",
      "user",
      "--participant=web-1",
      "--cause=key-compromise",
      "--reason=its disk was copied"
    };
    refused("--break web-1", revoke);
    String said = cli.breaking(revoke);
    assertThat(said).contains("no credential is issued to web-1", "carousel fleet readmit");
    await().atMost(Duration.ofSeconds(30)).until(() -> kinds("web-1").contains("withheld"));
    assertThat(cli.done("log", "-n", "20")).contains("breaks web-1: presents x509");
    // Its running agent asks for another, and gets none.
    await()
        .atMost(PATIENCE)
        .until(() -> node.cli().done("rotation", "status", "user").contains("web-1, withheld"));

    cli.done("fleet", "readmit", "web-1", "--reason=a false alarm");
    assertThat(kinds("web-1")).doesNotContain("withheld");
    assertThat(cli.done("log", "-n", "5")).contains("web-1", "gets credentials again");
    refused("gets credentials as it is", "fleet", "readmit", "web-1", "--reason=again");
  }

  private void refused(String why, String... command) {
    Cli.Ran ran = cli.run(command);
    assertThat(ran.status()).as("%s%s", ran.out(), ran.err()).isNotZero();
    assertThat(ran.err().replaceAll("\\s+", " ")).contains(why);
  }

  private RotationStatus status() {
    return cli.read(RotationStatus.class, "rotation", "status", "user");
  }

  private List<AttentionLine> attention() {
    return status().fleet().attention();
  }

  private List<String> kinds(String name) {
    return attention().stream()
        .filter(l -> l.participant().value().equals(name))
        .map(AttentionLine::kind)
        .toList();
  }

  /** A machine with an agent. */
  private final class Host implements AutoCloseable {
    private final Identity identity;
    private final HttpHouse house;
    private final Participant agent;

    Host(String name) throws Exception {
      identity = Identity.create(new ParticipantName(name));
      Enrolled enrolled;
      try (var open = new HttpHouse(node.api(), folder.resolve("no-secret"))) {
        enrolled = Enrolment.enrol(open, identity, folder.resolve("token"), InstantSource.system());
      }
      house = new HttpHouse(node.api(), node.secret());
      var tls = new MutualTls();
      agent = Participant.start(identity, enrolled.memberships(), house, _ -> tls, HABITS);
    }

    ParticipantName name() {
      return identity.name();
    }

    boolean presents(int generation) {
      return agent.standing(USER).presents().stream().anyMatch(p -> p.generation() == generation);
    }

    @Override
    public void close() {
      agent.close();
      house.close();
    }
  }
}
