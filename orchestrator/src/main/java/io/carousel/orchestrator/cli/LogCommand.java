package io.carousel.orchestrator.cli;

import io.carousel.orchestrator.documents.HistoryPage;
import io.carousel.orchestrator.documents.HistoryPage.HistoryEntry;
import io.carousel.orchestrator.documents.StrayRecordsPage;
import io.carousel.orchestrator.documents.StrayRecordsPage.StrayLine;
import io.carousel.orchestrator.text.PlainText;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
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
      "  carousel log --all",
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

  @Option(
      names = "--all",
      description =
          "Names also the records in the log's topic that are no part of the history, with their offsets in Kafka and why they do not count.")
  private boolean all;

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
    Deque<StrayLine> strays =
        all
            ? new ArrayDeque<>(api.get("/v1/history/strays", StrayRecordsPage.class).strays())
            : new ArrayDeque<>();
    strays(strays, begin - 1);
    long next = begin;
    while (next < stop) {
      HistoryPage page =
          api.get(path(next, Math.min(PAGE, stop - next), Duration.ZERO), HistoryPage.class);
      if (page.events().isEmpty()) {
        break;
      }
      next = tell(page, strays);
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
      next =
          tell(
              insisting(api -> api.get(path(from, PAGE, POLL), POLL, HistoryPage.class)),
              new ArrayDeque<>());
    }
  }

  private static String path(long from, long limit, Duration wait) {
    return "/v1/history?from=%d&limit=%d&wait=%d".formatted(from, limit, wait.toSeconds());
  }

  /** Those that stand after that event, or before. */
  private void strays(Deque<StrayLine> strays, long sequence) {
    while (!strays.isEmpty() && strays.getFirst().after() <= sequence) {
      StrayLine run = strays.removeFirst();
      if (json()) {
        line(run);
      } else {
        say(
            "     -  %s  %s: no part of the history: %s"
                .formatted(time(run.seen()), offsets(run), PlainText.of(run.reason())));
      }
    }
  }

  private static String offsets(StrayLine run) {
    return run.count() == 1
        ? "offset %d".formatted(run.first())
        : "offsets %d to %d (%d records)".formatted(run.first(), run.last(), run.count());
  }

  private long tell(HistoryPage page, Deque<StrayLine> strays) {
    for (HistoryEntry entry : page.events()) {
      if (json()) {
        line(entry);
      } else {
        say("%6d  %s  %s".formatted(entry.sequence(), time(entry.time()), entry.sentence()));
      }
      strays(strays, entry.sequence());
    }
    return page.next();
  }
}
