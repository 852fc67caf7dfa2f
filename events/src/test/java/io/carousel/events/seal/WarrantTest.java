package io.carousel.events.seal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class WarrantTest {
  private static final Author ALICE = Scribe.FOUNDER;
  private static final String TOPIC = "carousel.leaves.hsm-a";

  private static Message command(String key, String value) {
    Message draft =
        ALICE.draft(
            TOPIC, key, "id-1", "a-type.v1", java.time.Instant.EPOCH, value.getBytes(UTF_8));
    return ALICE.seal(java.util.List.of(draft)).getFirst();
  }

  private static Message answer(Message command) {
    return new Message(
            "carousel.results", "user/1", new TreeMap<>(Map.of("x", "y")), new byte[] {1})
        .with(Warrant.of(command));
  }

  @Property
  void itIsTheSameRecordAgain(@ForAll String key, @ForAll String value) {
    Message command = command(key, new String(value.getBytes(UTF_8), UTF_8));
    Message again = Warrant.in(answer(command), TOPIC).orElseThrow();
    assertThat(MessageHash.of(again)).isEqualTo(MessageHash.of(command));
    assertThat(again).isEqualTo(command);
  }

  @Test
  void itsAuthorIsKnownByIt() {
    var authorship = new Authorship(Scribe.HOUSE);
    Message carried = Warrant.in(answer(command(null, "{}")), TOPIC).orElseThrow();
    assertThat(authorship.check(carried, _ -> Optional.of(Scribe.known(ALICE))).name())
        .isEqualTo(ALICE.name());
    Message other = Warrant.in(answer(command(null, "{}")), "carousel.leaves.hsm-b").orElseThrow();
    assertThatThrownBy(() -> authorship.check(other, _ -> Optional.of(Scribe.known(ALICE))))
        .isInstanceOf(ForgedRecord.class);
  }

  @Test
  void whatWasChangedIsNotWhatItsAuthorSigned() {
    Message changed = answer(command(null, "{}")).with(Warrant.VALUE, "{ }");
    Message carried = Warrant.in(changed, TOPIC).orElseThrow();
    assertThatThrownBy(() ->
            new Authorship(Scribe.HOUSE).check(carried, _ -> Optional.of(Scribe.known(ALICE))))
        .isInstanceOf(ForgedRecord.class);
  }

  @Test
  void anAnswerMayCarryNone() {
    assertThat(Warrant.in(new Message("t", null, new TreeMap<>(), new byte[0]), TOPIC)).isEmpty();
  }

  @Test
  void whatIsNoTextCannotBeCarried() {
    var bytes = new Message(TOPIC, null, new TreeMap<>(), new byte[] {(byte) 0xff});
    assertThatIllegalArgumentException().isThrownBy(() -> Warrant.of(bytes));
  }
}
