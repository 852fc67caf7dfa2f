package io.carousel.signer.openssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.events.Bytes;
import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.LeafResult.LeafSigned;
import io.carousel.events.Profile;
import io.carousel.events.SigningCommand.SignSshCertificate;
import io.carousel.events.SshOptions;
import io.carousel.events.Suite;
import io.carousel.events.openssh.SshCertificate;
import io.carousel.events.openssh.SshPublicKey;
import io.carousel.signer.Asked;
import io.carousel.signer.Tool;
import io.carousel.signer.certificate.Desks;
import io.carousel.signer.certificate.Desks.Made;
import io.carousel.signer.certificate.Placeholder;
import io.carousel.signer.refusal.Refusal;
import io.carousel.signer.refusal.Refused;
import io.carousel.signer.token.InMemoryToken;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** OpenSSH certificates as the work gives them, judged by ssh-keygen. */
class SshCertificatesTest {
  private static final DateTimeFormatter SHOWN =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss").withZone(ZoneOffset.UTC);

  private final Desks desks = new Desks(new InMemoryToken());

  @TempDir Path folder;

  private String shown(Bytes blob) throws Exception {
    Path file =
        Files.writeString(folder.resolve("x-cert.pub"), SshCertificate.read(blob).line() + "\n");
    return Tool.run("ssh-keygen", "-L", "-f", file).good();
  }

  private String fingerprint(Bytes key) throws Exception {
    Path file = Files.writeString(folder.resolve("k.pub"), SshPublicKey.of(key).line() + "\n");
    return Tool.run("ssh-keygen", "-l", "-f", file).good().split(" ")[1];
  }

  @ParameterizedTest
  @EnumSource
  void sshKeygenReadsAUsers(Suite suite) throws Exception {
    Tool.need("ssh-keygen");
    Made ca = desks.key(Format.SSH, suite);
    SignSshCertificate asked = Asked.ssh(ca.asked(), ca.key(), Profile.CLIENT, "web", "deploy");
    LeafSigned signed = desks.sign(asked);
    assertThat(shown(signed.credential()))
        .contains(
            "Type: ssh-ed25519-cert-v01@openssh.com user certificate",
            fingerprint(asked.publicKey()),
            fingerprint(asked.caKey()),
            "Key ID: \"carousel:web-1\"",
            "Serial: " + asked.order().serial().number(),
            "Valid: from %s to %s"
                .formatted(
                    SHOWN.format(asked.order().notBefore()),
                    SHOWN.format(asked.order().notAfter())),
            "Principals: \n                deploy\n                web\n",
            "Critical Options: (none)",
            "permit-pty",
            "permit-X11-forwarding");
    assertThat(SshCertificate.read(signed.credential()).verifies()).isTrue();
    assertThat(signed.format()).isEqualTo(Format.SSH);
    assertThat(signed.issuerKey()).isEqualTo(asked.caKey().digest());
    assertThat(signed.digest()).isEqualTo(Digest.of(signed.credential().toArray()));
  }

  @Test
  void sshKeygenReadsAHosts() throws Exception {
    Tool.need("ssh-keygen");
    Made ca = desks.key(Format.SSH, Suite.ED25519);
    SignSshCertificate asked =
        Asked.ssh(ca.asked(), ca.key(), Profile.SERVER, "web-1.example.org", "192.0.2.7");
    assertThat(shown(desks.sign(asked).credential()))
        .contains("host certificate", "web-1.example.org", "192.0.2.7", "Extensions: (none)");
  }

  @Test
  void sshKeygenReadsOptions() throws Exception {
    Tool.need("ssh-keygen");
    Made ca = desks.key(Format.SSH, Suite.ECDSA_P256);
    var critical = new TreeMap<String, String>();
    critical.put("force-command", "/usr/bin/true");
    critical.put("source-address", "192.0.2.0/24,2001:db8::/32");
    var options = new SshOptions(List.of("permit-pty"), critical);
    SignSshCertificate sound = Asked.ssh(ca.asked(), ca.key(), Profile.CLIENT, "web");
    assertThat(
            shown(desks.sign(with(sound, sound.keyId(), sound.principals(), options)).credential()))
        .contains(
            "force-command /usr/bin/true",
            "source-address 192.0.2.0/24,2001:db8::/32",
            "permit-pty")
        .doesNotContain("permit-X11");
  }

  private static SignSshCertificate with(
      SignSshCertificate c, String keyId, List<String> principals, SshOptions options) {
    return new SignSshCertificate(
        c.order(), c.caKey(), c.publicKey(), keyId, principals, options, c.nonce());
  }

  @Test
  void whatTheFormatHasNoPlaceForIsRefused() throws Exception {
    Made ca = desks.key(Format.SSH, Suite.ECDSA_P256);
    SignSshCertificate user = Asked.ssh(ca.asked(), ca.key(), Profile.CLIENT, "web");
    SignSshCertificate host = Asked.ssh(ca.asked(), ca.key(), Profile.SERVER, "web");
    refused(Refusal.PROFILE_NOT_ALLOWED, Asked.with(user, o -> o.profile = Profile.BOTH));
    refused(Refusal.BAD_SERIAL, Asked.with(user, o -> o.serial = Asked.serial()));
    refused(Refusal.BAD_CONTENT, with(user, "a\nb", user.principals(), user.options()));
    refused(Refusal.BAD_CONTENT, with(user, "", user.principals(), user.options()));
    refused(Refusal.BAD_CONTENT, with(user, "a", List.of(), user.options()));
    refused(Refusal.BAD_CONTENT, with(user, "a", List.of("a*"), user.options()));
    refused(Refusal.BAD_CONTENT, with(user, "a", List.of("a,b"), user.options()));
    refused(Refusal.BAD_CONTENT, with(host, "a", host.principals(), SshOptions.DEFAULT));
    List<String> many = IntStream.range(0, 257).mapToObj(i -> "p" + i).toList();
    refused(Refusal.BAD_CONTENT, with(user, "a", many, user.options()));
    var unknown = new SshOptions(List.of(), new TreeMap<>(java.util.Map.of("force-comand", "a")));
    refused(Refusal.BAD_CONTENT, with(user, "a", user.principals(), unknown));
    refused(
        Refusal.BAD_CONTENT,
        new SignSshCertificate(
            user.order(),
            user.caKey(),
            user.publicKey(),
            "a",
            user.principals(),
            user.options(),
            Bytes.of(new byte[3])));
    refused(
        Refusal.BAD_CONTENT,
        new SignSshCertificate(
            user.order(),
            user.caKey(),
            Bytes.of(new byte[3]),
            "a",
            user.principals(),
            user.options(),
            user.nonce()));
    refused(Refusal.BAD_CONTENT, Asked.with(user, o -> o.notBefore = o.notBefore.plusNanos(1)));
    refused(Refusal.REHEARSAL_FAILED, Asked.with(user, o -> o.suite = Suite.RSA_2048));
  }

  private static void refused(Refusal refusal, SignSshCertificate command) {
    Bytes placeholder = Bytes.of(Placeholder.of(command.order().suite()));
    assertThatThrownBy(() -> SshDrafts.of(command, placeholder))
        .isInstanceOfSatisfying(
            Refused.class, e -> assertThat(e.why()).as(e.getMessage()).isEqualTo(refusal));
  }
}
