package io.carousel.e2e.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carousel.agent.service.Addresses;
import io.carousel.agent.service.Expectation;
import io.carousel.agent.service.HaproxyService;
import io.carousel.agent.service.PostgresqlService;
import io.carousel.agent.service.Service;
import io.carousel.agent.service.ServiceFailure;
import io.carousel.agent.service.Sight;
import io.carousel.agent.service.SshdService;
import io.carousel.agent.service.StartTls;
import io.carousel.agent.service.TlsServer;
import io.carousel.agent.service.TlsService;
import io.carousel.events.openssh.SshdChroot;
import io.carousel.events.openssh.Tool;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What presets see of real servers that reload, do not, or cannot. */
class PresetsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration BRIEF = Duration.ofSeconds(3);

  @TempDir Path folder;
  private Sets sets;

  @BeforeEach
  void folders() throws Exception {
    Tool.need("openssl");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    sets = new Sets(Files.createDirectory(folder.resolve("files")));
  }

  private void pair() throws Exception {
    sets.selfSigned("one");
    sets.selfSigned("two");
    sets.use("one");
  }

  private static TlsServer at(Backend server, StartTls startTls, Duration timeout) {
    return new TlsServer(addresses(server), Optional.empty(), true, startTls, timeout);
  }

  private static Addresses addresses(Backend server) {
    return Addresses.of(InetSocketAddress.createUnresolved("127.0.0.1", server.port()));
  }

  private static String shown(Backend server, String more) {
    String call =
        "openssl s_client -connect 127.0.0.1:%d %s </dev/null 2>/dev/null | openssl x509 -noout -subject"
            .formatted(server.port(), more);
    return Tool.run(List.of("sh", "-c", call)).text().strip();
  }

  // --- haproxy ----------------------------------------------------------------------------------

  private Service haproxy(Backend server, Path pidFile, Duration timeout) {
    return new HaproxyService(
        List.of(Tool.find("haproxy").toString()),
        List.of(folder.resolve("haproxy-1-data/haproxy.cfg").toString()),
        pidFile,
        at(server, StartTls.NONE, timeout));
  }

  @Test
  void haproxyShowsNobodyTheOldCertificateAnyMore() throws Exception {
    Tool.need("haproxy");
    pair();
    Path pid = folder.resolve("haproxy-1-data/haproxy.pid");
    try (Backend server = Backend.of(Kind.HAPROXY, folder)) {
      server.configure(sets.link());
      haproxy(server, pid, PATIENCE).takeUp(sets.expected("one"));
      server.start(sets.link(), "");
      for (int turn = 0; turn < 3; turn++) {
        sets.use("two");
        haproxy(server, pid, PATIENCE).takeUp(sets.expected("two"));
        for (int i = 0; i < 5; i++) {
          assertThat(shown(server, "")).isEqualTo("subject=CN = two");
        }
        sets.use("one");
        haproxy(server, pid, PATIENCE).takeUp(sets.expected("one"));
        assertThat(shown(server, "")).isEqualTo("subject=CN = one");
      }

      Files.delete(folder.resolve("files/two/crls.pem"));
      sets.use("two");
      assertThatThrownBy(() -> haproxy(server, pid, PATIENCE).takeUp(sets.expected("two")))
          .isInstanceOf(ServiceFailure.class)
          .hasMessageContaining("status 1")
          .hasMessageContaining("crls.pem");
      assertThat(shown(server, "")).isEqualTo("subject=CN = one");
      sets.use("one");
      Path ours =
          Files.writeString(folder.resolve("our.pid"), ProcessHandle.current().pid() + "\n");
      assertThatThrownBy(() -> haproxy(server, ours, PATIENCE).takeUp(sets.expected("one")))
          .isInstanceOf(ServiceFailure.class)
          .hasMessageContaining("is 'java' and not haproxy");
      assertThatThrownBy(() ->
              haproxy(server, folder.resolve("none.pid"), PATIENCE).takeUp(sets.expected("one")))
          .isInstanceOf(ServiceFailure.class)
          .hasMessageContaining("set pidFile");
      assertThatThrownBy(() -> haproxy(server, pid, BRIEF).takeUp(sets.expected("two")))
          .isInstanceOf(ServiceFailure.class)
          .hasMessageContaining("haproxy was told to reload, but after 3 s")
          .hasMessageContaining("shows certificate");
    }
  }

  // --- what reads by itself ---------------------------------------------------------------------

  @Test
  void aServerThatDoesNotReadItsFilesAgainIsNoticed() throws Exception {
    Tool.need("haproxy");
    pair();
    try (Backend server = Backend.of(Kind.HAPROXY, folder)) {
      server.configure(sets.link());
      var service = new TlsService(Optional.empty(), at(server, StartTls.NONE, BRIEF));
      service.takeUp(sets.expected("one"));
      server.start(sets.link(), "");
      service.takeUp(sets.expected("one"));
      sets.use("two");
      assertThatThrownBy(() -> service.takeUp(sets.expected("two")))
          .isInstanceOf(ServiceFailure.class)
          .hasMessageContaining("see that it reads the files again");
    }
  }

  // --- every address ----------------------------------------------------------------------------

  private Backend started(String set, Path parent) throws Exception {
    Backend server = Backend.of(Kind.HAPROXY, Files.createDirectory(parent));
    Path link = folder.resolve("files").resolve(set);
    server.configure(link);
    server.start(link, "");
    return server;
  }

  private Sight look(Expectation expected, Backend... servers) throws Exception {
    List<InetSocketAddress> all =
        Stream.of(servers).flatMap(s -> addresses(s).named().stream()).toList();
    var server = new TlsServer(new Addresses(all), Optional.empty(), true, StartTls.NONE, PATIENCE);
    return new TlsService(Optional.empty(), server).look(expected).orElseThrow();
  }

  @Test
  void everyAddressIsLookedAtWhereSomebodyAnswers() throws Exception {
    Tool.need("haproxy");
    pair();
    Expectation one = sets.expected("one");
    try (Backend first = started("one", folder.resolve("a"));
        Backend second = started("one", folder.resolve("b"))) {
      assertThat(look(one, first, second)).isEqualTo(new Sight(2, 2, Optional.empty()));
      second.close();
      assertThat(look(one, first, second)).isEqualTo(new Sight(1, 1, Optional.empty()));
      assertThat(look(one, second).backends()).isZero();
      try (Backend other = started("two", folder.resolve("c"))) {
        Sight seen = look(one, first, other);
        assertThat(List.of(seen.backends(), seen.showing())).containsExactly(2, 1);
        assertThat(seen.lacking().orElseThrow())
            .startsWith("127.0.0.1:%d shows certificate".formatted(other.port()));
      }
    }
  }

  @Test
  void whatBelongsAboveACertificateMustBeShownToo() throws Exception {
    Tool.need("haproxy");
    pair();
    Expectation one = sets.expected("one");
    var below =
        new Expectation(
            one.set(),
            one.certificate(),
            List.of(sets.expected("two").certificate().orElseThrow()),
            one.trusted(),
            one.serial(),
            one.hostCertificate());
    try (Backend server = started("one", folder.resolve("a"))) {
      Sight seen = look(below, server);
      assertThat(List.of(seen.backends(), seen.showing())).containsExactly(1, 0);
      assertThat(seen.lacking().orElseThrow()).contains("without that of CN=two above it");
    }
  }

  // --- PostgreSQL -------------------------------------------------------------------------------

  @Test
  void postgresqlThatCannotLoadAKeyKeepsTheOldOneAndThatIsNoticed() throws Exception {
    assumeTrue(Postgres.find("postgres") != null, "PostgreSQL is not installed");
    pair();
    if (Postgres.asAnother()) {
      Tool.run(List.of("chown", "-R", "postgres", folder.resolve("files").toString())).good();
    }
    try (Backend server = Backend.of(Kind.POSTGRESQL, folder)) {
      server.configure(sets.link());
      Path pid = Postgres.data(folder.resolve("postgresql-1-data")).resolve("postmaster.pid");
      var service = new PostgresqlService(pid, at(server, StartTls.POSTGRESQL, PATIENCE));
      service.takeUp(sets.expected("one"));
      server.start(sets.link(), "");
      sets.use("two");
      service.takeUp(sets.expected("two"));
      assertThat(shown(server, "-starttls postgres")).isEqualTo("subject=CN = two");

      Files.copy(
          folder.resolve("files/two/key.pem"),
          folder.resolve("files/one/key.pem"),
          java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      sets.use("one");
      var brief = new PostgresqlService(pid, at(server, StartTls.POSTGRESQL, BRIEF));
      assertThatThrownBy(() -> brief.takeUp(sets.expected("one")))
          .isInstanceOf(ServiceFailure.class)
          .hasMessageContaining("SSL configuration was not reloaded");
      assertThat(shown(server, "-starttls postgres")).isEqualTo("subject=CN = two");
    }
  }

  // --- sshd -------------------------------------------------------------------------------------

  private Service sshd(Backend server) {
    return new SshdService(
        List.of(
            Tool.find("sshd").toString(),
            "-f",
            folder.resolve("sshd-1-data/sshd_config").toString()),
        addresses(server),
        PATIENCE);
  }

  private Backend hostWith(String set) throws Exception {
    List.of("sshd", "ssh-keygen", "systemd-socket-activate").forEach(Tool::need);
    sets.host("one");
    sets.host("two");
    sets.use(set);
    Backend server = Backend.of(Kind.SSHD, folder);
    server.configure(sets.link());
    return server;
  }

  @Test
  void sshdBySocketActivationShowsTheNewCertificateToWhoComesNext() throws Exception {
    try (SshdChroot _ = SshdChroot.open();
        Backend server = hostWith("one")) {
      sshd(server).takeUp(sets.expectedHost("one"));
      server.start(sets.link(), "");
      sshd(server).takeUp(sets.expectedHost("one"));
      sets.use("two");
      sshd(server).takeUp(sets.expectedHost("two"));
      assertThat(sshd(server).look(sets.expectedHost("two")))
          .contains(new Sight(1, 1, Optional.empty()));
      assertThat(sshd(server).look(sets.expectedHost("one")).orElseThrow().showing()).isZero();

      Files.writeString(folder.resolve("files/one/host_key"), "no key");
      sets.use("one");
      assertThatThrownBy(() -> sshd(server).takeUp(sets.expectedHost("one")))
          .isInstanceOf(ServiceFailure.class);
    }
  }

  @Test
  void anSshdThatRunsAllTheTimeDoesSoToo() throws Exception {
    try (SshdChroot _ = SshdChroot.open();
        Backend place = hostWith("one")) {
      daemonAt(
          place,
          () -> {
            sets.use("two");
            sshd(place).takeUp(sets.expectedHost("two"));
          });
    }
  }

  @Test
  void anSshdThatReadsOtherFilesIsNoticed() throws Exception {
    try (SshdChroot _ = SshdChroot.open();
        Backend place = hostWith("one")) {
      place.configure(sets.link().toRealPath());
      daemonAt(
          place,
          () -> {
            sets.use("two");
            assertThatThrownBy(() -> sshd(place).takeUp(sets.expectedHost("two")))
                .isInstanceOf(ServiceFailure.class)
                .hasMessageContaining("name the files in 'current'");
          });
    }
  }

  @FunctionalInterface
  private interface Step {
    void run() throws Exception;
  }

  private void daemonAt(Backend place, Step step) throws Exception {
    Process daemon =
        new ProcessBuilder(
                Tool.find("sshd").toString(),
                "-D",
                "-f",
                folder.resolve("sshd-1-data/sshd_config").toString(),
                "-o",
                "ListenAddress=127.0.0.1:" + place.port(),
                "-E",
                folder.resolve("daemon.log").toString())
            .start();
    try {
      await()
          .atMost(PATIENCE)
          .until(() -> Files.readString(folder.resolve("daemon.log")).contains("listening"));
      sshd(place).takeUp(sets.expectedHost("one"));
      step.run();
    } finally {
      daemon.destroy();
      assertThat(daemon.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }
  }
}
