package io.carousel.e2e.fleet;

import io.carousel.e2e.node.Node;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Kills agents, workers and the node at random moments, and has agents and the node started again;
 * a seed says which and when.
 */
final class Chaos {
  /** Agents that die in each burst. */
  private static final int AGENTS = 4;

  private static final int LONGEST_PAUSE_MILLIS = 3000;

  private final Random random;
  private final List<Host> hosts;
  private final Node node;
  private final Map<String, Integer> killed = new TreeMap<>();

  Chaos(long seed, List<Host> hosts, Node node) {
    this.random = new Random(seed);
    this.hosts = hosts;
    this.node = node;
  }

  /** Some agents, the workers once and the node once, in any order. */
  void burst() throws Exception {
    var targets = new ArrayList<Target>();
    var shuffled = new ArrayList<>(hosts);
    Collections.shuffle(shuffled, random);
    shuffled
        .subList(0, AGENTS)
        .forEach(host -> targets.add(new Target(host.name(), host::restart)));
    targets.add(
        new Target("workers", () -> node.workers().forEach(ProcessHandle::destroyForcibly)));
    targets.add(new Target("node", node::restart));
    Collections.shuffle(targets, random);
    for (Target target : targets) {
      Thread.sleep(random.nextInt(LONGEST_PAUSE_MILLIS));
      target.kill().run();
      killed.merge(target.name(), 1, Integer::sum);
    }
  }

  private record Target(String name, Kill kill) {}

  @FunctionalInterface
  private interface Kill {
    void run() throws Exception;
  }

  /** How often whom. */
  @Override
  public String toString() {
    return killed.toString();
  }
}
