package io.carousel.orchestrator.log;

import io.carousel.events.CommandId;
import io.carousel.events.Digest;
import io.carousel.events.HouseEvent;
import io.carousel.events.Reply;
import io.carousel.events.seal.Recorded;
import java.time.Instant;
import java.util.Optional;

/**
 * What was said to one act.
 *
 * @param digest of the act
 * @param sequence of its last event
 * @param code why it was refused; empty if it was not
 * @param reason likewise
 * @param at when
 */
record Outcome(
    CommandId command,
    Digest digest,
    long sequence,
    Optional<String> code,
    Optional<String> reason,
    Instant at) {

  /** The reply, the same each time. */
  Reply reply() {
    return code.isPresent()
        ? new Reply.Refused(command, sequence, code.get(), reason.orElse(""))
        : new Reply.Accepted(command, sequence);
  }

  /**
   * What an event adds. The first body asked under an id keeps it: what is said to another body
   * changes nothing.
   *
   * @param before what is remembered of that act; null if nothing
   * @return null if the event came from no act
   */
  static Outcome after(Outcome before, Recorded event) {
    if (event.command().isEmpty() || event.actDigest().isEmpty()) {
      return before;
    }
    Digest digest = event.actDigest().get();
    if (before != null && !before.digest().equals(digest)) {
      return before;
    }
    Optional<String> code = before == null ? Optional.empty() : before.code();
    Optional<String> reason = before == null ? Optional.empty() : before.reason();
    if (event.event() instanceof HouseEvent.ActRefused refused) {
      code = Optional.of(refused.code());
      reason = Optional.of(refused.reason());
    }
    return new Outcome(
        event.command().get(), digest, event.sequence(), code, reason, event.event().at());
  }
}
