package io.carousel.agent.output;

import io.carousel.agent.disk.Ownership;
import io.carousel.agent.disk.SetFolder;
import io.carousel.agent.service.Connection;
import io.carousel.events.Bytes;
import io.carousel.events.wire.Json;
import io.carousel.events.wire.UnreadableRecord;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
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

  private static final int LARGEST = 8 << 20;

  /** Beside the sets. */
  static final String FILE = "connections.json";

  private final SetFolder sets;

  /** With the moment at which the first CA since was let go of; empty until it is read. */
  private Map<Connection, Instant> noted;

  /** In a file beside those sets, which is made when there are some. */
  EarlierConnections(SetFolder sets) {
    this.sets = sets;
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
      var kept =
          new Kept(now.entrySet().stream().map(e -> new Noted(e.getKey(), e.getValue())).toList());
      sets.writeBeside(FILE, Bytes.of(Json.PLAIN.write(kept)), Ownership.PRIVATE);
    } catch (IOException | UnreadableRecord e) {
      LOG.warn(
          "{} cannot be written into {}; after a restart nobody will know of them",
          FILE,
          sets.folder(),
          e);
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
      byte[] content = sets.readBeside(FILE, LARGEST).toArray();
      return Json.PLAIN.read(content, Kept.class).connections().stream()
          .collect(Collectors.toMap(Noted::connection, Noted::since));
    } catch (NoSuchFileException e) {
      return Map.of();
    } catch (IOException | UnreadableRecord e) {
      LOG.warn(
          "{} in {} cannot be read; of connections from before the start nothing is known",
          FILE,
          sets.folder(),
          e);
      return Map.of();
    }
  }
}
