package io.carousel.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Bytes that were written once and must be written and read in the same way for ever. Each file
 * ends with a line feed that is not part of them. {@code -Dcarousel.golden.rewrite=true} writes
 * them anew: right only for a type that no log holds yet.
 */
public final class Golden {
  private static final Path FOLDER = Path.of("src", "test", "resources", "golden");
  private static final boolean REWRITE = Boolean.getBoolean("carousel.golden.rewrite");

  private Golden() {}

  /** Compares those bytes with that file, or writes it. */
  public static void check(String name, byte[] bytes) {
    if (REWRITE) {
      write(name, bytes);
    }
    assertThat(new String(bytes, java.nio.charset.StandardCharsets.UTF_8))
        .as("%s as written now; the golden file is what logs hold", name)
        .isEqualTo(new String(read(name), java.nio.charset.StandardCharsets.UTF_8));
  }

  /** The bytes of that file. */
  public static byte[] read(String name) {
    Path file = file(name);
    assertThat(file)
        .as("the golden file of %s; -Dcarousel.golden.rewrite=true makes it", name)
        .exists();
    try {
      byte[] bytes = Files.readAllBytes(file);
      return Arrays.copyOf(bytes, bytes.length - 1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The names of all of them. */
  public static Set<String> names() {
    try (var files = Files.list(FOLDER)) {
      return files
          .map(f -> f.getFileName().toString().replaceFirst("\\.json$", ""))
          .collect(Collectors.toSet());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(String name, byte[] bytes) {
    byte[] line = Arrays.copyOf(bytes, bytes.length + 1);
    line[bytes.length] = '\n';
    try {
      Files.createDirectories(FOLDER);
      Files.write(file(name), line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path file(String name) {
    return FOLDER.resolve(name + ".json");
  }
}
