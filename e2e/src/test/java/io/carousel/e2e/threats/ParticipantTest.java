package io.carousel.e2e.threats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.agent.Enrolment;
import io.carousel.agent.HouseException;
import io.carousel.agent.Identity;
import io.carousel.agent.OwnCredential;
import io.carousel.agent.certificate.CertificationRequest;
import io.carousel.agent.http.HttpHouse;
import io.carousel.e2e.node.Applicant;
import io.carousel.e2e.node.Cli;
import io.carousel.e2e.node.Node;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.CredentialRequest;
import io.carousel.events.Format;
import io.carousel.events.Membership;
import io.carousel.events.ParticipantName;
import io.carousel.events.Profile;
import io.carousel.events.Role;
import io.carousel.events.Statements;
import io.carousel.events.SubjectName;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A participant with valid credentials and enrolment tokens of its own: it gets its own credentials
 * and nobody else's.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(240)
class ParticipantTest {
  private static final Pattern REFUSED = Pattern.compile("act-refused");

  private Path folder;
  private Node node;
  private Cli cli;
  private Applicant mallory;
  private Applicant victim;

  @BeforeAll
  void start(@TempDir Path own) throws Exception {
    folder = own;
    node = Node.listening(folder, "--slot", "only");
    cli = node.cli();
    cli.done(
        "authority",
        "create",
        "mesh",
        "--format=x509,jwt",
        "--spiffe-trust-domain=example.org",
        "--wait");
    cli.done("authority", "create", "user", "--format=x509,ssh", "--wait");
    mallory = new Applicant(node, "mallory");
    victim = new Applicant(node, "victim");
    for (Applicant each : List.of(mallory, victim)) {
      assertThat(each.enrolled(in("mesh", Format.X509, Format.JWT)).statusCode()).isEqualTo(200);
    }
  }

  @AfterAll
  void stop() throws Exception {
    if (node != null) {
      mallory.close();
      victim.close();
      node.close();
    }
  }

  private static Membership in(String authority, Format... formats) {
    return new Membership(
        new AuthorityName(authority),
        List.of(Role.PRESENTS_CLIENT, Role.VERIFIES),
        List.of(formats),
        List.of());
  }

  private static Bytes csr(String name) {
    return CertificationRequest.of(new ParticipantName(name), OwnCredential.newKey());
  }

