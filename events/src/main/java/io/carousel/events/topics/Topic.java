package io.carousel.events.topics;

import io.carousel.events.SlotName;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The topics of a house. Kafka authorises nothing: every record is signed, whatever its topic. */
public enum Topic {
  /** The control log. */
  EVENTS(
      "carousel.events",
      1,
      "none",
      "owner",
      forever(),
      new Setting("cleanup.policy", "delete", "the log is the truth and is never compacted")),
  /** What is asked of the owner. */
  COMMANDS(
      "carousel.commands",
      1,
      "none",
      "orchestrators, workers",
      kept(Duration.ofDays(30)),
      new Setting("max.message.bytes", "262144", "an act is small; a flood of large ones is not"),
      new Setting(
          "message.timestamp.type",
          "LogAppendTime",
          "the broker's time: an owner whose clock disagrees with it lets nothing happen by time alone")),
  /** What the owner says to acts. */
  REPLIES(
      "carousel.replies",
      4,
      "instance",
      "owner",
      kept(Duration.ofHours(1)),
      unhurried("a reply that is lost is asked for again, and the log knows it")),
  /** Work on keys, one topic for each slot. */
  KEYS(
      "carousel.keys.",
      1,
      "none",
      "owner",
      kept(Duration.ofDays(30)),
      unhurried("the owner issues a command again until it is answered")),
  /** Leaf certificates to sign, one topic for each slot. */
  LEAVES(
      "carousel.leaves.",
      4,
      "none",
      "orchestrators",
      kept(Duration.ofDays(7)),
      unhurried("who asked for a certificate and got none asks again")),
  /**
   * What came of leaf commands: the register of every certificate ever issued. One partition: the
   * answers to a batch of commands are one append, and on a broker that goes to its disk for each
   * append, one wait for the disk in place of four.
   */
  RESULTS("carousel.results", 1, "authority and serial", "workers", forever()),
  /**
   * What workers are about to sign, before they do: by it every signature of a token is explained,
   * whatever crashed.
   */
  ATTEMPTS("carousel.attempts", 1, "none", "workers", forever()),
  /** What participants report. */
  FLEET(
      "carousel.fleet",
      4,
      "participant",
      "agents, through orchestrators",
      kept(Duration.ofDays(90))),
  /** The leaves that gates rested on. */
  EVIDENCE("carousel.evidence", 4, "rotation, or authority and slot", "owner", forever()),
  /**
   * Commands that no worker could finish. Named so because brokers drop dead letters, with no more
   * than a line in their own log, if the topic's name does not begin with their {@code
   * errors.deadletterqueue.topic.name.prefix}, which is {@code dlq.}.
   */
  DEAD(
      "dlq.carousel",
      1,
      "none",
      "broker",
      kept(Duration.ofDays(30)),
      new Setting(
          "errors.deadletterqueue.group.enable",
          "true",
          "brokers refuse to write dead letters to a topic that does not say so"));

  /** One setting and why it is so. */
  public record Setting(String name, String value, String reason) {}

  private static final String TIMESTAMP_TYPE = "message.timestamp.type";

  private static final Set<String> ORDERED =
      Set.of(EVENTS.topicName(), COMMANDS.topicName(), DEAD.topicName());

  private final String base;
  private final int partitions;
  private final String key;
  private final String author;
  private final List<Setting> settings;

  Topic(String base, int partitions, String key, String author, Setting kept, Setting... more) {
    this.base = base;
    this.partitions = partitions;
    this.key = key;
    this.author = author;
    var all = new java.util.ArrayList<Setting>();
    all.add(kept);
    all.add(
        new Setting(
            "retention.bytes",
            "-1",
            "what is kept is decided by time alone, whatever the broker's own limit"));
    all.addAll(List.of(more));
    if (all.stream().noneMatch(setting -> setting.name().equals(TIMESTAMP_TYPE))) {
      all.add(
          new Setting(TIMESTAMP_TYPE, "CreateTime", "the author's time is part of what it signed"));
    }
    this.settings = List.copyOf(all);
  }

  /** Its name. Of a topic for each slot use {@link #of(SlotName)}. */
  public String topicName() {
    if (perSlot()) {
      throw new IllegalStateException(base + "SLOT: say which slot");
    }
    return base;
  }

  /** The name of that slot's topic. */
  public String of(SlotName slot) {
    if (!perSlot()) {
      throw new IllegalStateException(base + " is not one for each slot");
    }
    return base + slot;
  }

  /** Whether there is one for each slot. */
  public boolean perSlot() {
    return base.endsWith(".");
  }

  /** How many partitions it is created with. */
  public int partitions() {
    return partitions;
  }

  /** Whether its records mean something in their order alone, so that more partitions lose it. */
  public boolean ordered() {
    return partitions == 1 && this != RESULTS && this != ATTEMPTS;
  }

  /**
   * The partition to write to in the topic of that name: 0 where records mean something in their
   * order alone, whatever partitions somebody has added; null where any will do.
   */
  public static Integer partitionFor(String name) {
    return name.startsWith(KEYS.base) || ORDERED.contains(name) ? 0 : null;
  }

  /** What its record keys are. */
  public String key() {
    return key;
  }

  /** Who writes it. */
  public String author() {
    return author;
  }

  /** Its settings with their reasons. */
  public List<Setting> settings() {
    return settings;
  }

  /** Its settings as Kafka takes them. */
  public Map<String, String> configuration() {
    return settings.stream().collect(Collectors.toMap(Setting::name, Setting::value));
  }

  /** The table as Markdown, for the documentation. */
  public static String markdown() {
    Function<Topic, String> row =
        t ->
            "| `%s` | %s | %d | %s | %s |"
                .formatted(
                    t.perSlot() ? t.base + "SLOT" : t.base,
                    t.key,
                    t.partitions,
                    t.author,
                    t.settings.stream()
                        .map(s -> "`%s=%s`: %s".formatted(s.name(), s.value(), s.reason()))
                        .collect(Collectors.joining("; ")));
    return "| topic | key | partitions | author | settings |\n|---|---|---|---|---|\n"
        + java.util.Arrays.stream(values()).map(row).collect(Collectors.joining("\n"))
        + "\n";
  }

  private static Setting forever() {
    return new Setting("retention.ms", "-1", "kept forever: auditors read it years later");
  }

  /** No wait for the disk, also where a broker that holds the only copy flushes by default. */
  private static Setting unhurried(String reason) {
    return new Setting("flush.messages", Long.toString(Long.MAX_VALUE), reason);
  }

  private static Setting kept(Duration time) {
    return new Setting(
        "retention.ms",
        Long.toString(time.toMillis()),
        "kept for %s"
            .formatted(time.toDays() > 0 ? time.toDays() + " days" : time.toHours() + " h"));
  }
}
