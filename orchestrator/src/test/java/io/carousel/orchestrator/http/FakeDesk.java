package io.carousel.orchestrator.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.carousel.events.Act;
import io.carousel.events.AuthorName;
import io.carousel.events.AuthorRole;
import io.carousel.events.AuthorityEvent.AuthorityOpened;
import io.carousel.events.AuthorityEvent.KeyCommandFailed;
import io.carousel.events.AuthorityEvent.KeyDestroyed;
import io.carousel.events.AuthorityEvent.KeyDestructionRequested;
import io.carousel.events.AuthorityEvent.SlotTrusted;
import io.carousel.events.AuthorityEvent.TrustExtended;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.CommandId;
import io.carousel.events.Credential;
import io.carousel.events.CredentialRequest;
import io.carousel.events.Digest;
import io.carousel.events.Event;
import io.carousel.events.Format;
import io.carousel.events.HouseEvent.ActRefused;
import io.carousel.events.HouseEvent.Founded;
import io.carousel.events.HouseEvent.SlotInspected;
import io.carousel.events.HouseEvent.SlotRegistered;
import io.carousel.events.HouseEvent.TermStarted;
import io.carousel.events.HouseId;
import io.carousel.events.KeyPlace;
import io.carousel.events.OperatorAct;
import io.carousel.events.ParticipantName;
import io.carousel.events.Reply;
import io.carousel.events.Report;
import io.carousel.events.Role;
import io.carousel.events.Serial;
import io.carousel.events.SlotFinding;
import io.carousel.events.SlotName;
import io.carousel.events.SlotReport;
import io.carousel.events.TrustBundle;
import io.carousel.events.seal.KnownAuthor;
import io.carousel.events.seal.Recorded;
import io.carousel.events.wire.Wire;
import io.carousel.orchestrator.application.RotationHistory;
import io.carousel.orchestrator.desk.Declined;
import io.carousel.orchestrator.desk.FleetSight;
import io.carousel.orchestrator.desk.FrontDesk;
import io.carousel.orchestrator.desk.Readiness;
import io.carousel.orchestrator.desk.Refusals;
import io.carousel.orchestrator.desk.RotationRecord;
import io.carousel.orchestrator.desk.StrayRun;
import io.carousel.orchestrator.rules.Authority;
import io.carousel.orchestrator.rules.Bundles;
import io.carousel.orchestrator.rules.Circumstances;
import io.carousel.orchestrator.rules.Decision;
import io.carousel.orchestrator.rules.Evidence;
import io.carousel.orchestrator.rules.FleetHealth;
import io.carousel.orchestrator.rules.Forecast;
import io.carousel.orchestrator.rules.Gate;
import io.carousel.orchestrator.rules.House;
import io.carousel.orchestrator.rules.Key;
import io.carousel.orchestrator.rules.Phase;
import io.carousel.orchestrator.rules.Removal;
import io.carousel.orchestrator.rules.Rules;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A front desk over the real rules, whose log is a list and whose clock stands still unless told.
 * Keys and the fleet's reports come when the test says so. Faults can be put in the way of acts,
 * before or after their effect.
 */
public final class FakeDesk implements FrontDesk {
  private final Readiness readiness = new Readiness(java.time.Clock.systemUTC());
  private final Refusals refusals = new Refusals();

  /** What happens to the next act. */
  public enum Fault {
    /** It never gets to the owner. */
    LOST_BEFORE_EFFECT,
    /** It is decided, and the answer gets lost. */
    LOST_AFTER_EFFECT,
    /** Something that should not be. */
    BUG
  }

  public static final HouseId HOUSE = new HouseId("00112233445566778899aabbccddeeff");
  public static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  private static final AuthorName OWNER = new AuthorName("orchestrator-1");
  private static final Bytes PUBLIC_KEY = bytes("the founder's key");

  private final List<Recorded> log = new ArrayList<>();
  private List<StrayRun> strays = List.of();
  private List<String> warnings = List.of();
  private final Map<CommandId, Act> asked = new HashMap<>();
  private final Map<CommandId, Reply> replies = new HashMap<>();
  private final FakeFleet fleet = new FakeFleet();
  private final FakeWorkers workers = new FakeWorkers();
  private final Queue<Fault> faults = new ArrayDeque<>();
  private House house = House.EMPTY;
  private Instant now = NOON;
  private Optional<CommandId> cause = Optional.empty();
  private int waiting;
  private int looks;
  private Optional<String> unread = Optional.empty();

