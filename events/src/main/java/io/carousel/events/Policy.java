package io.carousel.events;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * How an authority signs and how long its keys stay.
 *
 * @param leafLifetime of the credentials it issues
 * @param caLifetime of its CA certificates
 * @param backdating how far notBefore lies in the past, for clocks that lag
 * @param hold from the retirement of a key to its destruction; empty: never destroyed
 * @param crlLifetime from a CRL's thisUpdate to its nextUpdate; renewed at half of it
 * @param distribution where credentials say that CRLs and CA certificates are to be had: the URL
 *     under which orchestrators are reached, without a slash at its end; empty: they say nothing
 * @param jwksMaxAge how long verifiers of tokens may keep the keys they were given (max-age, RFC
 *     9111, section 5.2.2.1); no token is signed by a key that was published more lately
 * @param ssh what OpenSSH user certificates allow and demand
 * @param lease how long after its last report a participant counts as heard; a gate waits for who
 *     is not
 * @param trustEvidence what the gate at the end of init needs to know of who must trust the
 *     successor
 * @param presentsEvidence what gates need to know of who must present a new generation's credential
 * @param naming what its CA certificates are called, and whether it issues SVIDs
 */
public record Policy(
    Duration leafLifetime,
    Duration caLifetime,
    Duration backdating,
    Optional<Duration> hold,
    Duration crlLifetime,
    Optional<String> distribution,
    Duration jwksMaxAge,
    SshOptions ssh,
    Duration lease,
    EvidenceGrade trustEvidence,
    PresentationGrade presentsEvidence,
    Naming naming) {
  /** Longest life of a CA certificate, and longest hold. */
  private static final Duration LONGEST = Duration.ofDays(100 * 366);

  private static final Duration SHORTEST_CRL = Duration.ofSeconds(10);
  private static final int DISTRIBUTION_LIMIT = 200;

  /** Some of an agent's heartbeats. */
  private static final Duration SHORTEST_LEASE = Duration.ofSeconds(10);

  private static final Duration LONGEST_LEASE = Duration.ofDays(366);
  private static final Duration USUAL_LEASE = Duration.ofMinutes(5);

  /**
   * Credentials for a day, CA certificates for ten years, a minute back, held for a week, CRLs for
   * a week, keys of tokens kept for five minutes, leases of five minutes, and the strongest
   * evidence that each can show.
   */
  public static final Policy DEFAULT =
      new Policy(
          Duration.ofHours(24),
          Duration.ofDays(3650),
          Duration.ofMinutes(1),
          Optional.of(Duration.ofDays(7)));

  /** Refuses lifetimes that cannot work. */
  public Policy {
    if (leafLifetime.compareTo(Duration.ofSeconds(10)) < 0) {
      throw new IllegalArgumentException("credentials must live for at least 10 seconds");
    }
    if (caLifetime.compareTo(LONGEST) > 0
        || hold.filter(h -> h.compareTo(LONGEST) > 0).isPresent()) {
      throw new IllegalArgumentException(
          "a CA certificate lives, and a key is held, for 100 years at most");
    }
    if (leafLifetime.compareTo(caLifetime.dividedBy(2)) > 0) {
      throw new IllegalArgumentException(
          "CA certificates must live at least twice as long as the credentials they sign");
    }
    if (backdating.isNegative() || backdating.compareTo(Duration.ofHours(1)) > 0) {
      throw new IllegalArgumentException("backdating must be between nothing and one hour");
    }
    if (hold.filter(Duration::isNegative).isPresent()) {
      throw new IllegalArgumentException("the hold cannot be negative");
    }
    if (crlLifetime.compareTo(SHORTEST_CRL) < 0 || crlLifetime.compareTo(caLifetime) > 0) {
      throw new IllegalArgumentException(
          "a CRL must live for at least 10 seconds, and no longer than its CA certificate");
    }
    distribution.ifPresent(Policy::checkUrl);
    if (jwksMaxAge.isNegative() || jwksMaxAge.compareTo(Duration.ofDays(1)) > 0) {
      throw new IllegalArgumentException("verifiers may keep keys for a day at most");
    }
    if (lease.compareTo(SHORTEST_LEASE) < 0 || lease.compareTo(LONGEST_LEASE) > 0) {
      throw new IllegalArgumentException("a lease must last between 10 seconds and a year");
    }
  }

  /** With a lease of five minutes. */
  public Policy(
      Duration leafLifetime,
      Duration caLifetime,
      Duration backdating,
      Optional<Duration> hold,
      Duration crlLifetime,
      Optional<String> distribution,
      Duration jwksMaxAge,
      SshOptions ssh) {
    this(
        leafLifetime,
        caLifetime,
        backdating,
        hold,
        crlLifetime,
        distribution,
        jwksMaxAge,
        ssh,
        USUAL_LEASE,
        EvidenceGrade.STRONGEST,
        PresentationGrade.STRONGEST,
        Naming.DEFAULT);
  }

  /** With CRLs that live for a week, or as long as a CA certificate that does not. */
  public Policy(
      Duration leafLifetime, Duration caLifetime, Duration backdating, Optional<Duration> hold) {
    this(
        leafLifetime,
        caLifetime,
        backdating,
        hold,
        caLifetime.compareTo(Duration.ofDays(7)) < 0 ? caLifetime : Duration.ofDays(7),
        Optional.empty(),
        Duration.ofMinutes(5),
        SshOptions.DEFAULT);
  }

  /** The same with that naming. */
  public Policy named(Naming other) {
    return new Policy(
        leafLifetime,
        caLifetime,
        backdating,
        hold,
        crlLifetime,
        distribution,
        jwksMaxAge,
        ssh,
        lease,
        trustEvidence,
        presentsEvidence,
        other);
  }

  private static void checkUrl(String url) {
    try {
      var uri = new URI(url);
      if (url.length() <= DISTRIBUTION_LIMIT
          && uri.getScheme() != null
          && Set.of("http", "https").contains(uri.getScheme())
          && uri.getHost() != null
          && uri.getQuery() == null
          && uri.getFragment() == null
          && url.chars().allMatch(c -> c > ' ' && c < 0x7f)
          && !url.endsWith("/")) {
        return;
      }
    } catch (URISyntaxException e) {
      // said below
    }
    throw new IllegalArgumentException(
        "%s is no URL for CRLs and CA certificates: write http://host[:port][/path] without a slash at its end, in at most %d characters"
            .formatted(Identifier.printable(url), DISTRIBUTION_LIMIT));
  }
}
