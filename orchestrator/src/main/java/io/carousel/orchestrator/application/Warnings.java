package io.carousel.orchestrator.application;

import io.carousel.events.Identifier;
import io.carousel.events.LogTime;
import io.carousel.orchestrator.log.OpenTransaction;
import io.carousel.orchestrator.log.StrayRecords;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What an operator must see of an orchestrator's log and clock; a sentence each. */
final class Warnings {
  /** So long records that are no part of the history are told of. */
  private static final Duration TOLD = Duration.ofDays(1);

  /** More than this is no network's fault. */
  private static final Duration AHEAD = Duration.ofSeconds(30);

  /** So many transactions are named one by one. */
  private static final int TRANSACTIONS = 3;

  private Warnings() {}

  /** What its owner named is not printed as it stands. */
  private static String of(OpenTransaction t) {
    String what =
        "somebody began transaction %s (producer %d) in %s at %s"
            .formatted(
                Identifier.printable(t.id()),
                t.producer(),
                String.join(", ", t.topics()),
                t.since());
    return t.ended()
        .map(at ->
            what
                + "; the leader ended it at %s, and until then nobody read what stood behind it; docs/recovery.md says what to look at"
                    .formatted(at))
        .orElseGet(() ->
            what
                + " and has not ended it: nobody reads what stands behind it; "
                + (t.hindrance().isEmpty()
                    ? "the leader ends it"
                    : "it cannot be ended from here (%s)".formatted(t.hindrance()))
                + "; docs/recovery.md says how to");
  }

  private static String inWords(Duration d) {
    if (d.toDays() > 1) {
      return d.toDays() + " days";
    }
    return d.toMinutes() > 120 ? d.toHours() + " hours" : d.toSeconds() + " s";
  }

  /**
   * As they are now.
   *
   * @param log the time of the last event, and what the log tells of clocks
   */
  static List<String> of(
      StrayRecords strays, List<OpenTransaction> transactions, LogTime log, Instant now) {
    var warnings = new ArrayList<String>();
    long fresh =
        strays.runs().stream()
            .filter(r -> r.seen().isAfter(now.minus(TOLD)))
            .mapToLong(StrayRecords.Run::count)
            .sum();
    if (fresh > 0) {
      warnings.add(
          "somebody wrote %d records into carousel.events that are no part of the history; they change nothing; 'carousel log --all' names them, and docs/recovery.md says what to look at"
              .formatted(fresh));
    }
    transactions.stream().limit(TRANSACTIONS).map(Warnings::of).forEach(warnings::add);
    if (transactions.size() > TRANSACTIONS) {
      warnings.add(
          "there were %d more such transactions".formatted(transactions.size() - TRANSACTIONS));
    }
    clocks(log, now, warnings);
    return warnings;
  }

  private static void clocks(LogTime log, Instant now, List<String> warnings) {
    Duration ahead = Duration.between(now, log.now());
    if (ahead.compareTo(AHEAD) > 0) {
      warnings.add(
          "the log's time is %s ahead of this machine's clock (%s, and here it is %s): a clock is wrong, or was when that event was written; commands are decided, and the log's time is set back as soon as the clocks of the leader and of its Kafka broker agree; until then nothing happens by time alone; set the clocks of both right"
              .formatted(inWords(ahead), log.now(), now));
    }
    log.setBack()
        .filter(b -> Duration.between(b.to(), now).compareTo(TOLD) < 0)
        .ifPresent(b ->
            warnings.add(
                "the log's time was set back by %s at %s: clocks were that far ahead, or are behind now; CRLs of that time are renewed, but CA certificates and credentials that were signed then begin in the future: look for them, and roll a rotation back whose CA certificate is not valid yet"
                    .formatted(inWords(Duration.between(b.to(), b.from())), b.to())));
    log.leap()
        .filter(_ -> log.unsettledUntil().isPresent())
        .ifPresent(l ->
            warnings.add(
                "between two events of the log lie %s (%s to %s): the cluster stood still, or a clock runs ahead; no key is destroyed before %s; set the clocks right if they are wrong"
                    .formatted(
                        inWords(Duration.between(l.before(), l.after())),
                        l.before(),
                        l.after(),
                        log.unsettledUntil().orElseThrow())));
  }
}
