package io.carousel.events.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.events.Act;
import io.carousel.events.AuthorName;
import io.carousel.events.Event;
import io.carousel.events.HouseEvent.AuthorRemoved;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/**
 * How old versions are read. The first author-removed of this test ({@code draft}) called its
 * author a writer; the next ({@code v0}) had no reason; the newest has one.
 */
class UpcastTest {
  private static final WireName NEWEST = new WireName("carousel.author-removed.v1", 1);
  private static final String OLD = "carousel.author-removed.v0";
  private static final String OLDEST = "carousel.author-removed.draft";
  private static final Upcast WRITER_IS_AUTHOR =
      new Upcast(
          OLDEST,
          OLD,
          old -> {
            old.set("author", old.required("writer"));
            old.remove("writer");
            return old;
          });
  private static final Upcast NO_REASON_WAS_ASKED =
      new Upcast(OLD, NEWEST.text(), old -> old.put("reason", "none was asked for"));
  private static final Wire WIRE =
      new Wire(Map.of(AuthorRemoved.class, NEWEST), List.of(NO_REASON_WAS_ASKED, WRITER_IS_AUTHOR));
  private static final byte[] WITHOUT_REASON =
      bytes("{'author':'worker-a','by':'p-1','at':'2026-03-01T12:00:00Z'}");

  @Test
  void anOldVersionIsReadAsTheNewest() {
    assertThat(WIRE.event(OLD, WITHOUT_REASON))
        .isEqualTo(
            new AuthorRemoved(
                new AuthorName("worker-a"),
                "none was asked for",
                "p-1",
                Instant.parse("2026-03-01T12:00:00Z")));
  }

  @Test
  void liftsAreChained() {
    byte[] oldest = bytes("{'writer':'worker-a','by':'p-1','at':'2026-03-01T12:00:00Z'}");
    assertThat(WIRE.event(OLDEST, oldest)).isEqualTo(WIRE.event(OLD, WITHOUT_REASON));
  }

  @Test
  void whatIsLiftedIsWrittenAsTheNewest() {
    assertThat(WIRE.write(WIRE.event(OLD, WITHOUT_REASON)).type()).isEqualTo(NEWEST.text());
  }

  @Test
  void theNewestIsNotLifted() {
    assertThatThrownBy(() -> WIRE.event(NEWEST.text(), WITHOUT_REASON))
        .isInstanceOf(UnreadableRecord.class)
        .hasMessageContaining("'reason'");
  }

  @Test
  void anOldVersionIsReadStrictlyToo() {
    for (String bad :
        List.of(
            "[]",
            "null",
            "",
            "{'by':'p-1'}",
            "{'author':'worker-a','author':'b','by':'p-1','at':'2026-03-01T12:00:00Z'}",
            "{'author':'worker-a','by':'p-1','at':'2026-03-01T12:00:00Z','more':1}",
            "{'author':'worker-a','by':'p-1','at':'2026-03-01T12:00:00Z'} {}")) {
      assertThatThrownBy(() -> WIRE.event(OLD, bytes(bad)))
          .as(bad)
          .isInstanceOf(UnreadableRecord.class);
    }
  }

  @Test
  void aLiftThatMeetsWhatItsVersionNeverWroteRefusesTheRecord() {
    assertThatThrownBy(() -> WIRE.event(OLDEST, bytes("{}")))
        .isInstanceOf(UnreadableRecord.class)
        .hasMessage("a record of type %s is not what that version wrote", OLDEST);
  }

  @Test
  void anOldVersionKeepsItsFamily() {
    assertThatThrownBy(() -> WIRE.act(OLD, WITHOUT_REASON))
        .isInstanceOf(UnreadableRecord.class)
        .hasMessage("carousel.author-removed.v1 is no Act");
  }

  @Test
  void anUnknownTypeIsRefusedByName() {
    assertThatThrownBy(() -> Wire.CURRENT.event("carousel.tea\n-made.v1", bytes("{}")))
        .isInstanceOf(UnreadableRecord.class)
        .hasMessage(
            "this program does not know records of type 'carousel.tea\\u{a}-made.v1';"
                + " a newer one wrote them");
  }

  @Test
  void anotherFamilyIsRefusedByName() {
    assertThatThrownBy(() -> Wire.CURRENT.event("carousel.time-passed.v1", bytes("{}")))
        .isInstanceOf(UnreadableRecord.class)
        .hasMessage("carousel.time-passed.v1 is no Event");
    assertThat(Wire.CURRENT.act("carousel.time-passed.v1", bytes("{}")))
        .isEqualTo(new Act.TimePassed());
  }

  @Test
  void tablesThatContradictEachOtherAreRefused() {
    var names = Map.<Class<?>, WireName>of(AuthorRemoved.class, NEWEST);
    var circle = List.of(lift("a", "b"), lift("b", "a"));
    var nowhere = List.of(lift("a", "b"));
    var twice = List.of(lift("a", NEWEST.text()), lift("a", NEWEST.text()));
    var known = List.of(lift(NEWEST.text(), NEWEST.text()));
    for (List<Upcast> bad : List.of(circle, nowhere, twice, known)) {
      assertThatIllegalArgumentException().as("%s", bad).isThrownBy(() -> new Wire(names, bad));
    }
    var shared = Map.<Class<?>, WireName>of(AuthorRemoved.class, NEWEST, Event.class, NEWEST);
    assertThatIllegalArgumentException().isThrownBy(() -> new Wire(shared, List.of()));
  }

  private static Upcast lift(String from, String to) {
    return new Upcast(from, to, (ObjectNode old) -> old);
  }

  private static byte[] bytes(String text) {
    return text.replace('\'', '"').getBytes(UTF_8);
  }
}
