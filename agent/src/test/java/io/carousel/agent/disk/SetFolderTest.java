package io.carousel.agent.disk;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.events.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SetFolderTest {
  private static final Set<String> NAMES = Set.of("key.pem", "cert.pem");

  @TempDir Path base;
  private Path folder;
  private SetFolder sets;

  @BeforeEach
  void make() {
    folder = base.resolve("output");
    sets = new SetFolder(folder, Ownership.PRIVATE, NAMES);
  }

  private static Bytes text(String text) {
    return Bytes.of(text.getBytes(US_ASCII));
  }

  private static Map<String, Bytes> pair(Object number) {
    return Map.of("key.pem", text("key " + number), "cert.pem", text("cert " + number));
  }

  private List<String> left() throws IOException {
    try (Stream<Path> all = Files.list(folder.resolve("sets"))) {
      return all.map(p -> p.getFileName().toString()).sorted().toList();
    }
  }

  private Path inUse(Object number) throws IOException {
    Path set = sets.write(pair(number), Set.of());
    sets.switchTo(set);
    sets.confirm(set);
    return set;
  }

  @Test
  void whoResolvesTheLinkOnceNeverSeesAMismatchedPair() throws Exception {
    inUse(0);
    var done = new AtomicBoolean();
    var reader =
        CompletableFuture.supplyAsync(() -> {
          int read = 0;
          while (!done.get()) {
            try {
              Path set = folder.resolve("current").toRealPath();
              String key = Files.readString(set.resolve("key.pem"));
              String certificate = Files.readString(set.resolve("cert.pem"));
              assertThat(certificate).isEqualTo(key.replace("key", "cert"));
              read++;
            } catch (IOException e) {
              // However many changes came in between, its set is still there.
              throw new AssertionError(e);
            }
          }
          return read;
        });
    for (int i = 1; i <= 300; i++) {
      Path before = folder.resolve("current").toRealPath();
      inUse(i);
      assertThat(before).exists();
    }
    done.set(true);
    assertThat(reader.get()).isGreaterThan(50);
    assertThat(folder.resolve("current/key.pem")).hasContent("key 300");
  }

  /** Readers have a minute, however many changes come within it. */
  @Test
  void whatWasReplacedAMomentAgoStays() throws Exception {
    for (int i = 0; i < 5; i++) {
      inUse(i);
    }
    assertThat(left()).containsExactly("000001", "000002", "000003", "000004", "000005");
    age("000002", SetFolder.READERS.plusSeconds(1));
    age("000003", SetFolder.READERS.minusSeconds(10));
    inUse(5);
    assertThat(left())
        .as("the first was replaced by the second")
        .doesNotContain("000001")
        .hasSize(5);
  }

  /** A clock that was a year ahead must not keep private keys for a year. */
  @Test
  void whatAWrongClockMadeDoesNotStay() throws Exception {
    for (int i = 0; i < 4; i++) {
      inUse(i);
      age("00000" + (i + 1), Duration.ofDays(-365));
    }
    inUse(4);
    assertThat(left()).as("the fourth was replaced just now").containsExactly("000004", "000005");
  }

  private void age(String set, Duration age) throws IOException {
    Files.setLastModifiedTime(
        folder.resolve("sets").resolve(set), FileTime.from(Instant.now().minus(age)));
  }

  @Test
  void onlyTheConfirmedAndTheOneBeforeStay() throws Exception {
    for (int i = 0; i < 5; i++) {
      inUse(i);
      age("00000" + (i + 1), SetFolder.READERS.multipliedBy(2));
    }
    inUse(5);
    assertThat(left()).containsExactly("000005", "000006");
    age("000006", SetFolder.READERS.multipliedBy(2));
    Path failed = sets.write(pair("x"), Set.of());
    sets.switchTo(failed);
    assertThat(left()).containsExactly("000005", "000006", "000007");
    sets.switchTo(sets.confirmed().orElseThrow());
    sets.abandon(failed);
    assertThat(left()).containsExactly("000005", "000006");
    assertThat(sets.current()).isEqualTo(sets.confirmed());
  }

  @Test
  void modesAreSetBeforeAnybodySeesTheSet() throws Exception {
    var group =
        new Ownership(
            Optional.empty(), Optional.empty(), PosixFilePermissions.fromString("rw-r-----"));
    Path set = new SetFolder(folder, group, NAMES).write(pair(1), Set.of());
    assertThat(mode(set)).isEqualTo("rwxr-x---");
    assertThat(mode(set.resolve("key.pem"))).isEqualTo("rw-r-----");
    assertThat(mode(folder)).isEqualTo("rwxr-x---");
    assertThat(mode(sets.write(pair(2), Set.of()).resolve("key.pem"))).isEqualTo("rw-------");
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void anUnknownOwnerLeavesNothingBehind() throws Exception {
    inUse(1);
    var nobody =
        new Ownership(Optional.of("no-such-user"), Optional.empty(), Ownership.PRIVATE.mode());
    assertThatThrownBy(() -> new SetFolder(folder, nobody, NAMES).write(pair(2), Set.of()))
        .isInstanceOf(IOException.class);
    assertThat(left()).containsExactly("000001");
  }

  @Test
  void whatACrashLeftHalfDoneIsRemoved() throws Exception {
    inUse(1);
    Files.createDirectory(folder.resolve("sets/000002.new"));
    Files.writeString(folder.resolve("sets/000002.new/key.pem"), "half");
    assertThat(sets.write(pair(2), Set.of()).getFileName()).hasToString("000002");
    assertThat(left()).containsExactly("000001", "000002");
  }

  @Test
  void somebodyElsesFolderInTheWayIsNotTouched() throws Exception {
    Files.createDirectories(folder.resolve("current"));
    assertThatThrownBy(sets::current).hasMessageContaining("move it");
  }

  @Test
  void aWriteThatFailsHalfWayLeavesNothing() throws Exception {
    Path good = inUse(1);
    var files = new TreeMap<String, Bytes>(pair(2));
    files.put("z".repeat(300), text("a name that no file system takes"));
    assertThatThrownBy(() -> sets.write(files, Set.of())).isInstanceOf(IOException.class);
    assertThat(left()).containsExactly("000001");
    assertThat(sets.current()).contains(good);
  }

  @Test
  void aFullDiskChangesNothing() throws Exception {
    Files.createDirectory(folder);
    try (SmallDisk _ = SmallDisk.over(folder, 64)) {
      Path good = inUse(1);
      var large = Map.of("a.pem", text("small"), "key.pem", Bytes.of(new byte[200_000]));
      assertThatThrownBy(() -> sets.write(large, Set.of())).hasMessageContaining("No space left");
      assertThat(left()).containsExactly("000001");
      assertThat(sets.current()).contains(good);
      inUse(2);
      assertThat(folder.resolve("current/key.pem")).hasContent("key 2");
    }
  }

  @Test
  void aFolderThatBecomesReadOnlyChangesNothing() throws Exception {
    Files.createDirectory(folder);
    try (SmallDisk disk = SmallDisk.over(folder, 256)) {
      Path good = inUse(1);
      Path other = sets.write(pair(2), Set.of());
      disk.readOnly();
      assertThatThrownBy(() -> sets.write(pair(3), Set.of())).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> sets.switchTo(other)).isInstanceOf(IOException.class);
      assertThat(sets.current()).contains(good);
      disk.writable();
      sets.switchTo(other);
      assertThat(folder.resolve("current/key.pem")).hasContent("key 2");
    }
  }

  @Test
  void anObstacleIsNamedBeforeAnythingIsWritten() throws Exception {
    assertThat(sets.obstacle()).isEmpty();
    Path file = Files.writeString(base.resolve("file"), "");
    assertThat(new SetFolder(file.resolve("x"), Ownership.PRIVATE, NAMES).obstacle().orElseThrow())
        .contains(file + " is no folder");
    Files.createDirectory(folder);
    try (SmallDisk disk = SmallDisk.over(folder, 64)) {
      disk.readOnly();
      assertThat(sets.obstacle().orElseThrow()).contains(folder + " cannot be written");
    }
  }
}
