package io.carousel.agent.service;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The file in which a server keeps the number of its first process, on its first line.
 *
 * @param server for people
 * @param program the name of its processes (proc(5), {@code comm})
 */
record PidFile(Path file, String server, String program) {

  /** In bytes; PostgreSQL writes some lines more. */
  private static final int LONGEST = 4096;

  private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");

  /**
   * That process; empty if none runs. A test of a configuration may leave an empty file.
   *
   * <p>Whose file it is may write any number there: it names processes of that user alone. And what
   * is in the file is not repeated, since a link may lead to anything.
   *
   * @throws ServiceFailure if the file is none, or names another program or somebody else's process
   */
  Optional<ProcessHandle> process() throws ServiceFailure {
    try {
      PosixFileAttributes found = attributes();
      Optional<ProcessHandle> process =
          number()
              .flatMap(text -> ProcessHandle.of(Long.parseLong(text)))
              .filter(ProcessHandle::isAlive);
      if (process.isPresent()) {
        requireProgram(process.get());
        requireOwner(process.get(), found.owner());
      }
      return process;
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new ServiceFailure(
          "the pid file %s of %s cannot be read: %s".formatted(file, server, e), e);
    }
  }

  /** A pipe would hold up whoever opens it. */
  private PosixFileAttributes attributes() throws IOException, ServiceFailure {
    PosixFileAttributes found =
        Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!found.isRegularFile()) {
      throw new ServiceFailure(
          "the pid file %s of %s is no file: set pidFile to the file itself"
              .formatted(file, server));
    }
    return found;
  }

  private Optional<String> number() throws IOException, ServiceFailure {
    byte[] read;
    try (SeekableByteChannel in =
        Files.newByteChannel(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
      read = Channels.newInputStream(in).readNBytes(LONGEST);
    }
    Optional<String> first =
        new String(read, ISO_8859_1)
            .lines()
            .findFirst()
            .map(String::strip)
            .filter(text -> !text.isEmpty());
    if (first.filter(text -> !NUMBER.matcher(text).matches()).isPresent()) {
      throw new ServiceFailure(
          "the pid file %s of %s does not begin with the number of a process"
              .formatted(file, server));
    }
    return first;
  }

  /** A service that may write the file must not have the agent signal other users' processes. */
  private void requireOwner(ProcessHandle process, UserPrincipal owner)
      throws IOException, ServiceFailure {
    UserPrincipalLookupService names = file.getFileSystem().getUserPrincipalLookupService();
    UserPrincipal root = names.lookupPrincipalByName("0");
    Optional<UserPrincipal> self = user(ProcessHandle.current(), names);
    if (owner.equals(root) || self.filter(owner::equals).isPresent()) {
      return;
    }
    Optional<UserPrincipal> runs = user(process, names);
    if (runs.filter(user -> !user.equals(owner)).isPresent()) {
      throw new ServiceFailure(
          "the pid file %s belongs to '%s' and names process %d of '%s', which gets no signal for it: set pidFile to the right one"
              .formatted(file, owner, process.pid(), runs.get()));
    }
  }

  /** See proc_pid_status(5): the real user; empty if it has ended, or there is no /proc here. */
  private static Optional<UserPrincipal> user(
      ProcessHandle process, UserPrincipalLookupService names) throws IOException {
    try {
      for (String line :
          Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status"))) {
        if (line.startsWith("Uid:")) {
          UserPrincipal user = names.lookupPrincipalByName(line.split("\\s+")[1]);
          UserPrincipal named = Files.getOwner(Path.of("/proc", Long.toString(process.pid())));
          return Optional.of(named.equals(user) ? named : user);
        }
      }
      return Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.empty();
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
