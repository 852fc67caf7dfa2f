package io.carousel.orchestrator.cli;

import io.carousel.events.AuthorityName;
import io.carousel.events.ParticipantName;
import io.carousel.events.Seen;
import io.carousel.events.SlotName;
import io.carousel.orchestrator.documents.RotationStatus;
import io.carousel.orchestrator.documents.Wanted.WantedAdvance;
import io.carousel.orchestrator.documents.Wanted.WantedJoin;
import io.carousel.orchestrator.documents.Wanted.WantedLeave;
import io.carousel.orchestrator.documents.Wanted.WantedLoss;
import io.carousel.orchestrator.documents.Wanted.WantedRemoval;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code carousel slot}: which slots sign for whom, and what becomes of those that are gone. */
final class SlotMembershipCommands {
  private SlotMembershipCommands() {}

  /** A command about one slot. */
  abstract static class OfSlot extends NodeCommand {
    @Parameters(
        index = "0",
        paramLabel = "SLOT",
        converter = Arguments.OfSlot.class,
        description = "The slot.")
    SlotName slot;

    OfSlot(Surroundings surroundings) {
      super(surroundings);
    }

    String slotPath() {
      return "/v1/slots/" + slot;
    }
  }

  /** A command about one slot of one authority, which can be seen through to its end. */
  abstract static class OfAuthority extends OfSlot {
    @Parameters(
        index = "1",
        paramLabel = "AUTHORITY",
        converter = Arguments.OfAuthority.class,
        description = "The authority.")
    AuthorityName authority;

    @Option(
        names = "--wait",
        description = "Waits until the gate holds, then passes it: the slot is in, or out.")
    private boolean wait;

    @Option(
        names = "--abandon",
        paramLabel = "PARTICIPANT",
        split = ",",
        converter = Arguments.OfParticipant.class,
        description = "With --wait: a participant that the gate shall not wait for.")
    private List<ParticipantName> abandon = List.of();

    @Option(
        names = "--nobody",
        description = "With --wait: says that nobody is missing, where the gate has nobody to ask.")
    private boolean nobody;

    @Mixin private Breaking breaking;

    @Mixin private Waiting waiting;

    OfAuthority(Surroundings surroundings) {
      super(surroundings);
    }

    /** Whom the beginning may break; with --wait the names are for the gate. */
    Optional<List<ParticipantName>> atOnce() {
      return wait ? Optional.empty() : breaking.names();
    }

    String path() {
      return AuthorityCommands.path(authority);
    }

    RotationStatus status(Api api) {
      return api.get(path() + "/rotation", RotationStatus.class);
    }

    /** After the act: waits and advances if that was asked for, and tells how it stands. */
    void goOn(Api api, Optional<String> reason, String began, String done) {
      if (wait) {
        Seen seen = status(api).seen();
        until(
            () -> status(api),
            s -> RotationCommands.Advance.maySend(s, seen, Set.copyOf(abandon), nobody),
            waiting.timeout,
            RotationStatus::next);
        api.act(
            path() + "/rotation/advance",
            new WantedAdvance(
                seen,
                Optional.of(abandon),
                Optional.of(nobody),
                reason,
                Optional.empty(),
                breaking.names()));
      }
      show(
          status(api),
          s -> {
            say(wait ? done : began);
            say("Next: " + s.next());
          });
    }
  }

  @Command(
      name = "join",
      description =
          "Has a slot sign for an authority too: its keys are made, trusted by everybody, then used.",
      footerHeading = "%nExamples:%n",
      footer = {
        "  carousel slot join hsm-c user --wait",
        "  carousel slot join hsm-c user --reason \"a second site\""
      })
  static final class Join extends OfAuthority {
    @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the history.")
    private String reason;

    Join(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    void run(Api api) {
      Optional<String> why = Optional.ofNullable(reason);
      api.act(path() + "/slots", new WantedJoin(status(api).seen(), slot, why));
      goOn(
          api,
          why,
          "Slot %s is joining authority %s.".formatted(slot, authority),
          "Slot %s has joined authority %s and signs.".formatted(slot, authority));
    }
  }

  @Command(
      name = "leave",
      description =
          "Has a slot sign no more for an authority, once nobody presents what it has signed.",
      footerHeading = "%nExamples:%n",
      footer = {
        "  carousel slot leave hsm-b user --reason \"out of warranty\" --wait",
        "  carousel slot leave hsm-b user --reason \"lost\" --wait --abandon old-laptop"
      })
  static final class Leave extends OfAuthority {
    @Option(
        names = "--reason",
        paramLabel = "TEXT",
        required = true,
        description = "Why, for the history.")
    private String reason;

    Leave(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    void run(Api api) {
      api.act(
          path() + "/slots/" + slot + "/leave",
          new WantedLeave(status(api).seen(), reason, atOnce()));
      goOn(
          api,
          Optional.of(reason),
          "Slot %s is leaving authority %s, and signs no more for it.".formatted(slot, authority),
          "Slot %s has left authority %s.".formatted(slot, authority));
    }
  }

  @Command(
      name = "lost",
      description =
          "Says that a slot is lost: what it signed is replaced by what other slots sign.",
      footerHeading = "%nExamples:%n",
      footer = "  carousel slot lost hsm-b --reason \"the vendor says five days\"")
  static final class Lost extends OfSlot {
    @Option(
        names = "--reason",
        paramLabel = "TEXT",
        required = true,
        description = "Why, for the history.")
    private String reason;

    @Mixin private Breaking breaking;

    Lost(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    void run(Api api) {
      show(
          api.act(slotPath() + "/loss", new WantedLoss(reason, breaking.names())),
          _ -> {
            say("Slot %s counts as lost until its worker does something again.".formatted(slot));
            say(
                "Next: bring it back, or let it leave with 'carousel slot leave %s AUTHORITY --reason WHY'."
                    .formatted(slot));
          });
    }
  }

  @Command(
      name = "remove",
      description = "Has the house forget a slot that nobody uses and that holds no keys.",
      footerHeading = "%nExamples:%n",
      footer = {
        "  carousel slot remove hsm-b --reason \"sent back\"",
        "  carousel slot remove hsm-b --gone --reason \"burnt\""
      })
  static final class Remove extends OfSlot {
    @Option(
        names = "--reason",
        paramLabel = "TEXT",
        required = true,
        description = "Why, for the history.")
    private String reason;

    @Option(
        names = "--gone",
        description = "Says that a lost slot's keys are out of reach for ever; none is waited for.")
    private boolean gone;

    Remove(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    void run(Api api) {
      show(
          api.act(slotPath() + "/removal", new WantedRemoval(reason, Optional.of(gone))),
          _ -> say("Slot %s is removed from the house.".formatted(slot)));
    }
  }
}
