package io.carousel.e2e.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.carousel.e2e.fleet.NginxConf;
import io.carousel.e2e.fleet.SelfSigned;
import io.carousel.events.openssh.Tool;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** An nginx in a folder of its own, on a free port of loopback. */
final class Nginx implements AutoCloseable {
  private final Path prefix;
  private final int port;
  private Process process;

  private Nginx(Path prefix, int port) {
    this.prefix = prefix;
    this.port = port;
  }

  /** With a certificate that somebody once made by hand, as there are many. */
  static Nginx withOldCertificate(Path prefix, String name) throws Exception {
    var nginx = new Nginx(prefix, freePort());
    selfSigned(prefix, "old", name);
    nginx.configure("ssl_certificate old.pem;\nssl_certificate_key old.key;");
    nginx.start();
    return nginx;
  }

  /** Makes {@code NAME.pem} and {@code NAME.key} in that folder. */
  static X509Certificate selfSigned(Path folder, String name, String commonName) throws Exception {
    Path certificate = folder.resolve(name + ".pem");
    SelfSigned.make(folder.resolve(name + ".key"), certificate, commonName);
    return Caller.certificate(Files.readString(certificate, UTF_8));
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Its configuration with these lines about TLS; it takes effect with the next reload. */
  void configure(String tls) throws IOException {
    String text =
        NginxConf.text(port, tls, "$ssl_client_verify $ssl_client_serial $ssl_client_s_dn");
    Files.writeString(prefix.resolve("nginx.conf"), text);
  }

  private void start() throws Exception {
    process =
        new ProcessBuilder(command())
            .redirectErrorStream(true)
            .redirectOutput(prefix.resolve("out").toFile())
            .start();
    await().atMost(Duration.ofSeconds(20)).until(() -> !process.isAlive() || answers());
    assertThat(process.isAlive()).as(Files.readString(prefix.resolve("out"), UTF_8)).isTrue();
  }

  private boolean answers() {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  /** How it is called. */
  List<String> command() {
    var words = new ArrayList<String>();
    words.add(Tool.find("nginx").toString());
    words.addAll(List.of("-p", prefix.toString(), "-c", "nginx.conf"));
    words.addAll(List.of("-e", "error.log"));
    return words;
  }

  Path pidFile() {
    return prefix.resolve("nginx.pid");
  }

  int port() {
    return port;
  }

  String errors() throws IOException {
    return Files.readString(prefix.resolve("error.log"), UTF_8);
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
