package io.carousel.agent.disk;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carousel.events.Bytes;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a service's user may put in an agent's way: nothing elsewhere is written or deleted. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class LinkAttackTest {
  private static final Map<String, Bytes> PAIR =
      Map.of("key.pem", text("key"), "cert.pem", text("cert"));
  private static final Ownership NOBODY =
      new Ownership(Optional.of("nobody"), Optional.empty(), Ownership.PRIVATE.mode());

  @TempDir Path base;
  private Path folder;
  private Path victim;
  private SetFolder sets;

  @BeforeEach
  void make() throws IOException {
    folder = base.resolve("output");
    victim = Files.createDirectory(base.resolve("victim"));
    Files.writeString(victim.resolve("precious"), "precious");
    Files.createDirectory(victim.resolve("000001.new"));
    Files.writeString(victim.resolve("000001.new/key.pem"), "precious");
    sets = sets(Ownership.PRIVATE);
  }

  private SetFolder sets(Ownership ownership) {
    return new SetFolder(folder, ownership, PAIR.keySet());
  }

  private static Bytes text(String text) {
    return Bytes.of(text.getBytes(US_ASCII));
  }

  private Path inUse() throws IOException {
    Path set = sets.write(PAIR, Set.of());
    sets.switchTo(set);
    sets.confirm(set);
    return set;
  }

  private static void needRoot() throws IOException {
    assumeTrue(AgentUser.now().isRoot(), "only root may give files away");
  }

  private static void give(Path path, String user) throws IOException {
    UserPrincipal owner =
        FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(user);
    Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
        .setOwner(owner);
  }

  private static String owner(Path path) throws IOException {
    return Files.getOwner(path, LinkOption.NOFOLLOW_LINKS).getName();
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private void assertVictimIsWhole() throws IOException {
    assertThat(victim.resolve("precious")).hasContent("precious");
    assertThat(victim.resolve("000001.new/key.pem")).hasContent("precious");
    try (Stream<Path> all = Files.walk(victim)) {
      assertThat(all.map(p -> victim.relativize(p).toString()))
          .containsExactlyInAnyOrder("", "precious", "000001.new", "000001.new/key.pem");
    }
  }

  private void assertEverythingIsRefused(String... because) throws IOException {
    Path set = folder.resolve("sets/000001");
    assertThatThrownBy(() -> sets.write(PAIR, Set.of())).hasMessageContainingAll(because);
    assertThatThrownBy(sets::prepare).hasMessageContainingAll(because);
    assertThatThrownBy(() -> sets.switchTo(set)).hasMessageContainingAll(because);
    assertThatThrownBy(() -> sets.abandon(set)).hasMessageContainingAll(because);
    assertThatThrownBy(() -> sets.confirm(set)).hasMessageContainingAll(because);
    assertThat(sets.obstacle().orElseThrow()).contains(because);
    assertVictimIsWhole();
  }

  // --- links ------------------------------------------------------------------------------------

  @Test
  void setsReplacedByLinkIsRefused() throws Exception {
    inUse();
    Files.move(folder.resolve("sets"), base.resolve("aside"));
    Files.createSymbolicLink(folder.resolve("sets"), victim);
    assertEverythingIsRefused("sets", "is a link", "remove the link");
    assertThat(sets.flaw(folder.resolve("sets/000001"), Map.of(), Set.of())).isPresent();
  }

  @Test
  void setReplacedByLinkIsUnlinkedAndNotFollowed() throws Exception {
    Path set = inUse();
    Files.move(set, base.resolve("aside"));
    Files.createSymbolicLink(set, victim);
    Files.createSymbolicLink(folder.resolve("sets/000007.new"), victim);
    assertThat(sets.flaw(set, Map.of(), Set.of()).orElseThrow()).contains("no folder any more");
    assertThat(sets.current()).isEmpty();
    assertThatThrownBy(() -> sets.read(set)).isInstanceOf(IOException.class);
    inUse();
    assertThat(folder.resolve("sets/000007.new")).doesNotExist();
    assertVictimIsWhole();
  }

  @Test
  void outputFolderThatIsLinkIsRefused() throws Exception {
    inUse();
    Files.move(folder, base.resolve("aside"));
    Files.createSymbolicLink(folder, victim);
    assertEverythingIsRefused("output", "is a link");
  }

  @Test
  void linksInPlaceOfFilesAreReplaced() throws Exception {
    inUse();
    for (String name : new String[] {"current", "confirmed", ".current.new", "password"}) {
      Files.deleteIfExists(folder.resolve(name));
      Files.createSymbolicLink(folder.resolve(name), victim.resolve("precious"));
    }
    assertThat(sets.current()).isEmpty();
    assertThatThrownBy(() -> sets.readBeside("password", 100)).hasMessageContaining("no file");
    sets.writeBeside("password", text("secret"), Ownership.PRIVATE);
    Path set = inUse();
    assertThat(sets.current()).contains(set);
    assertThat(Files.isRegularFile(folder.resolve("password"), LinkOption.NOFOLLOW_LINKS)).isTrue();
    assertVictimIsWhole();
  }

  @Test
  void whatIsNotTheAgentsIsLeft() throws Exception {
    Path set = inUse();
    Files.writeString(set.resolve("notes"), "somebody's");
    Files.createDirectory(set.resolve("cert.pem.d"));
    Files.createDirectory(folder.resolve("sets/mine"));
    Files.writeString(folder.resolve("sets/mine/key.pem"), "somebody's");
    for (int i = 0; i < 4; i++) {
      Path next = inUse();
      Files.setLastModifiedTime(
          next, java.nio.file.attribute.FileTime.fromMillis(System.currentTimeMillis() - 300_000));
    }
    inUse();
    assertThat(set.resolve("key.pem")).doesNotExist();
    assertThat(set.resolve("notes")).hasContent("somebody's");
    assertThat(folder.resolve("sets/mine/key.pem")).hasContent("somebody's");
  }

  @Test
  void pipeInPlaceOfFileHoldsNobodyUp() throws Exception {
    Path set = inUse();
    Files.delete(set.resolve("key.pem"));
    Process made =
        new ProcessBuilder("mkfifo", set.resolve("key.pem").toString()).inheritIO().start();
    assertThat(made.waitFor()).isZero();
    var marks = Map.of("key.pem", FileMark.of(text("key")));
    assertThat(sets.flaw(set, marks, Set.of()).orElseThrow()).contains("no file any more");
    assertThat(sets.read(set)).containsOnlyKeys("cert.pem");
  }

  // --- whose folders ----------------------------------------------------------------------------

  @Test
  void foldersStayTheAgentsAndFilesAreTheServices() throws Exception {
    needRoot();
    sets = sets(NOBODY);
    Path set = inUse();
    for (Path own : new Path[] {folder, folder.resolve("sets"), set}) {
      assertThat(owner(own)).isEqualTo("root");
      assertThat(mode(own)).isEqualTo("rwxr-xr-x");
    }
    assertThat(owner(set.resolve("key.pem"))).isEqualTo("nobody");
    assertThat(mode(set.resolve("key.pem"))).isEqualTo("rw-------");
  }

  @Test
  void folderLeftToServiceIsTakenBack() throws Exception {
    needRoot();
    sets = sets(NOBODY);
    Path set = inUse();
    for (Path own : new Path[] {folder, folder.resolve("sets"), set}) {
      give(own, "nobody");
      Files.setPosixFilePermissions(own, PosixFilePermissions.fromString("rwx------"));
    }
    assertThat(sets.obstacle()).isEmpty();
    assertThat(sets.flaw(set, Map.of(), Set.of()).orElseThrow()).contains("belongs to 'nobody'");
    assertThat(sets.isAgents(set, "key.pem")).isFalse();
    Path next = inUse();
    for (Path own : new Path[] {folder, folder.resolve("sets"), next}) {
      assertThat(owner(own)).isEqualTo("root");
    }
    assertThat(sets.flaw(next, Map.of(), Set.of())).isEmpty();
  }

  @Test
  void folderOfServiceWithOtherThingsInItIsRefused() throws Exception {
    needRoot();
    Files.createDirectory(folder);
    Files.writeString(folder.resolve("profile"), "a user's home");
    give(folder, "nobody");
    sets = sets(NOBODY);
    assertEverythingIsRefused("belongs to 'nobody'", "chown");
    assertThat(owner(folder)).isEqualTo("nobody");
  }

  @Test
  void linkOfServiceInFolderThatIsTakenBackIsNotFollowed() throws Exception {
    needRoot();
    sets = sets(NOBODY);
    Files.createDirectory(folder);
    give(folder, "nobody");
    Files.createSymbolicLink(folder.resolve("sets"), victim);
    give(folder.resolve("sets"), "nobody");
    assertThatThrownBy(() -> sets.write(PAIR, Set.of())).hasMessageContaining("is a link");
    assertVictimIsWhole();
  }

  @Test
  void folderBelowOneOfSomebodyElseIsRefused() throws Exception {
    needRoot();
    Path home = Files.createDirectory(base.resolve("home"));
    give(home, "nobody");
    folder = home.resolve("deep/output");
    sets = sets(NOBODY);
    assertEverythingIsRefused(home.toString(), "belongs to 'nobody'");
    assertThat(home.resolve("deep")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"rwxrwxr-x", "rwxr-xrwx", "rwxrwxrwx"})
  void folderBelowOneThatOthersMayWriteIsRefused(String mode) throws Exception {
    Path open = Files.createDirectory(base.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString(mode));
    folder = open.resolve("output");
    sets = sets(Ownership.PRIVATE);
    assertEverythingIsRefused(open.toString(), "chmod go-w");
    assertThat(folder).doesNotExist();
  }

  /** As below /tmp: what somebody has made there stays that one's. */
  @Test
  void stickyFolderIsTakenAsLongAsWhatIsInItIsTheAgents() throws Exception {
    Path tmp = Files.createDirectory(base.resolve("tmp"));
    assertThat(new ProcessBuilder("chmod", "1777", tmp.toString()).start().waitFor()).isZero();
    folder = tmp.resolve("output");
    sets = sets(Ownership.PRIVATE);
    inUse();
    if (AgentUser.now().isRoot()) {
      give(folder, "nobody");
      assertEverythingIsRefused("belongs to 'nobody'");
    }
  }

  @Test
  void linkOnTheWayIsFollowedIfItIsTrusted() throws Exception {
    Path there = Files.createDirectory(base.resolve("there"));
    Path link = Files.createSymbolicLink(base.resolve("link"), Path.of("there"));
    folder = link.resolve("output");
    sets = sets(Ownership.PRIVATE);
    inUse();
    assertThat(there.resolve("output/current/key.pem")).hasContent("key");
    if (AgentUser.now().isRoot()) {
      give(link, "nobody");
      assertEverythingIsRefused("link of 'nobody'");
    }
  }

  @Test
  void linksInCircleEnd() throws Exception {
    Files.createSymbolicLink(base.resolve("one"), Path.of("two"));
    Files.createSymbolicLink(base.resolve("two"), Path.of("one"));
    folder = base.resolve("one/output");
    sets = sets(Ownership.PRIVATE);
    assertThatThrownBy(() -> sets.write(PAIR, Set.of())).hasMessageContaining("too many links");
  }

  @Test
  void ownFolderThatOthersMayWriteIsClosed() throws Exception {
    inUse();
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
    Path next = inUse();
    assertThat(mode(folder)).isEqualTo("rwx------");
    assertThat(sets.flaw(next, Map.of(), Set.of())).isEmpty();
  }

  // --- files beside, and the state folder -------------------------------------------------------

  @Test
  void durableFileInFolderOfSomebodyElseIsRefused() throws Exception {
    Path open = Files.createDirectory(base.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThatThrownBy(() -> DurableFile.replace(open.resolve("x"), new byte[] {1}))
        .hasMessageContaining("chmod go-w");
    assertThat(open.resolve("x")).doesNotExist();
  }

  @Test
  void linkInPlaceOfDurableFileIsReplaced() throws Exception {
    Path own = Files.createDirectory(base.resolve("own"));
    Files.createSymbolicLink(own.resolve("x"), victim.resolve("precious"));
    Files.createSymbolicLink(own.resolve(".x.new"), victim.resolve("precious"));
    DurableFile.replace(own.resolve("x"), "new".getBytes(US_ASCII));
    assertThat(own.resolve("x")).hasContent("new");
    assertVictimIsWhole();
  }
}
