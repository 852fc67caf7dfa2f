package io.carousel.agent.service;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * haproxy with a master process ({@code -W}). Its master starts a new worker for each reload, which
 * takes over the listeners of the old one: so the configuration is tested first, and then this
 * waits until old workers accept no more and a handshake shows the new certificate and asks for the
 * new CAs.
 *
 * @param command haproxy itself
 * @param config its files and folders of configuration, as after {@code -f}
 * @param pidFile of its master process
 */
public record HaproxyService(
    List<String> command, List<String> config, Path pidFile, TlsServer server)
    implements TlsServing {
  private static final Logger LOG = LoggerFactory.getLogger(HaproxyService.class);

  /** Copies. */
  public HaproxyService {
    command = List.copyOf(command);
    config = List.copyOf(config);
  }

  @Override
  public void takeUp(Expectation expected) throws ServiceFailure, InterruptedException {
    test(expected);
    var file = new PidFile(pidFile, "haproxy", "haproxy");
    Optional<ProcessHandle> master = file.process();
    if (master.isEmpty()) {
      file.requireNobodyAt(server, "its option '-p', or 'pidfile',");
      LOG.info("haproxy is not running; it will read {} when it starts", expected.set());
      return;
    }
    Set<ProcessHandle> before = master.get().children().collect(Collectors.toSet());
    if (before.isEmpty()) {
      throw new ServiceFailure(
          "process %d of %s has no workers: start haproxy with '-W', else a reload is a new process"
              .formatted(master.get().pid(), pidFile));
    }
    PidFile.signal(master.get(), "USR2", server);
    Waiting.until(
        server.timeout(),
        "haproxy was told to reload",
        () -> lacking(master.get(), before, expected),
        "its log says why");
  }

  private void test(Expectation expected) throws ServiceFailure, InterruptedException {
    var words = new ArrayList<>(List.of("-c"));
    config.forEach(name -> words.addAll(List.of("-f", name)));
    new Command(command, server.timeout())
        .with(words.toArray(String[]::new))
        .run(expected.environment());
  }

  private Optional<String> lacking(
      ProcessHandle master, Set<ProcessHandle> before, Expectation expected) {
    if (!master.isAlive()) {
      return Optional.of("its master process %d is gone".formatted(master.pid()));
    }
    if (before.containsAll(master.children().toList())) {
      return Optional.of("it has started no new worker");
    }
    Optional<ProcessHandle> accepting =
        before.stream()
            .filter(worker -> Connections.accepts(server.addresses(), worker))
            .findFirst();
    if (accepting.isPresent()) {
      return Optional.of("its old worker %d still accepts".formatted(accepting.get().pid()));
    }
    return server.lacking(expected);
  }

  @Override
  public Stream<ProcessHandle> workers() {
    return new PidFile(pidFile, "haproxy", "haproxy").children();
  }

  @Override
  public String describe() {
    return "haproxy at " + server;
  }
}
