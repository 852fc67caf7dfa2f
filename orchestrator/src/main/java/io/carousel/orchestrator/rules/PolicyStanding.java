package io.carousel.orchestrator.rules;

import java.util.List;

/** How an authority's policy stands beside what the workers of its slots sign. */
public final class PolicyStanding {
  private PolicyStanding() {}

  /** What they would refuse, by what they last said of themselves; for people. */
  public static List<String> warnings(House house, Authority authority) {
    return PolicyRules.warnings(house, authority);
  }
}
