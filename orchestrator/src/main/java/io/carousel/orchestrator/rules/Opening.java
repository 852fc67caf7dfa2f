package io.carousel.orchestrator.rules;

import io.carousel.events.AuthorityEvent.AuthorityOpened;
import io.carousel.events.AuthorityEvent.KeyStageReached;
import io.carousel.events.AuthorityEvent.SlotTrusted;
import io.carousel.events.AuthorityEvent.TrustExtended;
import io.carousel.events.Event;
import io.carousel.events.KeyId;
import io.carousel.events.KeyPlace;
import io.carousel.events.KeyStage;
import io.carousel.events.SlotName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What the last key of a generation opens, and the stages that keys come to by it. */
final class Opening {
  private Opening() {}

  /** The events that follow when that key can sign from now on; none while others cannot. */
  static List<Event> by(Authority a, int generation, KeyPlace place, KeyId key, Circumstances c) {
    Generation g = a.generation(generation);
    boolean others =
        g.keys().values().stream()
            .filter(k -> !k.place().equals(place) && concerns(a.phase(), k))
            .allMatch(Key.Ready.class::isInstance);
    if (!others) {
      return List.of();
    }
    Map<KeyPlace, KeyId> all = new TreeMap<>();
    g.ready().filter(k -> concerns(a.phase(), k)).forEach(k -> all.put(k.place(), k.id()));
    all.put(place, key);
    return switch (a.phase()) {
      case Phase.Creating p when p.first() == generation -> {
        var events = new ArrayList<Event>();
        events.add(new AuthorityOpened(a.name(), generation, a.bundle() + 1, c.now()));
        reach(a, generation, all, KeyStage.TRUSTED, c).forEach(events::add);
        reach(a, generation, all, KeyStage.SIGNING, c).forEach(events::add);
        yield events;
      }
      case Phase.Init p when p.successor() == generation -> {
        var events = new ArrayList<Event>();
        events.add(new TrustExtended(a.name(), p.rotation(), a.bundle() + 1, c.now()));
        reach(a, generation, all, KeyStage.TRUSTED, c).forEach(events::add);
        yield events;
      }
      case Phase.Joining p when p.active() == generation && p.slot().equals(place.slot()) -> {
        var events = new ArrayList<Event>();
        events.add(new SlotTrusted(a.name(), p.slot(), a.bundle() + 1, c.now()));
        reach(a, generation, all, KeyStage.TRUSTED, c).forEach(events::add);
        yield events;
      }
      case Phase.Creating _,
          Phase.Standby _,
          Phase.Init _,
          Phase.UpdateClients _,
          Phase.UpdateServers _,
          Phase.Rollback _,
          Phase.Joining _,
          Phase.Leaving _ ->
          List.of();
    };
  }

  /** Where a slot joins, its keys alone are waited for. */
  private static boolean concerns(Phase phase, Key key) {
    return !(phase instanceof Phase.Joining p) || p.slot().equals(key.slot());
  }

  private static Stream<KeyStageReached> reach(
      Authority a, int generation, Map<KeyPlace, KeyId> keys, KeyStage stage, Circumstances c) {
    return keys.entrySet().stream()
        .map(e ->
            new KeyStageReached(
                a.name(),
                generation,
                e.getKey().slot(),
                e.getKey().format(),
                e.getValue(),
                stage,
                Optional.empty(),
                c.now()));
  }

  /** The keys of that generation begin to sign credentials. */
  static Stream<KeyStageReached> signing(Authority a, int generation, Circumstances c) {
    return reach(a, generation, ids(a.generation(generation).ready()), KeyStage.SIGNING, c);
  }

  /** Those of that slot do. */
  static Stream<KeyStageReached> signing(
      Authority a, int generation, SlotName slot, Circumstances c) {
    Stream<Key.Ready> own = a.generation(generation).ready().filter(k -> k.slot().equals(slot));
    return reach(a, generation, ids(own), KeyStage.SIGNING, c);
  }

  /** The keys of that generation are trusted once more. */
  static Stream<KeyStageReached> trusted(Authority a, int generation, Circumstances c) {
    return reach(a, generation, ids(a.generation(generation).ready()), KeyStage.TRUSTED, c);
  }

  private static Map<KeyPlace, KeyId> ids(Stream<Key.Ready> keys) {
    Map<KeyPlace, KeyId> all = new TreeMap<>();
    keys.forEach(k -> all.put(k.place(), k.id()));
    return all;
  }
}
