package io.carousel.orchestrator.application;

import io.carousel.events.Act;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.CommandId;
import io.carousel.events.Digest;
import io.carousel.events.OperatorAct;
import io.carousel.events.Reply;
import io.carousel.orchestrator.rules.Authority;
import io.carousel.orchestrator.rules.External;
import io.carousel.orchestrator.rules.ForeignCrlRules;
import io.carousel.orchestrator.rules.House;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches the CRLs of CAs elsewhere again and again, outside of any decision; what comes is brought
 * like one by hand. The log hears of trouble once, and of its end. One thread at a time.
 */
public final class ForeignCrlFeed {
  private static final Logger LOG = LoggerFactory.getLogger(ForeignCrlFeed.class);

  /** Who brings them, in the history. */
  private static final String BY = "the rules";

  /** After trouble, and where a list changes often. */
  private static final Duration SOON = Duration.ofMinutes(1);

  /** A revocation should not wait for longer, however long a list is good. */
  private static final Duration LATEST = Duration.ofHours(1);

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int LONGEST_REASON = 400;
  private static final int RANDOM = 10;

  private final Supplier<House> house;
  private final BiFunction<CommandId, Act, Reply> ask;
  private final Clock clock;
  private final CrlFetch fetch = new CrlFetch(PATIENCE);
  private final SecureRandom random = new SecureRandom();
  private final Map<String, Instant> next = new HashMap<>();

  /**
   * That of one orchestrator.
   *
   * @param ask sends an act to the leader and waits for its reply
   */
  public ForeignCrlFeed(Supplier<House> house, BiFunction<CommandId, Act, Reply> ask, Clock clock) {
    this.house = house;
    this.ask = ask;
    this.clock = clock;
  }

  /** Fetches all that are due; one's trouble is no other's. */
  public void fetchDue() {
    for (Authority a : house.get().authorities().values()) {
      for (ForeignCrlRules.Ca ca : ForeignCrlRules.trusted(a)) {
        ca.crls().url().ifPresent(url -> fetchDue(a.name(), ca, url));
      }
    }
  }

  private void fetchDue(AuthorityName authority, ForeignCrlRules.Ca ca, String url) {
    String which = authority + " " + ca.digest() + " " + url;
    Instant now = clock.instant();
    Instant due = next.get(which);
    // A clock that went back must not silence it for long.
    if (due != null && now.isBefore(due) && Duration.between(now, due).compareTo(LATEST) <= 0) {
      return;
    }
    Optional<String> trouble;
    try {
      trouble = fetch(authority, ca, url);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    } catch (RuntimeException e) {
      LOG.warn("the CRL for authority '{}' was not brought: {}", authority, e.getMessage());
      next.put(which, now.plus(SOON));
      return;
    }
    next.put(which, now.plus(trouble.isPresent() ? SOON : pause(authority, ca.digest(), now)));
  }

  /** An eighth of what is left of the list's time, within bounds. */
  private Duration pause(AuthorityName authority, Digest key, Instant now) {
    Duration left =
        newest(authority, key)
            .map(crl -> Duration.between(now, crl.nextUpdate()).dividedBy(8))
            .orElse(SOON);
    if (left.compareTo(SOON) < 0) {
      return SOON;
    }
    return left.compareTo(LATEST) > 0 ? LATEST : left;
  }

  private Optional<External.RootCrl> newest(AuthorityName authority, Digest key) {
    return house.get().authority(authority).stream()
        .flatMap(a -> ForeignCrlRules.trusted(a).stream())
        .filter(ca -> ca.digest().equals(key))
        .flatMap(ca -> ca.crls().newest().stream())
        .findFirst();
  }

  private Optional<String> fetch(AuthorityName authority, ForeignCrlRules.Ca ca, String url)
      throws InterruptedException {
    Optional<String> trouble = Optional.empty();
    try {
      Bytes crl = fetch.fetch(url);
      if (ca.crls().newest().filter(known -> known.crl().equals(crl)).isEmpty()) {
        Reply reply = ask(new OperatorAct.ImportForeignCrl(authority, crl, BY));
        if (reply instanceof Reply.Accepted) {
          return Optional.empty();
        }
        trouble = Optional.of(((Reply.Refused) reply).reason());
      }
    } catch (IOException e) {
      trouble = Optional.of(e.getMessage());
    }
    Optional<String> told = trouble.map(ForeignCrlFeed::text);
    if (!told.equals(ca.crls().trouble())) {
      var _ = ask(new OperatorAct.NoteForeignCrl(authority, ca.digest(), told, BY));
    }
    return told;
  }

  /** As one line of the log. */
  private static String text(String why) {
    String plain = why.replaceAll("\\p{Cntrl}+", " ").strip();
    String some = plain.isEmpty() ? "it brought nothing" : plain;
    return some.substring(0, Math.min(some.length(), LONGEST_REASON));
  }

  private Reply ask(Act act) {
    byte[] chance = new byte[RANDOM];
    random.nextBytes(chance);
    return ask.apply(CommandId.of(clock.instant(), chance), act);
  }
}
