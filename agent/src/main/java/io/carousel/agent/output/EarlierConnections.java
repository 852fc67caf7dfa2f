package io.carousel.agent.output;

import io.carousel.agent.disk.DurableFile;
import io.carousel.agent.service.Connection;
import io.carousel.events.wire.Json;
import io.carousel.events.wire.UnreadableRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections to one service that were made before it let go of a CA, kept on disk over
 * restarts of the agent. Thread-safe.
 */
final class EarlierConnections {
  private static final Logger LOG = LoggerFactory.getLogger(EarlierConnections.class);

  /** An agent is small: of more connections than that the others are not noted. */
  private static final int MOST = 10_000;

  private static final long LARGEST = 8 << 20;

  private final Path file;

  /** With the moment at which the first CA since was let go of; empty until it is read. */
  private Map<Connection, Instant> noted;

  /** In that file, which is made when there are some. */
  EarlierConnections(Path file) {
    this.file = file;
  }

  /** The file's content. */
  record Kept(List<Noted> connections) {
    Kept {
      connections = List.copyOf(connections);
    }
  }

  /** One of them. */
  record Noted(Connection connection, Instant since) {}

  /** The service has let go of a CA, and those stand. */
  synchronized void letGo(Set<Connection> standing, Instant at) {
    Map<Connection, Instant> before = noted();
    var now = new HashMap<Connection, Instant>();
    standing.stream().limit(MOST).forEach(c -> now.put(c, before.getOrDefault(c, at)));
    if (standing.size() > MOST) {
      LOG.warn("{} connections stand from before; {} of them are noted", standing.size(), MOST);
    }
    noted = now;
    if (now.isEmpty() && before.isEmpty()) {
      return;
    }
    try {
      DurableFile.replace(
          file,
          Json.PLAIN.write(
              new Kept(
                  now.entrySet().stream().map(e -> new Noted(e.getKey(), e.getValue())).toList())));
    } catch (IOException | UnreadableRecord e) {
      LOG.warn("{} cannot be written; after a restart nobody will know of them", file, e);
    }
  }

  /** Whether none are known to stand; to look which do takes some time on a busy machine. */
  synchronized boolean isEmpty() {
    return noted().isEmpty();
  }

  /** Of those that stand now those from before. */
  synchronized Set<Connection> among(Set<Connection> standing) {
    return standing.stream().filter(noted()::containsKey).collect(Collectors.toSet());
  }

  /** Forgets all others, which have ended; not while a CA may be let go of. */
  synchronized void keep(Set<Connection> standing) {
    noted = new HashMap<>(noted());
    noted.keySet().retainAll(standing);
  }

  /** Whether some of them were to be over by now, that long after. */
  synchronized boolean areDue(Duration after, Instant now) {
    return noted().values().stream().anyMatch(since -> !since.plus(after).isAfter(now));
  }

  /** Of those that stand now those that were to be over by now, that long after. */
  synchronized Set<Connection> overdue(Set<Connection> standing, Duration after, Instant now) {
    Set<Connection> still = among(standing);
    return still.stream()
        .filter(c -> !noted.get(c).plus(after).isAfter(now))
        .collect(Collectors.toSet());
  }

  private Map<Connection, Instant> noted() {
    if (noted == null) {
      noted = read();
    }
    return noted;
  }

  private Map<Connection, Instant> read() {
    try {
      // Whose folder it is may write anything there.
      if (Files.size(file) > LARGEST) {
        throw new IOException("it is larger than what this agent writes");
      }
      return Json.PLAIN.read(Files.readAllBytes(file), Kept.class).connections().stream()
          .collect(Collectors.toMap(Noted::connection, Noted::since));
    } catch (NoSuchFileException e) {
      return Map.of();
    } catch (IOException | UnreadableRecord e) {
      LOG.warn("{} cannot be read; of connections from before the start nothing is known", file, e);
      return Map.of();
    }
  }
}
