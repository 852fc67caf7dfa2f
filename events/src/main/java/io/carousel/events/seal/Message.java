package io.carousel.events.seal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A record as it travels: what a Kafka record holds, without Kafka. Headers follow the CloudEvents
 * Kafka binding 1.0 in binary mode; every value is UTF-8 text.
 *
 * @param key what decides its partition; null for none
 * @param value not copied; treat as never changing
 */
public record Message(String topic, String key, SortedMap<String, String> headers, byte[] value) {
  /** CloudEvents version; always 1.0. */
  public static final String SPEC_VERSION = "ce_specversion";

  /** Id of the record; of an act or a signing command its command id. */
  public static final String ID = "ce_id";

  /** {@code /houses/HOUSE/authors/AUTHOR}. */
  public static final String SOURCE = "ce_source";

  /** Wire name of the value's type. */
  public static final String TYPE = "ce_type";

  /** When; RFC 3339. */
  public static final String TIME = "ce_time";

  /** Media type of the value. */
  public static final String CONTENT_TYPE = "content-type";

  /** Sequence number in the log, from 1, without gaps. */
  public static final String SEQUENCE = "ce_seq";

  /** The act that caused an event, or that a reply answers. */
  public static final String COMMAND_ID = "ce_commandid";

  /** SHA-256 of the causing act's value, so that a retry with another body is told apart. */
  public static final String ACT_DIGEST = "ce_actdigest";

  /** Version of the rules that decided. */
  public static final String RULE_VERSION = "ce_ruleversion";

  /** Hash of the record before, in the log. */
  public static final String PREVIOUS_HASH = "ce_previoushash";

  /** The next offset of {@code carousel.commands} to decide, once this transaction is committed. */
  public static final String POSITION = "ce_position";

  /**
   * Labels by which the event store finds events: {@code key=value} texts in their order, each
   * URL-encoded, comma-separated.
   */
  public static final String TAGS = "ce_tags";

  /** Proof of authorship; not covered by the hash, since it covers the hash. */
  public static final String SIGNATURE = "signature";

  /** Headers of its own. */
  public Message {
    headers = Collections.unmodifiableSortedMap(new TreeMap<>(headers));
  }

  /** The value of a header. */
  public Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name));
  }

  /**
   * The value of a header that must be there.
   *
   * @throws ForgedRecord if it is not
   */
  public String need(String name) {
    String value = headers.get(name);
    if (value == null) {
      throw new ForgedRecord("the record has no header " + name);
    }
    return value;
  }

  /** The labels of {@link #TAGS}. */
  public SortedSet<String> tags() {
    String text = headers.get(TAGS);
    if (text == null) {
      return Collections.emptySortedSet();
    }
    return Arrays.stream(text.split(",", -1))
        .map(tag -> URLDecoder.decode(tag, UTF_8))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The text of {@link #TAGS} for those labels. */
  public static String tags(SortedSet<String> tags) {
    return tags.stream().map(tag -> URLEncoder.encode(tag, UTF_8)).collect(Collectors.joining(","));
  }

  /** The same with one more header. */
  public Message with(String name, String text) {
    var more = new TreeMap<>(headers);
    more.put(name, text);
    return new Message(topic, key, more, value);
  }

  /** The same with more headers. */
  public Message with(Map<String, String> others) {
    var more = new TreeMap<>(headers);
    more.putAll(others);
    return new Message(topic, key, more, value);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Message m
        && topic.equals(m.topic)
        && Objects.equals(key, m.key)
        && headers.equals(m.headers)
        && Arrays.equals(value, m.value);
  }

  @Override
  public int hashCode() {
    return Objects.hash(topic, key, headers, Arrays.hashCode(value));
  }

  @Override
  public String toString() {
    return "%s %s (%d bytes)".formatted(topic, headers.get(TYPE), value.length);
  }
}
