package io.carousel.agent.disk;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.carousel.events.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Takes all rights from what an agent owns, as that agent, which is not root. A process. */
final class ShutOut {
  private static final Map<String, Bytes> FILES =
      Map.of("key.pem", text("key"), "cert.pem", text("certificate"));

  private ShutOut() {}

  private static Bytes text(String text) {
    return Bytes.of(text.getBytes(US_ASCII));
  }

  /** Below a folder of that user; ends with 0 if each damage was found and mended. */
  public static void main(String[] args) throws IOException {
    for (String what : List.of("", "sets", "sets/000001", "sets/000001/key.pem")) {
      Path folder = Files.createTempDirectory(Path.of(args[0]), "out").resolve("output");
      var sets = new SetFolder(folder, Ownership.PRIVATE, FILES.keySet());
      put(sets);
      Map<String, FileMark> marks =
          Map.of(
              "key.pem", FileMark.of(FILES.get("key.pem")),
              "cert.pem", FileMark.of(FILES.get("cert.pem")));
      expect(what, "whole", sets.flaw(sets.current().orElseThrow(), marks, Set.of()).isEmpty());
      Path set = sets.current().orElseThrow();
      Files.setPosixFilePermissions(
          folder.resolve(what), PosixFilePermissions.fromString("---------"));
      expect(what, "found", sets.flaw(set, marks, Set.of()).isPresent());
      var again = new SetFolder(folder, Ownership.PRIVATE, FILES.keySet());
      Optional<Path> current = again.current();
      expect(what, "read", current.isPresent() && again.read(current.get()).size() <= 2);
      put(again);
      expect(what, "mended", again.flaw(again.current().orElseThrow(), marks, Set.of()).isEmpty());
    }
  }

  private static void put(SetFolder sets) throws IOException {
    Path set = sets.write(FILES, Set.of());
    sets.switchTo(set);
    sets.confirm(set);
  }

  private static void expect(String damaged, String what, boolean holds) {
    if (!holds) {
      throw new AssertionError("after chmod 000 of '%s': not %s".formatted(damaged, what));
    }
  }
}
