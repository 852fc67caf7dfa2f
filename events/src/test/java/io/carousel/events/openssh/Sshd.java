package io.carousel.events.openssh;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A stock sshd on a free port of the loopback, for the user who runs the tests alone. It trusts
 * user certificates by the keys of one file, shows a host certificate, and has no other way in.
 */
public final class Sshd implements AutoCloseable {
  private static final int TRIES = 5;

  private final Process process;
  private final int port;
  private final Path log;
  private final SshdChroot chroot;

  private Sshd(Process process, int port, Path log, SshdChroot chroot) {
    this.process = process;
    this.port = port;
    this.log = log;
    this.chroot = chroot;
  }

  /**
   * Starts one, and returns when it listens.
   *
   * @param folder with {@code host}, {@code host-cert.pub}, {@code user-cas} and {@code krl}; if it
   *     has {@code principals}, a certificate must name one of those, else the user's login
   */
  public static Sshd start(Path folder) throws IOException, InterruptedException {
    SshdChroot chroot = SshdChroot.open();
    for (int attempt = 0; attempt < TRIES; attempt++) {
      int port = freePort();
      Path log = Files.createTempFile(folder, "sshd", ".log");
      var process =
          new ProcessBuilder(
                  Tool.find("sshd").toString(),
                  "-D",
                  "-f",
                  config(folder, port).toString(),
                  "-E",
                  log.toString())
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("sshd.out").toFile())
              .start();
      var sshd = new Sshd(process, port, log, chroot);
      if (sshd.listens()) {
        return sshd;
      }
      sshd.stop();
    }
    throw new AssertionError("sshd found no free port");
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static Path config(Path folder, int port) throws IOException {
    Path principals = folder.resolve("principals");
    return Files.writeString(
        folder.resolve("sshd_config"),
        """
        ListenAddress 127.0.0.1:%d
        HostKey %2$s/host
        HostCertificate %2$s/host-cert.pub
        TrustedUserCAKeys %2$s/user-cas
        RevokedKeys %2$s/krl
        AuthorizedKeysFile none
        AuthorizedPrincipalsFile %3$s
        AuthenticationMethods publickey
        PermitRootLogin prohibit-password
        UsePAM no
        StrictModes no
        PidFile none
        LogLevel VERBOSE
        """
            .formatted(port, folder, Files.exists(principals) ? principals : "none"));
  }

  /** Whether it came to listen; if not, it has ended, because another was quicker at the port. */
  private boolean listens() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (System.nanoTime() < deadline) {
      if (log().contains("Server listening on")) {
        return true;
      }
      if (process.waitFor(20, TimeUnit.MILLISECONDS)) {
        assertThat(log()).contains("Address already in use");
        return false;
      }
    }
    throw new AssertionError("sshd does not listen: " + log());
  }

  /** Where it listens on 127.0.0.1. */
  public int port() {
    return port;
  }

  /** All that it has said. */
  public String log() throws IOException {
    try (BufferedReader reader = Files.newBufferedReader(log, UTF_8)) {
      return String.join("\n", reader.lines().toList());
    }
  }

  /** What a login with that key and certificate says, or why there is none. */
  Tool.Said login(Path key, Path certificate, Path knownHosts, String... options) {
    var command =
        new java.util.ArrayList<>(
            List.of(
                "ssh",
                "-F",
                "none",
                "-p",
                String.valueOf(port),
                "-i",
                key.toString(),
                "-o",
                "CertificateFile=" + certificate,
                "-o",
                "UserKnownHostsFile=" + knownHosts));
    for (String option :
        List.of(
            "GlobalKnownHostsFile=/dev/null",
            "HostKeyAlias=web.example.org",
            "StrictHostKeyChecking=yes",
            "IdentitiesOnly=yes",
            "BatchMode=yes",
            "UpdateHostKeys=no")) {
      command.addAll(List.of("-o", option));
    }
    for (String option : options) {
      command.addAll(List.of("-o", option));
    }
    command.addAll(List.of("127.0.0.1", "false"));
    return Tool.run(command);
  }

  private void stop() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }

  @Override
  public void close() throws IOException, InterruptedException {
    stop();
    chroot.close();
  }
}
