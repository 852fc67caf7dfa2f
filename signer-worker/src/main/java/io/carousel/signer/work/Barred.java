package io.carousel.signer.work;

import io.carousel.events.CommandId;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * Which commands this process has refused because something stands against them now, and why. Each
 * comes again for as long as it stands, and each refusal is an event of the log: one is enough for
 * a cause. Thread-safe.
 */
final class Barred {
  private static final int MOST_REMEMBERED = 1024;

  private final SequencedMap<CommandId, String> told = new LinkedHashMap<>(); // guarded by this

  /** Whether the log is to hear of it: that command was not refused for that reason last. */
  synchronized boolean isNews(CommandId command, String why) {
    boolean news = !why.equals(told.put(command, why));
    if (told.size() > MOST_REMEMBERED) {
      told.pollFirstEntry();
    }
    return news;
  }

  /** Nothing stands against that one any more. */
  synchronized void isFree(CommandId command) {
    told.remove(command);
  }
}
