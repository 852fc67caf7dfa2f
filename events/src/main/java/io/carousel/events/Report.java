package io.carousel.events;

import java.util.List;
import java.util.Optional;

/**
 * What a participant says about one authority, with proof; travels on {@code carousel.fleet}.
 *
 * @param counter grows with each report of the participant; the highest wins
 * @param bundle the number of the trust bundle in place; 0 where none is, which no gate counts
 * @param challenge of that bundle; unknowable before the phase began
 * @param trusts SHA-256 of the SubjectPublicKeyInfo of each CA key it trusts, sorted
 * @param presents what it shows to others, at most one for each format and profile
 * @param tried what was shown to its verifier to see what that does; see {@link Canary}
 * @param trouble what keeps it from following, in one line without control characters; empty while
 *     all is well
 * @param earlierConnections how many connections to its services stand that were made under trust
 *     which these have let go of since; empty if it cannot see them
 * @param signature by its identity key over {@link Statements#report}
 */
public record Report(
    ParticipantName participant,
    long counter,
    AuthorityName authority,
    long bundle,
    Digest challenge,
    List<Digest> trusts,
    List<Presented> presents,
    List<Tried> tried,
    Optional<String> trouble,
    Optional<Integer> earlierConnections,
    Bytes signature) {
  /** Longest text of trouble; characters. */
  public static final int TROUBLE_LIMIT = 300;

  /** Copies. */
  public Report {
    if (trouble.filter(t -> t.isBlank() || !t.equals(plain(t))).isPresent()) {
      throw new IllegalArgumentException(
          "trouble is told in one line of at most %d characters".formatted(TROUBLE_LIMIT));
    }
    if (earlierConnections.filter(n -> n < 0).isPresent()) {
      throw new IllegalArgumentException("there cannot be fewer than no connections");
    }
    trusts = trusts.stream().distinct().sorted().toList();
    presents = List.copyOf(presents);
    tried = List.copyOf(tried);
  }

  /** One without trouble, in which nothing was tried. */
  public Report(
      ParticipantName participant,
      long counter,
      AuthorityName authority,
      long bundle,
      Digest challenge,
      List<Digest> trusts,
      List<Presented> presents,
      Bytes signature) {
    this(
        participant,
        counter,
        authority,
        bundle,
        challenge,
        trusts,
        presents,
        List.of(),
        Optional.empty(),
        Optional.empty(),
        signature);
  }

  /** That text as a report can hold it. */
  public static String plain(String trouble) {
    return Identifier.plain(trouble.replace('|', '/'), TROUBLE_LIMIT);
  }

  /**
   * A credential in use.
   *
   * @param issuerKey SHA-256 of the SubjectPublicKeyInfo of the CA key that signed it
   * @param possession for a token its SHA-256, which only who has had it knows; else a signature by
   *     the credential's own key over {@link Statements#possessionOfCredential}, with the hash that
   *     suits the key (SHA-256 for P-256 and RSA, SHA-384 for P-384, none for Ed25519)
   * @param observed what strangers get to see; empty if nobody looked, or nobody answers
   */
  public record Presented(
      Format format,
      Profile profile,
      Serial serial,
      Digest issuerKey,
      Bytes possession,
      Optional<Observation> observed) {
    /** One that nobody has looked for. */
    public Presented(
        Format format, Profile profile, Serial serial, Digest issuerKey, Bytes possession) {
      this(format, profile, serial, issuerKey, possession, Optional.empty());
    }
  }

  /**
   * What handshakes have shown.
   *
   * @param backends at how many addresses somebody answers
   * @param showing how many of them show the credential, and all that belongs above it
   */
  public record Observation(int backends, int showing) {
    /** Refuses what cannot be. */
    public Observation {
      if (backends < 1 || showing < 0 || showing > backends) {
        throw new IllegalArgumentException(
            "%d of %d backends is no observation".formatted(showing, backends));
      }
    }

    /** Whether it is shown wherever somebody answers. */
    public boolean everywhere() {
      return showing == backends;
    }

    @Override
    public String toString() {
      return showing + "/" + backends;
    }
  }

  /**
   * A canary that was shown to the participant's verifier before that trusted the canary's issuer,
   * and was accepted by it afterwards.
   *
   * @param canary the certificate, DER
   * @param refused whether it was refused while its issuer was not trusted, as it must be: who
   *     accepts it then goes by more than the bundle, or verifies nothing
   * @param possession signature by the canary's own key over {@link Statements#tried}, ECDSA with
   *     SHA-256 on P-256
   */
  public record Tried(Bytes canary, boolean refused, Bytes possession) {}
}
