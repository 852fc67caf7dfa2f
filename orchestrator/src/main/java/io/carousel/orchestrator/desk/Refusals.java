package io.carousel.orchestrator.desk;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * How often this instance has refused something since it started, by the code of the refusal: what
 * was asked of it, and what was told it in the name of workers. What the owner refuses stands in
 * the log. Thread-safe; each count only grows.
 */
public final class Refusals {
  /** A result that nobody enrolled now has signed. */
  public static final String RESULT_FORGED = "result-forged";

  /** A result that the worker of another slot has signed, or somebody who is no worker. */
  public static final String RESULT_OF_ANOTHER_SLOT = "result-of-another-slot";

  /** A result that carries no command that an enrolled orchestrator has signed. */
  public static final String RESULT_UNASKED = "result-unasked";

  /** A result that is not of what its command asked for. */
  public static final String RESULT_DIFFERS = "result-differs";

  /** Codes beyond these are counted together: some are what workers say. */
  private static final int MOST_CODES = 200;

  private static final String OTHERS = "others";

  private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();

  /** One more. */
  public void count(String code) {
    boolean room = counts.size() < MOST_CODES || counts.containsKey(code);
    counts.computeIfAbsent(room ? code : OTHERS, _ -> new LongAdder()).increment();
  }

  /** By code. */
  public SortedMap<String, Long> counts() {
    var now = new TreeMap<String, Long>();
    counts.forEach((code, count) -> now.put(code, count.sum()));
    return now;
  }
}
