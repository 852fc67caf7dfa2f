package io.carousel.events.openssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.events.Suite;
import io.carousel.events.openssh.SshCertificateDraft.Kind;
import io.carousel.events.testing.SoftwareKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** ssh-keygen as a judge: it reads what is written here, and what it writes is read here. */
class KeygenCertificateTest {
  @TempDir Path files;

  @BeforeEach
  void installed() {
    Tool.need("ssh-keygen");
  }

  static Stream<List<Suite>> pairs() {
    return Drafts.pairs();
  }

  /** ssh-keygen refuses to show a certificate whose signature does not hold. */
  @ParameterizedTest
  @MethodSource("pairs")
  void userCertificatesAreShownAsAsked(List<Suite> pair) throws IOException {
    SshPublicKey key = Drafts.key(pair.get(1));
    SshCertificateDraft draft = Drafts.draft(Kind.USER, key, pair.get(0), -1, "night shift 7");
    assertThat(shown(Drafts.signed(draft)))
        .containsExactly(
            "Type: %s-cert-v01@openssh.com user certificate".formatted(key.type()),
            "Public key: %s-CERT %s".formatted(family(pair.get(1)), key.fingerprint()),
            signedBy(pair.get(0)),
            "Key ID: \"night shift 7\"",
            "Serial: 18446744073709551615",
            "Valid: from 2026-01-02T03:04:05 to 2036-06-07T08:09:10",
            "Principals:",
            "alice",
            "bob.example.org",
            "Critical Options:",
            "force-command echo hello",
            "source-address 127.0.0.0/8,::1/128",
            "Extensions:",
            "login@example.org",
            "permit-X11-forwarding",
            "permit-pty");
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void hostCertificatesAreShownAsAsked(List<Suite> pair) throws IOException {
    SshPublicKey key = Drafts.key(pair.get(1));
    SshCertificateDraft draft = Drafts.draft(Kind.HOST, key, pair.get(0), 12, "web");
    assertThat(shown(Drafts.signed(draft)))
        .contains(
            "Type: %s-cert-v01@openssh.com host certificate".formatted(key.type()),
            signedBy(pair.get(0)),
            "Serial: 12",
            "Critical Options: (none)",
            "Extensions: (none)");
  }

  /** The control of the two above. */
  @ParameterizedTest
  @EnumSource(Suite.class)
  void aCertificateWithAnothersSignatureIsNotShown(Suite ca) throws IOException {
    var draft = Drafts.draft(Kind.USER, Drafts.key(Suite.ED25519), ca, 1, "id");
    var another = Drafts.draft(Kind.USER, Drafts.key(Suite.ED25519), ca, 2, "id");
    var forged = draft.complete(SoftwareKey.of(ca).sign(another.toBeSigned()));
    Path file = Files.writeString(files.resolve("forged-cert.pub"), forged.line() + "\n");
    assertThat(Tool.keygen("-L", "-f", file).status()).isNotZero();
  }

  @ParameterizedTest
  @CsvSource({
    "rsa, 2048, rsa-sha2-512",
    "rsa, 3072, rsa-sha2-256",
    "rsa, 4096, rsa-sha2-512",
    "ecdsa, 256, ecdsa-sha2-nistp256",
    "ecdsa, 384, ecdsa-sha2-nistp384",
    "ed25519, 256, ssh-ed25519"
  })
  void itsOwnCertificatesAreRead(String type, String bits, String algorithm) throws IOException {
    Path ca = generated("ca", type, bits);
    Path key = generated("key", type, bits);
    var asked = List.of("-O", "force-command=echo a", "-O", "no-pty", "-z", "18446744073709551614");
    var command = Stream.of("-q", "-s", ca, "-I", "an id", "-n", "alice,bob");
    var validity = Stream.of("-V", "20260102030405Z:20360607080910Z", key + ".pub");
    var hash = type.equals("rsa") ? Stream.of("-t", algorithm) : Stream.<String>of();
    Tool.keygen(Stream.of(command, hash, asked.stream(), validity).flatMap(s -> s).toArray())
        .good();
    var read = SshCertificate.ofLine(Files.readString(files.resolve("key-cert.pub")).strip());
    assertThat(read.verifies()).isTrue();
    assertThat(read.signatureAlgorithm()).isEqualTo(algorithm);
    assertThat(read.line()).isEqualTo(first(Files.readString(files.resolve("key-cert.pub"))));
    SshCertificateDraft content = read.content();
    assertThat(content.kind()).isEqualTo(Kind.USER);
    assertThat(content.key()).isEqualTo(ofFile(key));
    assertThat(content.signatureKey()).isEqualTo(ofFile(ca));
    assertThat(content.serial()).hasToString("18446744073709551614");
    assertThat(content.keyId()).isEqualTo("an id");
    assertThat(content.principals()).containsExactly("alice", "bob");
    assertThat(content.validAfter()).isEqualTo(Instant.parse("2026-01-02T03:04:05Z"));
    assertThat(content.validBefore()).isEqualTo(Instant.parse("2036-06-07T08:09:10Z"));
    assertThat(content.criticalOptions()).isEqualTo(Map.of("force-command", "echo a"));
    assertThat(content.extensions())
        .isEqualTo(
            Map.of(
                "permit-X11-forwarding", "",
                "permit-agent-forwarding", "",
                "permit-port-forwarding", "",
                "permit-user-rc", ""));
  }

  /** What ssh-keygen signs unless told more is good for all, for ever, and has no serial number. */
  @Test
  void itsCarelessCertificatesAreRefused() throws IOException {
    Path ca = generated("ca", "ed25519", "256");
    Path key = generated("key", "ed25519", "256");
    Tool.keygen("-q", "-s", ca, "-I", "an id", key + ".pub").good();
    String line = Files.readString(files.resolve("key-cert.pub")).strip();
    assertThatThrownBy(() -> SshCertificate.ofLine(line))
        .isInstanceOf(UnreadableSsh.class)
        .hasMessageContaining("no end that is a date");
  }

  @ParameterizedTest
  @EnumSource(Suite.class)
  void keysAreThoseThatItKnows(Suite suite) throws IOException {
    SshPublicKey key = Drafts.key(suite);
    Path file = Files.writeString(files.resolve("key.pub"), key.line("somebody@there") + "\n");
    assertThat(Tool.keygen("-l", "-f", file).good())
        .contains(key.fingerprint() + " somebody@there");
  }

  /** For Ed25519, ssh-keygen cannot. */
  @ParameterizedTest
  @EnumSource(value = Suite.class, mode = EnumSource.Mode.EXCLUDE, names = "ED25519")
  void keysAreTheSameInItsX509(Suite suite) throws IOException {
    SshPublicKey key = Drafts.key(suite);
    Path file = Files.writeString(files.resolve("key.pub"), key.line() + "\n");
    String pem = Tool.keygen("-e", "-m", "PKCS8", "-f", file).good();
    assertThat(key.spki().base64()).isEqualTo(pem.replaceAll("-----[A-Z ]+-----|\\s", ""));
  }

  private List<String> shown(SshCertificate certificate) throws IOException {
    Path file = Files.writeString(files.resolve("shown-cert.pub"), certificate.line() + "\n");
    return Tool.keygen("-L", "-f", file)
        .good()
        .lines()
        .skip(1)
        .map(String::strip)
        .map(line -> line.replaceAll(" UNKNOWN OPTION.*", ""))
        .toList();
  }

  private static String signedBy(Suite ca) {
    return "Signing CA: %s %s (using %s)"
        .formatted(family(ca), Drafts.key(ca).fingerprint(), algorithm(ca));
  }

  private static String family(Suite suite) {
    return switch (suite.family()) {
      case RSA -> "RSA";
      case EC -> "ECDSA";
      case ED25519 -> "ED25519";
    };
  }

  private static String algorithm(Suite suite) {
    return switch (suite.family()) {
      case RSA -> "rsa-sha2-256";
      case EC -> "ecdsa-sha2-nistp" + suite.bits();
      case ED25519 -> "ssh-ed25519";
    };
  }

  private Path generated(String name, String type, String bits) {
    Path file = files.resolve(name);
    Tool.keygen("-q", "-t", type, "-b", bits, "-N", "", "-C", "a comment", "-f", file).good();
    return file;
  }

  private static SshPublicKey ofFile(Path key) throws IOException {
    return SshPublicKey.ofLine(Files.readString(Path.of(key + ".pub")).strip());
  }

  private static String first(String line) {
    String[] words = line.split(" ", -1);
    return words[0] + " " + words[1];
  }
}
