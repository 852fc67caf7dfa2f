package io.carousel.agent.service;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The TCP sockets of one network, as Linux tells in {@code /proc} (proc(5)), and which processes
 * hold them. A busy machine has more of them than this process has room for, so that none is kept
 * that nobody asks for.
 *
 * @param proc what the kernel tells of a process in that network
 */
record Sockets(Path proc) {
  /** Of more connections than that the others are not looked at. */
  static final int MOST = 50_000;

  private static final String IPV4 = "net/tcp";
  private static final String ESTABLISHED = "01";
  private static final String LISTEN = "0A";
  private static final int LOCAL = 1;
  private static final int REMOTE = 2;
  private static final int STATE = 3;
  private static final int INODE = 9;
  private static final Pattern HELD = Pattern.compile("socket:\\[(\\d+)]");

  /** Those of the network that this process is in. */
  static Sockets here() {
    return new Sockets(Path.of("/proc/self"));
  }

  /** Those of the network that a process is in. */
  static Sockets of(ProcessHandle process) {
    return new Sockets(Path.of("/proc", Long.toString(process.pid())));
  }

  /** The connections that stand and were made to those ports. */
  Set<Connection> to(Set<Integer> ports) throws IOException {
    return at(ports, ESTABLISHED, row -> new Connection(row[LOCAL], row[REMOTE], row[INODE]));
  }

  /** The inodes of the sockets at which connections to those ports are accepted. */
  Set<String> listeningAt(Set<Integer> ports) throws IOException {
    return at(ports, LISTEN, row -> row[INODE]);
  }

  private <T> Set<T> at(Set<Integer> ports, String state, Function<String[], T> what)
      throws IOException {
    var found = new HashSet<T>();
    for (String table : List.of(IPV4, "net/tcp6")) {
      try (BufferedReader rows = Files.newBufferedReader(proc.resolve(table))) {
        for (String row = rows.readLine();
            row != null && found.size() < MOST;
            row = rows.readLine()) {
          String[] columns = row.strip().split("\\s+");
          if (columns.length > INODE
              && columns[STATE].equals(state)
              && ports.contains(port(columns[LOCAL]))) {
            found.add(what.apply(columns));
          }
        }
      } catch (NoSuchFileException e) {
        // Without IPv6 here there is one table. Of a process that has ended there is none, and then
        // nothing must look as if there were no connections.
        if (table.equals(IPV4)) {
          throw e;
        }
      }
    }
    return found;
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
