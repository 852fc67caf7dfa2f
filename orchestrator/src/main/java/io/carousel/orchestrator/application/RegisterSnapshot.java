package io.carousel.orchestrator.application;

import io.carousel.events.Digest;
import io.carousel.events.HouseId;
import io.carousel.events.seal.Authorship;
import io.carousel.events.seal.ForgedRecord;
import io.carousel.events.topics.Topic;
import io.carousel.orchestrator.evidence.IssuedRegister;
import io.carousel.orchestrator.log.Cluster;
import io.carousel.orchestrator.log.StoredRecord;
import io.carousel.orchestrator.log.TopicTail;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the register of what was issued between starts. Disposable: a snapshot counts only if its
 * checksum holds, it is of this version and cluster, and the record up to which it was read still
 * stands at its place in the topic with its hash. Else it is thrown away, and the results are read
 * again.
 *
 * <p>The file: {@value #MAGIC}, the cluster's id, for each partition the offset and the hash of the
 * last record read, the entries, and SHA-256 of all before it.
 */
final class RegisterSnapshot {
  private static final Logger LOG = LoggerFactory.getLogger(RegisterSnapshot.class);

  /** Changed whenever the form of what follows changes. */
  private static final String MAGIC = "carousel-register-2";

  private static final int DIGEST = 32;

  /** Beyond so many entries, some 300 MB, a start reads the results instead. */
  static final long MOST = 1_500_000;

  private final Places places;
  private final HouseId cluster;
  private final Path file;
  private Map<Integer, Mark> kept = Map.of();

  /** The record that stands somewhere in the topic of results. */
  @FunctionalInterface
  interface Places {
    /** Its hash; empty if there is none. */
    Optional<Digest> hash(int partition, long offset);
  }

  /** Up to where a partition was read, with that record. */
  private record Mark(long offset, Digest hash) {}

  RegisterSnapshot(Cluster kafka, HouseId cluster, Path file) {
    this((partition, offset) -> hash(kafka, partition, offset), cluster, file);
  }

  RegisterSnapshot(Places places, HouseId cluster, Path file) {
    this.places = places;
    this.cluster = cluster;
    this.file = file;
  }

  private static Optional<Digest> hash(Cluster kafka, int partition, long offset) {
    try {
      return StoredRecord.read(kafka, Topic.RESULTS.topicName(), partition, offset)
          .map(Authorship::hash);
    } catch (ForgedRecord e) {
      return Optional.empty();
    }
  }

  /**
   * Puts what was kept into that register, which is empty.
   *
   * @return the offsets to go on from, by partition; empty, and nothing in the register, if there
   *     is no snapshot that holds
   */
  synchronized Optional<Map<Integer, Long>> restore(IssuedRegister register) {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      checkSum();
      Map<Integer, Mark> marks = read(register);
      var next = new TreeMap<Integer, Long>();
      for (var mark : marks.entrySet()) {
        long offset = mark.getValue().offset();
        if (!places.hash(mark.getKey(), offset).equals(Optional.of(mark.getValue().hash()))) {
          throw new IOException("the topic holds another record where it ends, or none");
        }
        next.put(mark.getKey(), offset + 1);
      }
      kept = marks;
      LOG.info("the register goes on from {} credentials kept at {}", register.size(), next);
      return Optional.of(next);
    } catch (IOException | RuntimeException e) {
      LOG.info("the snapshot {} is not used ({}); reading the results again", file, e.toString());
      register.clear();
      discard(file);
      return Optional.empty();
    }
  }

  private void checkSum() throws IOException {
    long length = Files.size(file);
    if (length < DIGEST) {
      throw new IOException("it is cut off");
    }
    MessageDigest sha = sha256();
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
      var buffer = new byte[1 << 16];
      long left = length - DIGEST;
      while (left > 0) {
        int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
        if (read < 0) {
          throw new IOException("it is cut off");
        }
        sha.update(buffer, 0, read);
        left -= read;
      }
      if (!MessageDigest.isEqual(in.readNBytes(DIGEST), sha.digest())) {
        throw new IOException("its checksum is wrong");
      }
    }
  }

  private Map<Integer, Mark> read(IssuedRegister register) throws IOException {
    try (var in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
      if (!in.readUTF().equals(MAGIC)) {
        throw new IOException("it is of another version");
      }
      if (!in.readUTF().equals(cluster.value())) {
        throw new IOException("it is of another cluster");
      }
      var marks = new HashMap<Integer, Mark>();
      for (int left = in.readInt(); left > 0; left--) {
        marks.put(in.readInt(), new Mark(in.readLong(), Digest.ofHash(in.readNBytes(DIGEST))));
      }
      register.restore(in);
      return marks;
    }
  }

  /**
   * Keeps what that register holds.
   *
   * @param last the record of each partition up to which all was taken into it
   */
  synchronized void keep(
      IssuedRegister register, Map<Integer, TopicTail.Received> last, Instant now) {
    var marks = new TreeMap<Integer, Mark>();
    // Before the entries: what is taken in meanwhile is taken in once more, which changes nothing.
    last.forEach(
        (partition, r) -> marks.put(partition, new Mark(r.offset(), Authorship.hash(r.message()))));
    keepUpTo(register, marks, now);
  }

  private void keepUpTo(IssuedRegister register, Map<Integer, Mark> marks, Instant now) {
    if (marks.isEmpty() || marks.equals(kept)) {
      return;
    }
    if (register.size() > MOST) {
      LOG.info("{} credentials are too many to be kept between starts", register.size());
      discard(file);
      return;
    }
    Path draft = file.resolveSibling(file.getFileName() + ".new");
    try {
      write(draft, register, marks, now);
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      kept = Map.copyOf(marks);
    } catch (IOException | RuntimeException e) {
      LOG.warn("the register could not be kept in {}; the next start takes longer", file, e);
      discard(draft);
    }
  }

  private void write(Path draft, IssuedRegister register, Map<Integer, Mark> marks, Instant now)
      throws IOException {
    MessageDigest sha = sha256();
    try (OutputStream plain = Files.newOutputStream(draft)) {
      var buffered = new BufferedOutputStream(new DigestOutputStream(plain, sha), 1 << 16);
      var out = new DataOutputStream(buffered);
      out.writeUTF(MAGIC);
      out.writeUTF(cluster.value());
      out.writeInt(marks.size());
      for (var mark : marks.entrySet()) {
        out.writeInt(mark.getKey());
        out.writeLong(mark.getValue().offset());
        out.write(mark.getValue().hash().bytes());
      }
      register.save(out, now);
      out.flush();
      plain.write(sha.digest());
    }
  }

  /** A disk that is full needs the room for what matters more. */
  private static void discard(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.warn("{} cannot be removed", file, e);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
