package io.carousel.orchestrator.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.carousel.events.HouseEvent;
import io.carousel.events.Reply;
import io.carousel.events.SlotName;
import io.carousel.events.seal.Head;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A folder in which nothing can be written. Without the highest head an instance would believe a
 * shorter log, so it stops; without snapshots it only starts slower.
 */
class FullDiskTest {
  /** Takes no byte, as a disk without room. */
  private static final Path FULL = Path.of("/dev/full");

  private final TestHouse house = new TestHouse();

  @AfterEach
  void close() {
    house.close();
  }

  @Test
  void aHighestHeadThatCannotBeWrittenStopsTheInstanceAndSaysWhatToDo() throws IOException {
    house.founder().close();
    Path file = folder().resolve("highest-head");
    Path aside = Files.move(file, folder().resolve("aside"));
    onAFullDisk(file);
    Files.delete(folder().resolve("snapshot"));
    var before = house.replayed();

    assertThatThrownBy(() -> house.start("first", false, Cuts.NONE))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("how far the log goes could not be written to " + file)
        .hasMessageContaining("No space left on device")
        .hasMessageContaining("make room");
    assertThat(house.replayed()).isEqualTo(before);

    Files.delete(file);
    Files.move(aside, file);
    var again = house.start("first", false, Cuts.NONE).owning();
    assertThat(again.register("a")).isInstanceOf(Reply.Accepted.class);
  }

  @Test
  void anOwnerWhoseDiskFillsUpStopsAndLeavesNobodyWaiting() throws IOException {
    // An empty log: the first record that it writes is the first that it cannot note.
    Files.createDirectories(folder());
    onAFullDisk(folder().resolve("highest-head"));
    var owner = house.start("first", true, Cuts.NONE);
    assertThat(owner.failed)
        .succeedsWithin(TestHouse.PATIENCE)
        .satisfies(e -> assertThat(e).hasMessageContaining("make room"));
    Awaitility.await().until(() -> owner.log.standing() == Standing.STOPPED);
    // What it had committed is the log's; another instance goes on from it.
    assertThat(house.replayed()).hasSize(2);
  }

  @Test
  void whoeverProposedWhenItStoppedIsTold() {
    var full = new AtomicBoolean();
    var owner =
        house
            .start(
                "first",
                true,
                point -> {
                  if (full.get() && point == Cuts.Point.PUBLISH) {
                    throw new UncheckedIOException(new IOException("No space left on device"));
                  }
                })
            .owning();
    full.set(true);
    var event = new HouseEvent.SlotRegistered(new SlotName("a"), "m", "c", "op", Instant.now());
    var written =
        owner.log.propose(new Proposal(List.of(Draft.of(event)), Long.MAX_VALUE, e -> false));
    assertThat(written)
        .failsWithin(TestHouse.PATIENCE)
        .withThrowableThat()
        .withCauseInstanceOf(NotOwner.class)
        .withMessageContaining("ask again");
    assertThat(owner.failed).succeedsWithin(TestHouse.PATIENCE);
  }

  @Test
  void aFolderThatCannotBeMadeIsNamed() throws IOException {
    Files.writeString(folder(), "a file, where a folder should be");
    assertThatThrownBy(() -> house.start("first", true, Cuts.NONE))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining(folder().toString())
        .hasMessageContaining("give this instance a folder that it may write to");
    assertThat(house.records(io.carousel.events.topics.Topic.EVENTS)).isEmpty();
  }

  @Test
  void aHighestHeadThatIsNoFileIsNamed() throws IOException {
    Files.createDirectories(folder().resolve("highest-head"));
    assertThatThrownBy(() -> house.start("first", true, Cuts.NONE))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining(folder().toString())
        .hasMessageContaining("give this instance a folder that it may write to");
    assertThat(house.records(io.carousel.events.topics.Topic.EVENTS)).isEmpty();
  }

  @Test
  void whatCouldNotBeNotedIsNotBelievedToBe() throws IOException {
    Files.createDirectories(folder());
    onAFullDisk(folder().resolve("highest-head"));
    try (var highest = HighestHead.open(folder())) {
      var head = new Head(7, io.carousel.events.Digest.of(new byte[] {1}));
      assertThatThrownBy(() -> highest.raise(house.id, head)).isInstanceOf(IOException.class);
      assertThat(highest.head()).isEqualTo(Head.EMPTY);
      assertThatThrownBy(() -> highest.raise(house.id, head)).isInstanceOf(IOException.class);
    } catch (IOException e) {
      // The device cannot be forced either.
    }
  }

  @Test
  void snapshotsThatCannotBeWrittenStopNothing() throws IOException {
    house.pace = snapshotEvery(5);
    var owner = house.founder();
    Path draft = folder().resolve("snapshot.new");
    onAFullDisk(draft);
    for (int i = 0; i < 5; i++) {
      assertThat(owner.register("s" + i)).isInstanceOf(Reply.Accepted.class);
    }
    // What was begun is taken away: a full disk needs the room.
    Awaitility.await().until(() -> !Files.exists(draft, java.nio.file.LinkOption.NOFOLLOW_LINKS));
    assertThat(folder().resolve("snapshot")).doesNotExist();
    for (int i = 5; i < 11; i++) {
      assertThat(owner.register("s" + i)).isInstanceOf(Reply.Accepted.class);
    }
    Awaitility.await().until(() -> Files.exists(folder().resolve("snapshot")));
    owner.close();
    var again = house.start("first", false, Cuts.NONE).owning();
    assertThat(again.rules.evolved.get()).isLessThan(5);
    assertThat(again.chronicle().now().state()).hasSize(11);
  }

  @Test
  void anOldSnapshotOutlastsOneThatCannotBeWritten() throws IOException {
    house.pace = snapshotEvery(1_000_000);
    house.founder().close();
    byte[] old = Files.readAllBytes(folder().resolve("snapshot"));
    var again = house.start("first", false, Cuts.NONE).owning();
    again.register("a");
    // A folder that is not empty can neither be written nor taken away.
    Files.createDirectories(folder().resolve("snapshot.new").resolve("in-the-way"));
    again.close();
    assertThat(again.log.standing()).isEqualTo(Standing.STOPPED);
    assertThat(again.failed).isNotDone();
    assertThat(folder().resolve("snapshot")).hasBinaryContent(old);
    assertThat(house.start("first", false, Cuts.NONE).owning().chronicle().now().state())
        .containsExactly("a");
  }

  private Path folder() {
    return house.folder.resolve("first");
  }

  private static void onAFullDisk(Path file) throws IOException {
    assumeThat(FULL).exists();
    Files.createSymbolicLink(file, FULL);
  }

  private static LogConfig.Pace snapshotEvery(int events) {
    LogConfig.Pace d = LogConfig.Pace.DEFAULT;
    return new LogConfig.Pace(
        d.batchActs(),
        d.batchBytes(),
        d.actBytes(),
        d.recent(),
        d.remembered(),
        d.reissueFirst(),
        d.reissueMost(),
        events);
  }
}
