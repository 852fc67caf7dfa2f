package io.carousel.orchestrator.log;

import io.carousel.events.seal.Head;
import java.util.ArrayList;
import java.util.List;

/**
 * Where some records stand in Kafka, spread evenly over the log, with their hashes: from one to the
 * next the log can be read again and is known to be the same. When there are too many, every other
 * one is dropped. One thread at a time.
 */
final class Anchors {
  static final int MOST = 4096;
  private static final int FIRST_STRIDE = 256;

  private final List<Anchor> anchors = new ArrayList<>();
  private long stride = FIRST_STRIDE;

  /** A record that was read before, and where it stands. */
  record Anchor(Head head, long offset) {}

  /** Takes a record in; most are passed over. */
  void add(Head head, long offset) {
    long sequence = head.sequence();
    if ((sequence - 1) % stride != 0
        || (!anchors.isEmpty() && anchors.getLast().head().sequence() >= sequence)) {
      return;
    }
    anchors.add(new Anchor(head, offset));
    if (anchors.size() > MOST) {
      stride *= 2;
      anchors.removeIf(a -> (a.head().sequence() - 1) % stride != 0);
    }
  }

  /** The last at or before that sequence number; null if there is none. */
  Anchor before(long sequence) {
    int i = firstAfter(sequence) - 1;
    return i < 0 ? null : anchors.get(i);
  }

  /** The first after that sequence number; null if there is none. */
  Anchor after(long sequence) {
    int i = firstAfter(sequence);
    return i == anchors.size() ? null : anchors.get(i);
  }

  private int firstAfter(long sequence) {
    int low = 0;
    int high = anchors.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (anchors.get(middle).head().sequence() <= sequence) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  List<Anchor> all() {
    return List.copyOf(anchors);
  }

  void restore(List<Anchor> known) {
    known.forEach(a -> add(a.head(), a.offset()));
  }
}
