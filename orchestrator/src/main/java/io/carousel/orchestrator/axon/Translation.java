package io.carousel.orchestrator.axon;

import io.carousel.events.seal.Recorded;
import io.carousel.orchestrator.log.Draft;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.axonframework.eventsourcing.eventstore.TaggedEventMessage;
import org.axonframework.messaging.eventhandling.EventMessage;
import org.axonframework.messaging.eventstreaming.Tag;

/** How Axon's messages look in the log, and back. Nothing that Axon compares may get lost. */
interface Translation {
  /** Tells metadata from tags. */
  String METADATA = "metadata:";

  /** As it is written. */
  Draft draft(TaggedEventMessage<?> message);

  /** As it was read. */
  EventMessage message(Recorded event);

  /** Axon's tags and metadata as the log's labels. */
  static SortedSet<String> labels(TaggedEventMessage<?> message) {
    var labels = new TreeSet<String>();
    message.tags().forEach(t -> labels.add(t.key() + "=" + t.value()));
    message.event().metadata().forEach((k, v) -> labels.add(METADATA + k + "=" + v));
    return labels;
  }

  /** Axon's tags among the log's labels. */
  static Set<Tag> tags(Recorded event) {
    return event.tags().stream()
        .filter(l -> !l.startsWith(METADATA))
        .map(l -> new Tag(key(l), value(l)))
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Axon's metadata among the log's labels. */
  static Map<String, String> metadata(Recorded event) {
    return event.tags().stream()
        .filter(l -> l.startsWith(METADATA))
        .map(l -> l.substring(METADATA.length()))
        .collect(Collectors.toUnmodifiableMap(Translation::key, Translation::value));
  }

  private static String key(String label) {
    return label.substring(0, label.indexOf('='));
  }

  private static String value(String label) {
    return label.substring(label.indexOf('=') + 1);
  }
}
