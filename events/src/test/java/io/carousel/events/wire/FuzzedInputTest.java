package io.carousel.events.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.Act;
import io.carousel.events.Examples;
import io.carousel.events.OperatorAct.RemoveParticipant;
import io.carousel.events.testing.LongFuzzing;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Whatever the bytes are, reading them gives a value or ends in {@link UnreadableRecord}. */
@Tag(LongFuzzing.TAG)
class FuzzedInputTest {
  private static final List<Object> EXAMPLES = Examples.records();

  @Property(tries = 1_000)
  void randomBytes(@ForAll byte[] bytes) {
    readOrRefuse("carousel.founded.v1", bytes);
  }

  @Property(tries = 3_000)
  void changedRecords(
      @ForAll @IntRange(max = 10_000) int which,
      @ForAll @Size(min = 1, max = 3) List<@IntRange(max = 2_000) Integer> places,
      @ForAll @Size(3) byte[] changes) {
    Wire.Typed written = Wire.CURRENT.write(EXAMPLES.get(which % EXAMPLES.size()));
    byte[] value = written.value().clone();
    for (int i = 0; i < places.size(); i++) {
      value[places.get(i) % value.length] = changes[i];
    }
    readOrRefuse(written.type(), value);
    readOrRefuse(written.type(), Arrays.copyOf(value, places.getFirst() % value.length));
  }

  @Property(tries = 1_000)
  void changedDocuments(@ForAll @IntRange(max = 2_000) int place, @ForAll byte change) {
    for (Object document : Examples.documents()) {
      byte[] value = Json.PLAIN.write(document);
      value[place % value.length] = change;
      try {
        assertThat((Object) Json.PLAIN.read(value, document.getClass())).isNotNull();
      } catch (UnreadableRecord e) {
        assertThat(e).hasMessageStartingWith("not a readable");
      }
    }
  }

  @Property(tries = 1_000)
  void whatWasReadCanBeWrittenAndIsTheSame(@ForAll String reason) {
    String json = "{\"participant\":\"a\",\"reason\":\"%s\",\"by\":\"b\"}".formatted(spelt(reason));
    Act read;
    try {
      read = Wire.CURRENT.act("carousel.remove-participant.v1", json.getBytes(UTF_8));
    } catch (UnreadableRecord e) {
      return;
    }
    assertThat(((RemoveParticipant) read).reason()).isEqualTo(reason);
    Wire.Typed again = Wire.CURRENT.write(read);
    assertThat(Wire.CURRENT.act(again.type(), again.value())).isEqualTo(read);
  }

  private static void readOrRefuse(String type, byte[] value) {
    try {
      assertThat(Wire.CURRENT.read(type, value, Object.class)).isNotNull();
    } catch (UnreadableRecord e) {
      assertThat(e.getMessage()).isNotBlank().matches("\\P{Cntrl}*");
    }
  }

  private static String spelt(String text) {
    var out = new StringBuilder();
    text.chars().forEach(c -> out.append(String.format(Locale.ROOT, "\\u%04x", c)));
    return out.toString();
  }
}
