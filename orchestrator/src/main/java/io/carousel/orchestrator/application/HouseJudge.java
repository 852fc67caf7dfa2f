package io.carousel.orchestrator.application;

import io.carousel.events.Act;
import io.carousel.events.AuthorityName;
import io.carousel.events.Event;
import io.carousel.events.GateLeaves;
import io.carousel.events.HouseEvent.ActRefused;
import io.carousel.events.OperatorAct;
import io.carousel.events.OperatorAct.Advance;
import io.carousel.events.OperatorAct.Distrust;
import io.carousel.events.RotationId;
import io.carousel.events.SigningCommand.KeyCommand;
import io.carousel.events.seal.Recorded;
import io.carousel.events.topics.Topic;
import io.carousel.events.wire.Wire;
import io.carousel.orchestrator.log.Asked;
import io.carousel.orchestrator.log.Judge;
import io.carousel.orchestrator.log.Outgoing;
import io.carousel.orchestrator.log.Verdict;
import io.carousel.orchestrator.rules.Authority;
import io.carousel.orchestrator.rules.Circumstances;
import io.carousel.orchestrator.rules.Decision;
import io.carousel.orchestrator.rules.Evidence;
import io.carousel.orchestrator.rules.House;
import io.carousel.orchestrator.rules.Phase;
import io.carousel.orchestrator.rules.RoleChange;
import io.carousel.orchestrator.rules.Rules;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The rules as the log's judge. */
public final class HouseJudge implements Judge<House> {
  private static final int ENTROPY = 32;
  private static final String NO_EVIDENCE = "evidence-unreadable";

  /** The acts that rest on what the fleet has shown. */
  private static final Set<String> RESTING =
      Stream.of(
              OperatorAct.StartRotation.class,
              Advance.class,
              OperatorAct.RollBack.class,
              OperatorAct.Retrust.class,
              Distrust.class,
              OperatorAct.RemoveParticipant.class,
              OperatorAct.RevokeCredentials.class,
              OperatorAct.JoinSlot.class,
              OperatorAct.LeaveSlot.class,
              OperatorAct.DeclareSlotLost.class,
              OperatorAct.RemoveSlot.class)
          .map(Wire.CURRENT::typeOf)
          .collect(Collectors.toUnmodifiableSet());

  private final Supplier<BiFunction<House, AuthorityName, Evidence>> reader;
  private final SecureRandom random = new SecureRandom();

  /** As it was read before the acts that are judged now. The owner's thread alone. */
  private BiFunction<House, AuthorityName, Evidence> evidence;

  /**
   * @param reader reads what the fleet has shown up to the end of its topics at the moment of the
   *     call, within seconds; what it gives reads nothing more, and throws {@link
   *     FleetRecords.NotCaughtUp} if that did not come about
   */
  public HouseJudge(Supplier<BiFunction<House, AuthorityName, Evidence>> reader) {
    this.reader = reader;
    this.evidence =
        (_, _) -> {
          throw new FleetRecords.NotCaughtUp("nothing was read for it yet; ask again", null);
        };
  }

  /** By evidence that is always the same, or was read before. */
  public HouseJudge(BiFunction<House, AuthorityName, Evidence> evidence) {
    this(() -> evidence);
    this.evidence = evidence;
  }

  @Override
  public void prepare(Set<String> types) {
    if (!Collections.disjoint(types, RESTING)) {
      evidence = reader.get();
    }
  }

  /** Whether that act rests on what the fleet has shown. */
  static boolean restsOnEvidence(House house, Act act) {
    return RESTING.contains(Wire.CURRENT.typeOf(act.getClass()))
        || (act instanceof OperatorAct.EnrolParticipant enrol
            && RoleChange.of(house, enrol).restsOnEvidence());
  }

  @Override
  public House initial() {
    return House.EMPTY;
  }

  @Override
  public House evolve(House house, Recorded event) {
    return Rules.evolve(house, event);
  }

  @Override
  public Verdict judge(House staged, Asked asked, Instant now) {
    byte[] entropy = new byte[ENTROPY];
    random.nextBytes(entropy);
    var circumstances =
        new Circumstances(
            asked.command(),
            asked.author(),
            authority -> evidence(staged, asked.act()).apply(staged, authority),
            entropy,
            now);
    try {
      return switch (Rules.decide(staged, asked.act(), circumstances)) {
        case Decision.Accepted a -> Verdict.of(a.events(), outgoing(staged, asked, a));
        case Decision.Refused r -> Verdict.of(refused(asked, r, now), List.of());
      };
    } catch (FleetRecords.NotCaughtUp e) {
      // What cannot be seen opens no gate.
      return Verdict.of(List.of(refusal(asked, NO_EVIDENCE, e.getMessage(), now)), List.of());
    }
  }

  /**
   * A change of roles seldom rests on it, which its type does not tell: it is read for that one.
   */
  private BiFunction<House, AuthorityName, Evidence> evidence(House staged, Act act) {
    return act instanceof OperatorAct.EnrolParticipant enrol
            && RoleChange.of(staged, enrol).restsOnEvidence()
        ? reader.get()
        : evidence;
  }

  private static List<Event> refused(Asked asked, Decision.Refused refused, Instant now) {
    var events = new ArrayList<Event>(refused.told());
    events.add(refusal(asked, refused.why().code(), refused.why().message(), now));
    return events;
  }

  private static ActRefused refusal(Asked asked, String code, String message, Instant now) {
    return new ActRefused(Wire.CURRENT.typeOf(asked.act().getClass()), code, message, now);
  }

  @Override
  public List<Outgoing> pending(House house) {
    return Rules.unanswered(house).stream().map(HouseJudge::outgoing).toList();
  }

  @Override
  public Optional<Instant> nextDue(House house) {
    return Rules.nextDue(house);
  }

  private static List<Outgoing> outgoing(House before, Asked asked, Decision.Accepted accepted) {
    var all = new ArrayList<Outgoing>();
    for (KeyCommand command : Rules.commands(before, accepted.events())) {
      all.add(outgoing(command));
    }
    if (asked.act() instanceof Advance advance) {
      Authority authority = before.authority(advance.authority()).orElseThrow();
      all.addAll(leaves(asked, authority, accepted));
    }
    if (asked.act() instanceof Distrust distrust && !accepted.rested().isEmpty()) {
      Authority authority = before.authority(distrust.authority()).orElseThrow();
      all.addAll(leaves(asked, authority, accepted));
    }
    return all;
  }

  private static Outgoing outgoing(KeyCommand command) {
    return Outgoing.of(Topic.KEYS.of(command.slot()), null, command.command().value(), command);
  }

  private static List<Outgoing> leaves(
      Asked asked, Authority authority, Decision.Accepted accepted) {
    Phase phase = authority.phase();
    String key =
        phase
            .underway()
            .map(RotationId::value)
            .or(() -> phase.moving().map(slot -> authority.name() + "/" + slot))
            .orElseGet(() -> authority.name().value());
    var leaves = new ArrayList<Outgoing>();
    List<String> all = accepted.rested();
    for (int first = 0; first < all.size(); first += GateLeaves.MOST) {
      List<String> some = all.subList(first, Math.min(all.size(), first + GateLeaves.MOST));
      leaves.add(
          Outgoing.of(
              Topic.EVIDENCE.topicName(),
              key,
              asked.command() + "/" + first,
              new GateLeaves(phase.underway(), phase.name(), first, some, authority.name())));
    }
    return leaves;
  }
}
