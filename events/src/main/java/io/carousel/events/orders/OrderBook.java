package io.carousel.events.orders;

import io.carousel.events.AuthorityEvent;
import io.carousel.events.AuthorityEvent.KeyDestructionRequested;
import io.carousel.events.Bytes;
import io.carousel.events.CommandId;
import io.carousel.events.Digest;
import io.carousel.events.EnrolmentEvent;
import io.carousel.events.FleetEvent;
import io.carousel.events.HouseEvent;
import io.carousel.events.KeyId;
import io.carousel.events.LogTime;
import io.carousel.events.SigningCommand.DestroyKey;
import io.carousel.events.SigningCommand.KeyCommand;
import io.carousel.events.SlotName;
import io.carousel.events.seal.Recorded;
import io.carousel.events.wire.Wire;
import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Every key command that the log ordered, and what became of it. One thread at a time.
 *
 * <pre>
 *   ordered ---> answered
 *          \---> called off (its key is not wanted any more, or another bundle came)
 * </pre>
 */
public final class OrderBook {
  private final Map<CommandId, KeyCommand> standing = new HashMap<>();
  private final Map<CommandId, String> barred = new HashMap<>();
  // What was ordered and has ended, by SHA-256 of its JSON: told apart from what never was.
  private final Map<CommandId, Digest> ended = new HashMap<>();
  private final Set<SlotName> frozen = new HashSet<>();
  private final KnownKeys keys = new KnownKeys();
  private final Map<CommandId, Instant> holds = new HashMap<>();
  private LogTime time = LogTime.START;

  /** Follows the next event of the log. */
  public void accept(Recorded recorded) {
    Optional<Instant> ahead = time.aheadSince(recorded.event().at());
    time = time.after(recorded.event());
    switch (recorded.event()) {
      case HouseEvent.SlotFrozen e -> frozen.add(e.slot());
      case HouseEvent.SlotThawed e -> frozen.remove(e.slot());
      case HouseEvent.SlotRemoved e -> {
        frozen.remove(e.slot());
        end(c -> c.slot().equals(e.slot()));
        keys.forget(e.slot());
      }
      case HouseEvent.TimeSetBack e -> ahead.ifPresent(since -> keys.date(since, e.at()));
      case HouseEvent.SlotInspectionRequested e -> order(Orders.of(e, recorded.sequence()));
      case HouseEvent.SlotInspected e -> end(e.command());
      case AuthorityEvent e -> accept(e, recorded.sequence());
      case HouseEvent _, FleetEvent _, EnrolmentEvent _ -> {
        // orders nothing, and answers nothing
      }
    }
  }

  private void accept(AuthorityEvent event, long sequence) {
    end(Endings.by(event, keys));
    if (event instanceof KeyDestructionRequested e) {
      keys.whyKept(e, time).ifPresent(why -> barred.put(e.command(), why));
      keys.heldUntil(e.slot(), e.key()).ifPresent(end -> holds.put(e.command(), end));
    }
    Orders.of(event, keys, sequence).ifPresent(this::order);
    keys.accept(event);
  }

  private void order(KeyCommand command) {
    standing.put(command.command(), command);
  }

  private void end(Predicate<KeyCommand> which) {
    standing.values().stream().filter(which).map(KeyCommand::command).toList().forEach(this::end);
  }

  private void end(CommandId id) {
    KeyCommand command = standing.remove(id);
    barred.remove(id);
    holds.remove(id);
    if (command != null) {
      ended.put(id, digest(command));
    }
  }

  private static Digest digest(KeyCommand command) {
    return Bytes.of(Wire.CURRENT.write(command).value()).digest();
  }

  /** What the log read so far says of that command. */
  public Finding find(KeyCommand asked) {
    KeyCommand ordered = standing.get(asked.command());
    if (ordered != null) {
      return ordered.equals(asked)
          ? standing(asked)
          : new Finding.Unordered(differs(ordered, asked));
    }
    Digest before = ended.get(asked.command());
    if (before == null) {
      return new Finding.Unordered("no event of the log ordered command " + asked.command());
    }
    return before.equals(digest(asked))
        ? new Finding.Ended()
        : new Finding.Unordered(
            "event %d ordered something else by command %s"
                .formatted(asked.event(), asked.command()));
  }

  private Finding standing(KeyCommand asked) {
    String why = barred.get(asked.command());
    if (why != null) {
      return new Finding.Barred(why);
    }
    return asked instanceof DestroyKey && frozen.contains(asked.slot())
        ? new Finding.Barred(
            "slot '%s' is frozen: nothing is destroyed there".formatted(asked.slot()))
        : new Finding.Stands();
  }

  private static String differs(KeyCommand ordered, KeyCommand asked) {
    if (ordered.getClass() != asked.getClass()) {
      return "command %s was ordered as %s, and asks for %s"
          .formatted(asked.command(), typeOf(ordered), typeOf(asked));
    }
    List<String> fields =
        Stream.of(ordered.getClass().getRecordComponents())
            .filter(c -> !Objects.equals(value(c, ordered), value(c, asked)))
            .map(RecordComponent::getName)
            .toList();
    return "command %s was ordered by event %d with another %s"
        .formatted(asked.command(), ordered.event(), String.join(", ", fields));
  }

  private static String typeOf(KeyCommand command) {
    return Wire.CURRENT.typeOf(command.getClass());
  }

  private static Object value(RecordComponent component, KeyCommand of) {
    try {
      return component.getAccessor().invoke(of);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("a record's component cannot be read", e);
    }
  }

  /** Everything that was ordered and has not ended. */
  public Collection<KeyCommand> standing() {
    return List.copyOf(standing.values());
  }

  /**
   * When the hold of the key that is to be destroyed ends; empty if it was not held. The log's time
   * has come to it; whoever destroys it compares a clock of its own.
   */
  public Optional<Instant> heldUntil(DestroyKey command) {
    return Optional.ofNullable(holds.get(command.command()));
  }

  /**
   * The keys that must be in that slot, but one; without those that are held, which may be on their
   * way out together with it.
   */
  public List<KeyId> others(SlotName slot, KeyId but) {
    return keys.in(slot)
        .filter(Known::mustBeThere)
        .map(Known::id)
        .filter(id -> !id.equals(but))
        .sorted()
        .toList();
  }
}
