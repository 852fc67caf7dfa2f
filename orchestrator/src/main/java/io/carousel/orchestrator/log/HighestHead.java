package io.carousel.orchestrator.log;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.carousel.events.Digest;
import io.carousel.events.HouseId;
import io.carousel.events.seal.Head;
import io.carousel.events.seal.ImpossibleHistory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * The furthest head that this instance has ever seen, on its own disk: a log that does not reach
 * it, or says something else there, has been tampered with or lost. Written in two places by turns,
 * so that one is whole whatever happens; a kill loses nothing, a power loss perhaps the last
 * second. One thread at a time.
 */
final class HighestHead implements AutoCloseable {
  private static final int SLOT = 256;
  private static final long FORCE_EVERY_NANOS = 1_000_000_000L;

  private final Path file;
  private final FileChannel channel;
  private Optional<Seen> highest;
  private int next;
  private long forcedAt = System.nanoTime();

  private record Seen(HouseId house, Head head) {}

  private HighestHead(Path file, FileChannel channel) throws IOException {
    this.file = file;
    this.channel = channel;
    Optional<Seen> first = slot(0);
    Optional<Seen> second = slot(1);
    boolean secondIsHigher = sequence(second) > sequence(first);
    highest = secondIsHigher ? second : first;
    next = secondIsHigher ? 0 : 1;
    if (highest.isEmpty() && channel.size() > 0) {
      throw new IOException(
          "%s is unreadable, and so is how far this instance had seen the log; remove it to accept the log as it is"
              .formatted(file));
    }
  }

  /**
   * Opens it, or makes it.
   *
   * @throws IOException if it is unreadable, or another process has it open
   */
  static HighestHead open(Path folder) throws IOException {
    Path file = folder.resolve("highest-head");
    FileChannel channel = channel(folder, file);
    try {
      lock(folder, channel);
      return new HighestHead(file, channel);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private static FileChannel channel(Path folder, Path file) throws IOException {
    try {
      Files.createDirectories(folder);
      return FileChannel.open(
          file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new IOException(
          "%s cannot be used to note how far the log goes (%s); give this instance a folder that it may write to"
              .formatted(folder, e),
          e);
    }
  }

  private static void lock(Path folder, FileChannel channel) throws IOException {
    FileLock lock;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      lock = null;
    }
    if (lock == null) {
      throw new IOException(
          "%s is in use by another instance; give each its own folder".formatted(folder));
    }
  }

  /** How far this instance had seen the log. */
  Head head() {
    return highest.map(Seen::head).orElse(Head.EMPTY);
  }

  /**
   * Holds a record against it.
   *
   * @throws ImpossibleHistory if another record was there once, or the log is of another house
   */
  void check(HouseId house, Head head) {
    if (highest.isEmpty()) {
      return;
    }
    if (!highest.get().house().equals(house)) {
      throw new ImpossibleHistory(
          1,
          "this is house %s, and %s is of house %s".formatted(house, file, highest.get().house()));
    }
    Head known = highest.get().head();
    if (head.sequence() == known.sequence() && !head.hash().equals(known.hash())) {
      throw new ImpossibleHistory(
          head.sequence(),
          "this instance has seen another record there (hash %s, now %s)"
              .formatted(known.hash().brief(), head.hash().brief()));
    }
  }

  /**
   * Checks the end of a log.
   *
   * @throws ImpossibleHistory if this instance has seen it go further
   */
  void checkEnd(Head end) {
    if (end.sequence() < head().sequence()) {
      throw new ImpossibleHistory(
          end.sequence() + 1,
          "the log ends before it, and this instance has seen it up to %d; the tail was lost"
              .formatted(head().sequence()));
    }
  }

  /**
   * Notes how far the log goes; lower heads are ignored.
   *
   * @throws IOException if it cannot be noted; what was noted before still stands
   */
  void raise(HouseId house, Head head) throws IOException {
    if (head.sequence() <= head().sequence()) {
      return;
    }
    try {
      write(text(house, head));
    } catch (IOException e) {
      throw new IOException(
          "how far the log goes could not be written to %s (%s), and without that a log cut short would pass for whole; make room, or mend the disk, and start this instance again"
              .formatted(file, e.getMessage()),
          e);
    }
    highest = Optional.of(new Seen(house, head));
    next = 1 - next;
  }

  private void write(byte[] text) throws IOException {
    var bytes = ByteBuffer.wrap(text);
    while (bytes.hasRemaining()) {
      channel.write(bytes, (long) next * SLOT + bytes.position());
    }
    if (System.nanoTime() - forcedAt > FORCE_EVERY_NANOS) {
      channel.force(false);
      forcedAt = System.nanoTime();
    }
  }

  @Override
  public void close() throws IOException {
    try (channel) {
      if (channel.isOpen()) {
        channel.force(false);
      }
    }
  }

  private static byte[] text(HouseId house, Head head) {
    String line = "%s %d %s ".formatted(house, head.sequence(), head.hash());
    String whole = line + crc(line);
    return (" ".repeat(SLOT - 1 - whole.length()) + whole + "\n").getBytes(US_ASCII);
  }

  private Optional<Seen> slot(int index) throws IOException {
    var bytes = ByteBuffer.allocate(SLOT);
    if (channel.read(bytes, (long) index * SLOT) < SLOT) {
      return Optional.empty();
    }
    String[] parts = new String(bytes.array(), US_ASCII).strip().split(" ");
    if (parts.length != 4
        || !parts[3].equals(crc("%s %s %s ".formatted(parts[0], parts[1], parts[2])))) {
      return Optional.empty();
    }
    return Optional.of(
        new Seen(new HouseId(parts[0]), new Head(Long.parseLong(parts[1]), new Digest(parts[2]))));
  }

  private static long sequence(Optional<Seen> seen) {
    return seen.map(s -> s.head().sequence()).orElse(-1L);
  }

  private static String crc(String line) {
    var crc = new CRC32();
    crc.update(line.getBytes(US_ASCII));
    return Long.toHexString(crc.getValue());
  }
}
