package io.carousel.deploy.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carousel.events.SlotName;
import io.carousel.events.wire.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeFolderTest {
  private static final SlotName A = new SlotName("a");
  private static final SlotName B = new SlotName("b");

  @TempDir Path temporary;

  @Test
  void aFolderInUseIsRefusedByName() throws Exception {
    try (NodeFolder _ = NodeFolder.take(temporary)) {
      assertThatThrownBy(() -> NodeFolder.take(temporary))
          .isInstanceOf(NodeTrouble.class)
          .hasMessageContaining(temporary.toRealPath().toString())
          .hasMessageContaining(
              "in use by the node with process id " + ProcessHandle.current().pid())
          .hasMessageContaining("--data");
    }
    NodeFolder.take(temporary).close();
  }

  @Test
  void oneInUseIsNamedBeforeItIsTaken() throws Exception {
    NodeFolder.refuseHeld(temporary);
    try (NodeFolder _ = NodeFolder.take(temporary)) {
      assertThatThrownBy(() -> NodeFolder.refuseHeld(temporary))
          .isInstanceOf(NodeTrouble.class)
          .hasMessageContaining("process id " + ProcessHandle.current().pid());
    }
    NodeFolder.refuseHeld(temporary);
    NodeFolder.take(temporary).close();
  }

  @Test
  void aFileIsNoFolder() throws Exception {
    Path file = Files.writeString(temporary.resolve("file"), "");

    assertThatThrownBy(() -> NodeFolder.take(file))
        .isInstanceOf(NodeTrouble.class)
        .hasMessageContaining("cannot be used")
        .hasMessageContaining("--data");
  }

  /** Root alone can give a folder away, and has the most to lose by it. */
  @Test
  void aFolderOfAnotherUserIsNotWrittenInto() throws Exception {
    assumeTrue(Files.getAttribute(temporary, "unix:uid").equals(0), "runs as root");
    Path theirs = Files.createDirectory(temporary.resolve("theirs"));
    Path victim = Files.writeString(temporary.resolve("victim"), "untouched");
    Files.createSymbolicLink(theirs.resolve("lock"), victim);
    Files.setAttribute(theirs, "unix:uid", 65_534);

    assertThatThrownBy(() -> NodeFolder.take(theirs))
        .isInstanceOf(NodeTrouble.class)
        .hasMessageContaining("belongs to")
        .hasMessageContaining("--data");
    assertThat(victim).hasContent("untouched");
  }

  @Test
  void aFolderThatAnybodyMayReplaceIsRefused() throws Exception {
    Path open = Files.createDirectory(temporary.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));

    assertThatThrownBy(() -> NodeFolder.take(open.resolve("data")))
        .isInstanceOf(NodeTrouble.class)
        .hasMessageContaining("chmod o-w " + open.toRealPath());

    Files.setAttribute(open, "unix:mode", 01777);
    NodeFolder.take(open.resolve("data")).close();
  }

  @Test
  void aFolderOfOthersIsLeftAsItIs() throws Exception {
    Path file = Files.writeString(temporary.resolve("thesis.txt"), "words");
    String before = mode(temporary);

    assertThatThrownBy(() -> NodeFolder.take(temporary))
        .isInstanceOf(NodeTrouble.class)
        .hasMessageContaining("files that are no node's")
        .hasMessageContaining("--data");
    assertThat(mode(temporary)).isEqualTo(before);
    assertThat(temporary).isDirectoryContaining(file::equals);
    try (var left = Files.list(temporary)) {
      assertThat(left).containsExactly(file);
    }
  }

  @Test
  void itIsPrivate() throws Exception {
    Path root = temporary.resolve("new");
    try (NodeFolder folder = NodeFolder.take(root)) {
      folder.prepare(A);
      assertThat(mode(root)).isEqualTo("rwx------");
      assertThat(mode(folder.slot(A))).isEqualTo("rwx------");
      assertThat(mode(folder.slot(A).resolve("pin"))).isEqualTo("rw-------");
    }
  }

  @Test
  void pinsAreMadeOnce() throws Exception {
    try (NodeFolder folder = NodeFolder.take(temporary)) {
      folder.prepare(A);
      String pin = Files.readString(folder.slot(A).resolve("pin"));
      folder.prepare(A);
      folder.prepare(B);
      assertThat(folder.slot(A).resolve("pin")).hasContent(pin.strip());
      assertThat(Files.readString(folder.slot(B).resolve("pin"))).isNotEqualTo(pin);
    }
  }

  @Test
  void slotsAreChosenOnce() throws Exception {
    try (NodeFolder folder = NodeFolder.take(temporary)) {
      assertThat(folder.slots(List.of(A, B))).containsExactly(A, B);
      assertThat(folder.slots(List.of())).containsExactly(A, B);
      assertThat(folder.slots(List.of(B, A))).containsExactly(A, B);
      assertThatThrownBy(() -> folder.slots(List.of(A)))
          .isInstanceOf(NodeTrouble.class)
          .hasMessageContaining("slots a, b");
    }
  }

  @Test
  void whereItListensIsSaidWhileItRuns() throws Exception {
    var said = new NodeFolder.Description("http://127.0.0.1:1", "secret", "127.0.0.1:2", 3);
    Path file = temporary.resolve("node.json");
    try (NodeFolder folder = NodeFolder.take(temporary)) {
      folder.describe(said);
      assertThat(Json.PLAIN.read(Files.readAllBytes(file), NodeFolder.Description.class))
          .isEqualTo(said);
    }
    assertThat(file).doesNotExist();
  }

  @Test
  void whatTheKilledLeftBehindIsClearedAway() throws Exception {
    NodeFolder.take(temporary).close();
    Files.createDirectories(temporary.resolve("scratch"));
    Path left = Files.writeString(temporary.resolve("scratch").resolve("left.so"), "");

    NodeFolder.take(temporary).close();

    assertThat(left).doesNotExist();
  }

  private static String mode(Path file) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }
}
