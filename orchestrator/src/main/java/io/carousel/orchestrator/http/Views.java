package io.carousel.orchestrator.http;

import io.carousel.events.Bytes;
import io.carousel.events.Event;
import io.carousel.events.ForeignKey;
import io.carousel.events.KeyStage;
import io.carousel.events.ParticipantName;
import io.carousel.events.SlotName;
import io.carousel.events.seal.Recorded;
import io.carousel.events.wire.Wire;
import io.carousel.orchestrator.desk.FleetSight;
import io.carousel.orchestrator.desk.RotationRecord;
import io.carousel.orchestrator.desk.StrayRun;
import io.carousel.orchestrator.documents.Authorities.AuthorityLine;
import io.carousel.orchestrator.documents.AuthorityDetails;
import io.carousel.orchestrator.documents.AuthorityDetails.ForeignLine;
import io.carousel.orchestrator.documents.AuthorityDetails.GenerationLine;
import io.carousel.orchestrator.documents.EnrolmentTokens;
import io.carousel.orchestrator.documents.EnrolmentTokens.TokenLine;
import io.carousel.orchestrator.documents.ExternalDetails;
import io.carousel.orchestrator.documents.ForecastDetails;
import io.carousel.orchestrator.documents.HistoryPage.HistoryEntry;
import io.carousel.orchestrator.documents.KeyLine;
import io.carousel.orchestrator.documents.Participants.ParticipantLine;
import io.carousel.orchestrator.documents.RemovalLine;
import io.carousel.orchestrator.documents.RotationStatus;
import io.carousel.orchestrator.documents.RotationStatus.AttentionLine;
import io.carousel.orchestrator.documents.RotationStatus.EarlierLine;
import io.carousel.orchestrator.documents.RotationStatus.EarlierLines;
import io.carousel.orchestrator.documents.RotationStatus.FleetLines;
import io.carousel.orchestrator.documents.RotationStatus.GateStatus;
import io.carousel.orchestrator.documents.RotationStatus.Lacking;
import io.carousel.orchestrator.documents.RotationStatus.Remedy;
import io.carousel.orchestrator.documents.RotationStatus.TailLine;
import io.carousel.orchestrator.documents.Rotations.Entered;
import io.carousel.orchestrator.documents.Rotations.RotationLine;
import io.carousel.orchestrator.documents.Slots;
import io.carousel.orchestrator.documents.Slots.SlotLine;
import io.carousel.orchestrator.documents.StrayRecordsPage.StrayLine;
import io.carousel.orchestrator.rules.AttestationRules;
import io.carousel.orchestrator.rules.Authority;
import io.carousel.orchestrator.rules.Bundles;
import io.carousel.orchestrator.rules.DueFailure;
import io.carousel.orchestrator.rules.EarlierConnections;
import io.carousel.orchestrator.rules.External;
import io.carousel.orchestrator.rules.FleetHealth;
import io.carousel.orchestrator.rules.Forecast;
import io.carousel.orchestrator.rules.ForeignCrls;
import io.carousel.orchestrator.rules.Gate;
import io.carousel.orchestrator.rules.Generation;
import io.carousel.orchestrator.rules.Grant;
import io.carousel.orchestrator.rules.House;
import io.carousel.orchestrator.rules.Key;
import io.carousel.orchestrator.rules.Participant;
import io.carousel.orchestrator.rules.Phase;
import io.carousel.orchestrator.rules.PolicyStanding;
import io.carousel.orchestrator.rules.Proofs;
import io.carousel.orchestrator.rules.Removal;
import io.carousel.orchestrator.rules.Slot;
import io.carousel.orchestrator.story.NextStep;
import io.carousel.orchestrator.story.Remedies;
import io.carousel.orchestrator.story.Story;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The state of the house as documents. Pure. */
final class Views {
  /** How long a refusal is news. */
  private static final Duration RECENT = Duration.ofDays(1);

  /** Names that one answer lists of a group at most. */
  private static final int MOST_NAMES = 1_000;

  private Views() {}

  static AuthorityLine line(Authority a) {
    return new AuthorityLine(
        a.name(), a.formats(), a.slots(), a.phase().name(), a.active(), a.phase().underway());
  }

