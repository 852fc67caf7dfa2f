package io.carousel.orchestrator.cli;

import java.util.LinkedHashMap;
import java.util.Map;

/** What a command ends with. */
public final class ExitCode {
  /** Done. */
  public static final int OK = 0;

  /** Refused, or failed for a reason that was said. */
  public static final int FAILED = 1;

  /** The command line makes no sense. */
  public static final int USAGE = 2;

  /** No node is running on the data folder. */
  public static final int NO_NODE = 3;

  /** The node did not answer in time: what was asked for may have been done, or may still be. */
  public static final int UNKNOWN = 4;

  private ExitCode() {}

  /** For people, in order. */
  static Map<String, String> explained() {
    var all = new LinkedHashMap<String, String>();
    all.put(" " + OK, "done");
    all.put(" " + FAILED, "refused or failed; the message says why and what to do next");
    all.put(" " + USAGE, "the command line makes no sense");
    all.put(" " + NO_NODE, "no node is running on the data folder");
    all.put(" " + UNKNOWN, "no answer in time; what was asked for may or may not have been done");
    return all;
  }
}
