package io.carousel.events.seal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.carousel.events.testing.LongFuzzing;
import java.util.AbstractMap.SimpleImmutableEntry;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** A record as it travels, and what Kafka could hold that is none of ours. */
class MessageTest {
  private static final byte[] VALUE = "{}".getBytes(UTF_8);

  @Test
  void whatCameFromKafkaIsWhatWasSent() {
    Message sent = Scribe.story().getLast();
    var headers =
        sent.headers().entrySet().stream()
            .map(h -> header(h.getKey(), h.getValue().getBytes(UTF_8)))
            .toList()
            .reversed();
    Message received = Message.received(sent.topic(), null, headers, sent.value());
    assertThat(received).isEqualTo(sent).hasSameHashCodeAs(sent);
    assertThat(Scribe.hash(received)).isEqualTo(Scribe.hash(sent));
    assertThat(Message.received("t", "kä".getBytes(UTF_8), List.of(), VALUE).key()).isEqualTo("kä");
  }

  @Test
  void whatNobodySignsIsForged() {
    byte[] noText = {(byte) 0xc3, 0x28};
    byte[] text = "1".getBytes(UTF_8);
    assertForged(null, List.of(), null, "the record has no value");
    assertForged(noText, List.of(), VALUE, "the key of the record is no UTF-8");
    assertForged(
        null, List.of(header("a", null)), VALUE, "the header a of the record has no value");
    assertForged(
        null, List.of(header("a", noText)), VALUE, "the header a of the record is no UTF-8");
    assertForged(null, List.of(header("a", text), header("a", text)), VALUE, "the header a twice");
    assertForged(null, List.of(header("a\n", text)), VALUE, "a header named 'a\\u{a}'");
    assertForged(null, List.of(header("ä", text)), VALUE, "a header named '\\u{e4}'");
    assertForged(null, List.of(header("", text)), VALUE, "a header named ''");
  }

  @Test
  void aReplacementCharacterThatWasSentIsNoFault() {
    byte[] sent = "\ufffd".getBytes(UTF_8);
    assertThat(Message.received("t", null, List.of(header("a", sent)), VALUE).need("a"))
        .isEqualTo("\ufffd");
  }

  @Tag(LongFuzzing.TAG)
  @Property(tries = 500)
  void whateverCameItIsTakenWholeOrForged(
      @ForAll @Size(max = 8) byte[] key, @ForAll @Size(max = 8) byte[] header) {
    try {
      Message m = Message.received("t", key, List.of(header("a", header)), VALUE);
      assertThat(m.key().getBytes(UTF_8)).isEqualTo(key);
      assertThat(m.need("a").getBytes(UTF_8)).isEqualTo(header);
    } catch (ForgedRecord e) {
      assertThat(e).hasMessageEndingWith("is no UTF-8");
    }
  }

  @Test
  void headersHaveOneOrderWhateverTheMap() {
    var backwards = new TreeMap<String, String>(Comparator.reverseOrder());
    backwards.putAll(Map.of("a", "1", "b", "2", "c", "3"));
    var forwards = new TreeMap<>(Map.copyOf(backwards));
    assertThat(Scribe.hash(new Message("t", null, backwards, VALUE)))
        .isEqualTo(Scribe.hash(new Message("t", null, forwards, VALUE)));
    backwards.put("d", "4");
    assertThat(new Message("t", null, backwards, VALUE).with("d", "5").headers())
        .containsExactly(
            Map.entry("a", "1"), Map.entry("b", "2"), Map.entry("c", "3"), Map.entry("d", "5"));
  }

  @Test
  void aMessageHasATopicAndAValue() {
    assertThatNullPointerException()
        .isThrownBy(() -> new Message(null, null, new TreeMap<>(), VALUE));
    assertThatNullPointerException()
        .isThrownBy(() -> new Message("t", null, new TreeMap<>(), null));
  }

  @Property(tries = 200)
  void tagsAreReadAsTheyWereWritten(@ForAll @Size(max = 4) List<@Size(max = 9) String> texts) {
    var tags = new TreeSet<>(texts);
    tags.removeIf(
        tag -> tag.isEmpty() || tag.chars().anyMatch(c -> Character.isSurrogate((char) c)));
    var headers = new TreeMap<>(Map.of(Message.TAGS, Message.tags(tags)));
    assertThat(new Message("t", null, headers, VALUE).tags()).isEqualTo(tags);
  }

  @Test
  void itsTextShowsNothingUnescaped() {
    var headers = new TreeMap<>(Map.of(Message.TYPE, "a\u001b[2J"));
    assertThat(new Message("t", null, headers, VALUE)).hasToString("t 'a\\u{1b}[2J' (2 bytes)");
  }

  private static Map.Entry<String, byte[]> header(String name, byte[] value) {
    return new SimpleImmutableEntry<>(name, value);
  }

  private static void assertForged(
      byte[] key, List<Map.Entry<String, byte[]>> headers, byte[] value, String why) {
    assertThatExceptionOfType(ForgedRecord.class)
        .isThrownBy(() -> Message.received("t", key, headers, value))
        .withMessageContaining(why);
  }
}
