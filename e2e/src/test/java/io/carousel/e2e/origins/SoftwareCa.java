package io.carousel.e2e.origins;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.agent.X509Credential;
import io.carousel.agent.certificate.Certificates;
import io.carousel.events.Bytes;
import io.carousel.events.Digest;
import io.carousel.events.Profile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;

/** A CA as people run it with openssl: a key in a file, and a certificate that many trust. */
final class SoftwareCa {
  private final Path folder;

  private SoftwareCa(Path folder) {
    this.folder = folder;
  }

  /** Made in that folder, with openssl's own defaults. */
  static SoftwareCa create(Path folder, String subject) {
    var ca = new SoftwareCa(folder);
    ca.openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ca.key");
    ca.openssl("req -x509 -new -key ca.key -sha256 -days 30 -out ca.pem -subj", subject);
    return ca;
  }

  Path certificate() {
    return folder.resolve("ca.pem");
  }

  /** PKCS#8, in PEM. */
  Path key() {
    return folder.resolve("ca.key");
  }

  /** SHA-256 of the SubjectPublicKeyInfo of its key. */
  Digest publicKey() throws Exception {
    return Certificates.keyDigest(read(certificate()));
  }

  /** What it has issued long before anybody heard of rotations, with the key of it. */
  X509Credential issue(String name) throws Exception {
    Path extensions =
        Files.writeString(
            folder.resolve(name + ".ext"),
            "extendedKeyUsage=clientAuth,serverAuth\nsubjectAltName=DNS:%s\n".formatted(name));
    openssl(
        "req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout %1$s.key -out %1$s.csr -subj"
            .formatted(name),
        "/CN=" + name);
    openssl(
        "x509 -req -in %1$s.csr -CA ca.pem -CAkey ca.key -days 9 -sha256 -out %1$s.pem -extfile"
            .formatted(name),
        extensions.toString());
    X509Certificate leaf = read(leaf(name));
    var key = new PKCS8EncodedKeySpec(pem(folder.resolve(name + ".key")));
    return new X509Credential(
        Profile.BOTH,
        Certificates.serial(leaf),
        1,
        publicKey(),
        leaf,
        KeyFactory.getInstance("EC").generatePrivate(key));
  }

  /** A CRL with that number, which lists what it issued to that name. */
  Path revoke(String name, int number) throws Exception {
    Files.writeString(folder.resolve("index.txt"), "");
    Files.writeString(folder.resolve("crlnumber"), "%02X%n".formatted(number));
    Files.writeString(
        folder.resolve("ca.conf"),
        """
        [ca]
        default_ca = own
        [own]
        database = index.txt
        crlnumber = crlnumber
        certificate = ca.pem
        private_key = ca.key
        default_md = sha256
        default_crl_days = 9
        """);
    openssl("ca -config ca.conf -revoke %s.pem".formatted(name));
    openssl("ca -config ca.conf -gencrl -out ca.crl");
    return folder.resolve("ca.crl");
  }

  /** The certificate of that name. */
  Path leaf(String name) {
    return folder.resolve(name + ".pem");
  }

  static Path write(Path file, Bytes certificate) throws Exception {
    String lines =
        Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.toArray());
    return Files.writeString(
        file, "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n".formatted(lines));
  }

  private static X509Certificate read(Path file) throws Exception {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(Files.readAllBytes(file)));
  }

  private static byte[] pem(Path file) throws Exception {
    String text = Files.readString(file, US_ASCII).replaceAll("-----[A-Z ]+-----", "");
    return Base64.getMimeDecoder().decode(text.strip());
  }

  private void openssl(String words, String... more) {
    List<String> command =
        Stream.of(List.of("openssl"), List.of(words.split(" ", -1)), List.of(more))
            .flatMap(List::stream)
            .toList();
    try {
      Process process =
          new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), US_ASCII);
      assertThat(process.waitFor()).as("%s: %s", command, said).isZero();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
