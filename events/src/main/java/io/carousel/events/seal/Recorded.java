package io.carousel.events.seal;

import io.carousel.events.AuthorName;
import io.carousel.events.CommandId;
import io.carousel.events.Digest;
import io.carousel.events.Event;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;

/**
 * One event of the log, checked.
 *
 * @param hash of its record
 * @param id of its record
 * @param author who signed it
 * @param command the act that caused it; empty if none did
 * @param actDigest SHA-256 of that act's value
 * @param position the next offset of {@code carousel.commands} to decide after its transaction
 * @param ruleVersion of the rules that decided it
 * @param tags by which it can be found, as {@code key=value}
 */
public record Recorded(
    long sequence,
    Digest hash,
    String id,
    AuthorName author,
    Optional<CommandId> command,
    Optional<Digest> actDigest,
    long position,
    int ruleVersion,
    SortedSet<String> tags,
    Event event) {
  /** Copies. */
  public Recorded {
    tags = tags.isEmpty() ? Collections.emptySortedSet() : Collections.unmodifiableSortedSet(tags);
  }
}
