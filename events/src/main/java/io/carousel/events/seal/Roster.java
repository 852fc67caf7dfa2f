package io.carousel.events.seal;

import io.carousel.events.AuthorName;
import io.carousel.events.AuthorRole;
import io.carousel.events.Event;
import io.carousel.events.HouseEvent;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Who may sign at one point of a history. A value: it never changes, the next point has its own.
 */
public final class Roster {
  /** Of a log without records. */
  public static final Roster EMPTY = new Roster(Collections.emptySortedMap());

  private final SortedMap<AuthorName, KnownAuthor> authors;

  private Roster(SortedMap<AuthorName, KnownAuthor> authors) {
    this.authors = authors;
  }

  /** Of those. */
  public static Roster of(Collection<KnownAuthor> authors) {
    var map = new TreeMap<AuthorName, KnownAuthor>();
    authors.forEach(a -> map.put(a.name(), a));
    return new Roster(map);
  }

  /** All, in the order of their names. */
  public List<KnownAuthor> authors() {
    return List.copyOf(authors.values());
  }

  /** One of them. */
  public Optional<KnownAuthor> author(AuthorName name) {
    return Optional.ofNullable(authors.get(name));
  }

  /** Who may sign after that event. */
  public Roster after(Event event) {
    return switch (event) {
      case HouseEvent.Founded f ->
          with(
              new KnownAuthor(
                  f.founder(), AuthorRole.ORCHESTRATOR, Optional.empty(), f.publicKey()));
      case HouseEvent.AuthorEnrolled e ->
          with(new KnownAuthor(e.author(), e.role(), e.slot(), e.publicKey()));
      case HouseEvent.AuthorRemoved r -> without(r.author());
      // The others say nothing of who may sign.
      default -> this;
    };
  }

  private Roster with(KnownAuthor author) {
    var more = new TreeMap<>(authors);
    more.put(author.name(), author);
    return new Roster(more);
  }

  private Roster without(AuthorName name) {
    var fewer = new TreeMap<>(authors);
    fewer.remove(name);
    return new Roster(fewer);
  }
}
