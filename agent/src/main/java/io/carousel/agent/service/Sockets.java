package io.carousel.agent.service;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The TCP sockets of one network, as Linux tells in {@code /proc} (proc(5)), and which processes
 * hold them.
 *
 * @param rows the columns of each
 */
record Sockets(List<String[]> rows) {
  private static final String ESTABLISHED = "01";
  private static final String LISTEN = "0A";
  private static final int LOCAL = 1;
  private static final int REMOTE = 2;
  private static final int STATE = 3;
  private static final int INODE = 9;
  private static final Pattern HELD = Pattern.compile("socket:\\[(\\d+)]");

  /** Those of the network that this process is in. */
  static Sockets here() throws IOException {
    return in(Path.of("/proc/self"));
  }

  /** Those of the network that a process is in. */
  static Sockets of(ProcessHandle process) throws IOException {
    return in(Path.of("/proc", Long.toString(process.pid())));
  }

  private static Sockets in(Path proc) throws IOException {
    return new Sockets(
        Stream.concat(
                read(proc.resolve("net/tcp")).stream(), read(proc.resolve("net/tcp6")).stream())
            .map(line -> line.strip().split("\\s+"))
            .filter(columns -> columns.length > INODE)
            .toList());
  }

  private static List<String> read(Path table) throws IOException {
    try {
      return Files.readAllLines(table);
    } catch (NoSuchFileException e) {
      // There is no IPv6 here.
      return List.of();
    }
  }

  /** The connections that stand and were made to those ports. */
  Set<Connection> to(Set<Integer> ports) {
    return at(ports, ESTABLISHED)
        .map(row -> new Connection(row[LOCAL], row[REMOTE], row[INODE]))
        .collect(Collectors.toCollection(HashSet::new));
  }

  /** The inodes of the sockets at which connections to those ports are accepted. */
  Set<String> listeningAt(Set<Integer> ports) {
    return at(ports, LISTEN).map(row -> row[INODE]).collect(Collectors.toSet());
  }

  private Stream<String[]> at(Set<Integer> ports, String state) {
    return rows.stream()
        .filter(row -> row[STATE].equals(state))
        .filter(row -> ports.contains(port(row[LOCAL])));
  }

  private static int port(String address) {
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1), 16);
  }

  /** The inodes of the sockets that a process holds; none where that cannot be seen. */
  static Set<String> heldBy(ProcessHandle process) {
    var held = new HashSet<String>();
    try (DirectoryStream<Path> all =
        Files.newDirectoryStream(Path.of("/proc", Long.toString(process.pid()), "fd"))) {
      for (Path descriptor : all) {
        inode(descriptor, held);
      }
    } catch (IOException e) {
      return Set.of();
    }
    return held;
  }

  /** One that was closed meanwhile is none any more. */
  private static void inode(Path descriptor, Set<String> held) throws IOException {
    try {
      Matcher socket = HELD.matcher(Files.readSymbolicLink(descriptor).toString());
      if (socket.matches()) {
        held.add(socket.group(1));
      }
    } catch (NoSuchFileException e) {
      // as said
    }
  }
}
