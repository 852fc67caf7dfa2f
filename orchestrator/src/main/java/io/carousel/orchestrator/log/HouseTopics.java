package io.carousel.orchestrator.log;

import io.carousel.events.SlotName;
import io.carousel.events.topics.SigningGroup;
import io.carousel.events.topics.Topic;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;

/** Makes the topics of the contract, and configures the groups of each slot's workers. */
public final class HouseTopics {
  private final Cluster cluster;
  private final Clients clients;

  /** On that cluster. */
  public HouseTopics(Cluster cluster) {
    this.cluster = cluster;
    this.clients = new Clients(cluster);
  }

  /**
   * Makes those that are missing; leaves the others as they are.
   *
   * @throws BrokerUnreachable if there is no broker
   */
  public void ensure() {
    var wanted = new ArrayList<NewTopic>();
    Arrays.stream(Topic.values())
        .filter(t -> !t.perSlot())
        .forEach(t -> wanted.add(topic(t, t.topicName())));
    create(wanted);
  }

  /** The same for what that slot's workers read, with their groups' configuration. */
  public void ensure(SlotName slot) {
    create(
        List.of(
            topic(Topic.KEYS, Topic.KEYS.of(slot)), topic(Topic.LEAVES, Topic.LEAVES.of(slot))));
    var changes = new HashMap<ConfigResource, java.util.Collection<AlterConfigOp>>();
    for (String group : List.of(SigningGroup.keys(slot), SigningGroup.leaves(slot))) {
      changes.put(
          new ConfigResource(ConfigResource.Type.GROUP, cluster.named(group)), groupSettings());
    }
    try (Admin admin = clients.admin()) {
      clients.await(admin.incrementalAlterConfigs(changes).all());
    } catch (ExecutionException e) {
      throw new IllegalStateException(
          "the groups of slot '%s' cannot be configured: %s"
              .formatted(slot, e.getCause().getMessage()),
          e);
    }
  }

  private static List<AlterConfigOp> groupSettings() {
    return SigningGroup.CONFIGURATION.stream()
        .map(s -> new AlterConfigOp(new ConfigEntry(s.name(), s.value()), AlterConfigOp.OpType.SET))
        .toList();
  }

  private NewTopic topic(Topic topic, String name) {
    var settings = new HashMap<>(topic.configuration());
    if (cluster.replication() > 1) {
      settings.put("min.insync.replicas", Integer.toString(cluster.replication() - 1));
    }
    return new NewTopic(cluster.named(name), topic.partitions(), cluster.replication())
        .configs(settings);
  }

  private void create(List<NewTopic> wanted) {
    try (Admin admin = clients.admin()) {
      Set<String> there = clients.await(admin.listTopics().names());
      List<NewTopic> missing = wanted.stream().filter(t -> !there.contains(t.name())).toList();
      Map<String, org.apache.kafka.common.KafkaFuture<Void>> made =
          missing.isEmpty() ? Map.of() : admin.createTopics(missing).values();
      for (var creation : made.entrySet()) {
        await(creation.getKey(), creation.getValue());
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException(
          "the topics cannot be listed: " + e.getCause().getMessage(), e);
    }
  }

  private void await(String name, org.apache.kafka.common.KafkaFuture<Void> made) {
    try {
      clients.await(made);
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw new IllegalStateException(
            "topic %s cannot be made: %s".formatted(name, e.getCause().getMessage()), e);
      }
    }
  }
}
