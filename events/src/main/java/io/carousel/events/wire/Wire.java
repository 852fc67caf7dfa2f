package io.carousel.events.wire;

import io.carousel.events.Act;
import io.carousel.events.Attempt;
import io.carousel.events.Event;
import io.carousel.events.Identifier;
import io.carousel.events.LeafResult;
import io.carousel.events.Reply;
import io.carousel.events.Report;
import io.carousel.events.SigningCommand;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/**
 * Turns values into typed bytes and back. Old types are lifted to their newest version while they
 * are read, so that nothing else ever meets one. Thread-safe.
 */
public final class Wire {
  /** The feature level of this program: what it can read, and write once the log allows it. */
  public static final int FEATURE_LEVEL = 1;

  /** Longest value of a record that anybody writes or reads; in bytes. */
  public static final int SIZE_LIMIT = 1 << 20;

  /** With the names and the upcasts of this program. */
  public static final Wire CURRENT = new Wire(WireNames.TABLE, Upcasts.ALL);

  private final Map<Class<?>, WireName> names = new HashMap<>();
  private final Map<String, Class<?>> types = new HashMap<>();
  private final Map<String, Upcast> upcasts = new HashMap<>();

  /** Fails, and the program with it, if the tables contradict each other. */
  Wire(Map<Class<?>, WireName> table, List<Upcast> upcasts) {
    table.forEach((type, name) -> {
      names.put(type, name);
      if (types.put(name.text(), type) != null) {
        throw new IllegalArgumentException("two types share the wire name " + name.text());
      }
    });
    for (Upcast u : upcasts) {
      if (types.containsKey(u.from()) || this.upcasts.put(u.from(), u) != null) {
        throw new IllegalArgumentException("two readers of the wire name " + u.from());
      }
    }
    upcasts.forEach(u -> checkEnd(u, upcasts.size()));
  }

  private void checkEnd(Upcast first, int most) {
    Upcast last = first;
    for (int steps = 1; upcasts.containsKey(last.to()); steps++) {
      if (steps > most) {
        throw new IllegalArgumentException(
            "the lifts of %s turn in a circle".formatted(first.from()));
      }
      last = upcasts.get(last.to());
    }
    if (!types.containsKey(last.to())) {
      throw new IllegalArgumentException(
          "%s is lifted to %s, which nobody reads".formatted(first.from(), last.to()));
    }
  }

  /** A value with its wire name. */
  public record Typed(String type, byte[] value) {}

  /**
   * What this value looks like.
   *
   * @throws IllegalArgumentException if no record can hold it: its type has no wire name, a field
   *     is null, or it is longer than {@link #SIZE_LIMIT}
   */
  public Typed write(Object value) {
    String type = name(value.getClass()).text();
    byte[] bytes = Json.PLAIN.write(value);
    if (bytes.length > SIZE_LIMIT) {
      throw new IllegalArgumentException(tooLong(type, bytes.length));
    }
    return new Typed(type, bytes);
  }

  /** The wire name of a type, as {@code carousel.rotation-started.v1}. */
  public String typeOf(Class<?> type) {
    return name(type).text();
  }

  /** The feature level from which on that type may be written. */
  public int levelOf(Class<?> type) {
    return name(type).level();
  }

  /** An event. */
  public Event event(String type, byte[] value) {
    return read(type, value, Event.class);
  }

  /** An act. */
  public Act act(String type, byte[] value) {
    return read(type, value, Act.class);
  }

  /** A command to a worker. */
  public SigningCommand signingCommand(String type, byte[] value) {
    return read(type, value, SigningCommand.class);
  }

  /** What came of a leaf command. */
  public LeafResult leafResult(String type, byte[] value) {
    return read(type, value, LeafResult.class);
  }

  /** A reply. */
  public Reply reply(String type, byte[] value) {
    return read(type, value, Reply.class);
  }

  /** A report. */
  public Attempt attempt(String type, byte[] value) {
    return read(type, value, Attempt.class);
  }

  /** As above. */
  public Report report(String type, byte[] value) {
    return read(type, value, Report.class);
  }

  /**
   * A value of that family.
   *
   * @throws UnreadableRecord if the type is unknown or of another family, or the bytes are not of
   *     it
   */
  public <T> T read(String type, byte[] value, Class<T> family) {
    if (value == null) {
      throw new UnreadableRecord("a record without a value", null);
    }
    if (value.length > SIZE_LIMIT) {
      throw new UnreadableRecord(tooLong(Identifier.printable(type), value.length), null);
    }
    Class<?> known = types.get(type);
    if (known != null) {
      return Json.PLAIN.read(value, inFamily(known, type, family));
    }
    if (!upcasts.containsKey(type)) {
      throw new UnreadableRecord(
          "this program does not know records of type %s; a newer one wrote them"
              .formatted(Identifier.printable(type)),
          null);
    }
    return lifted(type, value, family);
  }

  private <T> T lifted(String type, byte[] value, Class<T> family) {
    ObjectNode tree = Json.PLAIN.tree(value);
    String newer = type;
    for (Upcast u = upcasts.get(type); u != null; u = upcasts.get(newer)) {
      try {
        tree = u.lift().apply(tree);
      } catch (RuntimeException e) {
        throw new UnreadableRecord(
            "a record of type %s is not what that version wrote".formatted(newer), e);
      }
      newer = u.to();
    }
    return Json.PLAIN.ofTree(tree, inFamily(types.get(newer), newer, family));
  }

  private static String tooLong(String type, int length) {
    return "a value of type %s has %d bytes; at most %d are allowed"
        .formatted(type, length, SIZE_LIMIT);
  }

  private static <T> Class<? extends T> inFamily(Class<?> type, String name, Class<T> family) {
    if (!family.isAssignableFrom(type)) {
      throw new UnreadableRecord("%s is no %s".formatted(name, family.getSimpleName()), null);
    }
    return type.asSubclass(family);
  }

  private WireName name(Class<?> type) {
    WireName name = names.get(type);
    if (name == null) {
      throw new IllegalArgumentException(type.getName() + " has no wire name");
    }
    return name;
  }
}
