package io.carousel.orchestrator.cli;

import io.carousel.events.AuthorityName;
import io.carousel.events.ParticipantName;
import io.carousel.events.Seen;
import io.carousel.orchestrator.documents.Done;
import io.carousel.orchestrator.documents.RotationStatus;
import io.carousel.orchestrator.documents.Wanted.WantedDistrust;
import io.carousel.orchestrator.documents.Wanted.WantedRetrust;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code carousel authority retrust} and {@code distrust}. */
final class TrustCommands {
  private TrustCommands() {}

  /** About one generation of an authority. */
  abstract static class OfGeneration extends NodeCommand {
    @Parameters(
        paramLabel = "NAME",
        converter = Arguments.OfAuthority.class,
        description = "The authority.")
    private AuthorityName name;

    @Option(
        names = "--generation",
        paramLabel = "NUMBER",
        required = true,
        description = "The retired generation.")
    private int generation;

    @Option(
        names = "--reason",
        paramLabel = "TEXT",
        required = true,
        description = "Why, for the history.")
    private String reason;

    OfGeneration(Surroundings surroundings) {
      super(surroundings);
    }

    AuthorityName name() {
      return name;
    }

    int generation() {
      return generation;
    }

    String reason() {
      return reason;
    }

    Seen seen(Api api) {
      return api.get(AuthorityCommands.path(name) + "/rotation", RotationStatus.class).seen();
    }

    Done act(Api api, String what, Object wanted) {
      return api.act(
          "%s/generations/%d/%s".formatted(AuthorityCommands.path(name), generation, what), wanted);
    }
  }

  @Command(
      name = "retrust",
      description = "Has a retired generation trusted once more, while its keys are held.",
      footerHeading = "%nExamples:%n",
      footer =
          "  carousel authority retrust user --generation 1 --reason \"a plant was forgotten\"")
  static final class Retrust extends OfGeneration {
    Retrust(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    void run(Api api) {
      show(
          act(api, "retrust", new WantedRetrust(seen(api), reason())),
          _ -> {
            say(
                "Generation %d of authority %s is trusted once more; it signs nothing but its CRLs, and its keys stay."
                    .formatted(generation(), name()));
            say(
                "Next: 'carousel authority distrust %s --generation %d --reason WHY' ends it."
                    .formatted(name(), generation()));
          });
    }
  }

  @Command(
      name = "distrust",
      description = "Ends trust in a generation that was trusted once more, if nobody needs it.",
      footerHeading = "%nExamples:%n",
      footer = {
        "  carousel authority distrust user --generation 1 --reason \"the plant has moved\"",
        "  carousel authority distrust user --generation 1 --abandon old-laptop --reason lost"
      })
  static final class Distrust extends OfGeneration {
    @Option(
        names = "--abandon",
        paramLabel = "PARTICIPANT",
        split = ",",
        converter = Arguments.OfParticipant.class,
        description = "A participant that the gate shall not wait for.")
    private List<ParticipantName> abandon = List.of();

    @Option(
        names = "--nobody",
        description = "Says that nobody is missing, where nobody is enrolled to be asked.")
    private boolean nobody;

    @Option(
        names = "--issued-elsewhere-replaced",
        description =
            "Says that what the generation issued elsewhere is replaced, which the log cannot know.")
    private boolean elsewhereReplaced;

    @Mixin private Breaking breaking;

    Distrust(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    void run(Api api) {
      var wanted =
          new WantedDistrust(
              seen(api),
              Optional.of(abandon),
              Optional.of(nobody),
              Optional.of(elsewhereReplaced),
              reason(),
              breaking.names());
      show(
          act(api, "distrust", wanted),
          _ ->
              say(
                  "Generation %d of authority %s is not trusted any more; the hold of its keys begins anew."
                      .formatted(generation(), name())));
    }
  }
}
