package io.carousel.e2e.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.carousel.events.openssh.Tool;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A server of one kind on a free port of loopback, as its administrator has it. */
final class Backend implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Kind kind;
  private final Path folder;
  private final int port;
  private Process process;

  private Backend(Kind kind, Path folder, int port) {
    this.kind = kind;
    this.folder = folder;
    this.port = port;
  }

  static Backend of(Kind kind, Path parent) throws IOException {
    Path folder = Files.createDirectory(parent.resolve(kind.server() + "-data"));
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return new Backend(kind, folder, socket.getLocalPort());
    }
  }

  int port() {
    return port;
  }

  Kind kind() {
    return kind;
  }

  /** What its agent is told. */
  String output() {
    return switch (kind) {
      case NGINX ->
          """
          roles: [presents-server, verifies]
          preset: nginx
          sever: 60s
          nginx:
            command: [%s, -p, %s, -c, nginx.conf, -e, error.log]
            pidFile: %s
            address: 127.0.0.1:%d
            serverName: nginx-1
          """
              .formatted(Tool.find("nginx"), folder, folder.resolve("nginx.pid"), port);
      case HAPROXY ->
          """
          roles: [presents-server, verifies]
          preset: haproxy
          sever: 60s
          haproxy:
            command: [%s]
            config: [%s]
            pidFile: %s
            address: 127.0.0.1:%d
          """
              .formatted(
                  Tool.find("haproxy"),
                  folder.resolve("haproxy.cfg"),
                  folder.resolve("haproxy.pid"),
                  port);
      case POSTGRESQL ->
          """
          roles: [presents-server, verifies]
          %s
          preset: postgresql
          sever: 60s
          postgresql:
            pidFile: %s
            address: 127.0.0.1:%d
          """
              .formatted(
                  Postgres.asAnother() ? "owner: postgres" : "",
                  Postgres.data(folder).resolve("postmaster.pid"),
                  port);
      case SSHD ->
          """
          roles: [presents-server, verifies]
          format: ssh
          preset: sshd
          sever: 60s
          sshd:
            command: [%s, -f, %s]
            address: 127.0.0.1:%d
          """
              .formatted(Tool.find("sshd"), folder.resolve("sshd_config"), port);
      case JVM ->
          """
          roles: [presents-server, verifies]
          layout: pkcs12
          preset: tls
          tls:
            address: 127.0.0.1:%d
          """
              .formatted(port);
    };
  }

  /** Writes what configures it, going by the files in that folder. */
  void configure(Path set) throws IOException {
    switch (kind) {
      case NGINX -> write("nginx.conf", nginx(set));
      case HAPROXY -> write("haproxy.cfg", haproxy(set));
      case POSTGRESQL -> Postgres.create(folder, set, port);
      case SSHD -> write("sshd_config", sshd(set));
      case JVM -> {
        // It is told all by its command line.
      }
    }
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text, UTF_8);
  }

  private String nginx(Path set) {
    String tls =
        """
        ssl_certificate %1$s/fullchain.pem;
        ssl_certificate_key %1$s/key.pem;
        ssl_client_certificate %1$s/bundle.pem;
        ssl_crl %1$s/crls.pem;
        ssl_verify_client on;
        """
            .formatted(set);
    return NginxConf.text(
        port, tls, "authenticated $ssl_client_serial by $ssl_client_i_dn as $ssl_client_verify");
  }

  private String haproxy(Path set) {
    return """
    global
      master-worker
      pidfile %3$s/haproxy.pid
    defaults
      mode http
      timeout connect 5s
      timeout client 600s
      timeout server 30s
    frontend tls
      bind 127.0.0.1:%1$d ssl crt %2$s/combined.pem ca-file %2$s/bundle.pem crl-file %2$s/crls.pem verify required
      http-request return status 200 content-type text/plain lf-string "authenticated %%[ssl_c_serial,hex] by %%[ssl_c_i_dn] as %%[ssl_c_verify]\\n"
    """
        .formatted(port, set, folder);
  }

  private String sshd(Path set) throws IOException {
    Files.writeString(folder.resolve("principals"), Kind.SSHD.client() + "\n");
    return """
    HostKey %1$s/host_key
    HostCertificate %1$s/host_key-cert.pub
    TrustedUserCAKeys %1$s/trusted_user_ca_keys
    RevokedKeys %1$s/revoked_keys
    AuthorizedKeysFile none
    AuthorizedPrincipalsFile %2$s/principals
    AuthenticationMethods publickey
    PermitRootLogin prohibit-password
    ExposeAuthInfo yes
    UsePAM no
    StrictModes no
    PidFile none
    """
        .formatted(set, folder);
  }

  /**
   * Starts it; returns once it accepts connections.
   *
   * @param password of key stores
   */
  void start(Path set, String password) throws Exception {
    process =
        new ProcessBuilder(command(set, password))
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("out").toFile())
            .start();
    await().atMost(PATIENCE).until(() -> !process.isAlive() || accepts());
    assertThat(process.isAlive()).as("%s: %s", kind, said()).isTrue();
  }

  String said() throws IOException {
    return Files.readString(folder.resolve("out"), UTF_8);
  }

  private List<String> command(Path set, String password) {
    return switch (kind) {
      case NGINX ->
          List.of(
              Tool.find("nginx").toString(),
              "-p",
              folder.toString(),
              "-c",
              "nginx.conf",
              "-e",
              "error.log");
      case HAPROXY ->
          List.of(Tool.find("haproxy").toString(), "-W", "-db", "-f", folder + "/haproxy.cfg");
      case POSTGRESQL -> Postgres.server(folder);
      case SSHD ->
          List.of(
              Tool.find("systemd-socket-activate").toString(),
              "-l",
              "127.0.0.1:" + port,
              "--accept",
              "--inetd",
              Tool.find("sshd").toString(),
              "-i",
              "-f",
              folder + "/sshd_config",
              "-E",
              folder + "/sshd.log");
      case JVM ->
          List.of(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-Xmx64m",
              "-XX:TieredStopAtLevel=1",
              "-XX:+UseSerialGC",
              "-cp",
              System.getProperty("java.class.path"),
              JvmServer.class.getName(),
              set.toString(),
              password,
              String.valueOf(port));
    };
  }

  private boolean accepts() {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() throws InterruptedException {
    if (process == null) {
      return;
    }
    List<ProcessHandle> all =
        Stream.concat(Stream.of(process.toHandle()), process.descendants()).toList();
    process.destroy();
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
    all.forEach(ProcessHandle::destroyForcibly);
  }
}
