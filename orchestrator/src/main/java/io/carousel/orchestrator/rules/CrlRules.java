package io.carousel.orchestrator.rules;

import static io.carousel.orchestrator.rules.Decision.refuse;

import io.carousel.events.Adoption;
import io.carousel.events.AuthorityEvent.CredentialsRevoked;
import io.carousel.events.AuthorityEvent.CrlIssued;
import io.carousel.events.AuthorityEvent.CrlRequested;
import io.carousel.events.Bytes;
import io.carousel.events.CrlDraft;
import io.carousel.events.CrlNumber;
import io.carousel.events.Digest;
import io.carousel.events.Event;
import io.carousel.events.Format;
import io.carousel.events.KeyPlace;
import io.carousel.events.OperatorAct.RevokeCredentials;
import io.carousel.events.ParticipantName;
import io.carousel.events.RevokedCredential;
import io.carousel.events.Serial;
import io.carousel.events.SigningCommand.SignCrl;
import io.carousel.events.SlotName;
import io.carousel.events.WorkerAct.CrlSigned;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * CRLs, one for each CA certificate: published before its key signs a credential, renewed at half
 * of their life and whenever something is revoked, and left behind by a key that is destroyed.
 */
final class CrlRules {
  /** As many as one event has room for. */
  private static final int MOST_AT_ONCE = 500;

  /** Longer than any CA certificate lives. */
  private static final Duration ALL = Duration.ofDays(1_000 * 366);

  private CrlRules() {}

  /** The first CRL of a key whose certificate has just come. */
  static CrlRequested first(
      Authority a, int generation, SlotName slot, Bytes certificate, Circumstances c) {
    Optional<Adoption> adopted =
        a.generation(generation).origin().adoption(KeyPlace.of(slot, Format.X509));
    CrlDraft draft =
        draft(
            a,
            adopted.map(Adoption::crlNumber).orElse(CrlNumber.FIRST),
            adopted.map(Adoption::revoked).orElse(List.of()),
            Proofs.end(certificate),
            a.policy().crlLifetime(),
            c.now());
    return request(a, generation, slot, draft, c);
  }

  /** The next one of a key, which lasts as long as any of that key does. */
  static CrlRequested last(Authority a, Generation g, Key.Ready key, Circumstances c) {
    Key.Published p = key.x509().orElseThrow();
    Instant end = Proofs.end(p.ca().certificate());
    CrlDraft draft =
        draft(a, p.draft().number().next(), entries(a, key, c.now()), end, ALL, c.now());
    return request(a, g.number(), key.slot(), draft, c);
  }

  /** Whether nothing will be asked of that CRL which it does not say: it reaches the CA's end. */
  static boolean isLast(Key.Published p) {
    return !p.draft().nextUpdate().isBefore(Proofs.end(p.ca().certificate()));
  }

  private static CrlRequested next(Authority a, int generation, Key.Ready key, Circumstances c) {
    Key.Published p = key.x509().orElseThrow();
    CrlDraft draft =
        draft(
            a,
            p.draft().number().next(),
            entries(a, key, c.now()),
            Proofs.end(p.ca().certificate()),
            a.policy().crlLifetime(),
            c.now());
    return request(a, generation, key.slot(), draft, c);
  }

  private static CrlDraft draft(
      Authority a,
      CrlNumber number,
      List<CrlDraft.Entry> entries,
      Instant caEnd,
      Duration life,
      Instant now) {
    Instant from = now.minus(a.policy().backdating()).truncatedTo(ChronoUnit.SECONDS);
    Instant to = now.plus(life).truncatedTo(ChronoUnit.SECONDS);
    return new CrlDraft(number, from, to.isAfter(caEnd) ? caEnd : to, entries);
  }

  private static CrlRequested request(
      Authority a, int generation, SlotName slot, CrlDraft draft, Circumstances c) {
    return new CrlRequested(
        a.name(),
        generation,
        slot,
        // Time alone may ask for those of several authorities at once.
        c.newCommand("crl %s %d %s %s".formatted(a.name(), generation, slot, draft.number())),
        draft,
        c.now());
  }

  /**
   * What is revoked of that key, without what had expired before the CRL that is in force began: an
   * entry stays on at least one CRL beyond the end of its certificate (RFC 5280, section 3.3).
   */
  private static List<CrlDraft.Entry> entries(Authority a, Key.Living key, Instant now) {
    Instant gone = now.minus(a.policy().crlLifetime());
    Stream<CrlDraft.Entry> here =
        a.revokedUnder(key)
            .filter(r -> !r.credential().notAfter().isBefore(gone))
            .map(r ->
                new CrlDraft.Entry(
                    r.credential().serial(), r.since().truncatedTo(ChronoUnit.SECONDS), r.cause()));
    List<CrlDraft.Entry> before = before(a, key);
    return before.isEmpty()
        ? here.toList()
        : Stream.concat(here, before.stream())
            .sorted(Comparator.comparing(CrlDraft.Entry::serial))
            .toList();
  }

