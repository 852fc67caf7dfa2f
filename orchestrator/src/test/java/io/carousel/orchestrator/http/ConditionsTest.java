package io.carousel.orchestrator.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Header fields of RFC 9110, and what is none of them. */
@Timeout(10)
class ConditionsTest {
  private static final String TAG = "\"abc\"";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"abc\"",
        "W/\"abc\"",
        "\"x\", \"abc\"",
        "\"x\",W/\"abc\" , \"y\"",
        ", ,\"abc\"",
        "\"a,b\", \"abc\"",
        "*",
        " * ",
      })
  void namesTheTag(String field) {
    assertThat(Conditions.noneMatchNames(field, TAG)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\"\"",
        "abc",
        "\"abc",
        "abc\"",
        "\"x\"",
        "\"ab\", \"c\"",
        "W/",
        "\"ABC\"",
        "\"x\", *",
        "\"abc\",x"
      })
  void namesItOrNot(String field) {
    assertThat(Conditions.noneMatchNames(field, TAG)).isEqualTo(field.startsWith("\"abc\","));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/event-stream",
        "Text/Event-Stream;q=0.5",
        "*/*",
        "text/*",
        "application/json, text/event-stream",
        "garbage;;, */*",
        "text/event-stream;q=x",
        "text/*;q=0, text/event-stream",
      })
  void accepts(String field) {
    assertThat(Conditions.accepts(field, "text", "event-stream")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "garbage;;",
        ";;;",
        "application/json",
        "text/event-stream;q=0",
        "text/event-stream; q=0.000",
        "*/*, text/event-stream;q=0",
        "text",
        "/",
        "text/event-stream-2",
      })
  void acceptsNot(String field) {
    assertThat(Conditions.accepts(field, "text", "event-stream")).isFalse();
  }
}
