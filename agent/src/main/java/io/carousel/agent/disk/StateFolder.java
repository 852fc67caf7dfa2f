package io.carousel.agent.disk;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.carousel.agent.Memory;
import io.carousel.agent.Trials;
import io.carousel.events.AuthorityName;
import io.carousel.events.TrustBundle;
import io.carousel.events.wire.Json;
import io.carousel.events.wire.UnreadableRecord;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/** What the agent remembers, in a folder that one agent at a time may use. */
public final class StateFolder implements Memory, AutoCloseable {
  private final Path folder;
  private final FileChannel lockFile;
  private final ReentrantLock writing = new ReentrantLock();

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
   * @throws IOException if another agent has it, or it cannot be used
   */
  public static StateFolder open(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(folder.toAbsolutePath().getParent());
      Files.createDirectory(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    FileChannel lockFile =
        FileChannel.open(
            folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (tryLock(lockFile).isEmpty()) {
        throw new IOException(
            "another agent works with the state folder %s; stop it, or give each one its own"
                .formatted(folder));
      }
      return new StateFolder(folder, lockFile, readCounter(counterFile(folder)));
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
    return readBundle(folder, authority);
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
      return Json.PLAIN.read(Files.readAllBytes(file), Trials.class);
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

  private void write(Path file, byte[] content) throws IOException {
    writing.lock();
    try {
      DurableFile.replace(file, content);
    } catch (IOException e) {
      throw new IOException(
          "the state folder %s cannot be written: %s; let the agent write there, and see that the disk has room"
              .formatted(folder, e.getMessage()),
          e);
    } finally {
      writing.unlock();
    }
  }

  @Override
  public void close() throws IOException {
    lockFile.close();
  }
}
