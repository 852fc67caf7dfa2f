package io.carousel.orchestrator.cli;

import io.carousel.events.wire.Json;
import io.carousel.events.wire.UnreadableRecord;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;

/**
 * A running node, as it describes itself in {@code node.json} of its data folder.
 *
 * @param named whether the folder was named on the command line
 */
record Node(Path data, boolean named, URI api, String secret) {
  private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "[::1]");

  /** What {@code node.json} says. */
  private record Description(String api, String secretFile, String bootstrap, long pid) {}

  /**
   * The node that runs on that folder.
   *
   * @throws CommandFailed if none does, or its files cannot be read
   */
  static Node on(Path data, boolean named) {
    Path file = data.resolve("node.json");
    try {
      Description found = Json.PLAIN.read(Files.readAllBytes(file), Description.class);
      // After a crash the file is still there, and somebody else may listen by now: he shall not
      // get the secret.
      if (ProcessHandle.of(found.pid()).filter(ProcessHandle::isAlive).isEmpty()) {
        throw CommandFailed.noNode(data, named);
      }
      Path secret = data.resolve(found.secretFile());
      return new Node(data, named, address(file, found.api()), Files.readString(secret).strip());
    } catch (NoSuchFileException e) {
      throw CommandFailed.noNode(data, named);
    } catch (IOException e) {
      throw CommandFailed.because(
          "the node's files in %s cannot be read (%s); run this as the user that runs the node"
              .formatted(data, e));
    } catch (UnreadableRecord e) {
      throw CommandFailed.because(
          "%s is damaged (%s); restart the node".formatted(file, e.getMessage()));
    }
  }

  private static URI address(Path file, String text) {
    try {
      URI address = URI.create(text);
      if ("http".equals(address.getScheme()) && LOOPBACK.contains(address.getHost())) {
        return address;
      }
    } catch (IllegalArgumentException e) {
      // Said below.
    }
    throw CommandFailed.because(
        "%s names no address of this machine; restart the node".formatted(file));
  }

  CommandFailed gone() {
    return CommandFailed.noNode(data, named);
  }
}
