package io.carousel.e2e.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.agent.service.Addresses;
import io.carousel.agent.service.Expectation;
import io.carousel.agent.service.NginxService;
import io.carousel.agent.service.ServiceFailure;
import io.carousel.agent.service.StartTls;
import io.carousel.agent.service.TlsServer;
import io.carousel.events.openssh.Tool;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the preset sees of a real nginx that reloads, does not, or is another one. */
class NginxServiceTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path folder;
  private Nginx nginx;
  private X509Certificate first;
  private X509Certificate second;

  @BeforeEach
  void start() throws Exception {
    List.of("nginx", "openssl").forEach(Tool::need);
    nginx = Nginx.withOldCertificate(folder, "web-1");
    first = Nginx.selfSigned(folder, "one", "one");
    second = Nginx.selfSigned(folder, "two", "two");
  }

  @AfterEach
  void stop() throws Exception {
    nginx.close();
  }

  private NginxService service(List<String> command, Path pidFile, Duration patience) {
    return new NginxService(
        command,
        pidFile,
        new TlsServer(
            Addresses.of(InetSocketAddress.createUnresolved("127.0.0.1", nginx.port())),
            Optional.of("web-1"),
            true,
            StartTls.NONE,
            patience));
  }

  private NginxService service() {
    return service(nginx.command(), nginx.pidFile(), PATIENCE);
  }

  private void show(String name, String more) throws Exception {
    nginx.configure(
        "ssl_certificate %1$s.pem; ssl_certificate_key %1$s.key; %2$s".formatted(name, more));
  }

  private Expectation expected(X509Certificate certificate, X500Principal... trusted) {
    return new Expectation(folder, Optional.of(certificate), List.of(trusted));
  }

  /** What a stranger sees at this moment. */
  private String shown() {
    return Tool.run(
            List.of(
                "sh",
                "-c",
                "openssl s_client -connect 127.0.0.1:%d -servername web-1 </dev/null 2>/dev/null | openssl x509 -noout -subject"
                    .formatted(nginx.port())))
        .text()
        .strip();
  }

  @Test
  void whenItReturnsNobodySeesTheOldCertificateAnyMore() throws Exception {
    for (int turn = 0; turn < 3; turn++) {
      show("one", "");
      service().takeUp(expected(first));
      show("two", "");
      service().takeUp(expected(second));
      for (int i = 0; i < 10; i++) {
        assertThat(shown()).isEqualTo("subject=CN = two");
      }
    }
  }

  @Test
  void itAsksForTheNewCas() throws Exception {
    show("one", "ssl_client_certificate one.pem; ssl_verify_client on;");
    service().takeUp(expected(first, first.getSubjectX500Principal()));
    show("one", "ssl_client_certificate two.pem; ssl_verify_client on;");
    assertThatThrownBy(() ->
            service(nginx.command(), nginx.pidFile(), Duration.ofSeconds(3))
                .takeUp(expected(first, first.getSubjectX500Principal())))
        .isInstanceOf(ServiceFailure.class)
        .hasMessageContaining("takes client certificates of [CN=two] where it should of [CN=one]");
  }

  @Test
  void aConfigurationThatNginxRefusesChangesNothing() throws Exception {
    show("one", "");
    service().takeUp(expected(first));
    show("missing", "");
    assertThatThrownBy(() -> service().takeUp(expected(second)))
        .isInstanceOf(ServiceFailure.class)
        .hasMessageContaining("status 1")
        .hasMessageContaining("missing.pem");
    assertThat(shown()).isEqualTo("subject=CN = one");
  }

  /** It tests one configuration, and the master that it signals has loaded another one. */
  @Test
  void aReloadWithoutEffectIsNoticed() throws Exception {
    show("one", "");
    service().takeUp(expected(first));
    Path other = folder.resolve("other.conf");
    Files.writeString(
        other, Files.readString(folder.resolve("nginx.conf")).replace("one.", "two."));
    List<String> wrong = new ArrayList<>(nginx.command());
    wrong.replaceAll(word -> word.equals("nginx.conf") ? "other.conf" : word);
    assertThatThrownBy(
            () -> service(wrong, nginx.pidFile(), Duration.ofSeconds(3)).takeUp(expected(second)))
        .isInstanceOf(ServiceFailure.class)
        .hasMessageContaining(
            "shows certificate %x where %x is due"
                .formatted(first.getSerialNumber(), second.getSerialNumber()));
  }

  @Test
  void thePidFileOfAnotherNginxIsNamed() {
    assertThatThrownBy(() ->
            service(nginx.command(), folder.resolve("none.pid"), PATIENCE).takeUp(expected(first)))
        .isInstanceOf(ServiceFailure.class)
        .hasMessageContaining("set pidFile");
  }

  @Test
  void anNginxThatDoesNotRunHasItsConfigurationTestedAlone() throws Exception {
    nginx.close();
    show("one", "");
    service().takeUp(expected(first));
    show("missing", "");
    assertThatThrownBy(() -> service().takeUp(expected(first))).hasMessageContaining("missing.pem");
  }
}
