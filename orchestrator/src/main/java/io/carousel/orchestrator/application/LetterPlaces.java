package io.carousel.orchestrator.application;

import io.carousel.events.SlotName;
import io.carousel.events.seal.ForgedRecord;
import io.carousel.events.seal.Message;
import io.carousel.events.topics.Topic;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads from dead letters where their commands stand. Nobody signs a dead letter, so that anybody
 * may write one: what points to no topic of a slot, or where one pointed before, is left out before
 * Kafka is asked for anything. One thread at a time.
 */
final class LetterPlaces {
  private static final Logger LOG = LoggerFactory.getLogger(LetterPlaces.class);
  private static final String TOPIC = "__dlq.errors.topic";
  private static final String PARTITION = "__dlq.errors.partition";
  private static final String OFFSET = "__dlq.errors.offset";
  static final int REMEMBERED = 10_000;

  private final String prefix;
  private final Map<LetterPlace, Boolean> before =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<LetterPlace, Boolean> eldest) {
          return size() > REMEMBERED;
        }
      };
  private long left;

  /**
   * In that cluster.
   *
   * @param prefix of its topics' names
   */
  LetterPlaces(String prefix) {
    this.prefix = prefix;
  }

  /** Where the command of that letter stands; empty if nobody need look there. */
  Optional<LetterPlace> next(Message letter, Collection<SlotName> slots) {
    Optional<LetterPlace> place =
        read(letter, slots).filter(p -> before.putIfAbsent(p, true) == null);
    if (place.isEmpty() && Long.bitCount(++left) == 1) {
      LOG.info("{} dead letters point to no command of a slot, or to one seen before", left);
    }
    return place;
  }

  private Optional<LetterPlace> read(Message letter, Collection<SlotName> slots) {
    try {
      String topic = letter.need(TOPIC);
      long partition = letter.needNumber(PARTITION);
      long offset = letter.needNumber(OFFSET);
      return slots.stream()
          .flatMap(slot -> of(topic, partition, offset, slot).stream())
          .findFirst();
    } catch (ForgedRecord e) {
      return Optional.empty();
    }
  }

  private Optional<LetterPlace> of(String topic, long partition, long offset, SlotName slot) {
    for (Topic kind : new Topic[] {Topic.KEYS, Topic.LEAVES}) {
      if (topic.equals(prefix + kind.of(slot)) && partition <= Integer.MAX_VALUE) {
        return Optional.of(new LetterPlace(kind.of(slot), (int) partition, offset, slot));
      }
    }
    return Optional.empty();
  }
}
