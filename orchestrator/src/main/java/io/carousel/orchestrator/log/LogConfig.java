package io.carousel.orchestrator.log;

import io.carousel.events.Bytes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How one instance runs the log.
 *
 * @param folder of this instance alone: the highest head it has seen, and snapshots
 * @param foundingLevel the feature level to found the house with, if the log is empty; empty: an
 *     empty log is an error
 * @param founder the key (SubjectPublicKeyInfo) that must have founded the house; empty: whoever
 *     did
 * @param ruleVersion of the rules that judge; snapshots of others are ignored
 * @param pace how often and how much
 */
public record LogConfig(
    Cluster cluster,
    Path folder,
    Optional<Integer> foundingLevel,
    Optional<Bytes> founder,
    int ruleVersion,
    Pace pace) {

  /**
   * @param batchActs acts that one transaction takes
   * @param batchBytes of what one transaction reads, and of what it writes beside its last act
   * @param actBytes of one act; larger ones are rejected
   * @param recent events kept in memory for those who follow
   * @param remembered outcomes kept in memory; beyond it older command ids are refused early
   * @param reissueFirst from a pending record's first issue to its second; doubles each time
   * @param reissueMost the longest such wait
   * @param snapshotEvery events between two snapshots
   */
  public record Pace(
      int batchActs,
      int batchBytes,
      int actBytes,
      int recent,
      int remembered,
      Duration reissueFirst,
      Duration reissueMost,
      int snapshotEvery) {
    /** What suits a house. */
    public static final Pace DEFAULT =
        new Pace(
            512,
            2 << 20,
            128 << 10,
            10_000,
            250_000,
            Duration.ofSeconds(5),
            Duration.ofMinutes(5),
            50_000);
  }
}
