package io.carousel.orchestrator.rules;

import io.carousel.events.AuthorityName;
import io.carousel.events.CommandId;
import io.carousel.events.Digest;
import io.carousel.events.LogTime;
import io.carousel.events.seal.KnownAuthor;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.function.Function;

/**
 * Everything that a decision may depend on beyond the house and the act.
 *
 * @param command the act's id
 * @param author who signed the act
 * @param evidence what the fleet has shown about an authority; asked for only where a gate needs it
 * @param entropy 32 fresh random bytes; serial numbers and command ids are derived from them
 * @param now the owner's clock; the rules never go back behind the house's
 * @param log the time of the log once the act is decided
 */
public record Circumstances(
    CommandId command,
    KnownAuthor author,
    Function<AuthorityName, Evidence> evidence,
    byte[] entropy,
    Instant now,
    LogTime log) {

  /** Before anything is known of the log. */
  public Circumstances(
      CommandId command,
      KnownAuthor author,
      Function<AuthorityName, Evidence> evidence,
      byte[] entropy,
      Instant now) {
    this(command, author, evidence, entropy, now, LogTime.START);
  }

  /** Up to 32 bytes that only this act and this purpose have. */
  byte[] derive(String purpose, int length) {
    var in = new ByteArrayOutputStream();
    in.writeBytes(entropy);
    in.writeBytes(command.value().getBytes(StandardCharsets.UTF_8));
    in.writeBytes(purpose.getBytes(StandardCharsets.UTF_8));
    return Arrays.copyOf(Digest.of(in.toByteArray()).bytes(), length);
  }

  /** A command id for that purpose. */
  CommandId newCommand(String purpose) {
    return CommandId.of(now, derive("command " + purpose, 10));
  }

  /** On that house. */
  Circumstances on(House house) {
    Instant then = now.isBefore(house.clock()) ? house.clock() : now;
    return new Circumstances(command, author, evidence, entropy, then, house.time().at(then));
  }
}
