package io.carousel.events.wire;

import io.carousel.events.Act;
import io.carousel.events.Event;
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

  /** With the names and the upcasts of this program. */
  public static final Wire CURRENT = new Wire(WireNames.TABLE, Upcasts.ALL);

  private final Map<Class<?>, WireName> names = new HashMap<>();
  private final Map<String, Class<?>> types = new HashMap<>();
  private final Map<String, Upcast> upcasts = new HashMap<>();

  Wire(Map<Class<?>, WireName> table, List<Upcast> upcasts) {
    table.forEach((type, name) -> {
      names.put(type, name);
      if (types.put(name.text(), type) != null) {
        throw new IllegalArgumentException("two types share the wire name " + name.text());
      }
    });
    upcasts.forEach(u -> this.upcasts.put(u.from(), u));
  }

  /** A value with its wire name. */
  public record Typed(String type, byte[] value) {}

  /** What this value looks like. */
  public Typed write(Object value) {
    return new Typed(name(value.getClass()).text(), Json.PLAIN.write(value));
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
    Class<?> known = types.get(type);
    if (known != null) {
      return Json.PLAIN.read(value, inFamily(known, type, family));
    }
    if (!upcasts.containsKey(type)) {
      throw new UnreadableRecord(
          "this program does not know records of type %s; a newer one wrote them"
              .formatted(io.carousel.events.Identifier.printable(type)),
          null);
    }
    var tree = (ObjectNode) Json.PLAIN.tree(value);
    String newer = type;
    for (Upcast u = upcasts.get(type); u != null; u = upcasts.get(newer)) {
      tree = u.lift().apply(tree);
      newer = u.to();
    }
    return Json.PLAIN.ofTree(tree, inFamily(types.get(newer), newer, family));
  }

  private static <T> Class<? extends T> inFamily(Class<?> type, String name, Class<T> family) {
    if (type == null || !family.isAssignableFrom(type)) {
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
