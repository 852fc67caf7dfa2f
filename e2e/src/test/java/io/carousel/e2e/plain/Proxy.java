package io.carousel.e2e.plain;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.carousel.events.openssh.Tool;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Somebody else's proxy in front of a node, in a folder of its own, on a free port of loopback. */
final class Proxy implements AutoCloseable {
  private final int port;
  private final Process process;

  private Proxy(Path folder, int port, List<String> command) throws IOException {
    this.port = port;
    this.process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("out").toFile())
            .start();
    await().atMost(Duration.ofSeconds(20)).until(() -> !process.isAlive() || answers());
    assertThat(process.isAlive()).as(Files.readString(folder.resolve("out"), UTF_8)).isTrue();
  }

  /** nginx, which speaks HTTP/1.0 to what is behind it unless it is told otherwise. */
  static Proxy nginx(Path folder, URI behind) throws IOException {
    Tool.need("nginx");
    int port = freePort();
    Files.createDirectories(folder);
    Files.writeString(
        folder.resolve("nginx.conf"),
        """
        daemon off;
        pid nginx.pid;
        worker_processes 1;
        events { worker_connections 64; }
        http {
          access_log off;
          client_body_temp_path tmp; proxy_temp_path tmp; fastcgi_temp_path tmp;
          uwsgi_temp_path tmp; scgi_temp_path tmp;
          gzip on;
          gzip_types *;
          gzip_min_length 1;
          server {
            listen 127.0.0.1:%d;
            location / { proxy_pass %s; }
          }
        }
        """
            .formatted(port, behind));
    return new Proxy(
        folder,
        port,
        List.of(
            Tool.find("nginx").toString(),
            "-p",
            folder.toString(),
            "-c",
            "nginx.conf",
            "-e",
            "error.log"));
  }

  /**
   * haproxy, which sends calls only where its check is answered.
   *
   * @param check the rest of its line {@code option httpchk}; by itself it asks OPTIONS /
   */
  static Proxy haproxy(Path folder, URI behind, String check) throws IOException {
    Tool.need("haproxy");
    int port = freePort();
    Files.createDirectories(folder);
    Path configuration =
        Files.writeString(
            folder.resolve("haproxy.cfg"),
            """
            defaults
              mode http
              timeout connect 5s
              timeout client 30s
              timeout server 30s
            frontend all
              bind 127.0.0.1:%d
              stats enable
              stats uri /haproxy
              default_backend nodes
            backend nodes
              option httpchk %s
              server node %s:%d check inter 100 fall 1 rise 1
            """
                .formatted(port, check, behind.getHost(), behind.getPort()));
    return new Proxy(
        folder,
        port,
        List.of(Tool.find("haproxy").toString(), "-db", "-f", configuration.toString()));
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private boolean answers() {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  /** That path, through it. */
  String url(String path) {
    return "http://127.0.0.1:%d%s".formatted(port, path);
  }

  @Override
  public void close() throws Exception {
    List<ProcessHandle> workers = process.descendants().toList();
    process.destroy();
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
    workers.forEach(ProcessHandle::destroyForcibly);
  }
}
