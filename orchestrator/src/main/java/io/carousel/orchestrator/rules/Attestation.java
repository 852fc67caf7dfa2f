package io.carousel.orchestrator.rules;

import io.carousel.events.BundleSignature;
import io.carousel.events.Bytes;
import io.carousel.events.CommandId;
import io.carousel.events.Digest;
import io.carousel.events.SignedStatement;
import io.carousel.events.SlotName;
import io.carousel.events.TrustStatement;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Who has signed what an authority's trust bundle says, or is asked to.
 *
 * @param since when the bundle came
 * @param wishes one for each key of the built-in authority that was asked
 * @param earlier the bundles before it, the oldest first; kept for the built-in authority alone,
 *     for whoever sleeps through its rotations
 */
public record Attestation(
    TrustStatement statement, Instant since, List<Wish> wishes, List<SignedStatement> earlier) {
  /** Copies. */
  public Attestation {
    wishes = List.copyOf(wishes);
    earlier = List.copyOf(earlier);
  }

  /**
   * One key that was asked.
   *
   * @param generation of the built-in authority
   * @param publicKey SubjectPublicKeyInfo
   * @param signature empty until it has come
   */
  public record Wish(
      int generation,
      SlotName slot,
      CommandId command,
      Bytes publicKey,
      Optional<Bytes> signature) {}

  static Attestation of(TrustStatement statement, Instant since, List<SignedStatement> earlier) {
    return new Attestation(statement, since, List.of(), earlier);
  }

  /** Those that have come. */
  public List<BundleSignature> signatures() {
    return wishes.stream()
        .flatMap(w -> w.signature().map(s -> new BundleSignature(w.publicKey(), s)).stream())
        .toList();
  }

  /** Whether a key of that generation has signed. */
  boolean isSignedBy(int generation) {
    return wishes.stream().anyMatch(w -> w.generation() == generation && w.signature().isPresent());
  }

  /** Whether that key was asked. */
  boolean asks(Digest key) {
    return wishes.stream().anyMatch(w -> w.publicKey().digest().equals(key));
  }

  /** Whether that slot was asked by that command. */
  boolean asked(CommandId command, SlotName slot) {
    return wishes.stream().anyMatch(w -> w.command().equals(command) && w.slot().equals(slot));
  }

  Attestation with(Wish wish) {
    return new Attestation(
        statement, since, Stream.concat(wishes.stream(), Stream.of(wish)).toList(), earlier);
  }

  Attestation signed(CommandId command, Bytes signature) {
    return new Attestation(
        statement,
        since,
        wishes.stream()
            .map(w ->
                w.command().equals(command)
                    ? new Wish(
                        w.generation(), w.slot(), command, w.publicKey(), Optional.of(signature))
                    : w)
            .toList(),
        earlier);
  }

  /** All statements, with the newest. */
  public List<SignedStatement> statements() {
    return Stream.concat(earlier.stream(), Stream.of(new SignedStatement(statement, signatures())))
        .toList();
  }
}