  static AuthorityDetails details(House house, Authority a, Removal.Standing standing) {
    return new AuthorityDetails(
        a.name(),
        a.formats(),
        a.slots(),
        a.policy(),
        a.phase().name(),
        a.phase().underway(),
        a.rotations(),
        a.generations().values().stream().map(g -> generation(a, g)).toList(),
        a.surplus().values().stream().map(s -> key(a, s.generation(), s.key())).toList(),
        Bundles.of(a),
        a.external().map(e -> external(e, standing)),
        a.phase().moving(),
        a.lost(),
        silent(house, a));
  }

  private static List<SlotName> silent(House house, Authority a) {
    return a.slots().stream().filter(s -> house.slots().get(s).silent().isPresent()).toList();
  }

  private static ExternalDetails external(External e, Removal.Standing standing) {
    return new ExternalDetails(
        e.root().use(),
        e.root().certificate(),
        e.crl().map(c -> new ExternalDetails.CrlLine(c.number(), c.thisUpdate(), c.nextUpdate())),
        removals(standing),
        standing.warnings());
  }

  private static List<RemovalLine> removals(Removal.Standing standing) {
    return standing.removals().stream()
        .map(r -> new RemovalLine(r.generation(), r.state().wire(), r.text()))
        .toList();
  }

  private static GenerationLine generation(Authority a, Generation g) {
    return new GenerationLine(
        g.number(),
        g.formats(),
        keys(a, g).toList(),
        g.origin().imported().stream().map(k -> foreign(g, k)).toList(),
        a.trusted().contains(g.number()),
        g.retrusted());
  }

  private static ForeignLine foreign(Generation g, ForeignKey k) {
    return new ForeignLine(
        k.format(),
        k.publicKey().digest(),
        k.certificate().map(Proofs::end),
        k.certificate().map(_ -> crl(g.foreignCrls(k.publicKey().digest()))));
  }

  private static AuthorityDetails.ForeignCrlLine crl(ForeignCrls crls) {
    return new AuthorityDetails.ForeignCrlLine(
        crls.url(),
        crls.newest()
            .map(c -> new ExternalDetails.CrlLine(c.number(), c.thisUpdate(), c.nextUpdate())),
        crls.trouble());
  }

  private static Stream<KeyLine> keys(Authority a, Generation g) {
    return g.keys().values().stream().map(k -> key(a, g.number(), k));
  }

  private static KeyLine key(Authority a, int generation, Key k) {
    return new KeyLine(
        generation,
        k.slot(),
        k.format(),
        stage(a, generation, k),
        k instanceof Key.Ready,
        k instanceof Key.Living living ? living.made().until() : Optional.empty(),
        k.keyId(),
        k.publicKeyDigest(),
        certificate(k).map(Proofs::end),
        k.lastFailure().map(Views::failure));
  }

  private static Optional<Bytes> certificate(Key k) {
    return switch (k) {
      case Key.Certified certified -> Optional.of(certified.ca().certificate());
      case Key.Ready ready -> ready.certificate();
      default -> Optional.empty();
    };
  }

  /** A key that has signed and does not for now is trusted only, whatever comes next. */
  private static String stage(Authority a, int generation, Key k) {
    String signing = KeyStage.SIGNING.wire();
    return k.stage().equals(signing) && !a.inForce().signs(generation, k)
        ? KeyStage.TRUSTED.wire()
        : k.stage();
  }

  private static KeyLine.Failure failure(Key.Failure f) {
    return new KeyLine.Failure(f.code(), f.detail(), f.lasting());
  }

  static RotationLine rotation(RotationRecord r) {
    return new RotationLine(
        r.rotation(),
        r.retiring(),
        r.successor(),
        r.reason(),
        r.by(),
        r.outcome(),
        r.phases().stream().map(p -> new Entered(p.phase(), p.at())).toList());
  }

