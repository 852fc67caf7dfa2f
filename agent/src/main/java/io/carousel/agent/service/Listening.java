package io.carousel.agent.service;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** Which processes accept connections at a port, as Linux tells in {@code /proc} (proc(5)). */
final class Listening {
  private static final String LISTEN = "0A";

  private Listening() {}

  /**
   * Whether a process holds a socket that listens at that port. Where that cannot be seen, as of
   * another user's process, the answer is no.
   */
  static boolean at(int port, ProcessHandle process) {
    Path proc = Path.of("/proc", Long.toString(process.pid()));
    try {
      Set<String> sockets = new HashSet<>(sockets(proc.resolve("net/tcp"), port));
      sockets.addAll(sockets(proc.resolve("net/tcp6"), port));
      return !sockets.isEmpty() && holdsAny(proc.resolve("fd"), sockets);
    } catch (IOException e) {
      return false;
    }
  }

  private static Set<String> sockets(Path table, int port) throws IOException {
    var found = new HashSet<String>();
    for (String line : Files.readAllLines(table)) {
      String[] columns = line.strip().split("\\s+");
      if (columns.length > 9
          && columns[3].equals(LISTEN)
          && columns[1].endsWith(":%04X".formatted(port))) {
        found.add("socket:[%s]".formatted(columns[9]));
      }
    }
    return found;
  }

  private static boolean holdsAny(Path descriptors, Set<String> sockets) throws IOException {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(descriptors)) {
      for (Path descriptor : all) {
        if (Files.isSymbolicLink(descriptor)
            && sockets.contains(Files.readSymbolicLink(descriptor).toString())) {
          return true;
        }
      }
      return false;
    }
  }
}
