package io.carousel.agent;

import io.carousel.events.AuthorityName;
import io.carousel.events.PhaseName;
import io.carousel.events.Serial;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How a participant stands with one authority; for people and tests.
 *
 * @param bundle number of the bundle in place; 0 if none
 * @param sequence that bundle's
 * @param phase as that bundle says; empty if there is none
 * @param trusts generations, ascending
 * @param presents what it shows, one for each use
 * @param reports that the house has taken since the start
 * @param upToDate whether the house has been told in this run that everything it asks for is at
 *     work, and nothing is due
 * @param problem what last went wrong, until it goes right again
 * @param tried what a canary last showed of the verifier
 */
public record Standing(
    AuthorityName authority,
    long bundle,
    long sequence,
    Optional<PhaseName> phase,
    List<Integer> trusts,
    List<Presents> presents,
    long reports,
    boolean upToDate,
    Optional<String> problem,
    Optional<String> tried) {

  /** Copies. */
  public Standing {
    trusts = List.copyOf(trusts);
    presents = List.copyOf(presents);
  }

  /**
   * A credential in use.
   *
   * @param revoked that it is, as far as is known: then it is in its files, and reported to nobody
   */
  public record Presents(
      Use use, int generation, Serial serial, Instant notAfter, Optional<Revocation> revoked) {
    static Presents of(OwnCredential own, Optional<Revocation> revoked) {
      return new Presents(own.use(), own.generation(), own.serial(), own.notAfter(), revoked);
    }
  }
}
