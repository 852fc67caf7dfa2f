package io.carousel.deploy;

import io.carousel.deploy.node.NodeTrouble;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;

/** Where things are, as the environment says. */
record Places(Map<String, String> environment, Path home) {

  static Places usual() {
    return new Places(System.getenv(), Path.of(System.getProperty("user.home")));
  }

  /** The node's data folder, if the command line names none. */
  Path data() {
    String own = environment.getOrDefault("CAROUSEL_DATA", "");
    if (!own.isBlank()) {
      return Path.of(own);
    }
    String data = environment.getOrDefault("XDG_DATA_HOME", "");
    // A relative one is to be ignored (XDG Base Directory Specification).
    Path base =
        data.isBlank() || !Path.of(data).isAbsolute()
            ? home.resolve(".local").resolve("share")
            : Path.of(data);
    return base.resolve("carousel").resolve("node");
  }

  /** The PKCS#11 module of the embedded tokens. */
  Path module() throws NodeTrouble {
    String module = environment.getOrDefault("CAROUSEL_SOFTHSM", "");
    try {
      if (!module.isBlank()) {
        return Path.of(module).toAbsolutePath();
      }
    } catch (InvalidPathException e) {
      throw new NodeTrouble("CAROUSEL_SOFTHSM is no path: " + module, e);
    }
    throw new NodeTrouble(
        "no PKCS#11 module is named; start with ./carousel, which finds SoftHSM2's, or put its path"
            + " into CAROUSEL_SOFTHSM");
  }
}