  /** What was revoked before that key was adopted: nobody here knows when it is over. */
  private static List<CrlDraft.Entry> before(Authority a, Key.Living key) {
    return a.generations().values().stream()
        .filter(g -> g.owns(key.publicKey().digest()))
        .flatMap(g -> g.origin().adoption(key.place()).stream())
        .findFirst()
        .map(Adoption::revoked)
        .orElse(List.of());
  }

  /** A worker has signed one. */
  static Decision signed(House house, CrlSigned act, Circumstances c) {
    if (!(house.outbox().get(act.answers()) instanceof SignCrl asked)
        || !asked.slot().equals(act.slot())) {
      return KeyRules.answered(house, act, c);
    }
    Optional<String> flaw = CrlCheck.flaw(act.crl(), asked);
    if (flaw.isPresent()) {
      return refuse(new CredentialRefusal.CrlWrong(act.answers(), flaw.get()));
    }
    Authority a = house.authority(asked.authority()).orElseThrow();
    var events = new ArrayList<Event>();
    events.add(
        new CrlIssued(
            asked.authority(),
            asked.generation(),
            asked.slot(),
            asked.command(),
            asked.draft().number(),
            asked.draft().nextUpdate(),
            act.crl(),
            c.now()));
    KeyPlace place = KeyPlace.of(asked.slot(), Format.X509);
    switch (a.generation(asked.generation()).keys().get(place)) {
      case Key.Certified k -> events.addAll(Opening.by(a, asked.generation(), place, k.id(), c));
      case Key.Ready k when !entries(a, k, c.now()).equals(asked.draft().revoked()) ->
          events.add(after(a, asked, k, c));
      case null, default -> {
        // in force
      }
    }
    return new Decision.Accepted(events, List.of());
  }

  /** More was revoked while it was being signed. */
  private static CrlRequested after(Authority a, SignCrl asked, Key.Ready key, Circumstances c) {
    CrlDraft draft =
        draft(
            a,
            asked.draft().number().next(),
            entries(a, key, c.now()),
            Proofs.end(asked.issuer()),
            a.policy().crlLifetime(),
            c.now());
    return request(a, asked.generation(), asked.slot(), draft, c);
  }

  /**
   * When that key's CRL is to be renewed; empty if it never will, or has been asked for. Half of a
   * life is counted from its end: where it begins on the CRL was dated back. One that a clock which
   * ran ahead has dated holds nowhere yet, and is due at once.
   */
  static Optional<Instant> renewal(Authority a, Key key, Instant now) {
    if (!(key instanceof Key.Ready k) || k.x509().isEmpty()) {
      return Optional.empty();
    }
    Key.Published p = k.x509().get();
    if (p.asked().isPresent()) {
      return Optional.empty();
    }
    if (p.draft().thisUpdate().isAfter(now)) {
      return Optional.of(Instant.EPOCH);
    }
    if (isLast(p)) {
      return Optional.empty();
    }
    return Optional.of(p.draft().nextUpdate().minus(a.policy().crlLifetime().dividedBy(2)));
  }

  /**
   * When nobody can be expected any more to renew that key's CRL before it ends: it was asked for
   * an eighth of a life ago or longer, and three quarters of the life of the one in force will have
   * passed; empty if nothing is asked for. The last quarter is counted from the end, as the half
   * is.
   */
  static Optional<Instant> overdue(Authority a, Key.Ready key) {
    Duration life = a.policy().crlLifetime();
    return key.x509()
        .flatMap(p ->
            p.asked()
                .map(asked -> {
                  Instant last = p.draft().nextUpdate().minus(life.dividedBy(4));
                  // What it says of its beginning was dated back from when it was asked for.
                  Instant patient =
                      asked
                          .draft()
                          .thisUpdate()
                          .plus(a.policy().backdating())
                          .plus(life.dividedBy(8));
                  return patient.isAfter(last) ? patient : last;
                }));
  }

  /** When CRLs of that authority's keys in that slot are to be renewed. */
  static Stream<Instant> renewals(House house, Authority a, SlotName slot) {
    return a.generations().values().stream()
        .flatMap(Generation::ready)
        .filter(k -> k.slot().equals(slot))
        .flatMap(k -> renewal(a, k, house.clock()).stream());
  }

  /** The CRLs of that authority's keys in that slot that are to be renewed by now. */
  static List<Event> due(Authority a, SlotName slot, Circumstances c) {
    return a.generations().values().stream()
        .flatMap(g ->
            g.ready()
                .filter(k -> k.slot().equals(slot))
                .filter(k -> renewal(a, k, c.now()).filter(at -> !at.isAfter(c.now())).isPresent())
                .filter(k -> KeyEnds.holdEnd(k).filter(at -> !at.isAfter(c.now())).isEmpty())
                .<Event>map(k -> next(a, g.number(), k, c)))
        .toList();
  }

