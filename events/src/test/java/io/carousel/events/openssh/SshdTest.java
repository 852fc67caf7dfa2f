package io.carousel.events.openssh;

import static java.time.temporal.ChronoUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.Suite;
import io.carousel.events.openssh.SshCertificateDraft.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A stock sshd and a stock ssh as judges: both sides show certificates made here. */
class SshdTest {
  private static final String USER = System.getProperty("user.name");
  private static final String HOST = "web.example.org";
  private static final List<String> TYPES =
      List.of("rsa:2048", "ecdsa:256", "ecdsa:384", "ed25519:256");

  @TempDir Path files;

  @BeforeEach
  void installed() {
    Tool.need("sshd");
    Tool.need("ssh");
    Tool.need("ssh-keygen");
  }

  @ParameterizedTest
  @EnumSource(Suite.class)
  void everySuiteLetsEveryTypeOfKeyInAndOut(Suite ca) throws Exception {
    for (String hostType : List.of("ed25519:256", "rsa:2048")) {
      host(hostType, ca);
      trust(ca);
      revoke(Krls.empty());
      try (Sshd sshd = Sshd.start(files)) {
        for (String type : TYPES) {
          Path certificate = user(type, ca, 71, "night shift 7", USER);
          assertThat(login(sshd, certificate).good()).endsWith("welcome\n");
        }
        assertThat(sshd.log())
            .contains("ID night shift 7 (serial 71) CA ")
            .contains(Drafts.key(ca).fingerprint());
      }
    }
  }

  @Test
  void whoIsRevokedIsTurnedAway() throws Exception {
    Suite ca = Suite.ECDSA_P384;
    SshPublicKey caKey = Drafts.key(ca);
    host("ed25519:256", ca);
    trust(ca);
    revoke(Krls.empty());
    Path certificate = user("ed25519:256", ca, 9, "laptop 9", USER);
    SshPublicKey key = SshPublicKey.ofLine(Files.readString(files.resolve("user.pub")).strip());
    var bySerial = Krls.of(List.of(Krls.revoked(caKey, Krls.serials(9))), Set.of(), Set.of());
    var byOthers =
        Krls.of(List.of(Krls.revoked(caKey, Krls.serials(8, 10), "laptop 8")), Set.of(), Set.of());
    var byId =
        Krls.of(List.of(Krls.revoked(caKey, SshSerials.NONE, "laptop 9")), Set.of(), Set.of());
    var byFingerprint = Krls.of(List.of(), Set.of(), Set.of(key.blob().digest()));
    var byAnotherCa =
        Krls.of(
            List.of(Krls.revoked(Drafts.key(Suite.ED25519), Krls.serials(9), "laptop 9")),
            Set.of(),
            Set.of());
    try (Sshd sshd = Sshd.start(files)) {
      for (Krl harmless : List.of(Krls.empty(), byOthers, byAnotherCa)) {
        revoke(harmless);
        assertThat(login(sshd, certificate).good()).endsWith("welcome\n");
      }
      assertThat(sshd.log()).doesNotContain("revoked by file");
      List<Krl> revoking =
          List.of(bySerial, byId, byFingerprint, Krls.of(List.of(), Set.of(key), Set.of()));
      for (Krl krl : revoking) {
        revoke(krl);
        assertThat(login(sshd, certificate).text()).contains("Permission denied (publickey)");
      }
      assertThat(sshd.log().lines().filter(line -> line.matches(".*-CERT .* revoked by file .*")))
          .hasSameSizeAs(revoking);
    }
  }

  @Test
  void aRotationNeedsBothKeysTrustedAtFirst() throws Exception {
    host("ed25519:256", Suite.ED25519);
    revoke(Krls.empty());
    trust(Suite.ED25519, Suite.ECDSA_P256);
    try (Sshd sshd = Sshd.start(files)) {
      for (Suite ca : List.of(Suite.ED25519, Suite.ECDSA_P256)) {
        assertThat(login(sshd, user("ed25519:256", ca, 1, "id", USER)).status()).isZero();
      }
      trust(Suite.ECDSA_P256);
      Path known = known(HOST, Suite.ED25519);
      Path late = user("ed25519:256", Suite.ED25519, 1, "id", USER);
      assertThat(sshd.login(files.resolve("user"), late, known).text())
          .contains("Permission denied (publickey)");
      Path moved = user("ed25519:256", Suite.ECDSA_P256, 1, "id", USER);
      assertThat(sshd.login(files.resolve("user"), moved, known).good()).endsWith("welcome\n");
    }
  }

