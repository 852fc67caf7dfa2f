package io.carousel.orchestrator.documents;

import io.carousel.events.AuthorityName;
import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.ParticipantName;
import java.util.List;
import java.util.Optional;

/**
 * Whom a step would break.
 *
 * @param step in words; absent if none lies ahead
 * @param breaks empty if the step breaks nobody
 * @param mustName who was heard within its lease and would break; a step that is taken all the same
 *     must name each of them
 * @param already who is broken before the step: who presents what is revoked or trusted no more, or
 *     refuses what others present
 * @param issuedElsewhere the generation that is trusted no more by the step, if it has issued
 *     credentials elsewhere: the log does not know them, and they are counted nowhere
 */
public record ForecastDetails(
    AuthorityName authority,
    Optional<String> step,
    List<BreakLine> breaks,
    List<NamedLine> mustName,
    List<NamedLine> already,
    Optional<Integer> issuedElsewhere) {
  /**
   * A participant, and what breaks for it.
   *
   * @param what breaks for it, in words
   */
  public record NamedLine(ParticipantName participant, String what) {}

  /**
   * Credentials by one key that a group of verifiers would refuse.
   *
   * @param generation of that key
   * @param key SHA-256 of its SubjectPublicKeyInfo
   * @param presenters who present them, or may
   * @param verifiers who would refuse them; none: whoever follows the trust bundle
   * @param heard whether those have ever said what they trust
   */
  public record BreakLine(
      Format format,
      int generation,
      Digest key,
      Names presenters,
      Names verifiers,
      boolean heard) {}

  /**
   * Participants.
   *
   * @param count of all of them
   * @param names of the first thousand, sorted
   */
  public record Names(int count, List<ParticipantName> names) {}
}
