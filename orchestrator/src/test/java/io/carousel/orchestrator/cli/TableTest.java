package io.carousel.orchestrator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables in terminals of any width. */
@Timeout(10)
class TableTest {
  private static String printed(int columns) {
    var out = new StringWriter();
    new Table("GENERATION", "SLOT", "KEY", "PUBLIC KEY", "FAILURE")
        .row(
            1,
            "hsm-a",
            "a1b2c3",
            "dbc1b4c900ffe48d575b5da5c638040125f65db0fe3e24494b76ea986457d986",
            "the token is away: no answer within ten seconds; see its log")
        .row(2, "hsm-b", "-", "-", "-")
        .print(new PrintWriter(out, true), new Style(false, columns));
    return out.toString();
  }

  @ParameterizedTest
  @ValueSource(ints = {60, 80, 100, 120})
  void noLineIsWiderThanTheTerminal(int columns) {
    assertThat(printed(columns).lines().toList())
        .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(columns));
    // Nothing is left out.
    String all = printed(columns).replaceAll("\\s+", "");
    for (String word : new String[] {"away:", "seconds;", "log", "GENERATION", "hsm-b"}) {
      assertThat(all).contains(word);
    }
  }

  @Test
  void whereThereIsRoomEachRowIsOneLine() {
    assertThat(printed(Integer.MAX_VALUE / 2).lines()).hasSize(3);
    assertThat(printed(200).lines()).hasSize(3);
  }

  @Test
  void wordsStayWholeWhereTheyFit() {
    var out = new StringWriter();
    new Table("A", "B")
        .row("one", "several words that are too long for one line")
        .print(new PrintWriter(out, true), new Style(false, 30));
    assertThat(out.toString())
        .isEqualTo("A    B\none  several words that are\n     too long for one line\n");
  }
}
