package io.carousel.orchestrator.story;

import static io.carousel.orchestrator.story.Story.asked;
import static io.carousel.orchestrator.text.PlainText.count;
import static io.carousel.orchestrator.text.PlainText.list;

import io.carousel.events.Breakage;
import io.carousel.events.EnrolmentEvent;
import io.carousel.events.EnrolmentTokenId;
import io.carousel.events.FleetEvent;
import io.carousel.events.Membership;
import io.carousel.events.TokenMisuse;
import io.carousel.orchestrator.text.PlainText;
import java.util.List;
import java.util.stream.Collectors;

/** Who came and went, and by which tokens, as sentences. */
final class FleetStory {
  /** How many broken participants a sentence names. */
  private static final int BROKEN = 20;

  private FleetStory() {}

  static String sentence(FleetEvent event) {
    return switch (event) {
      case FleetEvent.ParticipantEnrolled e ->
          "Participant %s was enrolled: %s%s%s."
              .formatted(
                  e.participant(),
                  list(e.memberships().stream().map(FleetStory::membership).toList()),
                  breaks(e.breaks()),
                  asked(e.by(), ""));
      case FleetEvent.ParticipantEnrolledByToken e ->
          "Participant %s was enrolled by token %s%s: %s."
              .formatted(
                  e.participant(),
                  e.request().token(),
                  e.replaced().map(old -> ", in place of identity key " + old.brief()).orElse(""),
                  list(e.memberships().stream().map(FleetStory::membership).toList()));
      case FleetEvent.ParticipantRemoved e ->
          "Participant %s was removed%s%s%s."
              .formatted(e.participant(), breaks(e.breaks()), barred(e), asked(e.by(), e.reason()));
      case FleetEvent.ParticipantReadmitted e ->
          "Participant %s with identity key %s gets credentials again, though one of its was revoked%s."
              .formatted(e.participant(), e.identity().brief(), asked(e.by(), e.reason()));
    };
  }

  private static String barred(FleetEvent.ParticipantRemoved e) {
    return e.barred().isEmpty()
        ? ""
        : "; its name is barred for the open enrolment tokens %s"
            .formatted(list(e.barred().stream().map(EnrolmentTokenId::value).toList()));
  }

  /** Whom a step breaks, as was accepted by name; nothing if it breaks nobody. */
  static String breaks(List<Breakage> all) {
    String some =
        all.stream()
            .limit(BROKEN)
            .map(b -> "; breaks %s: %s".formatted(b.participant(), PlainText.of(b.what())))
            .collect(Collectors.joining());
    return all.size() > BROKEN
        ? some + "; breaks %s".formatted(count(all.size() - BROKEN, "other"))
        : some;
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
