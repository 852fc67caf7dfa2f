package io.carousel.e2e.agent;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.carousel.agent.service.ClientVerifier;
import io.carousel.agent.service.Command;
import io.carousel.agent.service.ServerVerifier;
import io.carousel.agent.service.ServiceFailure;
import io.carousel.agent.service.Verifier;
import io.carousel.agent.service.Verifier.Shown;
import io.carousel.events.Canary;
import io.carousel.events.openssh.Tool;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a canary finds out about real verifiers. There are two CAs, old and next, below one root;
 * the canary is by the next.
 */
class VerifierTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final String GET = "GET / HTTP/1.0\r\n\r\n";

  @TempDir Path folder;
  private Process process;

  @BeforeEach
  void make() throws Exception {
    List.of("openssl", "curl", "nginx").forEach(Tool::need);
    Nginx.selfSigned(folder, "root", "root");
    String ca =
        "basicConstraints=critical,CA:true,pathlen:0\nkeyUsage=critical,keyCertSign,cRLSign\n";
    certified("old", "root", ca);
    certified("next", "root", ca);
    certified("server", "old", "extendedKeyUsage=serverAuth\nsubjectAltName=DNS:localhost\n");
    certified("client", "next", "extendedKeyUsage=clientAuth\nsubjectAltName=DNS:canary.invalid\n");
    certified("host", "next", "extendedKeyUsage=serverAuth\nsubjectAltName=DNS:canary.invalid\n");
  }

  @AfterEach
  void stop() throws Exception {
    if (process != null) {
      process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
    }
  }

  // --- servers ----------------------------------------------------------------------------------

  @Test
  void whoPinsRefusesItBeforeAndAcceptsItAfter() throws Exception {
    serve("-partial_chain", "-Verify", "1", "-CAfile", trusting("old"));
    assertThat(accepts()).isFalse();
    stop();
    serve("-partial_chain", "-Verify", "1", "-CAfile", trusting("old", "next"));
    assertThat(accepts()).isTrue();
  }

  @Test
  void whoTrustsTheRootBesideItsPinsAcceptsItTooEarly() throws Exception {
    serve("-partial_chain", "-Verify", "2", "-CAfile", trusting("old", "root"));
    assertThat(accepts()).isTrue();
  }

  @Test
  void whoCannotEndAPathAtAnIntermediateRefusesItAlsoAfter() throws Exception {
    serve("-Verify", "1", "-CAfile", trusting("old", "next"));
    assertThat(accepts()).isFalse();
  }

  @Test
  void whoAsksForNoCertificateVerifiesNobody() throws Exception {
    serve();
    assertThat(accepts()).isTrue();
  }

  @Test
  void whereNobodyIsThereIsNoVerdict() throws Exception {
    var nobody = server(freePort(), GET);
    assertThatThrownBy(() -> nobody.accepts(client(), Optional.empty()))
        .isInstanceOf(ServiceFailure.class)
        .hasMessageContaining("cannot be reached");
    try (var mute = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var silent =
          new ServerVerifier(
              InetSocketAddress.createUnresolved("127.0.0.1", mute.getLocalPort()),
              Optional.empty(),
              GET,
              ServerVerifier.HTTP_REFUSED,
              Duration.ofMillis(200));
      assertThatThrownBy(() -> silent.accepts(client(), Optional.empty()))
          .isInstanceOf(ServiceFailure.class)
          .hasMessageContaining("did not answer");
    }
  }

  /**
   * It finishes a handshake with a client that it does not take, and answers with status 400; and
   * its paths end at roots alone, so that it cannot pin.
   */
  @Test
  void nginxRefusesByAnAnswerAndCannotPinAnIntermediate() throws Exception {
    try (Nginx nginx = Nginx.withOldCertificate(folder, "web-1")) {
      var verifier = server(nginx.port(), ServerVerifier.HTTP);
      String own =
          "ssl_certificate server.pem;\nssl_certificate_key server.key;\nssl_verify_client on;\n"
              + "ssl_verify_depth 2;\nssl_client_certificate %s;";
      reload(nginx, own.formatted(trusting("old")));
      await().atMost(PATIENCE).until(() -> !verifier.accepts(client(), Optional.empty()));
      reload(nginx, own.formatted(trusting("old", "next")));
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(nginx.errors()).contains("gracefully shutting down"));
      assertThat(verifier.accepts(client(), Optional.empty())).isFalse();
      reload(nginx, own.formatted(trusting("root")));
      await().atMost(PATIENCE).until(() -> verifier.accepts(client(), Optional.empty()));
    }
  }

  private static void reload(Nginx nginx, String tls) throws Exception {
    nginx.configure(tls);
    var words = new ArrayList<>(nginx.command());
    words.addAll(List.of("-s", "reload"));
    Tool.run(words).good();
  }

  // --- clients ----------------------------------------------------------------------------------

  @Test
  void aClientThatPinsRefusesItBeforeAndAcceptsItAfter() throws Exception {
    assertThat(curl(trusting("old")).accepts(host(), Optional.empty())).isFalse();
    assertThat(curl(trusting("old", "next")).accepts(host(), Optional.empty())).isTrue();
    assertThat(curl(trusting("old", "root")).accepts(host(), Optional.empty())).isTrue();
  }

  @Test
  void aClientThatNeverCallsGivesNoVerdict() {
    for (String program : List.of("true", "false")) {
      var verifier = new ClientVerifier(new Command(List.of(program), PATIENCE), Canary.NAME);
      assertThatThrownBy(() -> verifier.accepts(host(), Optional.empty()))
          .isInstanceOf(ServiceFailure.class)
          .hasMessageContaining("'%s' ended".formatted(program));
    }
  }

  @Test
  void theCommandFindsTheSetInPlace() throws Exception {
    Files.copy(Path.of(trusting("next")), folder.resolve("bundle.pem"));
    assertThat(curl("$CAROUSEL_SET/bundle.pem").accepts(host(), Optional.of(folder))).isTrue();
  }

  private static ClientVerifier curl(String trusted) {
    String call =
        "exec curl -sS --max-time 10 --cacert \"%s\" --connect-to \"$CAROUSEL_CANARY_NAME:443:127.0.0.1:$CAROUSEL_CANARY_PORT\" \"https://$CAROUSEL_CANARY_NAME/\""
            .formatted(trusted);
    return new ClientVerifier(new Command(List.of("sh", "-c", call), PATIENCE), Canary.NAME);
  }

  // --- what is shown, and to whom ---------------------------------------------------------------

  private boolean accepts() throws Exception {
    return server(port, GET).accepts(client(), Optional.empty());
  }

  private static Verifier server(int port, String send) {
    return new ServerVerifier(
        InetSocketAddress.createUnresolved("127.0.0.1", port),
        Optional.of("localhost"),
        send,
        ServerVerifier.HTTP_REFUSED,
        PATIENCE);
  }

  private Shown client() throws Exception {
    return shown("client");
  }

  private Shown host() throws Exception {
    return shown("host");
  }

  /** With the CA certificate above it, and without the root. */
  private Shown shown(String name) throws Exception {
    return new Shown(List.of(certificate(name), certificate("next")), key(name));
  }

  private X509Certificate certificate(String name) throws Exception {
    return Caller.certificate(Files.readString(folder.resolve(name + ".pem")));
  }

  private PrivateKey key(String name) throws Exception {
    String pem = Files.readString(folder.resolve(name + ".key"), US_ASCII);
    byte[] der =
        Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", "").getBytes(US_ASCII));
    return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der));
  }

  private int port;

  private void serve(String... verifying) throws Exception {
    port = freePort();
    var command =
        new ArrayList<>(
            List.of("openssl", "s_server", "-www", "-quiet", "-accept", "127.0.0.1:" + port));
    command.addAll(List.of("-cert", file("server.pem"), "-key", file("server.key")));
    if (verifying.length > 0) {
      command.add("-verify_return_error");
      command.addAll(List.of("-no-CApath", "-no-CAstore"));
      command.addAll(List.of(verifying));
    } else {
      command.add("-no-CAfile");
    }
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("s_server.out").toFile())
            .start();
    await().atMost(PATIENCE).until(() -> !process.isAlive() || answers());
    assertThat(process.isAlive())
        .as(Files.readString(folder.resolve("s_server.out"), US_ASCII))
        .isTrue();
  }

  private boolean answers() {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private String trusting(String... names) throws IOException {
    var all = new StringBuilder();
    for (String name : names) {
      all.append(Files.readString(folder.resolve(name + ".pem"), US_ASCII));
    }
    String name = "trusting-" + String.join("-", names) + ".pem";
    return Files.writeString(folder.resolve(name), all, US_ASCII).toString();
  }

  private void certified(String name, String issuer, String extensions) throws IOException {
    Path request = folder.resolve(name + ".csr");
    Path wanted = Files.writeString(folder.resolve(name + ".ext"), extensions, US_ASCII);
    Tool.run(
            List.of(
                "openssl",
                "req",
                "-new",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-keyout",
                file(name + ".key"),
                "-out",
                request.toString(),
                "-subj",
                "/CN=" + name))
        .good();
    Tool.run(
            List.of(
                "openssl",
                "x509",
                "-req",
                "-in",
                request.toString(),
                "-CA",
                file(issuer + ".pem"),
                "-CAkey",
                file(issuer + ".key"),
                "-CAcreateserial",
                "-days",
                "1",
                "-extfile",
                wanted.toString(),
                "-out",
                file(name + ".pem")))
        .good();
  }

  private String file(String name) {
    return folder.resolve(name).toString();
  }
}
