package io.carousel.signer.token;

import io.carousel.signer.token.pkcs11.TokenInitialisation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * SoftHSM for tests: a configuration and a token directory below the build's own, empty at the
 * start of each test process.
 */
public final class SoftHsm {
  /** The user PIN of every token made here. */
  public static final String PIN = "right-pin";

  private static final String SO_PIN = "officer-pin";
  private static final Path MODULE = module();
  private static final Path TOKENS = configure();

  private SoftHsm() {}

  /** The library; a test that needs it fails by name where there is none. */
  public static Path path() {
    return MODULE;
  }

  /** Where tokens are kept, one directory for each. */
  public static Path tokens() {
    return TOKENS;
  }

  /** A new token with a PIN file in that directory, two sessions at once. */
  public static TokenConfig newToken(Path directory) {
    String label = "t-" + UUID.randomUUID().toString().substring(0, 13);
    try {
      TokenInitialisation.ensure(MODULE, label, SO_PIN.toCharArray(), PIN.toCharArray());
    } catch (TokenException e) {
      throw new AssertionError("cannot make a SoftHSM token", e);
    }
    return config(label, pinFile(directory.resolve(label + ".pin"), PIN + "\n"));
  }

  /** How to open a token of that label. */
  public static TokenConfig config(String label, Path pinFile) {
    return new TokenConfig(MODULE, label, Optional.empty(), pinFile, 2, Optional.empty());
  }

  /** A file of that content which only its owner may read. */
  public static Path pinFile(Path file, String content) {
    try {
      Files.writeString(file, content);
      return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path module() {
    String property = System.getProperty("carousel.test.softhsm", "");
    Path path = Path.of(property);
    if (property.isEmpty() || !Files.isReadable(path)) {
      throw new AssertionError(
          ("there is no SoftHSM at '%s'; run: deploy/provision softhsm, "
                  + "or name its module with -Dtest.softhsm=PATH")
              .formatted(property));
    }
    return path;
  }

  private static Path configure() {
    String conf = System.getenv("SOFTHSM2_CONF");
    if (conf == null) {
      throw new AssertionError("SOFTHSM2_CONF must be in the environment of this process");
    }
    try {
      Path file = Path.of(conf);
      Path tokens = file.resolveSibling("softhsm-tokens");
      delete(tokens);
      Files.createDirectories(tokens);
      Files.write(
          file,
          List.of(
              "directories.tokendir = " + tokens.toAbsolutePath(),
              "objectstore.backend = file",
              "log.level = ERROR",
              "slots.removable = false"));
      return tokens;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
