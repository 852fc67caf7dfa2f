package io.carousel.agent.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Events as WHATWG HTML, section 9.2.6, has them read. */
class EventReaderTest {
  private static final int LIMIT = 1_000;
  private static final String[] LINE_ENDS = {"\n", "\r", "\r\n"};

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "data: a~~                              | message=a",
        "data:a~~                               | message=a",
        "data:  a~~                             | \"message= a\"",
        "data: a~data: b~~                      | message=a/b",
        "data~~                                 | message=",
        "data~data~~data:~~                     | message=/ message=",
        ": nothing~~data: a~~                   | message=a",
        "event: add~data: 1~~data: 2~~          | add=1 message=2",
        "event: add~~data: 2~~                  | message=2",
        "id: 7~retry: 1000~data: a~colour: b~~  | message=a",
        "data: a:b: c~~                         | \"message=a:b: c\"",
        "Data: a~ data: b~~                     | ''",
        "data: a                                | ''",
        "data: a~                               | ''",
        "data: a~~data: b~                      | message=a",
        "~~~                                    | ''",
      })
  void readsAsItIsWritten(String stream, String events) throws IOException {
    for (String end : LINE_ENDS) {
      assertThat(told(stream.replace("~", end))).isEqualTo(events.equals("''") ? "" : events);
    }
  }

  @Test
  void oneByteOrderMarkIsPassedOver() throws IOException {
    assertThat(told("\ufeffdata: a\n\n")).isEqualTo("message=a");
    assertThat(told("\ufeff\ufeffdata: a\n\n")).isEmpty();
    assertThat(told("\n\ufeffdata: a\n\n")).isEmpty();
  }

  @Test
  void anEventIsNoLongerThanTheLimit() throws IOException {
    String most = "x".repeat(LIMIT - "data:".length());
    assertThat(told("data:" + most + "\n\n")).hasSize("message=".length() + most.length());
    for (String flood :
        List.of(
            "x".repeat(LIMIT + 2), ":" + "x".repeat(LIMIT + 2), "data:0123456789\n".repeat(200))) {
      assertThatThrownBy(() -> told(flood))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("1000");
    }
  }

  @Test
  void whateverComesIsASignOfLife() throws IOException {
    var heard = new AtomicInteger();
    var reader = new EventReader(new Dripping(":\n\n:"), LIMIT, heard::incrementAndGet);
    assertThat(reader.next()).isEmpty();
    assertThat(heard).hasValue(4);
  }

  /** However it is cut into pieces, and whatever ends its lines. */
  @Property
  void readsWhatWasWritten(@ForAll @Size(max = 6) List<@IntRange(max = 1_000_000) Integer> seeds)
      throws IOException {
    var written = new StringBuilder();
    var expected = new ArrayList<String>();
    for (int seed : seeds) {
      var random = new Random(seed);
      String end = LINE_ENDS[random.nextInt(LINE_ENDS.length)];
      String data = Integer.toString(random.nextInt(), 36) + "é€";
      if (random.nextBoolean()) {
        written.append(": quiet").append(end).append(end);
      }
      written.append("event:of").append(seed).append(end);
      written.append("data:").append(data).append(end).append(end);
      expected.add("of" + seed + "=" + data);
    }
    assertThat(told(new Dripping(written.toString()))).isEqualTo(String.join(" ", expected));
  }

  /** Nothing but a failure to read comes of it, and its end is reached. */
  @Property
  void whateverComesIsRead(@ForAll @Size(max = 300) byte[] bytes) {
    try {
      told(new ByteArrayInputStream(bytes));
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("longer than");
    }
  }

  private static String told(String stream) throws IOException {
    return told(new ByteArrayInputStream(stream.getBytes(UTF_8)));
  }

  private static String told(InputStream in) throws IOException {
    var reader = new EventReader(in, LIMIT, () -> {});
    var all = new ArrayList<String>();
    for (Optional<EventReader.Event> next = reader.next(); next.isPresent(); next = reader.next()) {
      EventReader.Event event = next.get();
      all.add(event.type() + "=" + new String(event.data(), UTF_8).replace('\n', '/'));
    }
    return String.join(" ", all);
  }

  /** Comes byte by byte. */
  private static final class Dripping extends ByteArrayInputStream {
    Dripping(String text) {
      super(text.getBytes(UTF_8));
    }

    @Override
    public synchronized int read(byte[] into, int from, int length) {
      return super.read(into, from, Math.min(1, length));
    }
  }
}
