package io.carousel.events.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Where the system keeps shared libraries that only tests load. */
public final class Libraries {
  private static final String MACHINE = System.getProperty("os.arch").replace("amd64", "x86_64");

  private Libraries() {}

  /** The library of that file name, if the system has it. */
  public static Optional<Path> find(String name) {
    return Stream.of(
            "/usr/lib/%s-linux-gnu".formatted(MACHINE), "/usr/lib64", "/usr/lib", "/usr/local/lib")
        .flatMap(folder -> Stream.of(folder, folder + "/pkcs11", folder + "/nss"))
        .map(folder -> Path.of(folder, name))
        .filter(Files::isReadable)
        .findFirst();
  }
}
