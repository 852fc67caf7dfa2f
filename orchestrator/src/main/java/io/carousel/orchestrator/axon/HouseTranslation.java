package io.carousel.orchestrator.axon;

import io.carousel.events.Event;
import io.carousel.events.seal.Recorded;
import io.carousel.events.wire.Wire;
import io.carousel.orchestrator.log.Draft;
import org.axonframework.eventsourcing.eventstore.TaggedEventMessage;
import org.axonframework.messaging.core.MessageType;
import org.axonframework.messaging.eventhandling.EventMessage;
import org.axonframework.messaging.eventhandling.GenericEventMessage;

/** The events of the contract: the payload is the event itself, the type its wire name. */
final class HouseTranslation implements Translation {
  @Override
  public Draft draft(TaggedEventMessage<?> tagged) {
    EventMessage message = tagged.event();
    if (!(message.payload() instanceof Event event)) {
      throw new IllegalArgumentException(
          "%s is no event of the contract".formatted(message.type().name()));
    }
    return new Draft(message.identifier(), event, Translation.labels(tagged));
  }

  @Override
  public EventMessage message(Recorded recorded) {
    return new GenericEventMessage(
        recorded.id(),
        type(recorded.event().getClass()),
        recorded.event(),
        Translation.metadata(recorded),
        recorded.event().at());
  }

  /** {@code carousel.rotation-started.v1} is version 1 of {@code carousel.rotation-started}. */
  static MessageType type(Class<?> type) {
    String wire = Wire.CURRENT.typeOf(type);
    int at = wire.lastIndexOf(".v");
    return new MessageType(wire.substring(0, at), wire.substring(at + 2));
  }
}