  /** A house with those slots. */
  public static FakeDesk withSlots(String... slots) {
    var desk = new FakeDesk();
    desk.append(new Founded(HOUSE, OWNER, PUBLIC_KEY, 1, desk.now));
    desk.append(new TermStarted(1, OWNER, 0, desk.now));
    for (String slot : slots) {
      desk.append(
          new SlotRegistered(
              new SlotName(slot), "/usr/lib/" + slot + ".so", "no replicas", "local", desk.now));
    }
    return desk;
  }

  /** One that has not read its log yet. */
  public static FakeDesk empty() {
    return new FakeDesk();
  }

  /** Puts faults in the way of the next acts, one for each. */
  public synchronized void fail(Fault... next) {
    faults.addAll(List.of(next));
  }

  /** Moves the clock. */
  public synchronized void later(Duration by) {
    now = now.plus(by);
  }

  /** How many acts were decided. */
  public synchronized int decided() {
    return replies.size();
  }

  /** Every worker answers every key command; authorities open, and trust is extended. */
  public synchronized void keysCome(String authority) {
    Authority a = authority(authority);
    for (var generation : a.generations().values()) {
      for (Key key : generation.keys().values()) {
        if (key instanceof Key.Wanted wanted) {
          workers.answers(a.name(), generation.number(), wanted, now).forEach(this::append);
        }
      }
    }
    Authority then = authority(authority);
    switch (then.phase()) {
      case Phase.Creating p -> append(new AuthorityOpened(a.name(), p.first(), 1, now));
      case Phase.Init p ->
          append(new TrustExtended(a.name(), p.rotation(), then.bundle() + 1, now));
      case Phase.Joining p -> append(new SlotTrusted(a.name(), p.slot(), then.bundle() + 1, now));
      default -> throw new IllegalStateException("no keys are waited for in " + then.phase());
    }
  }

  /** Every key that is wanted is made, and signs its request to the external root. */
  public synchronized void requestsCome(String authority) {
    Authority a = authority(authority);
    for (var generation : a.generations().values()) {
      for (Key key : generation.keys().values()) {
        if (key instanceof Key.Wanted wanted) {
          workers.asks(a.name(), generation.number(), wanted, now).forEach(this::append);
        }
      }
    }
  }

  /** Every key that got its certificate from outside signs its CRL; the authority is open then. */
  public synchronized void crlsCome(String authority) {
    Authority a = authority(authority);
    for (var generation : a.generations().values()) {
      for (Key key : generation.keys().values()) {
        if (key instanceof Key.Certified certified) {
          append(
              workers.lists(
                  a.name(), generation.number(), certified.asked().orElseThrow(), key, now));
        }
      }
    }
    Authority then = authority(authority);
    switch (then.phase()) {
      case Phase.Creating p ->
          append(new AuthorityOpened(a.name(), p.first(), then.bundle() + 1, now));
      case Phase.Init p ->
          append(new TrustExtended(a.name(), p.rotation(), then.bundle() + 1, now));
      default -> throw new IllegalStateException("no keys are waited for in " + then.phase());
    }
  }

  /** A key is asked to be destroyed, and is. */
  public synchronized void keyDestroyed(String authority, int generation, String slot) {
    KeyPlace place = KeyPlace.of(new SlotName(slot), Format.X509);
    var key = (Key.Existing) authority(authority).generation(generation).keys().get(place);
    var name = new AuthorityName(authority);
    CommandId command = CommandId.of(now, new byte[10]);
    append(
        new KeyDestructionRequested(
            name,
            generation,
            place.slot(),
            place.format(),
            command,
            key.id(),
            key.publicKey(),
            "retired",
            now));
    append(
        new KeyDestroyed(
            name,
            generation,
            place.slot(),
            place.format(),
            command,
            key.id(),
            Optional.empty(),
            now));
  }

  /** A worker has looked at its token, as it was asked to. */
  public synchronized void tokenSeen(String slot, SlotReport report, SlotFinding... findings) {
    var name = new SlotName(slot);
    CommandId asked = house.slots().get(name).asked().orElseThrow();
    later(Duration.ofSeconds(1));
    append(
        new SlotInspected(
            name, asked, report, List.of(findings), new AuthorName("worker-" + slot), now));
  }

  /** A worker says that it cannot make a key. */
  public synchronized void keyFails(String authority, int generation, String slot, String detail) {
    Key key =
        authority(authority)
            .generation(generation)
            .keys()
            .get(KeyPlace.of(new SlotName(slot), Format.X509));
    append(
        new KeyCommandFailed(
            new AuthorityName(authority),
            generation,
            key.slot(),
            key.format(),
            key.command(),
            "token-full",
            detail,
            true,
            now));
  }

