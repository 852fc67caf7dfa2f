package io.carousel.orchestrator.rules;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One of many equal values: what thousands of records repeat is kept in memory once. It holds so
 * many and no more, and then begins anew, which costs memory and changes nothing. Thread-safe.
 */
public final class Shared {
  private final int most;
  private final Map<Object, Object> known = new ConcurrentHashMap<>();

  /** Of so many different values. */
  public Shared(int most) {
    this.most = most;
  }

  /** The first value that was equal to that one. */
  @SuppressWarnings("unchecked")
  public <T> T one(T value) {
    if (known.size() >= most) {
      known.clear();
    }
    Object first = known.putIfAbsent(value, value);
    return first == null ? value : (T) first;
  }
}
