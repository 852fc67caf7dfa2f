package io.carousel.agent.service;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * nginx. Its reload says nothing of how it ended: the master keeps its old workers if it cannot
 * load what is new, and for a moment old and new ones accept side by side. So the configuration is
 * tested first, and then this waits until the old workers accept no more and a handshake shows the
 * new certificate and asks for the new CAs.
 *
 * @param command nginx itself, with the options {@code -c} and {@code -p} if it is not the system's
 * @param pidFile of its master process
 * @param address where it serves the certificate
 * @param serverName the name that the handshake asks for; empty: none
 * @param clients whether it verifies its clients by the output's bundle; if not, what it asks them
 *     for says nothing about the output
 * @param timeout for each of its commands, and for the workers to change
 */
public record NginxService(
    List<String> command,
    Path pidFile,
    InetSocketAddress address,
    Optional<String> serverName,
    boolean clients,
    Duration timeout)
    implements Service {
  private static final Logger LOG = LoggerFactory.getLogger(NginxService.class);
  private static final Duration PAUSE = Duration.ofMillis(50);

  /** What nginx calls a worker that accepts no more and ends with its last connection. */
  private static final String LEAVING = "is shutting down";

  /** Copies. */
  public NginxService {
    command = List.copyOf(command);
  }

  @Override
  public void takeUp(Expectation expected) throws ServiceFailure, InterruptedException {
    var nginx = new Command(command, timeout);
    nginx.with("-t", "-q").run(expected.environment());
    Optional<ProcessHandle> master = master();
    if (master.isEmpty()) {
      requireNobody();
      LOG.info("nginx is not running; it will read {} when it starts", expected.set());
      return;
    }
    Set<ProcessHandle> before = master.get().children().collect(Collectors.toSet());
    nginx.with("-s", "reload").run(expected.environment());
    await(master.get(), before, expected);
  }

  /** Empty if none runs; a test of the configuration alone leaves an empty pid file. */
  private Optional<ProcessHandle> master() throws ServiceFailure {
    try {
      String pid = Files.readString(pidFile).strip();
      return pid.isEmpty()
          ? Optional.empty()
          : ProcessHandle.of(Long.parseLong(pid)).filter(ProcessHandle::isAlive);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException | NumberFormatException e) {
      throw new ServiceFailure(
          "the pid file %s of nginx cannot be read: %s".formatted(pidFile, e), e);
    }
  }

  /** Without a master there must be no server either: else the pid file is of another nginx. */
  private void requireNobody() throws ServiceFailure {
    try {
      Handshake.with(address, serverName, timeout);
    } catch (ConnectException e) {
      return;
    } catch (IOException e) {
      // Somebody is there, whatever it speaks.
    }
    throw new ServiceFailure(
        "somebody serves at %s, and yet no process runs that %s names; set pidFile to what the directive 'pid' of nginx says"
            .formatted(text(address), pidFile));
  }

  private void await(ProcessHandle master, Set<ProcessHandle> before, Expectation expected)
      throws ServiceFailure, InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    Optional<String> lacking = lacking(master, before, expected);
    while (lacking.isPresent()) {
      if (System.nanoTime() - deadline > 0) {
        throw new ServiceFailure(
            "nginx was told to reload, but after %s %s; its error log says why"
                .formatted(Command.text(timeout), lacking.get()));
      }
      Thread.sleep(PAUSE);
      lacking = lacking(master, before, expected);
    }
  }

  /** What is not as it should be yet. */
  private Optional<String> lacking(
      ProcessHandle master, Set<ProcessHandle> before, Expectation expected) {
    if (!master.isAlive()) {
      return Optional.of("its master process %d is gone".formatted(master.pid()));
    }
    if (!before.isEmpty() && before.containsAll(master.children().toList())) {
      return Optional.of("it has started no new worker");
    }
    Optional<ProcessHandle> accepting = before.stream().filter(NginxService::accepts).findFirst();
    if (accepting.isPresent()) {
      return Optional.of("its old worker %d still accepts".formatted(accepting.get().pid()));
    }
    try {
      return lacking(Handshake.with(address, serverName, timeout), expected);
    } catch (IOException e) {
      return Optional.of("there is no handshake with %s: %s".formatted(text(address), e));
    }
  }

  private Optional<String> lacking(Handshake.Seen seen, Expectation expected) {
    if (expected.certificate().isPresent()
        && !expected.certificate().get().equals(seen.certificate())) {
      return Optional.of(
          "%s shows certificate %x where %x is due"
              .formatted(
                  text(address),
                  seen.certificate().getSerialNumber(),
                  expected.certificate().get().getSerialNumber()));
    }
    // A server that only verifies by ssl_trusted_certificate names no CAs.
    if (clients
        && !expected.trusted().isEmpty()
        && !seen.asksFor().isEmpty()
        && !Set.copyOf(expected.trusted()).equals(Set.copyOf(seen.asksFor()))) {
      return Optional.of(
          "%s takes client certificates of %s where it should of %s"
              .formatted(text(address), seen.asksFor(), expected.trusted()));
    }
    return Optional.empty();
  }

  /** By its title, which it changes before it closes its listeners. */
  private static boolean accepts(ProcessHandle worker) {
    if (!worker.isAlive()) {
      return false;
    }
    try {
      String title =
          Files.readString(Path.of("/proc/%d/cmdline".formatted(worker.pid())), ISO_8859_1);
      return !title.isEmpty() && !title.contains(LEAVING);
    } catch (IOException e) {
      // It has ended meanwhile; or there is no /proc here, and the handshake has to do.
      return false;
    }
  }

  private static String text(InetSocketAddress address) {
    return "%s:%d".formatted(address.getHostString(), address.getPort());
  }

  @Override
  public String describe() {
    return "nginx at " + text(address);
  }
}
