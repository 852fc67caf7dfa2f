package io.carousel.orchestrator.cli;

import io.carousel.events.AuthorityName;
import io.carousel.events.FormatSuite;
import io.carousel.events.ParticipantName;
import io.carousel.events.Seen;
import io.carousel.orchestrator.documents.Authorities;
import io.carousel.orchestrator.documents.AuthorityDetails;
import io.carousel.orchestrator.documents.RotationStatus;
import io.carousel.orchestrator.documents.Rotations;
import io.carousel.orchestrator.documents.Wanted.WantedAdvance;
import io.carousel.orchestrator.documents.Wanted.WantedRollback;
import io.carousel.orchestrator.documents.Wanted.WantedRotation;
import io.carousel.orchestrator.text.PlainText;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code carousel rotation}. */
@Command(name = "rotation", description = "Starts, follows and moves rotations.")
final class RotationCommands extends CommandGroup {
  private static final String ALL_LACKING = "?lacking=" + Integer.MAX_VALUE;

  /** A command about the rotation of one authority. */
  abstract static class OfOne extends NodeCommand {
    @Parameters(
        paramLabel = "NAME",
        converter = Arguments.OfAuthority.class,
        description = "The authority.")
    AuthorityName name;

    OfOne(Surroundings surroundings) {
      super(surroundings);
    }

    String path() {
      return AuthorityCommands.path(name) + "/rotation";
    }

    RotationStatus status(Api api) {
      return api.get(path(), RotationStatus.class);
    }

    /** With all that is lacking, however much that is. */
    RotationStatus whole(Api api) {
      return api.get(path() + ALL_LACKING, RotationStatus.class);
    }

    /** Tells how it stands after an act. */
    void tell(Api api, String done) {
      show(
          status(api),
          s -> {
            say(done);
            say("Next: " + s.next());
          });
    }
  }

  @Command(
      name = "start",
      description = "Starts a rotation: the successor's keys are made, then trusted.",
      footerHeading = "%nExamples:%n",
      footer = {
        "  carousel rotation start user --reason \"yearly rotation\"",
        "  carousel rotation start user --suite ecdsa-p384",
        "  carousel rotation start user --suite x509=ecdsa-p384,ssh=ed25519"
      })
  static final class Start extends OfOne {
    @Option(
        names = "--suite",
        paramLabel = "[FORMAT=]SUITE",
        split = ",",
        converter = Arguments.OfSuite.class,
        completionCandidates = Arguments.Suites.class,
        description = "The successor's keys: ${COMPLETION-CANDIDATES}; by default as now.")
    private List<Arguments.SuiteChoice> suites = List.of();

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the history.")
    private String reason;

    Start(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    void run(Api api) {
      Seen seen = status(api).seen();
      api.act(
          path(), new WantedRotation(seen, Optional.of(formats(api)), Optional.ofNullable(reason)));
      tell(api, "A rotation of authority %s began.".formatted(name));
    }

    private List<FormatSuite> formats(Api api) {
      if (suites.isEmpty()) {
        return List.of();
      }
      return Arguments.changed(
          api.get(AuthorityCommands.path(name), AuthorityDetails.class).formats(), suites);
    }
  }

  @Command(
      name = "list",
      description = "Lists the last rotations of an authority, the newest first.",
      footerHeading = "%nExamples:%n",
      footer = {"  carousel rotation list user", "  carousel rotation list user -o json"})
  static final class ListAll extends OfOne {
    ListAll(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    void run(Api api) {
      show(
          api.get(AuthorityCommands.path(name) + "/rotations", Rotations.class),
          all -> {
            var table = new Table("ROTATION", "GENERATIONS", "OUTCOME", "PHASES", "REASON");
            all.rotations()
                .forEach(r ->
                    table.row(
                        r.rotation(),
                        "%d to %d".formatted(r.retiring(), r.successor()),
                        r.outcome(),
                        r.phases().stream()
                            .map(p -> p.phase() + " " + time(p.at()))
                            .collect(Collectors.joining(", ")),
                        r.reason().isEmpty() ? "-" : r.reason()));
            table.print(out(), style());
          });
    }
  }

