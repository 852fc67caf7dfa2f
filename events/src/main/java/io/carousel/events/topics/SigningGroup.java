package io.carousel.events.topics;

import io.carousel.events.SlotName;
import java.util.List;

/**
 * The share group (KIP-932) in which the workers of one slot consume, and its group configuration.
 * Every default is wrong for us, so it is set before the first command and checked by each worker
 * at its start.
 */
public final class SigningGroup {
  private SigningGroup() {}

  /** The group of that slot for work on keys. */
  public static String keys(SlotName slot) {
    return "carousel-keys-" + slot;
  }

  /** The group of that slot for leaves: its own, so that keys never wait behind leaves. */
  public static String leaves(SlotName slot) {
    return "carousel-leaves-" + slot;
  }

  /** The configuration of both. */
  public static final List<Topic.Setting> CONFIGURATION =
      List.of(
          new Topic.Setting(
              "share.isolation.level", "read_committed", "the default delivers aborted commands"),
          new Topic.Setting(
              "share.auto.offset.reset",
              "earliest",
              "the default drops what was written before the first worker came"),
          new Topic.Setting(
              "share.record.lock.duration.ms",
              "30000",
              "a signature takes far less; a worker renews while an HSM is slow"),
          new Topic.Setting(
              "share.delivery.count.limit", "5", "a command that kills workers must end somewhere"),
          new Topic.Setting(
              "errors.deadletterqueue.topic.name",
              Topic.DEAD.topicName(),
              "what ends there is recorded as failed; brokers take names that begin with dlq."),
          new Topic.Setting(
              "errors.deadletterqueue.copy.record.enable",
              "true",
              "gives a dead letter the command's value; its headers say where the command stands"));
}