  /** An orchestrator has noticed that. */
  public synchronized void noticed(Act act) {
    var circumstances =
        new Circumstances(
            CommandId.of(now, new byte[10]),
            new KnownAuthor(OWNER, AuthorRole.ORCHESTRATOR, Optional.empty(), PUBLIC_KEY),
            name -> fleet.evidence(house, name, now),
            new byte[32],
            now);
    ((Decision.Accepted) Rules.decide(house, act, circumstances)).events().forEach(this::append);
  }

  /** From now on that participant shows whatever a gate asks of it. */
  public synchronized void shows(String participant) {
    fleet.shows(new ParticipantName(participant));
  }

  /** From now on nobody shows anything until it is said again. */
  public synchronized void allSilent() {
    fleet.fallsSilent();
  }

  /** An act that nobody needs to know is refused. */
  public synchronized void refuseSomething() {
    append(new ActRefused("carousel.advance.v1", "moved-on", "look again", now));
  }

  private Authority authority(String name) {
    return house.authority(new AuthorityName(name)).orElseThrow();
  }

  private synchronized void append(Event event) {
    long sequence = log.size() + 1L;
    var recorded =
        new Recorded(
            sequence,
            Digest.of(("record " + sequence).getBytes(UTF_8)),
            "id-" + sequence,
            OWNER,
            cause,
            Optional.empty(),
            0,
            Rules.VERSION,
            Collections.emptySortedSet(),
            event);
    log.add(recorded);
    house = Rules.evolve(house, recorded);
    notifyAll();
  }

  @Override
  public synchronized Instant now() {
    return now;
  }

  @Override
  public Readiness readiness() {
    return readiness;
  }

  @Override
  public Refusals refusals() {
    return refusals;
  }

  @Override
  public synchronized House house() {
    return house;
  }

  @Override
  public synchronized Reply ask(CommandId command, Act act) {
    Fault fault = faults.poll();
    if (fault == Fault.BUG) {
      throw new IllegalStateException("a secret detail of the inside");
    }
    if (fault == Fault.LOST_BEFORE_EFFECT) {
      throw unknown();
    }
    Act before = asked.putIfAbsent(command, act);
    if (before != null && !before.equals(act)) {
      return new Reply.Refused(
          command, log.size(), "another-body", "this command id was used for another act");
    }
    Reply reply = replies.computeIfAbsent(command, id -> decide(id, act));
    if (fault == Fault.LOST_AFTER_EFFECT) {
      throw unknown();
    }
    return reply;
  }

  private static Declined unknown() {
    return new Declined(
        Declined.Kind.UNAVAILABLE,
        "outcome-unknown",
        "the owner did not answer in time; ask again with the same id",
        Optional.of(Duration.ofMillis(10)));
  }

  private Reply decide(CommandId command, Act act) {
    var circumstances =
        new Circumstances(
            command,
            new KnownAuthor(OWNER, AuthorRole.ORCHESTRATOR, Optional.empty(), PUBLIC_KEY),
            name -> fleet.evidence(house, name, now),
            new byte[32],
            now);
    cause = Optional.of(command);
    try {
      return switch (Rules.decide(house, act, circumstances)) {
        case Decision.Accepted yes -> {
          yes.events().forEach(this::append);
          yield new Reply.Accepted(command, log.size());
        }
        case Decision.Refused no -> {
          no.told().forEach(this::append);
          append(
              new ActRefused(
                  Wire.CURRENT.typeOf(act.getClass()), no.why().code(), no.why().message(), now));
          yield new Reply.Refused(command, log.size(), no.why().code(), no.why().message());
        }
      };
    } finally {
      cause = Optional.empty();
    }
  }

  @Override
  public synchronized Optional<TrustBundle> bundle(AuthorityName name, long after, Duration wait) {
    Authority a = known(name);
    long end = System.nanoTime() + wait.toNanos();
    while (a.changeSequence() <= after && await(end)) {
      a = known(name);
    }
    return a.changeSequence() > after ? Optional.of(Bundles.of(a)) : Optional.empty();
  }

  @Override
  public synchronized boolean changed(AuthorityName name, Optional<Authority> seen, Duration wait) {
    long end = System.nanoTime() + wait.toNanos();
    while (house.authority(name).equals(seen) && await(end)) {
      // Looks again.
    }
    return !house.authority(name).equals(seen);
  }

