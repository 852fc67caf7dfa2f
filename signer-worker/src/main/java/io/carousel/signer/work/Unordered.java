package io.carousel.signer.work;

import io.carousel.events.AuthorName;
import io.carousel.events.SigningCommand.AdoptKey;
import io.carousel.events.SigningCommand.DestroyKey;
import io.carousel.events.SigningCommand.GenerateKey;
import io.carousel.events.SigningCommand.InspectToken;
import io.carousel.events.SigningCommand.KeyCommand;
import io.carousel.events.SigningCommand.OnKey;
import io.carousel.events.SigningCommand.SignBundle;
import io.carousel.events.SigningCommand.SignCaCertificate;
import io.carousel.events.SigningCommand.SignCaRequest;
import io.carousel.events.SigningCommand.SignCrl;
import io.carousel.events.SlotName;
import io.carousel.events.WorkerAct;
import io.carousel.events.WorkerAct.UnorderedCommandSeen;
import io.carousel.events.wire.Wire;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Key commands that no event of the log ordered. The log is told of the first of each type and
 * author at once, and then at most once a minute, with how many there were. Thread-safe.
 */
final class Unordered {
  private static final Logger LOG = LoggerFactory.getLogger(Unordered.class);
  private static final Duration QUIET = Duration.ofMinutes(1);
  private static final int MOST_REMEMBERED = 100;

  private final SlotName slot;
  private final Map<Kind, Told> told = new HashMap<>(); // guarded by this

  private record Kind(String type, AuthorName author) {}

  /**
   * When the log was told.
   *
   * @param since how many came since
   */
  private record Told(Instant at, int since) {}

  Unordered(SlotName slot) {
    this.slot = slot;
  }

  /** What the log is to hear of that one now; empty if it has heard of such a one lately. */
  Optional<WorkerAct> tell(KeyCommand command, String why, AuthorName author, Instant now) {
    String type = Wire.CURRENT.typeOf(command.getClass());
    int count = count(new Kind(type, author), now);
    if (count == 0) {
      return Optional.empty();
    }
    String detail = "%s: %s".formatted(asked(command), why);
    LOG.warn("author {} asked to {}, which is not done", author, detail);
    return Optional.of(
        new UnorderedCommandSeen(command.command(), slot, type, detail, count, author));
  }

  private synchronized int count(Kind kind, Instant now) {
    Told before = told.get(kind);
    boolean lately =
        before != null && Duration.between(before.at(), now).abs().compareTo(QUIET) < 0;
    if (lately) {
      told.put(kind, new Told(before.at(), before.since() + 1));
      return 0;
    }
    if (told.size() >= MOST_REMEMBERED) {
      told.clear();
    }
    told.put(kind, new Told(now, 0));
    return before == null ? 1 : before.since() + 1;
  }

  private static String asked(KeyCommand command) {
    return switch (command) {
      case GenerateKey c -> "make a %s key %s".formatted(c.suite(), whose(c));
      case AdoptKey c -> "adopt key %s %s".formatted(c.key(), whose(c));
      case SignCaCertificate c ->
          "sign a CA certificate with key %s %s".formatted(c.key(), whose(c));
      case SignCaRequest c ->
          "sign a request for a CA certificate with key %s %s".formatted(c.key(), whose(c));
      case SignCrl c -> "sign a CRL with key %s %s".formatted(c.key(), whose(c));
      case SignBundle c ->
          "sign trust bundle %d of authority '%s' with key %s %s"
              .formatted(c.statement().bundle(), c.statement().authority(), c.key(), whose(c));
      case DestroyKey c -> "destroy key %s %s".formatted(c.key(), whose(c));
      case InspectToken c -> "try %d keys of the token".formatted(c.expected().size());
    };
  }

  private static String whose(OnKey command) {
    return "for %s of authority '%s', generation %d"
        .formatted(command.format(), command.authority(), command.generation());
  }
}
