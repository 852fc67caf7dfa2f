package io.carousel.agent.service;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The file in which a server keeps the number of its first process, on its first line. */
record PidFile(Path file, String server) {

  /** That process; empty if none runs. A test of a configuration may leave an empty file. */
  Optional<ProcessHandle> process() throws ServiceFailure {
    try {
      Optional<String> pid = Files.readString(file).lines().findFirst().map(String::strip);
      return pid.filter(text -> !text.isEmpty())
          .flatMap(text -> ProcessHandle.of(Long.parseLong(text)))
          .filter(ProcessHandle::isAlive);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException | NumberFormatException e) {
      throw new ServiceFailure(
          "the pid file %s of %s cannot be read: %s".formatted(file, server, e), e);
    }
  }

  /**
   * Without a process there must be no server either: else the file is of another one.
   *
   * @param directive where the server is told of its pid file
   */
  void requireNobodyAt(TlsServer address, String directive) throws ServiceFailure {
    if (address.isThere()) {
      throw new ServiceFailure(
          "somebody serves at %s, and yet no process runs that %s names; set pidFile to what %s says"
              .formatted(address, file, directive));
    }
  }

  /** Sends a signal to a process. */
  static void signal(ProcessHandle process, String name, TlsServer server)
      throws ServiceFailure, InterruptedException {
    new Command(
            List.of("/bin/sh", "-c", "kill -%s %d".formatted(name, process.pid())),
            server.timeout())
        .run(Map.of());
  }
}