  private static void refused(String code, ThrowingCallable attack) {
    assertThatThrownBy(attack)
        .isInstanceOfSatisfying(
            HouseException.Refused.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void itAsksInNobodysNameButItsOwn() throws Exception {
    CredentialRequest forged =
        mallory.request(
            mallory.house().id(),
            victim.identity().name(),
            "mesh",
            Format.X509,
            Profile.CLIENT,
            csr("victim"));
    refused("bad-signature", () -> mallory.house().request(forged));
    // The victim's own request with another key in it is not signed any more.
    CredentialRequest sound =
        victim.request(
            victim.house().id(),
            victim.identity().name(),
            "mesh",
            Format.X509,
            Profile.CLIENT,
            csr("victim"));
    refused(
        "bad-signature",
        () ->
            mallory
                .house()
                .request(
                    new CredentialRequest(
                        sound.participant(),
                        sound.authority(),
                        sound.format(),
                        sound.profile(),
                        csr("victim"),
                        sound.names(),
                        sound.at(),
                        sound.signature())));
  }

  @Test
  void aRequestThatNamesAnotherGivesItsOwnNameAlone() throws Exception {
    var issued = mallory.asks("mesh", Format.X509, Profile.CLIENT, csr("victim"));
    var certificate =
        (X509Certificate)
            CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(issued.content().toArray()));
    assertThat(certificate.getSubjectX500Principal().getName()).isEqualTo("CN=mallory");
    assertThat(certificate.getSubjectAlternativeNames().toString())
        .contains("spiffe://example.org/mallory")
        .doesNotContain("victim");
  }

  @Test
  void itHoldsNoNameThatItIsNotEnrolledWith() {
    for (String name :
        List.of(
            "dns:victim",
            "dns:*.example.org",
            "uri:spiffe://example.org/victim",
            "uri:spiffe://other.org/mallory",
            "uri:spiffe://example.org/_carousel-canary/mesh/victim",
            "uri:carousel:abc/mesh/victim",
            "email:victim@example.org",
            "ip:127.0.0.1")) {
      refused(
          "name-forbidden",
          () -> mallory.asks("mesh", Format.X509, Profile.CLIENT, csr("mallory"), name));
    }
    Bytes key = Bytes.of(OwnCredential.newKey().getPublic().getEncoded());
    refused(
        "name-forbidden",
        () ->
            mallory.asks(
                "mesh", Format.JWT, Profile.CLIENT, key, "uri:spiffe://example.org/victim"));
    refused(
        "name-forbidden",
        () -> mallory.asks("mesh", Format.JWT, Profile.CLIENT, key, "audience:payroll"));
  }

  @Test
  void itGetsNothingBeyondItsRolesAndAuthorities() {
    refused(
        "wrong-profile", () -> mallory.asks("mesh", Format.X509, Profile.SERVER, csr("mallory")));
    refused(
        "wrong-profile", () -> mallory.asks("user", Format.X509, Profile.CLIENT, csr("mallory")));
    refused(
        "wrong-profile",
        () -> mallory.asks("carousel", Format.X509, Profile.CLIENT, csr("mallory")));
    refused(
        "no-canary",
        () -> mallory.asks("mesh", Format.X509, Profile.CANARY_SERVER, csr("mallory")));
  }

  @Test
  void anOldRequestIsWorthNothing() throws Exception {
    Instant then = Instant.now().minus(10, ChronoUnit.MINUTES).truncatedTo(ChronoUnit.MILLIS);
    var name = mallory.identity().name();
    var mesh = new AuthorityName("mesh");
    Bytes csr = csr("mallory");
    byte[] statement =
        Statements.credentialRequest(
            mallory.house().id(),
            name,
            mesh,
            Format.X509,
            Profile.CLIENT,
            csr,
            List.<SubjectName>of(),
            then);
    var old =
        new CredentialRequest(
            name,
            mesh,
            Format.X509,
            Profile.CLIENT,
            csr,
            List.of(),
            then,
            mallory.identity().sign(statement));
    refused("clock-off", () -> mallory.house().request(old));
  }

  private Path token(String name, String... more) {
    Path file = folder.resolve(name);
    cli.done(
        Stream.concat(
                Stream.of(
                    "fleet",
                    "token",
                    "create",
                    "--authority=user",
                    "--role=presents-client",
                    "--ttl=1h",
                    "--out=" + file),
                Stream.of(more))
            .toArray(String[]::new));
    return file;
  }

  private void enrol(Identity identity, Path token) throws Exception {
    try (var house = new HttpHouse(node.api(), folder.resolve("no-secret"))) {
      Enrolment.enrol(house, identity, token, InstantSource.system());
    }
  }

  private static Identity host(String name) {
    return Identity.create(new ParticipantName(name));
  }

  private long refusals() {
    return REFUSED.matcher(cli.done("log", "-n", "100000", "-o", "json")).results().count();
  }

  @Test
  void aTokenForOneLetsOneInAndLeavesFewRefusals() throws Exception {
    Path token = token("one.token", "--name=herd-*");
    long before = refusals();
    var in = new AtomicInteger();
    var begin = new CountDownLatch(1);
    List<Thread> hosts =
        IntStream.range(0, 20)
            .mapToObj(i ->
                (Callable<Void>)
                    () -> {
                      begin.await();
                      enrol(host("herd-" + i), token);
                      in.incrementAndGet();
                      return null;
                    })
            .map(task ->
                Thread.ofVirtual()
                    .start(() -> {
                      try {
                        task.call();
                      } catch (Exception e) {
                        // refused, which is right for all but one
                      }
                    }))
            .toList();
    begin.countDown();
    for (Thread each : hosts) {
      each.join();
    }
    assertThat(in.get()).isEqualTo(1);
    assertThat(refusals() - before).isLessThanOrEqualTo(4);
  }

  @Test
  void aPatternIsNoWayToOtherNames() throws Exception {
    Path token = token("web.token", "--name=web-*", "--uses=5");
    for (String name : List.of("web-1.evil.com", "db-1", "xweb-1")) {
      refused("name-not-allowed", () -> enrol(host(name), token));
    }
    refused("name-unfit", () -> enrol(host("web-a..b"), token));
    refused("name-kept", () -> enrol(host("web-1.invalid"), token));
    enrol(host("web-1"), token);
    refused("name-taken", () -> enrol(host("web-1"), token));
  }

  @Test
  void whoWasRemovedStaysOut() throws Exception {
    Path token = token("gone.token", "--name=gone-*", "--uses=5");
    Identity gone = host("gone-1");
    enrol(gone, token);
    assertThat(cli.done("fleet", "remove", "gone-1", "--reason=stolen"))
        .contains("enrolment token")
        .contains("carousel fleet token revoke");
    refused("identity-removed", () -> enrol(gone, token));
    refused("name-barred", () -> enrol(host("gone-1"), token));
    enrol(host("gone-2"), token);
    enrol(host("gone-1"), token("again.token", "--name=gone-1"));
  }

  @Test
  void namesThatNoWorkerSignsAreRefusedBeforehand() {
    for (String name :
        List.of(
            "uri:spiffe://example.org/web",
            "uri:carousel:abc/user/web",
            "dns:a.invalid",
            "dns:*.example.org",
            "principal:root")) {
      var ran =
          cli.run(
              "fleet",
              "token",
              "create",
              "--authority=user",
              "--role=presents-client",
              "--format=x509",
              "--format=ssh",
              "--ttl=1h",
              "--name=web-9",
              "--subject-name=" + name);
      assertThat(ran.status()).as(name).isNotZero();
      assertThat(ran.err()).contains(name.substring(name.indexOf(':') + 1));
    }
  }

  @Test
  void badRequestsInNumbersKeepNobodyWaiting() throws Exception {
    var flood =
        IntStream.range(0, 100)
            .mapToObj(i ->
                Thread.ofVirtual()
                    .start(() -> {
                      try {
                        mallory.asks(
                            "mesh", Format.X509, Profile.CLIENT, csr("mallory"), "dns:victim");
                      } catch (HouseException | InterruptedException e) {
                        // refused, as each must be
                      }
                    }))
            .toList();
    Instant begun = Instant.now();
    victim.asks("mesh", Format.X509, Profile.CLIENT, csr("victim"));
    assertThat(begun.until(Instant.now(), ChronoUnit.SECONDS)).isLessThan(20);
    for (Thread each : flood) {
      each.join();
    }
  }
}
