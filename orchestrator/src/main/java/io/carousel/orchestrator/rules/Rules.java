package io.carousel.orchestrator.rules;

import io.carousel.events.Act;
import io.carousel.events.AuthorRole;
import io.carousel.events.Event;
import io.carousel.events.OperatorAct;
import io.carousel.events.SigningCommand.DestroyKey;
import io.carousel.events.SigningCommand.KeyCommand;
import io.carousel.events.WorkerAct;
import io.carousel.events.seal.Recorded;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The rules of the house in two pure functions. The same log gives the same house, byte for byte;
 * the same house, act and circumstances give the same decision.
 */
public final class Rules {
  /** Written into every event; raised whenever a decision could turn out differently. */
  public static final int VERSION = 1;

  private Rules() {}

  /** What that act leads to. */
  public static Decision decide(House house, Act act, Circumstances given) {
    Circumstances c = given.on(house);
    AuthorRole role = c.author().role();
    return switch (act) {
      case OperatorAct _ when role != AuthorRole.ORCHESTRATOR ->
          refuseAuthor(c, "ask on behalf of operators");
      case Act.TimePassed _ when role != AuthorRole.ORCHESTRATOR ->
          refuseAuthor(c, "say that time has passed");
      case Act.CommandUndeliverable _ when role != AuthorRole.ORCHESTRATOR ->
          refuseAuthor(c, "speak for the dead letters");
      case Act.SlotObserved _ when role != AuthorRole.ORCHESTRATOR ->
          refuseAuthor(c, "say how slots answer");
      case Act.RefusalsSeen _ when role != AuthorRole.ORCHESTRATOR ->
          refuseAuthor(c, "say what workers refuse");
      case Act.EnrolByToken _ when role != AuthorRole.ORCHESTRATOR ->
          refuseAuthor(c, "ask on behalf of hosts");
      case WorkerAct w when !c.author().slot().filter(w.slot()::equals).isPresent() ->
          refuseAuthor(c, "answer for slot '%s'".formatted(w.slot()));
      case OperatorAct a -> HouseRules.decide(house, a, c);
      case WorkerAct a -> KeyRules.decide(house, a, c);
      case Act.CommandUndeliverable a -> KeyRules.undeliverable(house, a, c);
      case Act.SlotObserved a -> SlotHealthRules.decide(house, a, c);
      case Act.RefusalsSeen a -> SlotHealthRules.decide(house, a, c);
      case Act.EnrolByToken a -> EnrolmentRules.decide(house, a, c);
      case Act.TimePassed _ -> Due.decide(house, c);
    };
  }

  /**
   * What that event changes.
   *
   * @throws RuntimeException if these rules can never have decided it on that house
   */
  public static House evolve(House house, Recorded event) {
    return Evolution.evolve(house, event);
  }

  /**
   * Every key command without an answer that a worker may carry out now: to be given out until
   * there is one. In a frozen slot nothing is destroyed, so such a command waits there for the
   * thaw: its worker would refuse it each time, and each refusal is an event.
   */
  public static List<KeyCommand> unanswered(House house) {
    return house.outbox().values().stream().filter(c -> !waitsForThaw(house, c)).toList();
  }

  private static boolean waitsForThaw(House house, KeyCommand command) {
    Slot slot = house.slots().get(command.slot());
    return command instanceof DestroyKey && slot != null && slot.frozen().isPresent();
  }

  /** The key commands that those events, decided together on that house, give rise to. */
  public static List<KeyCommand> commands(House before, List<Event> events) {
    return Commands.of(before, events);
  }

  /** When time alone will next change something; empty if never. */
  public static Optional<Instant> nextDue(House house) {
    return Due.next(house);
  }

  /** Whether a worker found a key under its command's label that it did not take for its own. */
  public static boolean keyNotTaken(String code) {
    return KeyRules.NOT_TAKEN.contains(code);
  }

  private static Decision refuseAuthor(Circumstances c, String what) {
    return Decision.refuse(new Refusal.NotAuthorised(c.author().name(), what));
  }
}
