package io.carousel.orchestrator.log;

import io.carousel.events.SlotName;
import io.carousel.events.topics.SigningGroup;
import io.carousel.events.topics.Topic;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the topics of a house, and sets up the groups of its workers. */
public final class TopicSetup {
  private static final Logger LOG = LoggerFactory.getLogger(TopicSetup.class);
  private static final String DEAD_LETTERS = "errors.deadletterqueue.topic.name";

  private final Cluster cluster;
  private final Clients clients;
  private final Admin admin;

  TopicSetup(Cluster cluster, Clients clients, Admin admin) {
    this.cluster = cluster;
    this.clients = clients;
    this.admin = admin;
  }

  /**
   * Makes what is missing of the topics of the house and of those slots, and sets their workers'
   * groups up. Does no harm if it is all there.
   *
   * @throws BrokerUnreachable if there is no broker
   */
  public static void ensure(Cluster cluster, Collection<SlotName> slots) {
    var clients = new Clients(cluster);
    try (Admin admin = clients.admin()) {
      Stream<String> house =
          Arrays.stream(Topic.values()).filter(t -> !t.perSlot()).map(Topic::topicName);
      Stream<String> perSlot =
          slots.stream().flatMap(s -> Stream.of(Topic.KEYS.of(s), Topic.LEAVES.of(s)));
      new TopicSetup(cluster, clients, admin)
          .ensureNamed(Stream.concat(house, perSlot).collect(Collectors.toSet()));
    }
  }

  /** The same for those topics, by the names that the contract has for them. */
  void ensureNamed(Set<String> names) {
    for (SlotName slot : slots(names)) {
      setUpGroups(slot);
    }
    Map<String, KafkaFuture<Void>> made =
        admin.createTopics(names.stream().map(this::newTopic).toList()).values();
    made.forEach(this::awaitMade);
    names.forEach(this::awaitThere);
  }

  private static Set<SlotName> slots(Set<String> names) {
    return names.stream()
        .flatMap(n -> slot(n).stream())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The slot that a topic belongs to. */
  private static Optional<SlotName> slot(String name) {
    return Stream.of(Topic.KEYS, Topic.LEAVES)
        .map(t -> t.of(new SlotName("x")).replaceAll("x$", ""))
        .filter(name::startsWith)
        .map(base -> new SlotName(name.substring(base.length())))
        .findFirst();
  }

  /** The topic of that name. */
  static Optional<Topic> topic(String name) {
    return Arrays.stream(Topic.values())
        .filter(t ->
            t.perSlot()
                ? slot(name).filter(s -> t.of(s).equals(name)).isPresent()
                : t.topicName().equals(name))
        .findFirst();
  }

  private NewTopic newTopic(String name) {
    Topic topic =
        topic(name)
            .orElseThrow(() -> new IllegalArgumentException(name + " is no topic of a house"));
    var settings = new HashMap<>(topic.configuration());
    if (cluster.replication() > 2) {
      settings.put("min.insync.replicas", "2");
    }
    return new NewTopic(cluster.named(name), topic.partitions(), cluster.replication())
        .configs(settings);
  }

  private void awaitMade(String name, KafkaFuture<Void> made) {
    try {
      clients.await(made);
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw new KafkaException(
            "topic %s cannot be made: %s".formatted(name, e.getCause().getMessage()), e.getCause());
      }
    }
  }

  /** A topic is known, and its leaders lead, a little after it is made. */
  private void awaitThere(String name) {
    long deadline = System.nanoTime() + cluster.patience().toNanos();
    Topic topic = topic(name).orElseThrow();
    while (true) {
      try {
        TopicDescription there = describe(cluster.named(name));
        checkPartitions(topic, there);
        awaitLeaders(there);
        return;
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof UnknownTopicOrPartitionException)
            || System.nanoTime() > deadline) {
          throw new KafkaException(
              "topic %s: %s".formatted(name, e.getCause().getMessage()), e.getCause());
        }
        LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
      }
    }
  }

  private TopicDescription describe(String topic) throws ExecutionException {
    return clients.await(admin.describeTopics(List.of(topic)).topicNameValues().get(topic));
  }

  private void awaitLeaders(TopicDescription topic) throws ExecutionException {
    var ends = new HashMap<TopicPartition, OffsetSpec>();
    topic
        .partitions()
        .forEach(
            p -> ends.put(new TopicPartition(topic.name(), p.partition()), OffsetSpec.latest()));
    clients.await(admin.listOffsets(ends).all());
  }

  /** Whoever reads and writes where order matters does so in partition 0 alone. */
  private static void checkPartitions(Topic topic, TopicDescription there) {
    if (topic.ordered() && there.partitions().size() != 1) {
      LOG.warn(
          "topic {} has {} partitions and should have one; the others are read by nobody: find out who added them",
          there.name(),
          there.partitions().size());
    }
  }

  private void setUpGroups(SlotName slot) {
    for (String group : List.of(SigningGroup.keys(slot), SigningGroup.leaves(slot))) {
      var resource = new ConfigResource(ConfigResource.Type.GROUP, cluster.named(group));
      Collection<AlterConfigOp> changes =
          SigningGroup.CONFIGURATION.stream().map(this::set).toList();
      try {
        clients.await(admin.incrementalAlterConfigs(Map.of(resource, changes)).all());
      } catch (ExecutionException e) {
        throw new KafkaException(
            "group %s cannot be set up: %s".formatted(group, e.getCause().getMessage()),
            e.getCause());
      }
    }
  }

  private AlterConfigOp set(Topic.Setting setting) {
    String value =
        setting.name().equals(DEAD_LETTERS) ? cluster.named(setting.value()) : setting.value();
    return new AlterConfigOp(new ConfigEntry(setting.name(), value), AlterConfigOp.OpType.SET);
  }
}
