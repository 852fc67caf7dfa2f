package io.carousel.orchestrator.log;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.carousel.events.Bytes;
import io.carousel.events.Digest;
import io.carousel.events.HouseId;
import io.carousel.events.seal.Head;
import io.carousel.events.seal.KnownAuthor;
import io.carousel.events.seal.Past;
import io.carousel.events.seal.Roster;
import io.carousel.events.wire.Json;
import io.carousel.events.wire.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Saves replaying from the first event. A snapshot is taken at its word for nothing that the log
 * can say: the record at its sequence number must still be there with its hash. Whatever is wrong
 * with one, it is ignored and the log is replayed from its start.
 */
final class Snapshots<S> {
  private static final Logger LOG = LoggerFactory.getLogger(Snapshots.class);
  private static final int DIGEST_LENGTH = 64;

  private final LogConfig config;
  private final HouseId house;
  private final Optional<SnapshotCodec<S>> codec;
  private final Path file;
  private final AtomicBoolean writing = new AtomicBoolean();
  private volatile long last;

  Snapshots(LogConfig config, HouseId house, Optional<SnapshotCodec<S>> codec) {
    this.config = config;
    this.house = house;
    this.codec = codec;
    this.file = config.folder().resolve("snapshot");
  }

  /**
   * What the file holds, as JSON after the SHA-256 of that JSON.
   *
   * @param founder the key that the history was checked against
   * @param offset where the record of the head stood
   * @param reading what was remembered of the records, and which were no part of the history
   */
  private record Saved(
      HouseId house,
      Optional<Bytes> founder,
      int ruleVersion,
      Head head,
      long offset,
      Instant at,
      long position,
      long term,
      int level,
      List<KnownAuthor> authors,
      Outcomes.Memory memory,
      List<Anchors.Anchor> anchors,
      Reading reading,
      Bytes state) {}

  private record Reading(Past.Kept past, StrayRecords strays) {}

  /**
   * Where the chronicle is now.
   *
   * @param offset to go on reading from; 0 if there was no snapshot
   * @param past what is remembered of the records before; empty if there was no snapshot
   */
  record Restored(long offset, Optional<Past.Kept> past) {
    private static final Restored NOTHING = new Restored(0, Optional.empty());
  }

  /** Puts the chronicle where the snapshot is, if there is one that holds. */
  Restored restore(LiveChronicle<S> chronicle, OlderEvents events) {
    if (codec.isEmpty() || !Files.exists(file)) {
      return Restored.NOTHING;
    }
    try {
      Saved saved = read();
      S state = codec.get().read(saved.state().toArray());
      var anchor = new Anchors.Anchor(saved.head(), saved.offset());
      events.read(new OlderEvents.Stretch(anchor, saved.head()), saved.head().sequence(), 1);
      Past.check(saved.reading().past(), saved.head());
      chronicle.restore(known(saved, state), saved.memory(), saved.anchors(), saved.offset());
      chronicle.stray().restore(saved.reading().strays());
      last = saved.head().sequence();
      return new Restored(saved.offset() + 1, Optional.of(saved.reading().past()));
    } catch (IOException | RuntimeException e) {
      LOG.info(
          "The snapshot {} is not used ({}); replaying from the first event", file, e.getMessage());
      return Restored.NOTHING;
    }
  }

  private Saved read() throws IOException {
    byte[] whole = Files.readAllBytes(file);
    if (whole.length < DIGEST_LENGTH) {
      throw new IOException("it is cut off");
    }
    var json = new byte[whole.length - DIGEST_LENGTH];
    ByteBuffer.wrap(whole, DIGEST_LENGTH, json.length).get(json);
    if (!new String(whole, 0, DIGEST_LENGTH, US_ASCII).equals(Digest.of(json).value())) {
      throw new IOException("its digest is wrong");
    }
    Saved saved = Json.PLAIN.read(json, Saved.class);
    check(saved.house().equals(house), "it is of another house");
    check(saved.ruleVersion() == config.ruleVersion(), "it is of other rules");
    check(saved.founder().equals(config.founder()), "another founder was pinned");
    check(saved.level() <= Wire.FEATURE_LEVEL, "it is of a newer feature level");
    return saved;
  }

  private static void check(boolean holds, String fault) throws IOException {
    if (!holds) {
      throw new IOException(fault);
    }
  }

  private static <S> Known<S> known(Saved saved, S state) {
    return new Known<>(
        state,
        Optional.of(saved.house()),
        saved.head(),
        saved.at(),
        saved.position(),
        saved.term(),
        saved.level(),
        Roster.of(saved.authors()));
  }

  /** Takes one in the background, if there is enough new. */
  void maybe(LiveChronicle<S> chronicle, Past past) {
    if (codec.isEmpty()
        || chronicle.known().head().sequence() - last < config.pace().snapshotEvery()
        || !writing.compareAndSet(false, true)) {
      return;
    }
    LiveChronicle.Whole<S> whole = chronicle.whole();
    var reading = new Reading(past.kept(), chronicle.strays());
    last = whole.known().head().sequence();
    Thread.ofPlatform()
        .daemon()
        .name("carousel-log-snapshot")
        .start(() -> {
          try {
            write(whole, reading);
          } finally {
            writing.set(false);
          }
        });
  }

  /** Takes one now, if there is anything new. */
  void now(LiveChronicle<S> chronicle, Past past) {
    if (codec.isPresent() && chronicle.known().head().sequence() > last) {
      write(chronicle.whole(), new Reading(past.kept(), chronicle.strays()));
    }
  }

  private synchronized void write(LiveChronicle.Whole<S> whole, Reading reading) {
    Known<S> known = whole.known();
    Path draft = file.resolveSibling("snapshot.new");
    try {
      var saved =
          new Saved(
              house,
              config.founder(),
              config.ruleVersion(),
              known.head(),
              whole.offset(),
              known.at(),
              known.position(),
              known.term(),
              known.level(),
              known.roster().authors(),
              whole.memory(),
              whole.anchors(),
              reading,
              Bytes.of(codec.orElseThrow().write(known.state())));
      byte[] json = Json.PLAIN.write(saved);
      Files.write(draft, Digest.of(json).value().getBytes(US_ASCII));
      Files.write(draft, json, java.nio.file.StandardOpenOption.APPEND);
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException | RuntimeException e) {
      LOG.warn("No snapshot could be written to {}; the next start takes longer", file, e);
      remove(draft);
    }
  }

  /** A disk that is full needs the room for what matters more. */
  private static void remove(Path draft) {
    try {
      Files.deleteIfExists(draft);
    } catch (IOException e) {
      LOG.warn("{} was not finished and cannot be removed", draft, e);
    }
  }
}
