package io.carousel.signer.token.pkcs11;

import io.carousel.signer.token.TokenUnusable;
import io.carousel.signer.token.TokenUnusable.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Who could put another library in a module's place: whoever may write the file, or any folder on
 * the way to it, since an entry of a folder is replaced by who may write the folder.
 */
final class ModulePath {
  private static final int OTHERS_WRITE = 0002;

  /** In such a folder only its owner replaces an entry, as in {@code /tmp} (chmod(1)). */
  private static final int STICKY = 01000;

  private ModulePath() {}

  /**
   * Passes a module that nobody else can replace. Looks at the path as it is written and as links
   * lead.
   *
   * @throws TokenUnusable naming the file or the folder that anybody can write
   */
  static void check(Path module) throws TokenUnusable {
    try {
      refuseWritable(module.toRealPath(), module);
      Set<Path> folders = new LinkedHashSet<>();
      for (Path way : List.of(module.toAbsolutePath().normalize(), module.toRealPath())) {
        for (Path folder = way.getParent(); folder != null; folder = folder.getParent()) {
          folders.add(folder);
        }
      }
      for (Path folder : folders) {
        refuseWritable(folder, module);
      }
    } catch (IOException e) {
      throw new TokenUnusable(
          Fault.MODULE_MISSING,
          "cannot read the modes on the way to module %s: %s".formatted(module, e),
          e);
    } catch (UnsupportedOperationException e) {
      return; // a file system without modes has nothing to check
    }
  }

  private static void refuseWritable(Path path, Path module) throws IOException, TokenUnusable {
    int mode = (Integer) Files.getAttribute(path, "unix:mode");
    boolean folder = Files.isDirectory(path);
    if ((mode & OTHERS_WRITE) == 0 || (folder && (mode & STICKY) != 0)) {
      return;
    }
    throw new TokenUnusable(
        Fault.MODULE_WORLD_WRITABLE,
        folder
            ? "anyone on this machine may replace the PKCS#11 module %s, since its folder %s is writable by all; run: chmod o-w %s, and check that the module is still the vendor's"
                .formatted(module, path, path)
            : "anyone on this machine may replace the PKCS#11 module %s; run: chmod o-w %s, and check that it is still the vendor's"
                .formatted(module, path));
  }
}
