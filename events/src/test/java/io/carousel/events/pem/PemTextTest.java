package io.carousel.events.pem;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.events.openssh.Tool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Certificates in files as openssl and editors of all kinds leave them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
class PemTextTest {
  private Path folder;
  private String pem;

  @BeforeAll
  void make(@TempDir Path own) throws Exception {
    Tool.need("openssl");
    folder = own;
    openssl(
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-subj",
        "/CN=old CA",
        "-keyout",
        "key.pem",
        "-out",
        "ca.pem",
        "-days",
        "30");
    pem = Files.readString(folder.resolve("ca.pem"));
  }

  private byte[] openssl(String... arguments) throws Exception {
    var words =
        Stream.concat(Stream.of("openssl"), Stream.of(arguments))
            .map(w -> w.endsWith(".pem") || w.endsWith(".der") ? folder.resolve(w).toString() : w)
            .toList();
    Tool.run(words).good();
    String out = words.getLast();
    return Files.exists(Path.of(out)) ? Files.readAllBytes(Path.of(out)) : new byte[0];
  }

  Stream<byte[]> forms() {
    String base64 = pem.lines().filter(l -> !l.startsWith("-")).reduce("", (a, b) -> a + b + "\n");
    return Stream.of(
            pem,
            pem.strip(),
            pem.replace("\n", "\r\n"),
            pem.replace("\n", "\r"),
            pem.replace("\n", " \t\n"),
            pem.indent(4),
            "\ufeff" + pem,
            "subject=CN = old CA\nissuer=CN = ältere CA\n0 s:/CN=x\n" + pem + "\nmore words\n",
            pem.replace("BEGIN CERTIFICATE", "BEGIN X509 CERTIFICATE")
                .replace("END CERTIFICATE", "END X509 CERTIFICATE"),
            pem.replace(base64, base64.replace("\n", "")),
            pem.replace(base64, "\n" + base64.replaceAll("(.{10})", "$1\n") + "\n"),
            pem.replace(base64, "Bag-Attributes: a\n  and more\n\n" + base64))
        .map(text -> text.getBytes(UTF_8));
  }

  @ParameterizedTest
  @MethodSource("forms")
  void everyFormIsRead(byte[] file) {
    assertThat(Certificates.of(file))
        .singleElement()
        .satisfies(c -> assertThat(c.getSubjectX500Principal().getName()).isEqualTo("CN=old CA"));
  }

  @Test
  void windowsShellsWriteUtf16() {
    for (byte[] file :
        List.of(("\ufeff" + pem).getBytes(UTF_16LE), ("\ufeff" + pem).getBytes(UTF_16BE))) {
      everyFormIsRead(file);
    }
  }

  @Test
  void opensslsOtherContainersAreRead() throws Exception {
    everyFormIsRead(openssl("x509", "-in", "ca.pem", "-outform", "DER", "-out", "ca.der"));
    everyFormIsRead(
        openssl(
            "x509",
            "-in",
            "ca.pem",
            "-trustout",
            "-addtrust",
            "serverAuth",
            "-setalias",
            "old",
            "-out",
            "trusted.pem"));
    everyFormIsRead(openssl("crl2pkcs7", "-nocrl", "-certfile", "ca.pem", "-out", "p7.pem"));
    everyFormIsRead(
        openssl("crl2pkcs7", "-nocrl", "-certfile", "ca.pem", "-outform", "DER", "-out", "p7.der"));
    everyFormIsRead((Files.readString(folder.resolve("key.pem")) + pem).getBytes(UTF_8));
  }

  @Test
  void severalBlocksKeepTheirOrder() {
    assertThat(Certificates.of((pem + pem).getBytes(UTF_8))).hasSize(2);
    assertThat(PemText.read("x\n" + pem + "y\n" + pem)).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "hello|holds no PEM block",
        "\"\"|holds no PEM block",
        "-----BEGIN CERTIFICATE-----|has no end",
        "-----BEGIN A-----\\nAAAA\\n-----BEGIN B-----\\nAAAA\\n-----END B-----|'A' has no end",
        "-----BEGIN A-----\\nAAAA\\n-----END B-----|'A' ends as 'B'",
        "-----BEGIN A-----\\nAAA?\\n-----END A-----|'A' is no base64",
        "-----BEGIN A-----\\n-----END A-----|'A' is empty",
        "-----BEGIN A-----\\nProc-Type: 4,ENCRYPTED\\n\\nAAAA\\n-----END A-----|'A' is encrypted",
        "-----BEGIN DH PARAMETERS-----\\nAAAA\\n-----END DH PARAMETERS-----|instead: 'DH PARAMETERS'",
        "-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END CERTIFICATE-----|cannot be read"
      })
  void whatCannotBeReadSaysWhy(String text, String why) {
    assertThatThrownBy(() -> Certificates.of(text.replace("\\n", "\n").getBytes(UTF_8)))
        .isInstanceOf(UnreadablePem.class)
        .hasMessageContaining(why);
  }
}
