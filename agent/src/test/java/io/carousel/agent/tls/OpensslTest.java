package io.carousel.agent.tls;

import static io.carousel.agent.tls.Materials.FIRST;
import static io.carousel.agent.tls.Materials.SECOND;
import static io.carousel.agent.tls.Materials.ca;
import static io.carousel.agent.tls.Materials.credential;
import static io.carousel.agent.tls.Materials.material;
import static io.carousel.agent.tls.Materials.tls;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carousel.agent.X509Credential;
import io.carousel.agent.certificate.SoftwareCa;
import io.carousel.events.Profile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** OpenSSL as a judge from outside. */
class OpensslTest {
  @TempDir Path files;
  private MutualTls serverTls;
  private ExchangeServer server;

  @BeforeEach
  void serve() throws Exception {
    assumeTrue(isInstalled(), "openssl is not installed");
    serverTls = tls(material("server-1", Profile.SERVER, FIRST, FIRST));
    server = ExchangeServer.start(serverTls);
  }

  @AfterEach
  void stop() {
    if (server != null) {
      server.close();
    }
  }

  private static boolean isInstalled() throws InterruptedException {
    try {
      return new ProcessBuilder("openssl", "version").start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void aProperClientIsAnswered() throws Exception {
    assertThat(client(shown("client-1", FIRST)))
        .contains("\"asked\":\"hello\"")
        .contains("\"server\":\"server-1\"")
        .contains("\"client\":\"client-1\"")
        .contains("\"generation\":1")
        .contains("Verification: OK")
        .contains("TLSv1.3");
    assertThat(server.served()).isEqualTo(1);
  }

  @Test
  void aClientWithoutCertificateIsNot() throws Exception {
    assertThat(client(List.of())).doesNotContain("\"server\"").contains("alert");
    assertThat(server.served()).isZero();
  }

  @Test
  void aClientOfAnUnknownAuthorityIsNot() throws Exception {
    assertThat(client(shown("client-1", ca(1)))).doesNotContain("\"server\"").contains("alert");
    assertThat(server.served()).isZero();
  }

  @Test
  void anOlderProtocolIsNotSpoken() throws Exception {
    var options = new ArrayList<>(shown("client-1", FIRST));
    options.add("-tls1_2");
    assertThat(client(options)).doesNotContain("\"server\"").contains("alert");
  }

  @Test
  void aSessionIsResumedUntilTheMaterialIsReplaced() throws Exception {
    var options = new ArrayList<>(shown("client-1", FIRST));
    String session = files.resolve("session.pem").toString();
    options.addAll(List.of("-sess_out", session));
    assertThat(client(options)).contains("New, TLSv1.3").contains("\"client\":\"client-1\"");
    options.addAll(List.of("-sess_in", session));
    assertThat(client(options)).contains("Reused, TLSv1.3").contains("\"client\":\"client-1\"");
    serverTls.install(material("server-1", Profile.SERVER, FIRST, FIRST, SECOND));
    assertThat(client(options)).contains("New, TLSv1.3").contains("\"client\":\"client-1\"");
  }

  private List<String> shown(String name, SoftwareCa issuer) throws Exception {
    X509Credential credential = credential(name, Profile.CLIENT, issuer);
    Path certificate = pem("CERTIFICATE", credential.certificate().getEncoded());
    Path key = pem("PRIVATE KEY", credential.key().getEncoded());
    return List.of("-cert", certificate.toString(), "-key", key.toString());
  }

  /** All that {@code openssl s_client} says when it sends one line. */
  private String client(List<String> options) throws Exception {
    var command =
        new ArrayList<>(
            List.of(
                "openssl",
                "s_client",
                "-ign_eof",
                "-connect",
                "127.0.0.1:" + server.address().getPort(),
                "-CAfile",
                pem("CERTIFICATE", FIRST.certificate().toArray()).toString(),
                "-verify_return_error",
                "-verify_hostname",
                "server-1"));
    command.addAll(options);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (var in = process.outputWriter(UTF_8)) {
      in.write("hello\n");
    } catch (IOException e) {
      // It may have been turned away before it read its input.
    }
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    return said;
  }

  private Path pem(String label, byte[] der) throws IOException {
    String text =
        "-----BEGIN %s-----\n%s\n-----END %s-----\n"
            .formatted(
                label, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der), label);
    return Files.writeString(Files.createTempFile(files, "openssl", ".pem"), text);
  }
}
