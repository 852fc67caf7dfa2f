package io.carousel.e2e.plain;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The script of the documentation, in a folder of its own. */
final class Script {
  private static final Path SCRIPT = Path.of("../docs/examples/participant.sh");

  private final Path folder;
  private final String reload;

  /** One whose service takes up a set by that command. */
  Script(Path folder, String reload) {
    this.folder = folder;
    this.reload = reload;
  }

  /** What it said, and how it ended. */
  record Ended(int status, String text) {}

  Ended run(String... arguments) throws Exception {
    return end(start(arguments));
  }

  /** Runs it; what it says goes to a file. */
  Process start(String... arguments) throws IOException {
    Files.createDirectories(folder);
    var command = new ArrayList<String>(List.of("bash", SCRIPT.toRealPath().toString()));
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.redirectOutput(said().toFile());
    builder.environment().put("PARTICIPANT", folder.resolve("files").toString());
    builder.environment().put("RELOAD", reload);
    builder.environment().put("PATIENCE", "1");
    return builder.start();
  }

  Ended end(Process process) throws Exception {
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("still running after a minute: " + Files.readString(said(), UTF_8));
    }
    return new Ended(process.exitValue(), Files.readString(said(), UTF_8));
  }

  private Path said() {
    return folder.resolve("said");
  }

  /** A file of the set that is to be used for that authority. */
  Path file(String authority, String name) {
    return folder(authority).resolve("current").resolve(name);
  }

  /** Where it keeps what is of that authority. */
  Path folder(String authority) {
    return folder.resolve("files").resolve(authority);
  }
}
