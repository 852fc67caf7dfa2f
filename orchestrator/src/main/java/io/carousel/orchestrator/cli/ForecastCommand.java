package io.carousel.orchestrator.cli;

import io.carousel.events.AuthorityName;
import io.carousel.orchestrator.documents.ForecastDetails;
import io.carousel.orchestrator.documents.ForecastDetails.BreakLine;
import io.carousel.orchestrator.documents.ForecastDetails.Names;
import io.carousel.orchestrator.text.PlainText;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Whom a step would break. */
@Command(
    name = "forecast",
    description =
        "Tells whom the next step would break: who presents what, and who would refuse it.",
    footerHeading = "%nExamples:%n",
    footer = {"  carousel rotation forecast web", "  carousel rotation forecast web --without 3"})
final class ForecastCommand extends NodeCommand {
  private static final int FEW = 8;

  @Parameters(
      paramLabel = "NAME",
      converter = Arguments.OfAuthority.class,
      description = "The authority.")
  private AuthorityName name;

  @Option(
      names = "--without",
      paramLabel = "GENERATION",
      description = "Whom it would break if that generation were trusted no more, now.")
  private Integer without;

  ForecastCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run(Api api) {
    String path = AuthorityCommands.path(name) + "/rotation/forecast";
    ForecastDetails told =
        api.get(without == null ? path : path + "?without=" + without, ForecastDetails.class);
    show(told, this::tell);
    if (!told.breaks().isEmpty()) {
      throw CommandFailed.because("the step would break what verifies now; see above");
    }
  }

  private void tell(ForecastDetails told) {
    if (told.step().isEmpty()) {
      say("No step lies ahead of authority '%s'.".formatted(told.authority()));
      return;
    }
    say("Step:   %s".formatted(told.step().get()));
    if (told.breaks().isEmpty()) {
      say("Breaks: nobody");
      return;
    }
    out().println();
    var table = new Table("FORMAT", "GENERATION", "PRESENTED BY", "REFUSED BY");
    told.breaks()
        .forEach(b -> table.row(b.format(), b.generation(), names(b.presenters()), refusing(b)));
    table.print(out(), style());
  }

  private static String refusing(BreakLine b) {
    return names(b.verifiers()) + (b.heard() ? "" : " (never said what they trust)");
  }

  private static String names(Names all) {
    String few =
        all.names().stream().limit(FEW).map(Object::toString).collect(Collectors.joining(", "));
    return all.count() > FEW
        ? "%s and %s".formatted(few, PlainText.count(all.count() - FEW, "other"))
        : few;
  }
}
