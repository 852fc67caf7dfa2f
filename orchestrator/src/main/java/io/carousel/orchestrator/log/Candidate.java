package io.carousel.orchestrator.log;

import io.carousel.events.topics.Topic;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;

/**
 * This instance in the group that elects the owner: who is given the one partition of {@code
 * carousel.commands} is elected. One thread at a time, but for {@link #wake}.
 */
final class Candidate implements AutoCloseable {
  static final String GROUP = "carousel-owner";

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final TopicPartition partition;
  private boolean elected;
  private int election;

  Candidate(Cluster cluster, int batch) {
    this.partition = new TopicPartition(cluster.named(Topic.COMMANDS.topicName()), 0);
    this.consumer = new Clients(cluster).candidate(GROUP, batch);
    consumer.subscribe(List.of(partition.topic()), new Election());
  }

  private final class Election implements ConsumerRebalanceListener {
    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      // Whatever else somebody has added to the topic is read by nobody.
      partitions.stream().filter(p -> !p.equals(partition)).forEach(this::ignore);
      if (partitions.contains(partition)) {
        // Nothing is read before the log has said from where.
        consumer.pause(List.of(partition));
        consumer.seek(partition, 0);
        elected = true;
        election++;
      }
    }

    private void ignore(TopicPartition extra) {
      consumer.pause(List.of(extra));
      consumer.seek(extra, 0); // or the consumer fails for want of a place to begin
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      if (partitions.contains(partition)) {
        elected = false;
      }
    }
  }

  /** Keeps the membership, and gives what has come to the elected. */
  List<ConsumerRecord<byte[], byte[]>> poll(Duration wait) {
    try {
      return consumer.poll(wait).records(partition);
    } catch (WakeupException e) {
      return List.of();
    }
  }

  /** Whether it is elected, as far as it knows since the last poll. */
  boolean elected() {
    return elected;
  }

  /** Which election it won last. */
  int election() {
    return election;
  }

  /**
   * Whether it is still elected by that election. Within one poll it can lose one and win the next,
   * as after a pause of the whole process; whoever served by the first must begin anew.
   */
  boolean elected(int by) {
    return elected && election == by;
  }

  /** Reads from there on. */
  void readFrom(long position) {
    consumer.seek(partition, position);
    consumer.resume(List.of(partition));
  }

  /** Reads nothing until told from where. */
  void pause() {
    if (elected) {
      consumer.pause(List.of(partition));
    }
  }

  TopicPartition partition() {
    return partition;
  }

  ConsumerGroupMetadata membership() {
    return consumer.groupMetadata();
  }

  /** Ends a poll under way; from any thread. */
  void wake() {
    consumer.wakeup();
  }

  /** Leaves, so that another is elected at once. */
  @Override
  public void close() {
    consumer.close(CloseOptions.timeout(Duration.ofSeconds(2)));
  }

  /** Vanishes without a word, as a process does that is killed. */
  void vanish() {
    consumer.close(
        CloseOptions.timeout(Duration.ZERO)
            .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.REMAIN_IN_GROUP));
  }
}
