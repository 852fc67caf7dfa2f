package io.carousel.orchestrator.rules;

import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.GateEvidence.TopicOffset;
import io.carousel.events.ParticipantName;
import io.carousel.events.Profile;
import io.carousel.events.Report.Observation;
import io.carousel.events.Serial;
import io.carousel.events.SlotName;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the fleet has shown about one authority, up to some offsets. Whoever gathers it has checked
 * every signature in it.
 *
 * @param shown the newest report of each participant
 * @param issued every credential that was issued and has not been seen to expire
 * @param offsets up to where it was read
 * @param at when, by the clock by which reports were heard; the time of the rules may be ahead of
 *     it for a while, if an owner's clock once was
 */
public record Evidence(
    Map<ParticipantName, Shown> shown, List<Issued> issued, List<TopicOffset> offsets, Instant at) {
  /** Nothing was shown. */
  public static final Evidence NONE = new Evidence(Map.of(), List.of(), List.of(), Instant.MIN);

  /** Copies. */
  public Evidence {
    // Not Map.copyOf: among names that go by numbers its probing passes many others each time.
    shown = Collections.unmodifiableMap(new HashMap<>(shown));
    issued = List.copyOf(issued);
    offsets = List.copyOf(offsets);
  }

  /**
   * One participant's newest report.
   *
   * @param challenge that it repeats; of another phase it says nothing about this one
   * @param tried what its verifier did with canaries
   * @param trouble what keeps it from following, in its own words
   * @param earlierConnections how many connections to its services stand that were made under trust
   *     which these have let go of since; empty if it cannot see them
   */
  public record Shown(
      long counter,
      long bundle,
      Digest challenge,
      Set<Digest> trusts,
      List<ShownCredential> presents,
      List<ShownCanary> tried,
      Optional<String> trouble,
      Optional<Integer> earlierConnections,
      Instant heard) {
    /** One without trouble, whose verifier was not tried. */
    public Shown(
        long counter,
        long bundle,
        Digest challenge,
        Set<Digest> trusts,
        List<ShownCredential> presents,
        Instant heard) {
      this(
          counter,
          bundle,
          challenge,
          trusts,
          presents,
          List.of(),
          Optional.empty(),
          Optional.empty(),
          heard);
    }
  }

  /**
   * A canary that a verifier has accepted since it trusts the key that signed it.
   *
   * @param generation of the key that signed it
   * @param refused whether the verifier refused it before
   */
  public record ShownCanary(int generation, Serial serial, boolean refused) {}

  /**
   * A credential that it has proven to hold.
   *
   * @param observed what strangers get to see; empty if nobody looked, or nobody answers
   */
  public record ShownCredential(
      Format format,
      Profile profile,
      Serial serial,
      Digest issuerKey,
      Optional<Observation> observed) {
    /** One that nobody has looked for. */
    public ShownCredential(Format format, Profile profile, Serial serial, Digest issuerKey) {
      this(format, profile, serial, issuerKey, Optional.empty());
    }
  }

  /**
   * A credential that was issued.
   *
   * @param identity SHA-256 of the identity key that asked for it
   */
  public record Issued(
      ParticipantName holder,
      Digest identity,
      Format format,
      Profile profile,
      Serial serial,
      Digest issuerKey,
      int generation,
      SlotName slot,
      Instant notAfter) {}

  /** Whether that one was heard within the last while of that length. */
  boolean isHeard(ParticipantName participant, Duration lease) {
    return of(participant).filter(s -> isWithin(s.heard(), lease)).isPresent();
  }

  /** Whether that was no longer ago; what a clock that ran ahead has dated is of no known time. */
  boolean isWithin(Instant heard, Duration lease) {
    return Duration.between(heard, at).abs().compareTo(lease) <= 0;
  }

  Optional<Shown> of(ParticipantName participant) {
    return Optional.ofNullable(shown.get(participant));
  }
}
