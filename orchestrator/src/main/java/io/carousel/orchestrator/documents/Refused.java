package io.carousel.orchestrator.documents;

import java.util.SortedMap;
import java.util.TreeMap;

/** How often this instance has refused something since it started, by the code of the refusal. */
public record Refused(SortedMap<String, Long> counts) {
  /** Copies. */
  public Refused {
    counts = new TreeMap<>(counts);
  }
}
