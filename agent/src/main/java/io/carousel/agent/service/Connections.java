package io.carousel.agent.service;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The connections to a service, and the processes that hold them. */
final class Connections {
  private static final Logger LOG = LoggerFactory.getLogger(Connections.class);

  private Connections() {}

  /**
   * The connections that stand and may be from before the service last took up a set: all of them
   * but those that processes hold which accept more.
   *
   * @param workers that may hold them; none if nothing is known of them
   * @return empty if they cannot be seen, as on another machine
   */
  static Optional<Set<Connection>> standing(Addresses at, Stream<ProcessHandle> workers) {
    if (!at.areHere()) {
      return Optional.empty();
    }
    try {
      List<ProcessHandle> all = workers.toList();
      var found = new HashSet<Connection>();
      for (int port : at.ports()) {
        // Of their own network, which may be another one than this process's.
        found.addAll(all.isEmpty() ? Sockets.here().to(port) : Sockets.of(all.getFirst()).to(port));
      }
      Set<String> fresh =
          all.stream()
              .filter(worker -> accepts(at, worker))
              .flatMap(worker -> Sockets.heldBy(worker).stream())
              .collect(Collectors.toSet());
      found.removeIf(connection -> fresh.contains(connection.inode()));
      return Optional.of(found);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * Ends whichever of those processes hold such connections and accept no more; who accepts serves
   * others too.
   */
  static void sever(Addresses at, Stream<ProcessHandle> workers, Set<Connection> those) {
    Set<String> inodes = those.stream().map(Connection::inode).collect(Collectors.toSet());
    workers
        .filter(worker -> Sockets.heldBy(worker).stream().anyMatch(inodes::contains))
        .filter(worker -> !accepts(at, worker))
        .forEach(worker -> {
          LOG.info("process {} is ended, since it holds connections from before", worker.pid());
          worker.destroy();
        });
  }

  /** Whether that process takes more of them, at any port. */
  static boolean accepts(Addresses at, ProcessHandle worker) {
    return at.ports().stream().anyMatch(port -> Sockets.accepts(worker, port));
  }
}
