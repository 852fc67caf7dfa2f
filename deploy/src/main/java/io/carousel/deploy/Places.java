package io.carousel.deploy;

import io.carousel.deploy.node.NodeTrouble;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;

/** Where things are, as the environment says. */
record Places(Map<String, String> environment) {

  /** The PKCS#11 module of the embedded tokens. */
  Path module() throws NodeTrouble {
    String module = environment.getOrDefault("CAROUSEL_SOFTHSM", "");
    if (module.isBlank()) {
      throw new NodeTrouble(
          "no PKCS#11 module is named; start with ./carousel, which finds SoftHSM2's, or put its path into CAROUSEL_SOFTHSM");
    }
    try {
      return Path.of(module).toAbsolutePath();
    } catch (InvalidPathException e) {
      throw new NodeTrouble("CAROUSEL_SOFTHSM is no path: " + module, e);
    }
  }
}
