package io.carousel.signer.token.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.signer.token.TokenUnusable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whoever may write a folder on the way replaces what is in it. */
@Timeout(20)
class ModulePathTest {
  @TempDir Path folder;
  private Path module;

  @BeforeEach
  void make() throws Exception {
    Path inner = Files.createDirectories(folder.resolve("hsm/lib"));
    module = Files.writeString(inner.resolve("libhsm.so"), "a library");
    mode(module, "rw-r--r--");
  }

  private static void mode(Path path, String mode) throws Exception {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }

  private void refused(Path path, String named) {
    assertThatThrownBy(() -> ModulePath.check(path))
        .isInstanceOfSatisfying(
            TokenUnusable.class,
            e -> assertThat(e.fault()).isEqualTo(TokenUnusable.Fault.MODULE_WORLD_WRITABLE))
        .hasMessageContaining("chmod o-w " + named);
  }

  @Test
  void whereNobodyElseMayWriteItIsTaken() throws Exception {
    ModulePath.check(module);
    // As /tmp is: entries are their owners' alone.
    Files.setAttribute(module.getParent(), "unix:mode", 01777);
    ModulePath.check(module);
  }

  @Test
  void theFileAndEveryFolderAboveItAreLookedAt() throws Exception {
    mode(module, "rw-r--rw-");
    refused(module, module.toRealPath().toString());
    mode(module, "rw-r--r--");
    for (Path each = module.getParent(); !each.equals(folder); each = each.getParent()) {
      mode(each, "rwxr-xrwx");
      refused(module, each.toRealPath().toString());
      mode(each, "rwxr-xr-x");
    }
    ModulePath.check(module);
  }

  @Test
  void soIsTheWayThatALinkLeads() throws Exception {
    Path open = Files.createDirectory(folder.resolve("open"));
    Path link = Files.createSymbolicLink(open.resolve("link.so"), module);
    ModulePath.check(link);
    mode(open, "rwxrwxrwx");
    refused(link, open.toString());
    mode(open, "rwxr-xr-x");
    mode(module.getParent(), "rwxrwxrwx");
    refused(link, module.getParent().toRealPath().toString());
  }
}
