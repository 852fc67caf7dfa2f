package io.carousel.orchestrator.rules;

import io.carousel.events.Bytes;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;

/** When the CA certificates of an authority end (RFC 5280, 4.1.2.5). */
final class CaEnds {
  /** A part of its life that is enough for a rotation that nobody hurries. */
  private static final int PART = 10;

  private CaEnds() {}

  private record Ca(int generation, String where, Instant end) {}

  /**
   * Those of trusted generations that end soon, or have ended; a sentence each. Soon is a tenth of
   * the life that the policy gives to CA certificates, and not less than twice the longest life of
   * what they sign.
   */
  static Stream<String> warnings(Authority a, Instant now) {
    Duration tenth = a.policy().caLifetime().dividedBy(PART);
    Duration twice = a.longestLeaf().multipliedBy(2);
    Instant soon = now.plus(tenth.compareTo(twice) > 0 ? tenth : twice);
    return a.trusted().stream()
        .sorted()
        .map(a::generation)
        .flatMap(CaEnds::cas)
        .filter(ca -> ca.end().isBefore(soon))
        .map(ca -> text(a, ca, now));
  }

  private static Stream<Ca> cas(Generation g) {
    return Stream.concat(
        g.ready().flatMap(k -> k.certificate().stream().map(c -> ca(g, k, c))),
        g.origin().imported().stream()
            .flatMap(k -> k.certificate().stream())
            .map(c -> new Ca(g.number(), "that signs elsewhere", Proofs.end(c))));
  }

  private static Ca ca(Generation g, Key key, Bytes certificate) {
    return new Ca(g.number(), "in slot '%s'".formatted(key.slot()), Proofs.end(certificate));
  }

  private static String text(Authority a, Ca ca, Instant now) {
    boolean over = !ca.end().isAfter(now);
    String remedy =
        a.phase() instanceof Phase.Standby
            ? "turn to a new generation with 'carousel rotation start %s'".formatted(a.name())
            : "complete what is under way: 'carousel rotation status %s' says what it waits for"
                .formatted(a.name());
    return "the CA certificate of generation %d %s %s at %s, and with it everything that it has signed; %s"
        .formatted(ca.generation(), ca.where(), over ? "ended" : "ends", ca.end(), remedy);
  }
}
