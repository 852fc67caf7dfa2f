package io.carousel.agent.service;

import java.io.IOException;
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
   * @param network a process in the service's network; empty: that of this process
   * @param workers that may hold them; none if nothing is known of them
   * @return empty if they cannot be seen, as on another machine
   */
  static Optional<Set<Connection>> standing(
      Addresses at, Optional<ProcessHandle> network, Stream<ProcessHandle> workers) {
    if (!at.areHere()) {
      return Optional.empty();
    }
    try {
      Sockets sockets = network.isPresent() ? Sockets.of(network.get()) : Sockets.here();
      Set<Connection> standing = sockets.to(at.ports());
      Set<String> listening = sockets.listeningAt(at.ports());
      Set<String> fresh =
          workers
              .map(Sockets::heldBy)
              .filter(held -> held.stream().anyMatch(listening::contains))
              .flatMap(Set::stream)
              .collect(Collectors.toSet());
      standing.removeIf(connection -> fresh.contains(connection.inode()));
      return Optional.of(standing);
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
    List<ProcessHandle> holding =
        workers
            .filter(worker -> Sockets.heldBy(worker).stream().anyMatch(inodes::contains))
            .toList();
    for (ProcessHandle worker : holding) {
      if (!accepts(at, worker)) {
        LOG.info("process {} is ended, since it holds connections from before", worker.pid());
        worker.destroy();
      }
    }
  }

  /**
   * Whether that process takes more of them, at any port. Where that cannot be seen, as of another
   * user's process, the answer is no.
   */
  static boolean accepts(Addresses at, ProcessHandle worker) {
    try {
      Set<String> listening = Sockets.of(worker).listeningAt(at.ports());
      return Sockets.heldBy(worker).stream().anyMatch(listening::contains);
    } catch (IOException e) {
      return false;
    }
  }
}
