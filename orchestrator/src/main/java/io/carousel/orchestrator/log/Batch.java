package io.carousel.orchestrator.log;

import io.carousel.events.seal.Message;
import io.carousel.events.seal.Recorded;
import java.util.List;

/**
 * What one transaction writes.
 *
 * @param messages in the order in which they are written: events first
 * @param events as they will be read, in order; the first of the messages
 * @param known what is known once it is committed
 * @param promises whom to tell
 */
record Batch<S>(
    List<Message> messages, List<Recorded> events, Known<S> known, List<Promise> promises) {

  /** Somebody who waits for the transaction. */
  interface Promise {
    /** It is committed. */
    void kept();

    /** It is not committed, and will not be; or nobody here can tell. */
    void broken(RuntimeException why);

    /** Its input is decided anew, in a smaller transaction. */
    void postponed();

    /** Whether, by the log, a transaction of unknown outcome was committed. */
    boolean wasKept(LiveChronicle<?> chronicle);
  }

  void kept() {
    promises.forEach(Promise::kept);
  }

  void broken(RuntimeException why) {
    promises.forEach(p -> p.broken(why));
  }
}
