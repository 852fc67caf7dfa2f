package io.carousel.orchestrator;

import io.carousel.events.AuthorName;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How one orchestrator runs.
 *
 * @param bootstrap Kafka's bootstrap servers
 * @param replication how many brokers keep each record; 1 only where there is one broker
 * @param name this instance's name as an author
 * @param folder its own files: {@code identity.key}, the highest head seen, the snapshot
 * @param found whether to found a new house where the log is empty
 * @param port of the HTTP API on loopback; 0: any free one
 * @param secretFile the secret that callers of the API must show, in a file of mode 0600; made if
 *     there is none
 * @param session how long the broker waits for this instance before another becomes the owner
 */
public record OrchestratorConfig(
    String bootstrap,
    int replication,
    AuthorName name,
    Path folder,
    boolean found,
    int port,
    Path secretFile,
    Duration session) {

  /** The file of its signing key. */
  public Path identity() {
    return folder.resolve("identity.key");
  }
}