  private Authority known(AuthorityName name) {
    return house
        .authority(name)
        .orElseThrow(() ->
            new Declined(
                Declined.Kind.NOT_FOUND,
                "unknown-authority",
                "there is no authority '%s'".formatted(name)));
  }

  /** Waits for an event; whether there was time left. */
  private synchronized boolean await(long end) {
    long left = end - System.nanoTime();
    if (left <= 0) {
      return false;
    }
    waiting++;
    try {
      TimeUnit.NANOSECONDS.timedWait(this, left);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      waiting--;
    }
  }

  /** How often somebody asked how a gate stands. */
  public synchronized int looks() {
    return looks;
  }

  /** How many calls wait for an event at this moment. */
  public synchronized int waiting() {
    return waiting;
  }

  @Override
  public synchronized Credential issue(CredentialRequest request) {
    if (house.participant(request.participant()).isEmpty()) {
      throw new Declined(
          Declined.Kind.FORBIDDEN, "not-enrolled", "there is no such participant; enrol it first");
    }
    Authority a = known(request.authority());
    return new Credential(
        a.name(),
        a.active(),
        request.format(),
        request.profile(),
        new Serial("5"),
        bytes("leaf"),
        List.of(bytes("ca")),
        1);
  }

  @Override
  public void report(Report report) {
    if (report.counter() == 0) {
      throw new Declined(
          Declined.Kind.INVALID, "stale-counter", "the counter must grow with each report");
    }
  }

  @Override
  public synchronized Gate gate(AuthorityName name) {
    looks++;
    return Gate.of(house, known(name), fleet.evidence(house, name, now), now);
  }

  /** What of the evidence is not read. */
  public synchronized void unread(Optional<String> what) {
    unread = what;
  }

  @Override
  public synchronized FleetSight sight(AuthorityName name) {
    return new FleetSight(
        unread, FleetHealth.of(house, known(name), fleet.evidence(house, name, now), now));
  }

  @Override
  public synchronized Optional<Forecast> forecast(AuthorityName name, Optional<Integer> without) {
    Authority a = known(name);
    Evidence evidence = fleet.evidence(house, name, now);
    return without.isPresent()
        ? Forecast.without(house, a, without.get(), evidence, now)
        : Forecast.next(house, a, evidence, now);
  }

  @Override
  public synchronized Removal.Standing removals(AuthorityName name) {
    return Removal.Standing.of(house, known(name), fleet.evidence(house, name, now), now);
  }

  @Override
  public synchronized List<RotationRecord> rotations(AuthorityName name) {
    known(name);
    var history = new RotationHistory();
    log.forEach(r -> history.on(r.sequence(), r.event()));
    return history.of(name);
  }

  @Override
  public synchronized List<StrayRun> strays() {
    return strays;
  }

  @Override
  public synchronized List<String> warnings() {
    return warnings;
  }

  /** From now on these stand in the log's topic. */
  public synchronized void strays(StrayRun... runs) {
    strays = List.of(runs);
  }

  /** From now on an operator must see that. */
  public synchronized void warnings(String... sentences) {
    warnings = List.of(sentences);
  }

  @Override
  public synchronized List<Recorded> history(long from, int limit, Duration wait) {
    long end = System.nanoTime() + wait.toNanos();
    while (log.size() < from && await(end)) {
      // Looks again.
    }
    int first = (int) Math.min(from - 1, log.size());
    return List.copyOf(log.subList(first, Math.min(first + limit, log.size())));
  }

  /** Enrols participants that do everything for that authority. */
  public void enrol(String authority, Set<Role> roles, String... participants) {
    for (String name : participants) {
      Reply reply =
          ask(
              CommandId.of(now, Digest.of(name.getBytes(UTF_8)).bytes()),
              new OperatorAct.EnrolParticipant(
                  new ParticipantName(name),
                  identity(),
                  List.of(
                      new io.carousel.events.Membership(
                          new AuthorityName(authority), List.copyOf(roles))),
                  "local"));
      if (reply instanceof Reply.Refused no) {
        throw new IllegalStateException(no.reason());
      }
    }
  }

  /** An identity key. */
  public static Bytes identity() {
    try {
      return Bytes.of(
          java.security.KeyPairGenerator.getInstance("Ed25519")
              .generateKeyPair()
              .getPublic()
              .getEncoded());
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has Ed25519", e);
    }
  }

  private static Bytes bytes(String text) {
    return Bytes.of(text.getBytes(UTF_8));
  }
}
