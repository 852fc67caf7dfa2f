package io.carousel.agent.program;

import io.carousel.agent.Revocation;
import io.carousel.agent.Standing;
import io.carousel.agent.output.OutputStanding;
import io.carousel.events.AuthorityName;
import io.carousel.events.Format;
import io.carousel.events.ParticipantName;
import io.carousel.events.PhaseName;
import io.carousel.events.Profile;
import io.carousel.events.Serial;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How an agent stands; for people and programs.
 *
 * @param since when it started
 * @param upToDate whether every authority is, and no clock is off
 * @param clock what is wrong with the clock; empty if nothing is known to be
 */
public record AgentStatus(
    ParticipantName participant,
    String house,
    Instant since,
    boolean upToDate,
    Optional<String> clock,
    List<OfAuthority> authorities) {
  /** Copies. */
  public AgentStatus {
    authorities = List.copyOf(authorities);
  }

  /**
   * How it stands with one authority.
   *
   * @param upToDate whether everything that the house asks for is at work and was reported, and was
   *     found as it was written when this was asked
   * @param bundle number of the bundle in place; 0 if none
   * @param trusts generations, ascending
   * @param crlsUntil when the first of the CRLs at work is past its time
   * @param noCrls why no file of CRLs is written; absent if one is, or none is wanted
   * @param problem what last went wrong, until it goes right again
   * @param canary what one last showed of the verifier
   */
  public record OfAuthority(
      AuthorityName authority,
      boolean upToDate,
      long bundle,
      Optional<PhaseName> phase,
      List<Integer> trusts,
      List<Presented> presents,
      long reports,
      Optional<Instant> crlsUntil,
      Optional<String> noCrls,
      Optional<String> problem,
      Optional<String> canary,
      List<OutputStanding> outputs) {
    /** Copies. */
    public OfAuthority {
      trusts = List.copyOf(trusts);
      presents = List.copyOf(presents);
      outputs = List.copyOf(outputs);
    }

    static OfAuthority of(
        Standing standing,
        Optional<Instant> crlsUntil,
        Optional<String> noCrls,
        Optional<String> crlProblem,
        List<OutputStanding> outputs) {
      return new OfAuthority(
          standing.authority(),
          standing.upToDate()
              && crlProblem.isEmpty()
              && outputs.stream().allMatch(o -> o.set().isPresent() && o.failure().isEmpty()),
          standing.bundle(),
          standing.phase(),
          standing.trusts(),
          standing.presents().stream().map(Presented::of).toList(),
          standing.reports(),
          crlsUntil,
          noCrls,
          standing.problem().or(() -> crlProblem),
          standing.tried(),
          outputs);
    }
  }

  /**
   * A credential in use.
   *
   * @param revoked that it is revoked, since when and why; empty if that is not known
   */
  public record Presented(
      Format format,
      Profile profile,
      int generation,
      Serial serial,
      Instant notAfter,
      Optional<String> revoked) {
    static Presented of(Standing.Presents presents) {
      return new Presented(
          presents.use().format(),
          presents.use().profile(),
          presents.generation(),
          presents.serial(),
          presents.notAfter(),
          presents.revoked().map(Revocation::toString));
    }
  }
}
