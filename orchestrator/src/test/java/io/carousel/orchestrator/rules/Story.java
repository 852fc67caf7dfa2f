package io.carousel.orchestrator.rules;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.carousel.events.Act;
import io.carousel.events.AuthorName;
import io.carousel.events.AuthorRole;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.CommandId;
import io.carousel.events.Digest;
import io.carousel.events.EnrolmentRequest;
import io.carousel.events.Event;
import io.carousel.events.HouseEvent;
import io.carousel.events.HouseEvent.Founded;
import io.carousel.events.HouseId;
import io.carousel.events.OperatorAct.EnrolAuthor;
import io.carousel.events.OperatorAct.RegisterSlot;
import io.carousel.events.ParticipantName;
import io.carousel.events.SlotName;
import io.carousel.events.WorkerAct;
import io.carousel.events.seal.EnrolmentToken;
import io.carousel.events.seal.KnownAuthor;
import io.carousel.events.seal.Recorded;
import io.carousel.events.wire.Wire;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Supplier;

/** A house as tests live through it: acts are decided, accepted events recorded and evolved. */
public final class Story {
  /** Who runs it. */
  public static final KnownAuthor OWNER =
      new KnownAuthor(
          new AuthorName("orchestrator-1"),
          AuthorRole.ORCHESTRATOR,
          Optional.empty(),
          FakeSlot.identity("orchestrator-1"));

  private final Random random;
  private final List<Recorded> log = new ArrayList<>();
  private final Map<SlotName, FakeSlot> slots = new TreeMap<>();
  private final Map<AuthorityName, Supplier<Evidence>> evidence = new HashMap<>();
  private House house = House.EMPTY;
  private Instant now = Instant.parse("2026-03-01T12:00:00Z");

  /** Founded, with these slots and a worker on each. */
  public Story(long seed, String... slotNames) {
    random = new Random(seed);
    record(
        new Founded(
            new HouseId("00112233445566778899aabbccddeeff"),
            OWNER.name(),
            OWNER.publicKey(),
            1,
            now));
    for (String name : slotNames) {
      var slot = new SlotName(name);
      slots.put(slot, new FakeSlot(slot, house.id().orElseThrow()));
      accept(new RegisterSlot(slot, "/usr/lib/softhsm/libsofthsm2.so", "no replicas", "p-1"));
      KnownAuthor worker = worker(slot);
      accept(
          new EnrolAuthor(worker.name(), worker.role(), worker.slot(), worker.publicKey(), "p-1"));
    }
  }

  /** The state now. */
  public House house() {
    return house;
  }

  /** All that happened. */
  public List<Recorded> log() {
    return Collections.unmodifiableList(log);
  }

  /** That authority. */
  public Authority authority(String name) {
    return house.authority(new AuthorityName(name)).orElseThrow();
  }

  /** The token of that slot. */
  public FakeSlot slot(SlotName name) {
    return slots.get(name);
  }

  /** The clock that acts are decided by; may go back. */
  public Instant now() {
    return now;
  }

  /** Sets that clock; the house is at work meanwhile, so that its log's time does not leap. */
  public void now(Instant at) {
    while (Duration.between(house.clock(), at).compareTo(Duration.ofDays(2)) > 0) {
      record(
          new HouseEvent.ActRefused(
              Wire.CURRENT.typeOf(Act.TimePassed.class),
              "nothing-due",
              "nothing is due yet",
              house.clock().plus(Duration.ofDays(2))));
    }
    now = at;
  }

  /** Sets that clock, and nothing happened meanwhile. */
  public void leap(Instant at) {
    now = at;
  }

  /** What gates see of that authority from here on. */
  public void shows(String authority, Supplier<Evidence> shown) {
    evidence.put(new AuthorityName(authority), shown);
  }

  /** The worker of that slot. */
  public static KnownAuthor worker(SlotName slot) {
    String name = "worker-" + slot;
    return new KnownAuthor(
        new AuthorName(name), AuthorRole.WORKER, Optional.of(slot), FakeSlot.identity(name));
  }

  /** What an act with a fresh id would meet. */
  public Circumstances circumstances(KnownAuthor author) {
    return new Circumstances(CommandId.of(now, bytes(10)), author, this::evidence, bytes(32), now);
  }

  private Evidence evidence(AuthorityName name) {
    return evidence.getOrDefault(name, () -> Evidence.NONE).get();
  }

  /** Decides without recording. */
  public Decision weigh(KnownAuthor author, Act act) {
    return Rules.decide(house, act, circumstances(author));
  }

  /** Decides, and records what came of it. */
  public Decision ask(KnownAuthor author, Act act) {
    Decision decision = weigh(author, act);
    switch (decision) {
      case Decision.Accepted accepted -> accepted.events().forEach(this::record);
      case Decision.Refused refused -> refused.told().forEach(this::record);
    }
    return decision;
  }

  /** As the owner, or as the worker of the slot that answers. */
  public Decision ask(Act act) {
    return ask(authorOf(act), act);
  }

  /** Must be accepted. */
  public List<Event> accept(Act act) {
    return switch (ask(act)) {
      case Decision.Accepted accepted -> accepted.events();
      case Decision.Refused refused ->
          throw new AssertionError(act + " was refused: " + refused.why().message());
    };
  }

  /** Must be refused, and change nothing. */
  public Refusal refuse(Act act) {
    House before = house;
    return switch (ask(act)) {
      case Decision.Accepted accepted ->
          throw new AssertionError(act + " was accepted: " + accepted.events());
      case Decision.Refused refused when house.equals(before) -> refused.why();
      case Decision.Refused _ -> throw new AssertionError(act + " left a trace");
    };
  }

  /** Every worker does what it is asked, until nothing is left. */
  public void settle() {
    while (!house.outbox().isEmpty()) {
      var asked = house.outbox().firstEntry().getValue();
      accept(slot(asked.slot()).does(asked));
    }
  }

  /** Who would send that act. */
  public static KnownAuthor authorOf(Act act) {
    return act instanceof WorkerAct w ? worker(w.slot()) : OWNER;
  }

  /** Writes one event as the log would. */
  public void record(Event event) {
    Wire.Typed typed = Wire.CURRENT.write(event);
    var chained = new ByteArrayOutputStream();
    chained.writeBytes(log.isEmpty() ? new byte[32] : log.getLast().hash().bytes());
    chained.writeBytes(typed.type().getBytes(UTF_8));
    chained.writeBytes(typed.value());
    var recorded =
        new Recorded(
            house.sequence() + 1,
            Digest.of(chained.toByteArray()),
            "event-" + log.size(),
            OWNER.name(),
            Optional.empty(),
            Optional.empty(),
            0,
            Rules.VERSION,
            Collections.emptySortedSet(),
            Wire.CURRENT.event(typed.type(), typed.value()));
    house = Rules.evolve(house, recorded);
    log.add(recorded);
  }

  /** Fresh bytes of this story's seed. */
  public byte[] bytes(int count) {
    byte[] out = new byte[count];
    random.nextBytes(out);
    return out;
  }

  /**
   * A host asks to be let in.
   *
   * @param identity by the identity key of that name
   */
  public static EnrolmentRequest asks(
      HouseId house, EnrolmentToken token, String participant, String identity, Instant time) {
    return token.request(
        house,
        new ParticipantName(participant),
        identity(identity),
        time,
        statement -> FakeSlot.signedBy(identity, statement));
  }

  /** An identity key of that name. */
  public static Bytes identity(String name) {
    return FakeSlot.identity(name);
  }
}
