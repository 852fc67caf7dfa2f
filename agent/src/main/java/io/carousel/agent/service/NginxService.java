package io.carousel.agent.service;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
 */
public record NginxService(List<String> command, Path pidFile, TlsServer server)
    implements TlsServing {
  private static final Logger LOG = LoggerFactory.getLogger(NginxService.class);

  /** What nginx calls a worker that accepts no more and ends with its last connection. */
  private static final String LEAVING = "is shutting down";

  /** Copies. */
  public NginxService {
    command = List.copyOf(command);
  }

  @Override
  public void takeUp(Expectation expected) throws ServiceFailure, InterruptedException {
    var nginx = new Command(command, server.timeout());
    nginx.with("-t", "-q").run(expected.environment());
    var file = new PidFile(pidFile, "nginx", "nginx");
    Optional<ProcessHandle> master = file.process();
    if (master.isEmpty()) {
      file.requireNobodyAt(server, "the directive 'pid' of nginx");
      LOG.info("nginx is not running; it will read {} when it starts", expected.set());
      return;
    }
    Set<ProcessHandle> before = master.get().children().collect(Collectors.toSet());
    nginx.with("-s", "reload").run(expected.environment());
    Waiting.until(
        server.timeout(),
        "nginx was told to reload",
        () -> lacking(master.get(), before, expected),
        "its error log says why");
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
    return server.lacking(expected);
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

  @Override
  public Stream<ProcessHandle> workers() {
    return new PidFile(pidFile, "nginx", "nginx").children();
  }

  @Override
  public String describe() {
    return "nginx at " + server;
  }
}
