package io.carousel.orchestrator.cli;

import io.carousel.orchestrator.documents.HistoryPage;
import io.carousel.orchestrator.documents.HistoryPage.HistoryEntry;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code carousel log}. */
@Command(
    name = "log",
    description = "Tells the history in plain sentences, the newest last.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  carousel log",
      "  carousel log --follow",
      "  carousel log --from 1 -o json",
      "",
      "With -o json, each event is an object on a line of its own."
    })
final class LogCommand extends NodeCommand {
  private static final int PAGE = 500;
  private static final long USUAL = 20;
  private static final Duration POLL = Duration.ofSeconds(30);

  @Option(
      names = "--from",
      paramLabel = "N",
      description = "Begins with the event of this sequence number.")
  private Long from;

  @Option(
      names = {"-n", "--lines"},
      paramLabel = "N",
      description =
          "How many events: the last ones, or with --from the first ones; by default 20, or with --from all.")
  private Long lines;

  @Option(
      names = {"-f", "--follow"},
      description = "Goes on with what happens from now on, until interrupted.")
  private boolean follow;

  LogCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  void run(Api api) {
    check("--from", from);
    check("--lines", lines);
    long end = api.get("/v1/history?limit=1", HistoryPage.class).next();
    long begin = from != null ? from : Math.max(1, end - (lines == null ? USUAL : lines));
    long stop = from != null && lines != null ? Math.min(end, begin + lines) : end;
    long next = begin;
    while (next < stop) {
      HistoryPage page =
          api.get(path(next, Math.min(PAGE, stop - next), Duration.ZERO), HistoryPage.class);
      if (page.events().isEmpty()) {
        break;
      }
      next = tell(page);
    }
    out().flush();
    if (follow) {
      follow(Math.max(next, begin));
    }
  }

  private void check(String option, Long number) {
    if (number != null && number < 1) {
      throw new ParameterException(
          spec.commandLine(), "%s %d: a number from 1 on is expected".formatted(option, number));
    }
  }

  /** Until interrupted, or nobody reads any more. */
  private void follow(long begin) {
    long next = begin;
    while (!out().checkError()) {
      long from = next;
      next = tell(insisting(api -> api.get(path(from, PAGE, POLL), POLL, HistoryPage.class)));
    }
  }

  private static String path(long from, long limit, Duration wait) {
    return "/v1/history?from=%d&limit=%d&wait=%d".formatted(from, limit, wait.toSeconds());
  }

  private long tell(HistoryPage page) {
    for (HistoryEntry entry : page.events()) {
      if (json()) {
        line(entry);
      } else {
        say("%6d  %s  %s".formatted(entry.sequence(), time(entry.time()), entry.sentence()));
      }
    }
    return page.next();
  }
}