  @Test
  void anotherPrincipalOrAnotherTimeIsTurnedAway() throws Exception {
    Suite ca = Suite.ED25519;
    host("ed25519:256", ca);
    trust(ca);
    revoke(Krls.empty());
    try (Sshd sshd = Sshd.start(files)) {
      Path another = user("ed25519:256", ca, 1, "id", USER + "2");
      assertThat(login(sshd, another).text()).contains("Permission denied (publickey)");
      assertThat(sshd.log()).contains("Certificate invalid: name is not a listed principal");
      Path late = certificate(Kind.USER, "user", ca, 1, "id", USER, Duration.ofHours(-2));
      assertThat(login(sshd, late).text()).contains("Permission denied (publickey)");
      assertThat(sshd.log()).contains("Certificate invalid: expired");
    }
  }

  @Test
  void aHostIsBelievedByItsCertificateAlone() throws Exception {
    Suite ca = Suite.RSA_3072;
    host("ecdsa:256", ca);
    trust(ca);
    revoke(Krls.empty());
    Path certificate = user("ed25519:256", ca, 1, "id", USER);
    Path key = files.resolve("user");
    var serial = List.of(Krls.revoked(Drafts.key(ca), Krls.serials(500)));
    Path revoked = files.resolve("revoked-hosts");
    Files.write(revoked, Krls.of(serial, Set.of(), Set.of()).bytes().toArray());
    try (Sshd sshd = Sshd.start(files)) {
      assertThat(sshd.login(key, certificate, known("*.example.org", ca)).status()).isZero();
      assertThat(sshd.login(key, certificate, known(HOST, Suite.RSA_4096)).text())
          .contains("Host key verification failed");
      assertThat(sshd.login(key, certificate, known("*.example.net", ca)).text())
          .contains("Host key verification failed");
      assertThat(sshd.login(key, certificate, known(HOST, ca), "RevokedHostKeys=" + revoked).text())
          .contains("revoked")
          .contains("Host key verification failed");
    }
  }

  private Tool.Said login(Sshd sshd, Path certificate) throws IOException {
    SshCertificate host =
        SshCertificate.ofLine(Files.readString(files.resolve("host-cert.pub")).strip());
    Path known =
        Files.writeString(
            files.resolve("known_hosts"),
            TrustLines.knownHosts(HOST, List.of(host.content().signatureKey())));
    return sshd.login(files.resolve("user"), certificate, known);
  }

  private Path known(String patterns, Suite ca) throws IOException {
    return Files.writeString(
        files.resolve("known_hosts"), TrustLines.knownHosts(patterns, List.of(Drafts.key(ca))));
  }

  private void trust(Suite... cas) throws IOException {
    Files.writeString(
        files.resolve("user-cas"),
        TrustLines.trustedUserCaKeys(List.of(cas).stream().map(Drafts::key).toList()));
  }

  private void revoke(Krl krl) throws IOException {
    Files.write(files.resolve("krl"), krl.bytes().toArray());
  }

  private void host(String type, Suite ca) throws IOException {
    generate("host", type);
    certificate(Kind.HOST, "host", ca, 500, HOST, HOST, Duration.ofHours(1));
  }

  private Path user(String type, Suite ca, long serial, String id, String principal)
      throws IOException {
    generate("user", type);
    return certificate(Kind.USER, "user", ca, serial, id, principal, Duration.ofHours(1));
  }

  private void generate(String name, String type) throws IOException {
    Files.deleteIfExists(files.resolve(name));
    String[] typeAndBits = type.split(":", -1);
    Tool.keygen(
            "-q", "-t", typeAndBits[0], "-b", typeAndBits[1], "-N", "", "-f", files.resolve(name))
        .good();
  }

  /** Over the key in that file, and into the file where ssh and sshd look for it. */
  private Path certificate(
      Kind kind, String name, Suite ca, long serial, String id, String principal, Duration end)
      throws IOException {
    Instant now = Instant.now().truncatedTo(SECONDS);
    Map<String, String> critical =
        kind == Kind.HOST
            ? Map.of()
            : Map.of("force-command", "echo welcome", "source-address", "127.0.0.1/32");
    var draft =
        new SshCertificateDraft(
            kind,
            Drafts.NONCE,
            SshPublicKey.ofLine(Files.readString(files.resolve(name + ".pub")).strip()),
            new SshSerial(serial),
            id,
            List.of(principal),
            now.minus(Duration.ofDays(1)),
            now.plus(end),
            new TreeMap<>(critical),
            new TreeMap<>(kind == Kind.HOST ? Map.of() : Drafts.EXTENSIONS),
            Drafts.key(ca));
    return Files.writeString(
        files.resolve(name + "-cert.pub"), Drafts.signed(draft).line("made for a test") + "\n");
  }
}
