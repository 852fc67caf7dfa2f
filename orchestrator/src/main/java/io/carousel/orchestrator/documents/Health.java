package io.carousel.orchestrator.documents;

import java.util.List;

/**
 * Whether an orchestrator serves.
 *
 * @param status {@code ok}, {@code degraded} if parts of it do not serve, or {@code starting}
 *     before the first event
 * @param missing the parts that do not serve, such as {@code slot hsm-b}
 */
public record Health(String status, List<String> missing) {
  /** Copies. */
  public Health {
    missing = List.copyOf(missing);
  }
}