  static RotationStatus status(
      House house,
      Authority a,
      Gate gate,
      Optional<Instant> since,
      Removal.Standing standing,
      List<String> missing,
      FleetSight sight,
      long most) {
    NextStep next = NextStep.of(house, a, gate, sight.unread());
    Optional<Integer> successor = successor(a.phase());
    List<Generation> used =
        Stream.concat(Stream.of(a.active()), successor.stream()).map(a::generation).toList();
    return new RotationStatus(
        a.name(),
        house.sequence(),
        a.seen(),
        since,
        a.active(),
        successor,
        a.bundle(),
        next.keysMissing(),
        used.stream().flatMap(g -> keys(a, g)).toList(),
        gate(a, gate, next, since, sight.unread(), most),
        next.advice(),
        removals(standing),
        warnings(house, a, standing, missing),
        used.stream().filter(Generation::verifyOnly).map(Generation::number).toList(),
        a.generations().values().stream()
            .filter(Generation::retrusted)
            .map(Generation::number)
            .toList(),
        a.phase().moving(),
        a.lost(),
        silent(house, a),
        AttestationRules.unsignedBy(house, a),
        standing.tails().stream()
            .map(t -> new TailLine(t.generation(), names(t.trusting())))
            .toList(),
        earlier(standing.earlier()),
        fleet(sight, most));
  }

  /** What is not read is not told: nobody knows who is silent before. */
  private static FleetLines fleet(FleetSight sight, long most) {
    if (sight.unread().isPresent()) {
      return new FleetLines(sight.unread(), List.of(), List.of());
    }
    return new FleetLines(
        Optional.empty(),
        sight.health().attention().stream()
            .limit(most)
            .map(x ->
                new AttentionLine(
                    x.participant(), x.kind().wire(), x.since(), x.why(), Remedies.of(x.kind())))
            .toList(),
        sight.health().broken().stream().map(Views::broken).toList());
  }

  private static List<String> warnings(
      House house, Authority a, Removal.Standing standing, List<String> missing) {
    Stream<String> failing =
        house.failures().values().stream()
            .filter(f ->
                f.authority().map(a.name()::equals).orElse(true)
                    && (f.authority().isPresent() || f.slot().filter(a::concerns).isPresent()))
            .map(DueFailure::text);
    return Stream.of(
            missing.stream(),
            standing.warnings().stream(),
            failing,
            PolicyStanding.warnings(house, a).stream())
        .flatMap(s -> s)
        .toList();
  }

  private static EarlierLines earlier(EarlierConnections all) {
    return new EarlierLines(
        all.of().size(),
        all.total(),
        all.most(MOST_NAMES).stream().map(p -> new EarlierLine(p, all.of().get(p))).toList());
  }

  private static Optional<Integer> successor(Phase phase) {
    return switch (phase) {
      case Phase.Creating _, Phase.Standby _, Phase.Joining _, Phase.Leaving _ -> Optional.empty();
      case Phase.Init p -> Optional.of(p.successor());
      case Phase.UpdateClients p -> Optional.of(p.successor());
      case Phase.UpdateServers p -> Optional.of(p.successor());
      case Phase.Rollback p -> Optional.of(p.successor());
    };
  }

  static ForecastDetails forecast(
      Authority authority,
      Optional<Integer> without,
      Optional<Forecast> forecast,
      FleetHealth health) {
    return new ForecastDetails(
        authority.name(),
        forecast.map(Forecast::step),
        forecast.stream().flatMap(f -> f.breaks().stream()).map(Views::broken).toList(),
        forecast.stream()
            .flatMap(f -> f.live().entrySet().stream())
            .limit(MOST_NAMES)
            .map(e -> new ForecastDetails.NamedLine(e.getKey(), e.getValue()))
            .toList(),
        health.attention().stream()
            .filter(
                x -> x.kind() == FleetHealth.Kind.REVOKED || x.kind() == FleetHealth.Kind.BROKEN)
            .limit(MOST_NAMES)
            .map(x -> new ForecastDetails.NamedLine(x.participant(), x.why()))
            .toList(),
        without
            .or(() -> leaving(authority))
            .filter(g -> authority.generation(g).origin().elsewhere()));
  }

  /** The generation that the next step takes out of trust. */
  private static Optional<Integer> leaving(Authority a) {
    return a.phase() instanceof Phase.UpdateServers p
        ? Optional.of(p.retiring())
        : Optional.empty();
  }

  private static ForecastDetails.BreakLine broken(Forecast.Break b) {
    return new ForecastDetails.BreakLine(
        b.format(),
        b.generation(),
        b.key(),
        names(b.presenters()),
        names(b.verifiers()),
        b.heard());
  }

  private static ForecastDetails.Names names(SortedSet<ParticipantName> all) {
    return new ForecastDetails.Names(all.size(), all.stream().limit(MOST_NAMES).toList());
  }

