package io.carousel.agent.service;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The file in which a server keeps the number of its first process, on its first line.
 *
 * @param server for people
 * @param program the name of its processes (proc(5), {@code comm})
 */
record PidFile(Path file, String server, String program) {

  /** That process; empty if none runs. A test of a configuration may leave an empty file. */
  Optional<ProcessHandle> process() throws ServiceFailure {
    try {
      Optional<String> pid = Files.readString(file).lines().findFirst().map(String::strip);
      Optional<ProcessHandle> process =
          pid.filter(text -> !text.isEmpty())
              .flatMap(text -> ProcessHandle.of(Long.parseLong(text)))
              .filter(ProcessHandle::isAlive);
      if (process.isPresent()) {
        requireProgram(process.get());
      }
      return process;
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException | NumberFormatException e) {
      throw new ServiceFailure(
          "the pid file %s of %s cannot be read: %s".formatted(file, server, e), e);
    }
  }

  /** What that process has started and still runs; nobody if it is not known. */
  Stream<ProcessHandle> children() {
    try {
      return process().stream().flatMap(ProcessHandle::children);
    } catch (ServiceFailure e) {
      return Stream.empty();
    }
  }

  /** A file of an earlier start may name whoever has the number now: that must get no signal. */
  private void requireProgram(ProcessHandle process) throws ServiceFailure {
    String name;
    try {
      name = Files.readString(Path.of("/proc", Long.toString(process.pid()), "comm")).strip();
    } catch (IOException e) {
      // It has ended meanwhile, or there is no /proc here.
      return;
    }
    if (!name.startsWith(program)) {
      throw new ServiceFailure(
          "process %d, which %s names, is '%s' and not %s: remove the file if it is of an earlier start, or set pidFile to the right one"
              .formatted(process.pid(), file, name, server));
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
