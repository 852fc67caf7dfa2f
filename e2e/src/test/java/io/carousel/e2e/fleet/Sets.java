package io.carousel.e2e.fleet;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.carousel.agent.service.Expectation;
import io.carousel.events.openssh.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/** Sets of files as an agent writes them, made by openssl and ssh-keygen, and the link to one. */
record Sets(Path folder) {
  Path link() {
    return folder.resolve("current");
  }

  /** Makes that one the current one, as agents do. */
  void use(String name) throws IOException {
    Path next = folder.resolve("next");
    Files.deleteIfExists(next);
    Files.createSymbolicLink(next, Path.of(name));
    Files.move(next, link(), StandardCopyOption.ATOMIC_MOVE);
  }

  /** A CA of that name, which is its own leaf. */
  void selfSigned(String name) throws IOException {
    selfSigned(name, name);
  }

  /** The same, with another name in the certificate. */
  void selfSigned(String name, String commonName) throws IOException {
    Path set = Files.createDirectories(folder.resolve(name));
    SelfSigned.make(set.resolve("key.pem"), set.resolve("fullchain.pem"), commonName);
    Path conf = folder.resolve(name + ".cnf");
    Path index = Files.createFile(folder.resolve(name + ".index"));
    Files.writeString(
        conf,
        "[ca]\ndefault_ca = d\n[d]\ndatabase = %s\ndefault_md = sha256\n".formatted(index),
        UTF_8);
    openssl(
        "ca -gencrl -crldays 30 -config %2$s -keyfile %1$s/key.pem -cert %1$s/fullchain.pem -out %1$s/crls.pem"
            .formatted(set, conf));
    Files.copy(set.resolve("fullchain.pem"), set.resolve("bundle.pem"));
    Files.writeString(
        set.resolve("combined.pem"),
        Files.readString(set.resolve("key.pem"), US_ASCII)
            + Files.readString(set.resolve("fullchain.pem"), US_ASCII),
        US_ASCII);
  }

  private static void openssl(String arguments) {
    Tool.run(List.of("sh", "-c", "openssl " + arguments)).good();
  }

  /** What is to be seen with that set. */
  Expectation expected(String name) throws Exception {
    try (var in = Files.newInputStream(folder.resolve(name).resolve("fullchain.pem"))) {
      var certificate =
          (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
      return new Expectation(
          link(), Optional.of(certificate), List.of(certificate.getSubjectX500Principal()));
    }
  }

  /** A host's key with a certificate by a CA of that name. */
  void host(String name) throws IOException {
    Path set = Files.createDirectories(folder.resolve(name));
    keygen("-q -t ed25519 -N '' -f %s/ca".formatted(set));
    keygen("-q -t ed25519 -N '' -f %s/host_key".formatted(set));
    keygen("-q -s %1$s/ca -I %2$s -h -n sshd-1 %1$s/host_key.pub".formatted(set, name));
    keygen("-q -k -f %s/revoked_keys".formatted(set));
    Files.copy(set.resolve("ca.pub"), set.resolve("trusted_user_ca_keys"));
  }

  private static void keygen(String arguments) {
    Tool.run(List.of("sh", "-c", "ssh-keygen " + arguments)).good();
  }

  /** What is to be seen of a host with that set. */
  Expectation expectedHost(String name) throws IOException {
    String[] words =
        Files.readString(folder.resolve(name).resolve("host_key-cert.pub"), US_ASCII).split(" ");
    return new Expectation(
        link(),
        Optional.empty(),
        List.of(),
        List.of(),
        Optional.empty(),
        Optional.of(words[0] + " " + words[1]));
  }
}
