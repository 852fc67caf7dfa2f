package io.carousel.events.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.events.AuthorName;
import io.carousel.events.Credential;
import io.carousel.events.HouseEvent.AuthorRemoved;
import io.carousel.events.ParticipantName;
import java.io.ByteArrayInputStream;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is no record is refused, and the refusal says what is wrong with it, and where. */
class BadInputTest {
  private static final String REMOVED = "carousel.author-removed.v1";
  private static final String COMMAND = "0195518e-2c7b-7a10-8123-456789abcdef";
  private static final String GOOD =
      "{'author':'worker-a','reason':'r','by':'p-1','at':'2026-03-01T12:00:00Z'}";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {'author':'a','reason':'r','by':'b'}                        | 'at'
          {'author':'a','reason':'r','by':'b','at':null}              | 'at'
          {'author':'a','reason':null,'by':'b','at':'2026-03-01T12:00:00Z'} | 'reason'
          {'author':null,'reason':'r','by':'b','at':'2026-03-01T12:00:00Z'} | 'author'
          {'author':'a','author':'b','reason':'r'}   | author
          {'author':'a','reason':'r','by':'b','at':'2026-03-01T12:00:00Z','more':1}                   | no field 'more'
          {'author':'a','reason':'r','by':'b','at':'2026-03-01T12:00:00Z','mo\\u0007re':1}            | no field 'mo\\u{7}re'
          {'author':7}                               | a text was expected
          {'author':true}                            | a text was expected
          {'author':['a']}                           | a text was expected
          {'author':{'value':'a'}}                   | a text was expected
          {'author':'Worker'}                        | 'Worker' is no name
          {'author':'a\\u0000'}                      | 'a\\u{0}' is no name
          {'author':'a\\u001b[31m'}                  | 'a\\u{1b}[31m' is no name
          {'author':'a','reason':7}                  | a text was expected
          {'author':'a','reason':'\\ud800x'}         | half a character
          {'author':'a','reason':'x\\udc00'}         | half a character
          {'author':'a','at':1772366400}             | a text was expected
          {'author':'a','at':'yesterday'}            | 'yesterday' is no time
          {'author':'a','at':'2026-02-30T12:00:00Z'} | is no time
          ['author']                                 | AuthorRemoved
          'author'                                   | AuthorRemoved
          7                                          | AuthorRemoved
          null                                       | null is no AuthorRemoved
          {'author'                                  | at byte
          {'author':'a','reason':'line\001'}         | AuthorRemoved
          {'author':'a',}                            | at byte
          {author:'a'}                               | at byte
          // comment                                 | at byte
          """)
  void isRefused(String json, String says) {
    assertThatThrownBy(() -> Wire.CURRENT.event(REMOVED, bytes(json)))
        .isInstanceOf(UnreadableRecord.class)
        .hasMessageContaining(says)
        .message()
        .matches("\\P{Cntrl}+");
  }

  @ParameterizedTest
  @ValueSource(strings = {" x", " {}", "]", "\u0000", "/**/"})
  void nothingMayFollow(String trailing) {
    assertThat(Wire.CURRENT.event(REMOVED, bytes(GOOD + " \n"))).isNotNull();
    assertThatThrownBy(() -> Wire.CURRENT.event(REMOVED, bytes(GOOD + trailing)))
        .isInstanceOf(UnreadableRecord.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.5", "1.0", "1e3", "'1'", "true", "9223372036854775808", "null", "{}"})
  void numbersAreWholeNumbers(String number) {
    String json = "{'command':'%s','sequence':%s}".formatted(COMMAND, number);
    assertThatThrownBy(() -> Wire.CURRENT.reply("carousel.accepted.v1", bytes(json)))
        .isInstanceOf(UnreadableRecord.class)
        .hasMessageContaining("'sequence'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "1", "'true'", "null", "'yes'"})
  void truthIsTrueOrFalse(String truth) {
    String json =
        "{'answers':'%s','slot':'hsm-a','key':'aa','wasThere':%s}".formatted(COMMAND, truth);
    assertThatThrownBy(() -> Wire.CURRENT.act("carousel.key-gone.v1", bytes(json)))
        .isInstanceOf(UnreadableRecord.class)
        .hasMessageContaining("'wasThere'");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"[null]", "'verifies'", "[]", "['verifies',7]", "['checks']", "null", "{}"})
  void listsHoldWhatTheyShould(String roles) {
    String json =
        "{'participant':'a','identityKey':'aaaa','memberships':[{'authority':'u','roles':%s}],'by':'b'}"
            .formatted(roles);
    assertThatThrownBy(() -> Wire.CURRENT.act("carousel.enrol-participant.v1", bytes(json)))
        .isInstanceOf(UnreadableRecord.class)
        .hasMessageContaining("'memberships' entry 0");
  }

  @Test
  void whatAConstructorRefusesIsUnreadable() {
    String json = "{'participant':'a','reason':'a\\u0007b','breaks':[],'by':'b'}";
    assertThatThrownBy(() -> Wire.CURRENT.act("carousel.remove-participant.v1", bytes(json)))
        .isInstanceOf(UnreadableRecord.class)
        .hasMessageContaining("the reason must be at most 1000 characters");
  }

  @Test
  void deepNestingIsRefused() {
    String deep = "[".repeat(100_000);
    for (String start : new String[] {"{'author':", "{'x':{'y':", ""}) {
      assertThatThrownBy(() -> Wire.CURRENT.event(REMOVED, bytes(start + deep)))
          .isInstanceOf(UnreadableRecord.class);
    }
  }

  @Test
  void anOversizedValueIsNeitherReadNorWritten() {
    byte[] large = Arrays.copyOf(bytes(GOOD), Wire.SIZE_LIMIT + 1);
    Arrays.fill(large, GOOD.length(), large.length, (byte) ' ');
    assertThatThrownBy(() -> Wire.CURRENT.event(REMOVED, large))
        .isInstanceOf(UnreadableRecord.class)
        .hasMessageContaining("1048577 bytes; at most 1048576");
    assertThat(Wire.CURRENT.event(REMOVED, Arrays.copyOf(large, Wire.SIZE_LIMIT))).isNotNull();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Wire.CURRENT.write(removed("r".repeat(Wire.SIZE_LIMIT))));
  }

  @Test
  void whatCouldNotBeReadAgainIsNotWritten() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Wire.CURRENT.write(removed(null)))
        .withMessage("no record can hold this AuthorRemoved: its field 'reason' is null");
    assertThatIllegalArgumentException().isThrownBy(() -> Wire.CURRENT.write(removed("\ud800")));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Wire.CURRENT.write("a text"))
        .withMessage("java.lang.String has no wire name");
  }

  @Test
  void aRecordWithoutValueOrTypeIsUnreadable() {
    assertThatThrownBy(() -> Wire.CURRENT.event(REMOVED, null))
        .isInstanceOf(UnreadableRecord.class);
    assertThatThrownBy(() -> Wire.CURRENT.event(null, bytes("{}")))
        .isInstanceOf(UnreadableRecord.class);
    assertThatThrownBy(() -> Wire.CURRENT.event(REMOVED, new byte[0]))
        .isInstanceOf(UnreadableRecord.class);
  }

  @Test
  void streamsAreReadAsStrictly() {
    for (String bad : new String[] {"null", "", "{}", "[1]", "{'x':1}"}) {
      assertThatThrownBy(
              () -> Json.PLAIN.read(new ByteArrayInputStream(bytes(bad)), Credential.class))
          .as(bad)
          .isInstanceOf(UnreadableRecord.class);
    }
    var good = new ByteArrayInputStream(bytes("'a'"));
    assertThat(Json.PLAIN.read(good, ParticipantName.class)).isEqualTo(new ParticipantName("a"));
  }

  private static AuthorRemoved removed(String reason) {
    return new AuthorRemoved(new AuthorName("a"), reason, "b", Instant.EPOCH);
  }

  private static byte[] bytes(String text) {
    return text.replace('\'', '"').getBytes(UTF_8);
  }
}