  /** Credentials are not to be accepted any more. */
  static Decision decide(House house, RevokeCredentials act, Circumstances c) {
    Optional<Authority> found = house.authority(act.authority());
    if (found.isEmpty()) {
      return refuse(new Refusal.UnknownAuthority(act.authority()));
    }
    if (act.reason().isBlank()) {
      return refuse(new Refusal.ReasonMissing("a revocation"));
    }
    Authority a = found.get();
    Evidence evidence = c.evidence().apply(a.name());
    List<Evidence.Issued> issued =
        evidence.issued().stream().filter(i -> i.notAfter().isAfter(c.now())).toList();
    Set<Serial> known = new HashSet<>();
    issued.forEach(i -> known.add(i.serial()));
    List<Serial> strangers = act.serials().stream().filter(s -> !known.contains(s)).toList();
    if (!strangers.isEmpty()) {
      return refuse(new CredentialRefusal.NotIssued(a.name(), strangers));
    }
    List<RevokedCredential> revoked =
        issued.stream()
            .filter(i ->
                act.serials().contains(i.serial())
                    || act.participant().equals(Optional.of(i.holder())))
            .filter(i -> !a.isRevoked(i.serial()))
            .map(CrlRules::revoked)
            .toList();
    return revoked.isEmpty()
        ? refuse(new CredentialRefusal.NothingToRevoke(a.name()))
        : revoke(a, act, revoked, presenting(a, evidence, revoked), c);
  }

  /** Who presents one of them: whoever reads CRLs refuses it then. */
  private static StepBreaks presenting(
      Authority a, Evidence evidence, List<RevokedCredential> revoked) {
    var presented = new TreeMap<ParticipantName, List<String>>();
    for (RevokedCredential r : revoked) {
      boolean presents =
          evidence.isHeard(r.holder(), a.policy().lease())
              && evidence
                  .of(r.holder())
                  .filter(s -> s.presents().stream().anyMatch(p -> p.serial().equals(r.serial())))
                  .isPresent();
      if (presents) {
        presented
            .computeIfAbsent(r.holder(), _ -> new ArrayList<>())
            .add("%s %s".formatted(r.format(), r.serial()));
      }
    }
    var would = new TreeMap<ParticipantName, String>();
    presented.forEach((name, what) ->
        would.put(
            name,
            "presents %s, which whoever reads revocation lists would refuse"
                .formatted(Refusal.few(what))));
    return StepBreaks.of("these credentials are revoked", would);
  }

  private static RevokedCredential revoked(Evidence.Issued i) {
    return new RevokedCredential(
        i.format(),
        i.generation(),
        i.slot(),
        i.issuerKey(),
        i.serial(),
        i.holder(),
        i.identity(),
        i.notAfter());
  }

  private static Decision revoke(
      Authority a,
      RevokeCredentials act,
      List<RevokedCredential> revoked,
      StepBreaks breaks,
      Circumstances c) {
    Optional<Refusal> breaking = breaks.unless(act.breaks());
    if (breaking.isPresent()) {
      return refuse(breaking.get());
    }
    var event =
        new CredentialsRevoked(
            a.name(),
            revoked,
            act.cause(),
            act.reason(),
            act.by(),
            c.now(),
            breaks.accepted(act.breaks()));
    Authority after =
        a.withRevoked(
            revoked.stream().map(r -> new Authority.Revoked(r, c.now(), act.cause())).toList(),
            c.now().minus(a.policy().crlLifetime()),
            a.revision());
    boolean fits =
        revoked.size() <= MOST_AT_ONCE
            && after.generations().values().stream()
                .flatMap(Generation::living)
                .allMatch(k -> entries(after, k, c.now()).size() <= CrlDraft.MOST);
    if (!fits) {
      return refuse(new CredentialRefusal.TooManyRevoked(a.name(), MOST_AT_ONCE, CrlDraft.MOST));
    }
    var events = new ArrayList<Event>();
    events.add(event);
    affected(after, revoked, c).forEach(events::add);
    return new Decision.Accepted(events, List.of());
  }

  /** A CRL that was asked for already is followed by another as soon as it is there. */
  private static Stream<CrlRequested> affected(
      Authority after, List<RevokedCredential> revoked, Circumstances c) {
    Set<Digest> keys = new HashSet<>();
    revoked.forEach(r -> keys.add(r.issuerKey()));
    return after.generations().values().stream()
        .flatMap(g ->
            g.ready(Format.X509)
                .filter(k -> keys.contains(k.publicKey().digest()))
                .filter(k -> k.x509().orElseThrow().asked().isEmpty())
                .map(k -> next(after, g.number(), k, c)));
  }
}
