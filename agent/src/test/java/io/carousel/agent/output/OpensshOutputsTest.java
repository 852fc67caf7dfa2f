package io.carousel.agent.output;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.agent.Admission;
import io.carousel.agent.Installation;
import io.carousel.agent.Material;
import io.carousel.agent.OwnCredential;
import io.carousel.agent.Revocation;
import io.carousel.agent.SoftwareSshCa;
import io.carousel.agent.Trust;
import io.carousel.agent.UnfitMaterial;
import io.carousel.agent.Use;
import io.carousel.agent.certificate.Pem;
import io.carousel.agent.disk.Ownership;
import io.carousel.agent.service.CommandService;
import io.carousel.events.Format;
import io.carousel.events.ParticipantName;
import io.carousel.events.Profile;
import io.carousel.events.Role;
import io.carousel.events.TrustBundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A host with an sshd, and a user's account on another. */
class OpensshOutputsTest {
  private static final ParticipantName WEB = new ParticipantName("web-1");
  private static final SoftwareSshCa FIRST = new SoftwareSshCa(1);
  private static final SoftwareSshCa SECOND = new SoftwareSshCa(2);

  @TempDir Path base;
  private final List<byte[]> krls = new ArrayList<>(List.of(FIRST.krl(1)));

  private AuthorityOutputs outputs(Role... roles) {
    var settings =
        new OutputSettings(
            SoftwareSshCa.HOSTS,
            List.of(roles),
            Format.SSH,
            Layout.OPENSSH,
            base.resolve("out"),
            Ownership.PRIVATE,
            new CommandService(Optional.empty(), Optional.empty()),
            "*.example.org",
            Optional.empty(),
            Optional.empty());
    return new AuthorityOutputs(SoftwareSshCa.HOSTS, List.of(settings), (_, _) -> krls.getLast());
  }

  private static Material material(TrustBundle bundle, SoftwareSshCa ca, Profile... profiles)
      throws Exception {
    Trust trust = Trust.of(bundle);
    var own = new ArrayList<OwnCredential>();
    for (Profile profile : profiles) {
      KeyPair key = OwnCredential.newKey();
      var wanted = new Admission.Wanted(WEB, new Use(Format.SSH, profile), key, Optional.empty());
      own.add(
          Admission.admit(
              wanted, trust, ca.issue(profile, key.getPublic(), own.size() + 5), Instant.now()));
    }
    return new Material(WEB, trust, own);
  }

  private Path current() throws IOException {
    return base.resolve("out/current").toRealPath();
  }

  private String text(String name) throws IOException {
    return Files.readString(current().resolve(name), US_ASCII);
  }

