package io.carousel.events.seal;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.carousel.events.AuthorName;
import io.carousel.events.Identifier;
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
 * <p>A Kafka record can hold what this cannot: no value, a header twice or without a value, bytes
 * that are no UTF-8. Whoever consumes from Kafka maps its records by {@link #received}, which
 * refuses those, and nothing else ever meets them.
 *
 * @param key what decides its partition; null for none
 * @param headers in the order of their names by UTF-16 code units; names are printable ASCII, so
 *     that this is the order of their bytes
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
   * Of an act: the sequence number of the last event that its author knew when it asked. An act
   * that was asked with an event in view was not decided before it.
   */
  public static final String AFTER = "ce_after";

  /**
   * How often the command that an answer answers had been handed out by then: 2 or more, and absent
   * after the first time. Each time before may have cost a signature of which nobody heard.
   */
  public static final String DELIVERIES = "ce_deliveries";

  /**
   * The id of the record of {@code carousel.attempts} that was durable before what an answer holds
   * was signed; absent where nothing was to be signed.
   */
  public static final String ATTEMPT = "ce_attempt";

  /**
   * Labels by which the event store finds events: {@code key=value} texts in their order, each
   * URL-encoded, comma-separated.
   */
  public static final String TAGS = "ce_tags";

  /** Proof of authorship; not covered by the hash, since it covers the hash. */
  public static final String SIGNATURE = "signature";

  /** What stands in a text for bytes that are no UTF-8. */
  private static final char REPLACEMENT = '\ufffd';

  /** Headers of its own, in natural order whatever the order of the map. */
  public Message {
    Objects.requireNonNull(topic, "topic");
    Objects.requireNonNull(value, "value");
    var own = new TreeMap<String, String>();
    own.putAll(headers);
    headers = Collections.unmodifiableSortedMap(own);
  }

  /**
   * What came from Kafka.
   *
   * @param key null for none
   * @param headers in any order
   * @param value null for none, which is refused
   * @throws ForgedRecord if no author of ours can have written that: a header stands there twice,
   *     is empty of value or has a name that is no printable ASCII, something is no UTF-8, or there
   *     is no value
   */
  public static Message received(
      String topic, byte[] key, Iterable<Map.Entry<String, byte[]>> headers, byte[] value) {
    if (value == null) {
      throw new ForgedRecord("the record has no value");
    }
    var texts = new TreeMap<String, String>();
    for (Map.Entry<String, byte[]> header : headers) {
      String name = checkName(header.getKey());
      if (texts.put(name, text("header " + name, header.getValue())) != null) {
        throw new ForgedRecord("the record has the header %s twice".formatted(name));
      }
    }
    return new Message(topic, key == null ? null : text("key", key), texts, value);
  }

  /** The value of a header. */
  public Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name));
  }

  /**
   * Who it says wrote it; {@link Authorship} finds out whether that is so.
   *
   * @throws ForgedRecord if it names nobody
   */
  public AuthorName author() {
    return Author.named(need(SOURCE));
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
    if (text == null || text.isEmpty()) {
      return Collections.emptySortedSet();
    }
    var tags = new TreeSet<String>();
    for (String tag : text.split(",", -1)) {
      tags.add(URLDecoder.decode(tag, UTF_8));
    }
    return tags;
  }

  /** The text of {@link #TAGS} for those labels. */
  public static String tags(SortedSet<String> tags) {
    return tags.stream().map(tag -> URLEncoder.encode(tag, UTF_8)).collect(Collectors.joining(","));
  }

  /**
   * The value of a header that must be there and be a number, written as {@link
   * Long#toString(long)} writes it and no other way.
   *
   * @throws ForgedRecord if it is none, or below zero
   */
  public long needNumber(String name) {
    String text = need(name);
    try {
      long number = Long.parseLong(text);
      if (number >= 0 && Long.toString(number).equals(text)) {
        return number;
      }
    } catch (NumberFormatException e) {
      // refused below
    }
    throw new ForgedRecord(
        "the header %s is %s, which is no number".formatted(name, Identifier.printable(text)));
  }

  /** The same with one more header. */
  public Message with(String name, String text) {
    return with(Map.of(name, text));
  }

  /** The same with more headers. */
  public Message with(Map<String, String> others) {
    var more = new TreeMap<>(headers);
    more.putAll(others);
    return new Message(topic, key, more, value);
  }

  private static String checkName(String name) {
    if (name.isEmpty() || !isPrintableAscii(name)) {
      throw new ForgedRecord("the record has a header named " + Identifier.printable(name));
    }
    return name;
  }

  private static boolean isPrintableAscii(String name) {
    for (int i = 0; i < name.length(); i++) {
      if (name.charAt(i) <= 0x20 || name.charAt(i) >= 0x7f) {
        return false;
      }
    }
    return true;
  }

  private static String text(String what, byte[] bytes) {
    if (bytes == null) {
      throw new ForgedRecord("the %s of the record has no value".formatted(what));
    }
    String text = new String(bytes, UTF_8);
    if (text.indexOf(REPLACEMENT) >= 0 && !Arrays.equals(text.getBytes(UTF_8), bytes)) {
      throw new ForgedRecord("the %s of the record is no UTF-8".formatted(what));
    }
    return text;
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
    return "%s %s (%d bytes)"
        .formatted(topic, Identifier.printable(headers.get(TYPE)), value.length);
  }
}
