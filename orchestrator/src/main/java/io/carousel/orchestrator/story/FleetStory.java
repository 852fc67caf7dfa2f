package io.carousel.orchestrator.story;

import static io.carousel.orchestrator.story.Story.asked;
import static io.carousel.orchestrator.text.PlainText.list;

import io.carousel.events.EnrolmentEvent;
import io.carousel.events.FleetEvent;
import io.carousel.events.Membership;
import io.carousel.events.TokenMisuse;

/** Who came and went, and by which tokens, as sentences. */
final class FleetStory {
  private FleetStory() {}

  static String sentence(FleetEvent event) {
    return switch (event) {
      case FleetEvent.ParticipantEnrolled e ->
          "Participant %s was enrolled: %s%s."
              .formatted(
                  e.participant(),
                  list(e.memberships().stream().map(FleetStory::membership).toList()),
                  asked(e.by(), ""));
      case FleetEvent.ParticipantEnrolledByToken e ->
          "Participant %s was enrolled by token %s%s: %s."
              .formatted(
                  e.participant(),
                  e.request().token(),
                  e.replaced().map(old -> ", in place of identity key " + old.brief()).orElse(""),
                  list(e.memberships().stream().map(FleetStory::membership).toList()));
      case FleetEvent.ParticipantRemoved e ->
          "Participant %s was removed%s.".formatted(e.participant(), asked(e.by(), e.reason()));
    };
  }

  static String sentence(EnrolmentEvent event) {
    return switch (event) {
      case EnrolmentEvent.EnrolmentTokenCreated e ->
          "Enrolment token %s was made, for %s%s until %s, to enrol %s as %s%s."
              .formatted(
                  e.token(),
                  e.uses() == 1 ? "one host" : e.uses() + " hosts",
                  e.replace() ? ", which it may replace," : "",
                  e.expiresAt(),
                  e.names(),
                  list(e.memberships().stream().map(FleetStory::membership).toList()),
                  asked(e.by(), ""));
      case EnrolmentEvent.EnrolmentTokenRevoked e ->
          "Enrolment token %s was revoked%s.".formatted(e.token(), asked(e.by(), e.reason()));
      case EnrolmentEvent.EnrolmentTokenMisused e ->
          "ALARM: somebody who holds enrolment token %s tried to enrol as %s with identity key %s, and was turned away: %s."
              .formatted(e.token(), e.participant(), e.identityKey().brief(), misuse(e.why()));
    };
  }

  private static String misuse(TokenMisuse why) {
    return switch (why) {
      case EXPIRED -> "the token has expired";
      case USED_UP -> "the token is used up";
      case REVOKED -> "the token is revoked";
      case OTHER_NAME -> "the token is not for that name";
      case NAME_TAKEN -> "that name is enrolled with another identity key";
    };
  }

  private static String membership(Membership m) {
    return "%s for authority %s"
        .formatted(
            String.join("/", m.roles().stream().map(Object::toString).toList()), m.authority());
  }
}
