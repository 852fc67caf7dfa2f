package io.carousel.orchestrator.cli;

import io.carousel.events.AuthorityName;
import io.carousel.orchestrator.documents.ForecastDetails;
import io.carousel.orchestrator.documents.ForecastDetails.BreakLine;
import io.carousel.orchestrator.documents.ForecastDetails.NamedLine;
import io.carousel.orchestrator.documents.ForecastDetails.Names;
import io.carousel.orchestrator.text.PlainText;
import java.util.List;
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
  private static final int NAMED = 20;

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
    if (!told.already().isEmpty() && told.breaks().isEmpty()) {
      throw CommandFailed.because("some are broken already; see above");
    }
    if (!told.breaks().isEmpty()) {
      throw CommandFailed.because("the step would break what verifies now; see above");
    }
  }

  private void tell(ForecastDetails told) {
    tellStep(told);
    if (!told.already().isEmpty()) {
      out().println();
      say("Broken already, before any step:");
      lines(told.already());
    }
  }

  private void lines(List<NamedLine> all) {
    all.stream()
        .limit(NAMED)
        .forEach(n -> say("  %s: %s".formatted(n.participant(), PlainText.of(n.what()))));
    int more = all.size() - NAMED;
    if (more > 0) {
      say("  and %d more; all of them with -o json".formatted(more));
    }
  }

  private void tellStep(ForecastDetails told) {
    if (told.step().isEmpty()) {
      say("No step lies ahead of authority '%s'.".formatted(told.authority()));
      return;
    }
    say("Step:   %s".formatted(told.step().get()));
    told.issuedElsewhere()
        .ifPresent(g ->
            say(
                style()
                    .yellow(
                        "Generation %d has issued elsewhere: the log knows nothing of those credentials, and nobody who presents them is counted here."
                            .formatted(g))));
    if (told.breaks().isEmpty()) {
      say(
          told.issuedElsewhere().isPresent()
              ? "Breaks: nobody that the log knows"
              : "Breaks: nobody");
      return;
    }
    out().println();
    var table = new Table("FORMAT", "GENERATION", "PRESENTED BY", "REFUSED BY");
    told.breaks()
        .forEach(b -> table.row(b.format(), b.generation(), names(b.presenters()), refusing(b)));
    table.print(out(), style());
    out().println();
    if (told.mustName().isEmpty()) {
      say(
          "None of those who are behind was heard within its lease: whoever takes the step leaves them behind with --abandon, or names them with --break.");
      return;
    }
    say("Heard within their lease, and broken by the step; mend that first:");
    lines(told.mustName());
    say("Whoever takes the step all the same names each of them with --break.");
  }

  private static String refusing(BreakLine b) {
    if (b.verifiers().count() == 0) {
      return "whoever follows the trust bundle";
    }
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
