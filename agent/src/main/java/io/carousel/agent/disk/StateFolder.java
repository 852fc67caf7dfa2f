package io.carousel.agent.disk;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.carousel.agent.Memory;
import io.carousel.agent.Trials;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.TrustBundle;
import io.carousel.events.wire.Json;
import io.carousel.events.wire.UnreadableRecord;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What the agent remembers, in a folder that one agent at a time may use, and nobody else may
 * change. While it runs it puts back what somebody takes away.
 */
public final class StateFolder implements Memory, AutoCloseable {
  private static final String LOCK = "lock";

  private final Path folder;
  private FileChannel lockFile;
  private final ReentrantLock writing = new ReentrantLock();

  /** What the files hold, by name, as this run has read or written them. */
  private final Map<String, Bytes> kept = new TreeMap<>();

  /** As it was when the folder was taken. */
  private final long counter;

  private StateFolder(Path folder, FileChannel lockFile, long counter) {
    this.folder = folder;
    this.lockFile = lockFile;
    this.counter = counter;
  }

  /**
   * Takes the folder, which is made if it is missing.
   *
   * @throws IOException if another agent has it, it cannot be used, or somebody else may change it
   */
  public static StateFolder open(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      make(folder);
    }
    requireOwn(folder);
    FileChannel lockFile = locked(folder);
    try {
      return new StateFolder(folder, lockFile, readCounter(counterFile(folder)));
    } catch (IOException e) {
      lockFile.close();
      throw e;
    }
  }

  private static void make(Path folder) throws IOException {
    new FolderWalk(AgentUser.now()).making(folder.toAbsolutePath().getParent()).close();
    Files.createDirectory(
        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  /** Whoever may write here could make the agent another one, and read its secrets. */
  private static void requireOwn(Path folder) throws IOException {
    new FolderWalk(AgentUser.now()).to(folder).close();
  }

  private static FileChannel locked(Path folder) throws IOException {
    FileChannel lockFile =
        FileChannel.open(
            folder.resolve(LOCK),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            LinkOption.NOFOLLOW_LINKS);
    try {
      if (tryLock(lockFile).isEmpty()) {
        throw new IOException(
            "another agent works with the state folder %s; stop it, or give each one its own"
                .formatted(folder));
      }
      return lockFile;
    } catch (IOException e) {
      lockFile.close();
      throw e;
    }
  }

  private static Optional<FileLock> tryLock(FileChannel lockFile) throws IOException {
    try {
      return Optional.ofNullable(lockFile.tryLock());
    } catch (OverlappingFileLockException e) {
      return Optional.empty();
    }
  }

  /** Where an agent that works with that folder answers. */
  public static Path socket(Path folder) {
    return folder.resolve("agent.sock");
  }

  private static Path counterFile(Path folder) {
    return folder.resolve("report-counter");
  }

  private static long readCounter(Path file) throws IOException {
    try {
      return Long.parseLong(Files.readString(file, US_ASCII).strip());
    } catch (NoSuchFileException e) {
      return 0;
    } catch (NumberFormatException e) {
      throw new IOException(
          "%s holds no number; remove it if the clock is right".formatted(file), e);
    }
  }

  @Override
  public Optional<TrustBundle> bundle(AuthorityName authority) throws IOException {
    Optional<TrustBundle> read = readBundle(folder, authority);
    if (read.isPresent()) {
      remember(bundleFile(folder, authority));
    }
    return read;
  }

  private void remember(Path file) throws IOException {
    writing.lock();
    try {
      kept.put(file.getFileName().toString(), Bytes.of(Files.readAllBytes(file)));
    } finally {
      writing.unlock();
    }
  }

  /** What is kept there of an authority, without taking the folder. */
  public static Optional<TrustBundle> readBundle(Path folder, AuthorityName authority)
      throws IOException {
    Path file = bundleFile(folder, authority);
    try {
      return Optional.of(Json.PLAIN.read(Files.readAllBytes(file), TrustBundle.class));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (UnreadableRecord e) {
      throw new IOException(
          "%s cannot be read, so that nobody knows which bundle was the newest (%s); once you have seen the authority's bundle yourself, remove that file"
              .formatted(file, e.getMessage()),
          e);
    }
  }

  private static Path bundleFile(Path folder, AuthorityName authority) {
    return folder.resolve(authority + ".bundle.json");
  }

  @Override
  public void keep(TrustBundle bundle) throws IOException {
    write(bundleFile(folder, bundle.authority()), Json.PLAIN.write(bundle));
  }

  @Override
  public long counter() {
    return counter;
  }

  @Override
  public void keep(long number) throws IOException {
    write(counterFile(folder), (number + "\n").getBytes(US_ASCII));
  }

  @Override
  public Trials trials(AuthorityName authority) throws IOException {
    Path file = trialsFile(authority);
    try {
      Trials read = Json.PLAIN.read(Files.readAllBytes(file), Trials.class);
      remember(file);
      return read;
    } catch (NoSuchFileException e) {
      return Trials.NONE;
    } catch (UnreadableRecord e) {
      throw new IOException(
          "%s cannot be read (%s); remove it: the next rotation tries the verifier anew"
              .formatted(file, e.getMessage()),
          e);
    }
  }

  @Override
  public void keep(AuthorityName authority, Trials trials) throws IOException {
    write(trialsFile(authority), Json.PLAIN.write(trials));
  }

  private Path trialsFile(AuthorityName authority) {
    return folder.resolve(authority + ".canary.json");
  }

  /** Keeps a file that others write here once; as the identity key. */
  public void guard(Path file) throws IOException {
    if (folder.toAbsolutePath().normalize().equals(file.toAbsolutePath().normalize().getParent())) {
      remember(file);
    }
  }

  private void write(Path file, byte[] content) throws IOException {
    writing.lock();
    try {
      kept.put(file.getFileName().toString(), Bytes.of(content));
      DurableFile.replace(file, content);
    } catch (IOException e) {
      throw unwritable(e);
    } finally {
      writing.unlock();
    }
  }

  private IOException unwritable(IOException e) {
    return new IOException(
        "the state folder %s cannot be written: %s; let the agent write there, and see that the disk has room"
            .formatted(folder, e.getMessage()),
        e);
  }

  /**
   * {@inheritDoc}
   *
   * @throws IOException if what was lost cannot be written again, or another agent has taken the
   *     folder meanwhile
   */
  @Override
  public void verify() throws IOException {
    writing.lock();
    try {
      if (!Files.isDirectory(folder)) {
        make(folder);
      }
      try (OpenFolder there = new FolderWalk(AgentUser.now()).to(folder)) {
        for (Map.Entry<String, Bytes> file : kept.entrySet()) {
          FileMark mark = FileMark.of(file.getValue());
          if (ReadBack.flawOfFile(there, file.getKey(), mark, Ownership.PRIVATE).isPresent()) {
            DurableFile.replace(there, file.getKey(), file.getValue(), Ownership.PRIVATE);
          }
        }
        if (there.find(LOCK).isEmpty()) {
          FileChannel again = locked(folder);
          lockFile.close();
          lockFile = again;
        }
      }
    } catch (IOException e) {
      throw unwritable(e);
    } finally {
      writing.unlock();
    }
  }

  @Override
  public void close() throws IOException {
    writing.lock();
    try {
      lockFile.close();
    } finally {
      writing.unlock();
    }
  }
}