  @Test
  void aHostHasItsCertificateAndWhomItLetsIn() throws Exception {
    outputs(Role.PRESENTS_SERVER, Role.VERIFIES)
        .install(material(SoftwareSshCa.bundle(1, 1, FIRST), FIRST, Profile.SERVER));
    try (Stream<Path> all = Files.list(current())) {
      assertThat(all.map(p -> p.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "host_key",
              "host_key.pub",
              "host_key-cert.pub",
              "trusted_user_ca_keys",
              "known_hosts",
              "revoked_keys",
              "carousel.json");
    }
    assertThat(text("host_key")).startsWith("-----BEGIN PRIVATE KEY-----");
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(current().resolve("host_key"))))
        .isEqualTo("rw-------");
    assertThat(text("host_key-cert.pub")).startsWith("ecdsa-sha2-nistp256-cert-v01@openssh.com ");
    assertThat(text("trusted_user_ca_keys")).isEqualTo(FIRST.publicKey().line() + "\n");
    assertThat(text("known_hosts"))
        .isEqualTo("@cert-authority *.example.org " + FIRST.publicKey().line() + "\n");
    assertThat(Files.readAllBytes(current().resolve("revoked_keys"))).isEqualTo(FIRST.krl(1));
    assertThat(text("carousel.json")).doesNotContain("PRIVATE");
  }

  @Test
  void whoPresentsAloneHoldsNoTrustAndWhoVerifiesAloneNoKey() throws Exception {
    outputs(Role.PRESENTS_CLIENT)
        .install(material(SoftwareSshCa.bundle(1, 1, FIRST), FIRST, Profile.CLIENT));
    assertThat(current().resolve("user_key-cert.pub")).exists();
    assertThat(current().resolve("known_hosts")).doesNotExist();
    assertThat(current().resolve("revoked_keys")).doesNotExist();

    outputs(Role.VERIFIES).install(material(SoftwareSshCa.bundle(1, 1, FIRST), FIRST));
    assertThat(current().resolve("known_hosts")).exists();
    assertThat(current().resolve("user_key")).doesNotExist();
  }

  @Test
  void anotherRunGoesOnWithBothCredentials() throws Exception {
    Role[] roles = {Role.PRESENTS_CLIENT, Role.PRESENTS_SERVER, Role.VERIFIES};
    Material material =
        material(SoftwareSshCa.bundle(1, 1, FIRST), FIRST, Profile.CLIENT, Profile.SERVER);
    outputs(roles).install(material);
    Installation.Found found = outputs(roles).found().orElseThrow();
    assertThat(found.atWork()).isTrue();
    assertThat(found.material().credentials())
        .containsExactlyInAnyOrderElementsOf(material.credentials());
  }

  @Test
  void aKeyOfAnotherCertificateIsNotGoneOnWith() throws Exception {
    outputs(Role.PRESENTS_SERVER)
        .install(material(SoftwareSshCa.bundle(1, 1, FIRST), FIRST, Profile.SERVER));
    Files.write(
        current().resolve("host_key"), Pem.key(OwnCredential.newKey().getPrivate()).toArray());
    Installation.Found found = outputs(Role.PRESENTS_SERVER).found().orElseThrow();
    assertThat(found.atWork()).isFalse();
    assertThat(found.material().credentials()).isEmpty();
  }

  @Test
  void whatItsKrlListsIsKnownToBeRevoked() throws Exception {
    Material material =
        material(SoftwareSshCa.bundle(1, 1, FIRST), FIRST, Profile.CLIENT, Profile.SERVER);
    AuthorityOutputs outputs = outputs(Role.PRESENTS_CLIENT, Role.PRESENTS_SERVER);
    assertThat(outputs.revoked(material)).isEmpty();
    krls.add(FIRST.krl(2, 6));
    OwnCredential host = material.credentials().getLast();
    assertThat(outputs.revoked(material))
        .extracting(Revocation::serial)
        .containsExactly(host.serial());
    // What was revoked once stays so.
    krls.add("<html>".getBytes(US_ASCII));
    assertThat(outputs.revoked(material)).hasSize(1);
    var first = new Material(WEB, material.trust(), List.of(material.credentials().getFirst()));
    assertThat(outputs.revoked(first)).isEmpty();
  }

  @Test
  void aSuccessorIsTrustedBesideTheFirst() throws Exception {
    AuthorityOutputs outputs = outputs(Role.VERIFIES);
    outputs.install(material(SoftwareSshCa.bundle(1, 1, FIRST), FIRST));
    outputs.install(material(SoftwareSshCa.bundle(2, 1, FIRST, SECOND), FIRST));
    assertThat(text("trusted_user_ca_keys").lines())
        .containsExactlyInAnyOrder(FIRST.publicKey().line(), SECOND.publicKey().line());
  }

  /** sshd lets nobody in while it cannot read its KRL. */
  @Test
  void whatIsNoKrlNeverGetsIntoPlace() throws Exception {
    AuthorityOutputs outputs = outputs(Role.VERIFIES);
    Material material = material(SoftwareSshCa.bundle(1, 1, FIRST), FIRST);
    krls.add("<html>".getBytes(US_ASCII));
    assertThatThrownBy(() -> outputs.install(material))
        .isInstanceOf(UnfitMaterial.class)
        .hasMessageContaining("what authority 'hosts' publishes for verifiers cannot be read");
    assertThat(base.resolve("out/current")).doesNotExist();
    krls.add(FIRST.krl(2));
    outputs.install(material);
    krls.add(FIRST.krl(1));
    assertThatThrownBy(outputs::refreshCompanions)
        .hasMessageContaining("KRL 1 was offered after 2: KRLs never go back");
  }

  @Test
  void aKrlIsNewIfItRevokesSomethingElse() throws Exception {
    AuthorityOutputs outputs = outputs(Role.VERIFIES);
    outputs.install(material(SoftwareSshCa.bundle(1, 1, FIRST), FIRST));
    Path first = current();
    krls.add(FIRST.krl(2));
    outputs.refreshCompanions();
    assertThat(current()).isEqualTo(first);
    krls.add(FIRST.krl(3, 5));
    outputs.refreshCompanions();
    assertThat(current()).isNotEqualTo(first);
    assertThat(Files.readAllBytes(current().resolve("revoked_keys"))).isEqualTo(FIRST.krl(3, 5));
  }
}