  @Command(
      name = "status",
      description = "Shows how rotations stand, and what to do next.",
      footerHeading = "%nExamples:%n",
      footer = {"  carousel rotation status", "  carousel rotation status user -o json"})
  static final class Status extends NodeCommand {
    private static final int FEW = 5;

    /** Of every authority. */
    private record All(List<RotationStatus> rotations) {}

    @Parameters(
        paramLabel = "NAME",
        arity = "0..1",
        converter = Arguments.OfAuthority.class,
        description = "The authority; by default all of them.")
    private AuthorityName name;

    Status(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    void run(Api api) {
      if (name == null) {
        show(all(api), this::table);
      } else {
        show(
            json() ? whole(api, name) : status(api, name),
            s -> StatusText.print(s, out(), style()));
      }
    }

    private static All all(Api api) {
      return new All(
          api.get(AuthorityCommands.PATH, Authorities.class).authorities().stream()
              .map(a -> status(api, a.name()))
              .toList());
    }

    private static RotationStatus status(Api api, AuthorityName name) {
      return api.get(AuthorityCommands.path(name) + "/rotation", RotationStatus.class);
    }

    private static RotationStatus whole(Api api, AuthorityName name) {
      return api.get(
          AuthorityCommands.path(name) + "/rotation" + ALL_LACKING, RotationStatus.class);
    }

    private void table(All all) {
      var table = new Table("AUTHORITY", "ROTATION", "PHASE", "SINCE", "GATE", "NEXT");
      all.rotations()
          .forEach(s ->
              table.row(
                  s.authority(),
                  s.seen().rotation().map(Object::toString).orElse("-"),
                  s.seen().phase(),
                  s.since().map(NodeCommand::time).orElse("-"),
                  !StatusText.underway(s)
                      ? "-"
                      : "%d/%d".formatted(s.gate().shown(), s.gate().required()),
                  s.next()));
      table.print(out(), style());
      List<String> warnings =
          all.rotations().stream().flatMap(s -> s.warnings().stream()).distinct().toList();
      ExternalCommands.standing(List.of(), warnings, out(), style());
      all.rotations().stream()
          .filter(s -> !s.fleet().attention().isEmpty())
          .forEach(s ->
              say(
                  "Look at %s of authority %s: 'carousel rotation status %s' says why."
                      .formatted(PlainText.list(kinds(s)), s.authority(), s.authority())));
    }

    private static List<String> kinds(RotationStatus s) {
      List<String> some =
          s.fleet().attention().stream()
              .limit(FEW)
              .map(l -> "%s (%s)".formatted(l.participant(), l.kind()))
              .toList();
      int more = s.fleet().attention().size() - some.size();
      return more > 0 ? Stream.concat(some.stream(), Stream.of(more + " more")).toList() : some;
    }
  }

  @Command(
      name = "advance",
      description =
          "Moves a rotation, or a slot that joins or leaves, to its next phase, if its gate holds.",
      footerHeading = "%nExamples:%n",
      footer = {
        "  carousel rotation advance user --wait",
        "  carousel rotation advance user --abandon old-laptop --reason \"lost in the move\"",
        "  carousel rotation advance user --nobody"
      })
  static final class Advance extends OfOne {
    @Option(
        names = "--abandon",
        paramLabel = "PARTICIPANT",
        split = ",",
        converter = Arguments.OfParticipant.class,
        description = "A participant that the gate shall not wait for; needs a reason.")
    private List<ParticipantName> abandon = List.of();

    @Option(
        names = "--nobody",
        description = "Says that nobody is missing, where the gate has nobody to ask.")
    private boolean nobody;

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the history.")
    private String reason;

    @Option(
        names = "--issued-elsewhere-replaced",
        description =
            "Says that what the retiring generation issued elsewhere is replaced, which the log cannot know.")
    private boolean elsewhereReplaced;

