package io.carousel.orchestrator.axon;

import io.carousel.events.AuthorityEvent;
import io.carousel.events.AuthorityName;
import io.carousel.events.EnrolmentEvent;
import io.carousel.events.Event;
import io.carousel.events.FleetEvent;
import io.carousel.events.HouseEvent;
import io.carousel.events.SlotName;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.axonframework.messaging.eventstreaming.Tag;

/** By which labels events can be found: whose they are. */
final class Labels {
  private Labels() {}

  static Set<Tag> of(Event event) {
    return switch (event) {
      case AuthorityEvent e -> Set.of(Tag.of("authority", e.authority().value()));
      case FleetEvent.ParticipantEnrolledByToken e ->
          Set.of(
              Tag.of("participant", e.participant().value()),
              Tag.of("token", e.request().token().value()));
      case FleetEvent e -> Set.of(Tag.of("participant", e.participant().value()));
      case EnrolmentEvent e -> Set.of(Tag.of("token", e.token().value()));
      case HouseEvent.SlotRegistered e -> Set.of(Tag.of("slot", e.slot().value()));
      case HouseEvent.SlotInspectionRequested e -> Set.of(Tag.of("slot", e.slot().value()));
      case HouseEvent.SlotInspected e -> Set.of(Tag.of("slot", e.slot().value()));
      case HouseEvent.SlotInspectionFailed e -> Set.of(Tag.of("slot", e.slot().value()));
      case HouseEvent.SlotFrozen e -> Set.of(Tag.of("slot", e.slot().value()));
      case HouseEvent.SlotThawed e -> Set.of(Tag.of("slot", e.slot().value()));
      case HouseEvent.SlotSilent e -> Set.of(Tag.of("slot", e.slot().value()));
      case HouseEvent.SlotHeard e -> Set.of(Tag.of("slot", e.slot().value()));
      case HouseEvent.SlotLost e -> Set.of(Tag.of("slot", e.slot().value()));
      case HouseEvent.SlotFound e -> Set.of(Tag.of("slot", e.slot().value()));
      case HouseEvent.SlotRemoved e -> Set.of(Tag.of("slot", e.slot().value()));
      case HouseEvent.CommandsRefused e -> Set.of(Tag.of("slot", e.slot().value()));
      case HouseEvent.WorkerLimitsTooNarrow e ->
          due(Optional.of(e.authority()), Optional.of(e.slot()));
      case HouseEvent.DueWorkFailed e -> due(e.authority(), e.slot());
      case HouseEvent.DueWorkResumed e -> due(e.authority(), e.slot());
      case HouseEvent.UnorderedCommandRefused e -> Set.of(Tag.of("slot", e.slot().value()));
      case HouseEvent.UnorderedAnswer e -> Set.of(Tag.of("slot", e.slot().value()));
      case HouseEvent.AuthorEnrolled e -> Set.of(Tag.of("author", e.author().value()));
      case HouseEvent.AuthorRemoved e -> Set.of(Tag.of("author", e.author().value()));
      case HouseEvent.Founded _,
          HouseEvent.TimeSetBack _,
          HouseEvent.TermStarted _,
          HouseEvent.FeatureLevelRaised _,
          HouseEvent.ActRefused _,
          HouseEvent.AnswerRepeated _,
          HouseEvent.RecordsRejected _ ->
          Set.of();
    };
  }

  private static Set<Tag> due(Optional<AuthorityName> authority, Optional<SlotName> slot) {
    var tags = new HashSet<Tag>();
    authority.ifPresent(a -> tags.add(Tag.of("authority", a.value())));
    slot.ifPresent(s -> tags.add(Tag.of("slot", s.value())));
    return tags;
  }
}