  private static GateStatus gate(
      Authority authority,
      Gate gate,
      NextStep next,
      Optional<Instant> since,
      Optional<String> unread,
      long most) {
    List<Gate.Answer> open = gate.lacking(Set.of());
    if (unread.isPresent()) {
      return unread(gate, open, unread.get(), most);
    }
    List<Lacking> lacking =
        open.stream()
            .limit(most)
            .flatMap(a -> a.lacking().stream().map(why -> lacking(a, why, since)))
            .toList();
    Map<Gate.Reason, Long> counts =
        open.stream()
            .flatMap(a -> a.lacking().stream())
            .collect(Collectors.groupingBy(Gate.Lack::reason, TreeMap::new, Collectors.counting()));
    List<Remedy> remedies =
        counts.entrySet().stream()
            .map(e ->
                new Remedy(
                    e.getKey().wire(), e.getValue(), Remedies.of(e.getKey(), authority.name())))
            .toList();
    return new GateStatus(
        next.ready(), gate.required(), gate.shown(), lacking, remedies, gate.opens());
  }

  /** Whoever may have reported is not called silent. */
  private static GateStatus unread(Gate gate, List<Gate.Answer> open, String unread, long most) {
    return new GateStatus(
        false,
        gate.required(),
        gate.shown(),
        open.stream()
            .limit(most)
            .map(a ->
                new Lacking(a.about(), a.question(), unread, NextStep.NOT_READ, Optional.empty()))
            .toList(),
        open.isEmpty()
            ? List.of()
            : List.of(
                new Remedy(
                    NextStep.NOT_READ, open.size(), "Wait: what they have shown is being read.")),
        gate.opens());
  }

  private static Lacking lacking(Gate.Answer a, Gate.Lack why, Optional<Instant> since) {
    return new Lacking(
        a.about(), a.question(), why.text(), why.reason().wire(), why.since().or(() -> since));
  }

  static SlotLine slot(House house, Slot s) {
    long authorities =
        house.authorities().values().stream().filter(a -> a.slots().contains(s.name())).count();
    return new SlotLine(
        s.name(),
        s.module(),
        s.custody(),
        (int) authorities,
        s.frozen(),
        s.asked().isPresent(),
        s.failure().map(Views::failure),
        s.seen().map(i -> new Slots.Seen(i.at(), i.command(), i.report(), i.findings())),
        s.silent(),
        s.lost().map(l -> new Slots.Loss(l.reason(), l.by(), l.since())),
        s.refusals().entrySet().stream()
            .map(e -> refused(house, e.getKey(), e.getValue()))
            .toList(),
        (int)
            house.authorities().values().stream()
                .flatMap(Authority::keys)
                .filter(k -> k instanceof Key.Existing && k.slot().equals(s.name()))
                .count());
  }

  private static Slots.Refused refused(House house, String code, Slot.Refusals r) {
    boolean recent = r.last().isAfter(house.clock().minus(RECENT));
    return new Slots.Refused(code, r.count(), r.detail(), r.last(), recent);
  }

  static ParticipantLine participant(Participant p) {
    return new ParticipantLine(p.name(), p.identityKey().digest(), p.memberships(), p.token());
  }

  static TokenLine token(Grant g, Instant now) {
    return new TokenLine(
        g.id(),
        g.publicKey(),
        g.names(),
        g.memberships(),
        g.uses(),
        g.used(),
        g.replace(),
        g.expiresAt(),
        g.by(),
        state(g, now),
        g.end(),
        g.revoked().map(r -> new EnrolmentTokens.Revoked(r.reason(), r.by(), r.at())),
        g.misuses(),
        g.lastMisuse().map(m -> new EnrolmentTokens.Misuse(m.participant(), m.why(), m.at())));
  }

  private static String state(Grant g, Instant now) {
    if (g.isOpen(now)) {
      return "open";
    }
    return g.revoked().isPresent() ? "revoked" : g.usedUp().isPresent() ? "used-up" : "expired";
  }

  static StrayLine stray(StrayRun r) {
    return new StrayLine(r.first(), r.last(), r.count(), r.after(), r.kind(), r.reason(), r.seen());
  }

  static HistoryEntry entry(Recorded r) {
    Event event = r.event();
    return new HistoryEntry(
        r.sequence(),
        event.at(),
        Wire.CURRENT.typeOf(event.getClass()),
        Story.sentence(event),
        r.author(),
        r.command(),
        r.hash(),
        event);
  }
}
