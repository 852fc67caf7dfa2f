package io.carousel.events;

import java.util.List;

/**
 * What a gate rested on. The leaves themselves are in {@code carousel.evidence}.
 *
 * @param required how many participants and credentials the gate asked about
 * @param shown how many of them had shown what it asked
 * @param root Merkle root (RFC 9162, section 2.1.1) over the leaves, in their order; the digest of
 *     nothing if there are none
 * @param offsets up to where reports and results had been read
 * @param abandoned who was left behind by name
 * @param nobody whether the operator said that the fleet is empty on purpose
 * @param breaks whom the step breaks, as the operator accepted by name
 */
public record GateEvidence(
    int required,
    int shown,
    Digest root,
    List<TopicOffset> offsets,
    List<ParticipantName> abandoned,
    boolean nobody,
    List<Breakage> breaks) {
  /** Copies. */
  public GateEvidence {
    offsets = List.copyOf(offsets);
    abandoned = abandoned.stream().distinct().sorted().toList();
    breaks = List.copyOf(breaks);
  }

  /** Of a step that breaks nobody. */
  public GateEvidence(
      int required,
      int shown,
      Digest root,
      List<TopicOffset> offsets,
      List<ParticipantName> abandoned,
      boolean nobody) {
    this(required, shown, root, offsets, abandoned, nobody, List.of());
  }

  /** An end offset of one partition. */
  public record TopicOffset(String topic, int partition, long offset) {}
}
