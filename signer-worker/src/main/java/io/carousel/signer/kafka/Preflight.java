package io.carousel.signer.kafka;

import io.carousel.events.SlotName;
import io.carousel.events.topics.SigningGroup;
import io.carousel.events.topics.Topic;
import io.carousel.signer.kafka.NotReady.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.common.config.ConfigResource;

/**
 * What must be so before a worker takes up its first command. An orchestrator makes topics and sets
 * groups up, perhaps just now: so each check is made again until it passes or time is up.
 */
public final class Preflight {
  private static final Duration BETWEEN = Duration.ofMillis(200);
  private static final int ATTEMPT_MS = 2_000;

  private final Connection connection;
  private final SlotName slot;

  /** For the workers of that slot. */
  public Preflight(Connection connection, SlotName slot) {
    this.connection = connection;
    this.slot = slot;
  }

  /**
   * Returns once all is ready.
   *
   * @param givenUp asked before each further attempt
   * @throws NotReady saying what was still wrong in the end
   * @throws InterruptedException if the caller gave up
   */
  public void await(Duration within, BooleanSupplier givenUp)
      throws NotReady, InterruptedException {
    long end = System.nanoTime() + within.toNanos();
    try (Admin admin = connection.admin()) {
      while (true) {
        try {
          broker(admin, within);
          topics(admin);
          groups(admin);
          return;
        } catch (NotReady e) {
          if (System.nanoTime() - end > 0) {
            throw e;
          }
          if (givenUp.getAsBoolean()) {
            throw new InterruptedException("stopped while Kafka was not ready");
          }
          TimeUnit.NANOSECONDS.sleep(BETWEEN.toNanos());
        }
      }
    }
  }

  private void broker(Admin admin, Duration within) throws NotReady, InterruptedException {
    try {
      admin.describeCluster(new DescribeClusterOptions().timeoutMs(ATTEMPT_MS)).clusterId().get();
    } catch (ExecutionException e) {
      throw new NotReady(
          Fault.BROKER_MISSING,
          "no Kafka broker answered at %s within %d s; start one there, or correct 'kafka.bootstrapServers'"
              .formatted(connection.bootstrapServers(), within.toSeconds()),
          e.getCause());
    }
  }

  private void topics(Admin admin) throws NotReady, InterruptedException {
    Set<String> missing =
        new TreeSet<>(
            Set.of(
                Topic.EVENTS.topicName(),
                Topic.COMMANDS.topicName(),
                Topic.RESULTS.topicName(),
                Topic.ATTEMPTS.topicName(),
                Topic.DEAD.topicName(),
                Topic.KEYS.of(slot),
                Topic.LEAVES.of(slot)));
    try {
      missing.removeAll(admin.listTopics().names().get());
    } catch (ExecutionException e) {
      throw new NotReady(Fault.BROKER_MISSING, "topics cannot be listed: " + e.getCause(), e);
    }
    if (!missing.isEmpty()) {
      throw new NotReady(
          Fault.TOPIC_MISSING,
          "there is no topic %s; start an orchestrator and register slot '%s', which creates them"
              .formatted(String.join(", ", missing), slot),
          null);
    }
  }

  private void groups(Admin admin) throws NotReady, InterruptedException {
    List<String> faults = new ArrayList<>();
    for (String group : List.of(SigningGroup.keys(slot), SigningGroup.leaves(slot))) {
      faults.addAll(faults(group, configuration(admin, group)));
    }
    if (!faults.isEmpty()) {
      throw new NotReady(
          Fault.GROUP_MISCONFIGURED,
          "the share groups of slot '%s' are not set up for signing; start an orchestrator, or set with kafka-configs --entity-type groups:\n  - %s"
              .formatted(slot, String.join("\n  - ", faults)),
          null);
    }
  }

  private static Config configuration(Admin admin, String group)
      throws NotReady, InterruptedException {
    var resource = new ConfigResource(ConfigResource.Type.GROUP, group);
    try {
      Map<ConfigResource, Config> found = admin.describeConfigs(List.of(resource)).all().get();
      return found.get(resource);
    } catch (ExecutionException e) {
      throw new NotReady(
          Fault.BROKER_MISSING,
          "the configuration of group %s cannot be read: %s".formatted(group, e.getCause()),
          e);
    }
  }

  private static List<String> faults(String group, Config found) {
    List<String> faults = new ArrayList<>();
    for (Topic.Setting wanted : SigningGroup.CONFIGURATION) {
      ConfigEntry entry = found.get(wanted.name());
      String value = entry == null ? null : entry.value();
      if (!wanted.value().equals(value)) {
        faults.add(
            "%s: %s is %s and must be %s (%s)"
                .formatted(
                    group,
                    wanted.name(),
                    value == null || value.isEmpty() ? "not set" : "'" + value + "'",
                    wanted.value(),
                    wanted.reason()));
      }
    }
    return faults;
  }
}