    @Mixin private Breaking breaking;

    @Option(names = "--wait", description = "Waits until the gate holds, then advances.")
    private boolean wait;

    @Mixin private Waiting waiting;

    Advance(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    void run(Api api) {
      RotationStatus first = status(api);
      Seen seen = first.seen();
      if (wait && StatusText.underway(first)) {
        until(
            () -> abandon.isEmpty() ? status(api) : whole(api),
            s -> maySend(s, seen),
            waiting.timeout,
            RotationStatus::next);
      }
      api.act(
          path() + "/advance",
          new WantedAdvance(
              seen,
              Optional.of(abandon),
              Optional.of(nobody),
              Optional.ofNullable(reason),
              Optional.of(elsewhereReplaced),
              breaking.names()));
      show(
          status(api),
          now -> {
            say(StatusText.entered(first, now));
            breaks();
            say("Next: " + now.next());
          });
    }

    /** Whom the operator accepted to break. */
    private void breaks() {
      List<ParticipantName> broken = breaking.names().orElseThrow();
      if (!broken.isEmpty()) {
        say("Broken by it, as accepted: %s.".formatted(PlainText.list(broken)));
      }
    }

    /** Whether waiting has an end: the gate would let it pass, or somebody else has moved it. */
    private boolean maySend(RotationStatus now, Seen seen) {
      return maySend(now, seen, Set.copyOf(abandon), nobody);
    }

    static boolean maySend(
        RotationStatus now, Seen seen, Set<ParticipantName> abandon, boolean nobody) {
      return !now.seen().equals(seen)
          || now.gate().ready()
          || (!now.keysMissing()
              && now.gate().opens().isEmpty()
              && now.gate().lacking().stream().allMatch(l -> abandon.contains(l.participant()))
              && (nobody || !now.gate().lacking().isEmpty()))
          || hasNobodyToAsk(now);
    }
  }

  /** No wait can end that: the act is refused, and says what to do. */
  private static boolean hasNobodyToAsk(RotationStatus now) {
    return !now.keysMissing()
        && now.gate().opens().isEmpty()
        && now.gate().required() == 0
        && now.fleet().unread().isEmpty();
  }

  @Command(
      name = "rollback",
      description =
          "Turns a rotation back to the generation it came from, or calls off what a slot does.",
      footerHeading = "%nExamples:%n",
      footer = "  carousel rotation rollback user --reason \"old devices refuse the new curve\"")
  static final class Rollback extends OfOne {
    @Option(
        names = "--reason",
        paramLabel = "TEXT",
        required = true,
        description = "Why, for the history.")
    private String reason;

    @Mixin private Breaking breaking;

    Rollback(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    void run(Api api) {
      RotationStatus before = status(api);
      api.act(path() + "/rollback", new WantedRollback(before.seen(), reason, breaking.names()));
      tell(
          api,
          before
              .slot()
              .map(s -> "%s of slot %s was called off.".formatted(before.seen().phase(), s))
              .orElseGet(
                  () -> "The rotation of authority %s is being rolled back.".formatted(name)));
    }
  }

  @Command(
      name = "watch",
      description = "Follows a rotation until it has ended.",
      footerHeading = "%nExamples:%n",
      footer = {"  carousel rotation watch user", "  carousel rotation watch user > rotation.txt"})
  static final class Watch extends OfOne {
    Watch(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    void run(Api api) {
      RotationStatus before = status(api);
      var view = RotationView.of(this, surroundings);
      view.show(before);
      if (StatusText.ended(before)) {
        view.end("No rotation of authority %s is under way.".formatted(name));
        return;
      }
      view.end(StatusText.ending(before, follow(view, before)));
    }

    private RotationStatus follow(RotationView view, RotationStatus first) {
      RotationStatus now = first;
      while (!StatusText.ended(now)) {
        surroundings.pauseFor(surroundings.pause());
        now = insisting(this::status);
        view.show(now);
      }
      return now;
    }
  }
}
