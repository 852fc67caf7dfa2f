package io.carousel.e2e.origins;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.carousel.agent.HouseException;
import io.carousel.agent.OwnCredential;
import io.carousel.agent.Standing;
import io.carousel.agent.certificate.CertificationRequest;
import io.carousel.e2e.node.Child;
import io.carousel.e2e.node.Cli;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.CredentialRequest;
import io.carousel.events.Format;
import io.carousel.events.Profile;
import io.carousel.events.Role;
import io.carousel.events.Statements;
import io.carousel.events.openssh.Tool;
import io.carousel.orchestrator.documents.AuthorityDetails;
import io.carousel.orchestrator.documents.RotationStatus;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Authorities that come from elsewhere, on a node as its operator has it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OriginsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final long ENOUGH = 60;

  private Path folder;
  private Child node;
  private Cli cli;
  private URI api;

  @BeforeAll
  void start(@TempDir Path own) throws Exception {
    folder = own;
    Tool.need("openssl");
    Path data = folder.resolve("data");
    node = Child.start(folder, "up", "--data", data.toString(), "--adopt");
    await().atMost(PATIENCE).until(() -> !node.isAlive() || node.out().contains("Carousel is up"));
    assertThat(node.isAlive()).as("%s%s", node.out(), node.err()).isTrue();
    cli = new Cli(data);
    Matcher url = Pattern.compile("HTTP API +(http://\\S+)").matcher(node.out());
    assertThat(url.find()).isTrue();
    api = URI.create(url.group(1));
  }

  @AfterAll
  void stop() throws Exception {
    node.close();
  }

  private Fleet fleet(String authority) {
    return new Fleet(authority, api, folder.resolve("data/api.secret"));
  }

  private SoftwareCa ca(String name) throws Exception {
    return SoftwareCa.create(Files.createDirectory(folder.resolve(name)), "/CN=" + name);
  }

  // --- a software CA ----------------------------------------------------------------------------

  @Test
  void theFleetOfASoftwareCaMovesIntoTheHsmAndNoExchangeFails() throws Exception {
    SoftwareCa old = ca("old-ca");
    assertThat(
            cli.done(
                "authority",
                "create",
                "user",
                "--slot=hsm-a",
                "--leaf-lifetime=1h",
                "--import=" + old.certificate()))
        .contains("generation 1 is verify-only");
    assertThat(cli.done("authority", "show", "user")).contains("elsewhere", "verify-only");
    try (Fleet fleet = fleet("user")) {
      fleet.join("client-1", Optional.of(old.issue("client-1")), Role.PRESENTS_CLIENT);
      fleet.join("server-1", Optional.of(old.issue("server-1")), Role.PRESENTS_SERVER);
      fleet.join(
          "peer-1", Optional.of(old.issue("peer-1")), Role.PRESENTS_CLIENT, Role.PRESENTS_SERVER);
      await()
          .atMost(PATIENCE)
          .until(() -> fleet.members().stream().allMatch(m -> fleet.standing(m).reports() > 0));
      fleet.talk();
      enough(fleet);
      nothingIsIssuedYet(fleet);
      assertThat(refusal("user", old.leaf("peer-1"))).isEmpty();

      cli.done("rotation", "start", "user", "--reason=into the HSM");
      for (String phase : List.of("update-clients", "update-servers")) {
        cli.done("rotation", "advance", "user", "--wait");
        assertThat(status("user").seen().phase()).hasToString(phase);
        enough(fleet);
        assertThat(refusal("user", old.leaf("peer-1"))).isEmpty();
      }
      theOperatorAnswersForWhatTheLogCannotKnow();
      enough(fleet);
      for (Fleet.Member member : fleet.members()) {
        await().atMost(PATIENCE).until(() -> fleet.standing(member).trusts().equals(List.of(2)));
        assertThat(fleet.standing(member).presents())
            .extracting(Standing.Presents::generation)
            .containsExactly(2);
      }
      enough(fleet);
      assertThat(refusal("user", old.leaf("peer-1"))).isPresent();
    }
  }

  private void enough(Fleet fleet) {
    long from = fleet.exchanges().tally().made();
    await()
        .atMost(PATIENCE)
        .until(() ->
            fleet.exchanges().tally().failed() > 0
                || fleet.exchanges().tally().made() >= from + ENOUGH);
    assertThat(fleet.exchanges().firstFailure()).isEmpty();
  }

  private void nothingIsIssuedYet(Fleet fleet) throws Exception {
    var identity = fleet.members().getFirst().identity();
    var user = new AuthorityName("user");
    Bytes csr = CertificationRequest.of(identity.name(), OwnCredential.newKey());
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    byte[] statement =
        Statements.credentialRequest(
            fleet.house().id(),
            identity.name(),
            user,
            Format.X509,
            Profile.CLIENT,
            csr,
            List.of(),
            now);
    var request =
        new CredentialRequest(
            identity.name(),
            user,
            Format.X509,
            Profile.CLIENT,
            csr,
            List.of(),
            now,
            identity.sign(statement));
    assertThatThrownBy(() -> fleet.house().request(request))
        .isInstanceOf(HouseException.Refused.class)
        .hasMessageContaining("generation 1 of authority 'user' is verify-only");
  }

  private void theOperatorAnswersForWhatTheLogCannotKnow() {
    await().atMost(PATIENCE).until(() -> status("user").gate().ready());
    assertThat(status("user").next()).contains("--issued-elsewhere-replaced");
    Cli.Ran silent = cli.run("rotation", "advance", "user");
    assertThat(silent.status()).isNotZero();
    assertThat(silent.err()).contains("--issued-elsewhere-replaced");
    cli.done("rotation", "advance", "user", "--issued-elsewhere-replaced");
    assertThat(cli.done("log", "-n", "20")).contains("issued elsewhere is replaced");
  }

  private RotationStatus status(String authority) {
    return cli.read(RotationStatus.class, "rotation", "status", authority);
  }

  // --- a key of the token -----------------------------------------------------------------------

  @Test
  void aKeyThatWasInTheTokenSignsUnderItsOldCertificateAndIsTrustedOnceMore() throws Exception {
    SoftwareCa old = ca("token-ca");
    old.issue("stolen");
    Path crl = old.revoke("stolen", 117);
    putIntoTheToken(old);
    String adopt = "--adopt=hsm-b/x509=0A0B:" + old.certificate();
    theOperatorLooksFirst(adopt);
    cli.done(
        "authority",
        "create",
        "db",
        "--slot=hsm-b",
        "--leaf-lifetime=1h",
        adopt,
        "--accept-weak",
        "--crl=" + crl,
        "--wait");
    assertThat(cli.done("log", "-n", "20"))
        .contains("found key 0a0b", "less protected than is asked", "keeps the CA certificate");
    try (Fleet fleet = fleet("db")) {
      fleet.join("web-1", Optional.empty(), Role.PRESENTS_CLIENT, Role.PRESENTS_SERVER);
      fleet.join("web-2", Optional.empty(), Role.PRESENTS_CLIENT, Role.PRESENTS_SERVER);
      presenting(fleet, 1);
      fleet.talk();
      enough(fleet);
      Path leaf =
          SoftwareCa.write(
              folder.resolve("web-1.pem"),
              Bytes.of(fleet.members().getFirst().shows().certificate().getEncoded()));
      goodUnderTheOldCertificate(leaf, old);

      cli.done("rotation", "start", "db", "--reason=a key that was never outside");
      for (int gate = 0; gate < 2; gate++) {
        cli.done("rotation", "advance", "db", "--wait");
      }
      cli.done("rotation", "advance", "db", "--wait", "--issued-elsewhere-replaced");
      presenting(fleet, 2);
      assertThat(refusal("db", leaf)).isPresent();
      trustedOnceMoreAndNoLonger(fleet, leaf);
      enough(fleet);
    }
  }

  /** As its owner did long ago, so that it was outside once. */
  private void putIntoTheToken(SoftwareCa ca) throws Exception {
    Path data = folder.resolve("data");
    var command =
        List.of(
            importer().toString(),
            "--module",
            System.getProperty("carousel.test.softhsm"),
            "--import",
            ca.key().toString(),
            "--token",
            "hsm-b",
            "--label",
            "The CA of old",
            "--id",
            "0a0b",
            "--pin",
            Files.readString(data.resolve("slots/hsm-b/pin"), UTF_8).strip());
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("SOFTHSM2_CONF", data.resolve("softhsm2.conf").toString());
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
  }

  /** It comes with the module, to which the build has but a link. */
  private static Path importer() throws IOException {
    Path module = Path.of(System.getProperty("carousel.test.softhsm")).toRealPath();
    for (Path above = module.getParent(); above != null; above = above.getParent()) {
      Path program = above.resolve("bin").resolve("softhsm2-util");
      if (Files.isExecutable(program)) {
        return program;
      }
    }
    return Tool.find("softhsm2-util");
  }

  private void theOperatorLooksFirst(String adopt) {
    String[] create = {"authority", "create", "db", "--slot=hsm-b", adopt};
    assertThat(cli.done("slot", "check", "hsm-b")).contains("0a0b", "the log knows no such");
    Cli.Ran weak = cli.run(create);
    assertThat(weak.status()).isNotZero();
    assertThat(weak.err()).contains("not never extractable", "--accept-weak");
  }

  private void presenting(Fleet fleet, int generation) {
    for (Fleet.Member member : fleet.members()) {
      await()
          .atMost(PATIENCE)
          .until(() ->
              fleet.standing(member).presents().stream()
                  .anyMatch(p -> p.generation() == generation));
    }
  }

  private void goodUnderTheOldCertificate(Path leaf, SoftwareCa old) throws Exception {
    Path crls = Files.write(folder.resolve("crls.pem"), published("db", "crls.pem"));
    assertThat(
            Tool.run(
                    List.of(
                        "openssl",
                        "verify",
                        "-crl_check",
                        "-CAfile",
                        old.certificate().toString(),
                        "-CRLfile",
                        crls.toString(),
                        leaf.toString()))
                .good())
        .contains("OK");
    String list =
        Tool.run(List.of("openssl", "crl", "-noout", "-crlnumber", "-in", crls.toString())).good();
    assertThat(list).containsIgnoringCase("76"); // 118
    // What it had revoked itself stays revoked.
    Tool.Said stolen =
        Tool.run(
            List.of(
                "openssl",
                "verify",
                "-crl_check",
                "-CAfile",
                old.certificate().toString(),
                "-CRLfile",
                crls.toString(),
                old.leaf("stolen").toString()));
    assertThat(stolen.well()).isFalse();
    assertThat(stolen.text()).contains("certificate revoked");
  }

  private void trustedOnceMoreAndNoLonger(Fleet fleet, Path leaf) throws Exception {
    cli.done("authority", "retrust", "db", "--generation=1", "--reason=a plant was forgotten");
    assertThat(refusal("db", leaf)).isEmpty();
    AuthorityDetails details = cli.read(AuthorityDetails.class, "authority", "show", "db");
    assertThat(details.generations().getFirst().retrusted()).isTrue();
    assertThat(status("db").retrusted()).containsExactly(1);
    assertThat(cli.done("rotation", "status", "db")).contains("Retrusted:");
    for (Fleet.Member member : fleet.members()) {
      await().atMost(PATIENCE).until(() -> fleet.standing(member).trusts().equals(List.of(1, 2)));
    }
    String[] distrust = {
      "authority", "distrust", "db", "--generation=1", "--reason=the plant has moved"
    };
    // Some of its credentials are not over: the fleet has to show that it presents none.
    await().atMost(PATIENCE).until(() -> cli.run(distrust).err().contains("--issued-elsewhere"));
    cli.done(
        "authority",
        "distrust",
        "db",
        "--generation=1",
        "--reason=the plant has moved",
        "--issued-elsewhere-replaced");
    assertThat(refusal("db", leaf)).isPresent();
    assertThat(cli.done("authority", "show", "db")).contains("held");
  }

  /** Why openssl refuses it under what is published now. */
  private Optional<String> refusal(String authority, Path leaf) throws Exception {
    Path bundle = Files.write(folder.resolve("bundle.pem"), published(authority, "bundle.pem"));
    Tool.Said said =
        Tool.run(
            List.of(
                "openssl",
                "verify",
                "-no-CApath",
                "-no-CAstore",
                "-CAfile",
                bundle.toString(),
                leaf.toString()));
    return said.well() ? Optional.empty() : Optional.of(said.text());
  }

  private byte[] published(String authority, String what) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<byte[]> answer =
          http.send(
              HttpRequest.newBuilder(api.resolve("/pub/%s/%s".formatted(authority, what))).build(),
              BodyHandlers.ofByteArray());
      assertThat(answer.statusCode()).isEqualTo(200);
      return answer.body();
    }
  }
}
