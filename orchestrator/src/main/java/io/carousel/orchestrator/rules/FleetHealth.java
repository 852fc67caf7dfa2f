package io.carousel.orchestrator.rules;

import io.carousel.events.ParticipantName;
import io.carousel.events.Word;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which participants of an authority an operator must look at, in whatever phase it is: who
 * presents what is revoked or trusted no more, who gets no credentials, fails, is behind, or
 * silent. By the newest report of each, however old. Pure.
 *
 * @param attention the worst first, then by name; one participant may have several lines
 * @param broken who presents what, and who refuses it, now
 */
public record FleetHealth(List<Attention> attention, List<Forecast.Break> broken) {
  /** Copies. */
  public FleetHealth {
    attention = List.copyOf(attention);
    broken = List.copyOf(broken);
  }

  /**
   * One participant.
   *
   * @param since when that began, or it was last heard
   * @param why for people
   */
  public record Attention(
      ParticipantName participant, Kind kind, Optional<Instant> since, String why) {}

  /** What is wrong with it, the worst first. */
  public enum Kind implements Word {
    /** It presents what is revoked. */
    REVOKED("revoked"),
    /** It presents what is trusted no more, or refuses what others present. */
    BROKEN("broken"),
    /** It gets no credentials since one of its was revoked. */
    WITHHELD("withheld"),
    /** It says itself what keeps it from following. */
    FAILING("failing"),
    /** It was not heard for longer than its lease. */
    SILENT("silent"),
    /** It was never heard. */
    NOT_REPORTED("not-reported"),
    /** It was heard, and does not follow the trust bundle in force. */
    BEHIND("behind");

    private final String wire;

    Kind(String wire) {
      this.wire = wire;
    }

    @Override
    public String wire() {
      return wire;
    }

    @Override
    public String toString() {
      return wire;
    }
  }

  /** As it is known now. */
  public static FleetHealth of(House house, Authority a, Evidence evidence, Instant now) {
    if (a.bundle() == 0) {
      return new FleetHealth(List.of(), List.of());
    }
    List<Forecast.Break> broken = Forecast.standing(house, a, evidence, now).breaks();
    var all = new ArrayList<Attention>();
    house.fleet(a.name()).forEach(p -> all.addAll(of(house, a, evidence, p)));
    broken.forEach(b ->
        b.lagging()
            .forEach(name ->
                all.add(
                    new Attention(
                        name,
                        Kind.BROKEN,
                        evidence.of(name).map(Evidence.Shown::heard),
                        b.wordsNow()))));
    return new FleetHealth(
        all.stream()
            .distinct()
            .sorted(Comparator.comparing(Attention::kind).thenComparing(Attention::participant))
            .toList(),
        broken);
  }

  private static List<Attention> of(House house, Authority a, Evidence evidence, Participant p) {
    ParticipantName name = p.name();
    Optional<Evidence.Shown> shown = evidence.of(name);
    var all = new ArrayList<Attention>();
    shown.stream()
        .flatMap(s -> revoked(a, evidence, s))
        .forEach(
            r -> all.add(new Attention(name, Kind.REVOKED, Optional.of(r.since()), presents(r))));
    house
        .withheld(p.identityKey().digest(), a.name())
        .ifPresent(
            w -> all.add(new Attention(name, Kind.WITHHELD, Optional.of(w.since()), w.text())));
    if (shown.isEmpty()) {
      all.add(new Attention(name, Kind.NOT_REPORTED, Optional.empty(), "has never reported"));
      return all;
    }
    Optional<Instant> heard = shown.map(Evidence.Shown::heard);
    shown
        .flatMap(Evidence.Shown::trouble)
        .ifPresent(t -> all.add(new Attention(name, Kind.FAILING, heard, "says: " + t)));
    if (!evidence.isHeard(name, a.policy().lease())) {
      all.add(
          new Attention(
              name,
              Kind.SILENT,
              heard,
              "was last heard at %s, longer ago than the lease of %s"
                  .formatted(heard.orElseThrow(), a.policy().lease())));
    } else if (shown.orElseThrow().bundle() < a.bundle()) {
      all.add(
          new Attention(
              name,
              Kind.BEHIND,
              heard,
              "has reported trust bundle %d, and %d is in force"
                  .formatted(shown.orElseThrow().bundle(), a.bundle())));
    }
    return all;
  }

  /** What it presents that is revoked, and has not run out since it said so. */
  static Stream<Authority.Revoked> revoked(Authority a, Evidence evidence, Evidence.Shown shown) {
    if (a.revoked().isEmpty()) {
      return Stream.empty();
    }
    return shown.presents().stream()
        .flatMap(c -> Optional.ofNullable(a.revoked().get(c.serial())).stream())
        .filter(r -> r.credential().notAfter().isAfter(evidence.at()));
  }

  /** What whoever presents that does, in words. */
  static String presents(Authority.Revoked r) {
    return "presents %s credential %s, revoked at %s for %s: whoever has read the newest revocation list refuses it"
        .formatted(r.credential().format(), r.credential().serial(), r.since(), r.cause());
  }

  /** Everybody with a line of that kind. */
  public Set<ParticipantName> of(Kind kind) {
    return attention.stream()
        .filter(x -> x.kind() == kind)
        .map(Attention::participant)
        .collect(Collectors.toSet());
  }
}
