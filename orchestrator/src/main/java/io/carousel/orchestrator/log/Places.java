package io.carousel.orchestrator.log;

import io.carousel.events.seal.Message;
import io.carousel.events.topics.Topic;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where partitions begin and end, and whether topics are there. One thread at a time. */
final class Places implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Places.class);

  private final Cluster cluster;
  private final Clients clients;
  private final Admin admin;
  private final TopicPartition events;
  private final TopicPartition commands;
  private final Set<String> there = new HashSet<>();

  Places(Cluster cluster) {
    this.cluster = cluster;
    this.clients = new Clients(cluster);
    this.events = new TopicPartition(cluster.named(Topic.EVENTS.topicName()), 0);
    this.commands = new TopicPartition(cluster.named(Topic.COMMANDS.topicName()), 0);
    this.admin = clients.admin();
  }

  /**
   * Past the last record of the log, whether its transaction is committed, aborted or still open.
   *
   * @throws BrokerUnreachable if there is no broker
   */
  long eventsEnd() {
    return offset(events, OffsetSpec.latest());
  }

  /**
   * Past the last record of the log below which no transaction is open: everything that was ever
   * acknowledged is before it, and nobody has to wait for it.
   *
   * @throws BrokerUnreachable if there is no broker
   */
  long committedEnd() {
    return offset(events, OffsetSpec.latest(), IsolationLevel.READ_COMMITTED);
  }

  /** Where the log begins; 0 unless somebody deleted from it. */
  long eventsStart() {
    return offset(events, OffsetSpec.earliest());
  }

  /**
   * From where on to decide acts: the position that the log says, unless the topic does not have
   * it.
   */
  long startOfActs(long position) {
    long first = offset(commands, OffsetSpec.earliest());
    long end = offset(commands, OffsetSpec.latest());
    if (position < first) {
      if (position > 0) {
        LOG.warn(
            "Acts from position {} to {} were deleted before they were decided",
            position,
            first - 1);
      }
      return first;
    }
    if (position > end) {
      LOG.warn(
          "Acts were decided up to position {}, but {} ends at {}: it was made anew; deciding it from its start",
          position,
          commands.topic(),
          end);
      return first;
    }
    return position;
  }

  private long offset(TopicPartition partition, OffsetSpec spec) {
    return offset(partition, spec, IsolationLevel.READ_UNCOMMITTED);
  }

  private long offset(TopicPartition partition, OffsetSpec spec, IsolationLevel isolation) {
    try {
      return clients
          .await(
              admin
                  .listOffsets(Map.of(partition, spec), new ListOffsetsOptions(isolation))
                  .partitionResult(partition))
          .offset();
    } catch (ExecutionException e) {
      throw new KafkaException(
          "%s cannot be read: %s".formatted(partition.topic(), e.getCause().getMessage()),
          e.getCause());
    }
  }

  /** Makes the topics that those go to, where they are not there yet. */
  void ensure(Collection<Message> messages) {
    Set<String> missing =
        messages.stream()
            .map(Message::topic)
            .filter(t -> !there.contains(t))
            .collect(Collectors.toSet());
    if (!missing.isEmpty()) {
      new TopicSetup(cluster, clients, admin).ensureNamed(missing);
      there.addAll(missing);
    }
  }

  @Override
  public void close() {
    admin.close(java.time.Duration.ZERO);
  }
}
