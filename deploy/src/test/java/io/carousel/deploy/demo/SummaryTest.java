package io.carousel.deploy.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.deploy.demo.Summary.Control;
import io.carousel.deploy.demo.Summary.Handshakes;
import io.carousel.deploy.demo.Summary.Killed;
import io.carousel.deploy.demo.Summary.Lap;
import io.carousel.deploy.demo.Summary.Memory;
import io.carousel.deploy.demo.Summary.Replayed;
import io.carousel.deploy.demo.Summary.Rotation;
import io.carousel.deploy.demo.Summary.Token;
import io.carousel.events.wire.Json;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SummaryTest {
  private static final Control DETECTED = new Control("a wrong one", true, "refused-by-server");

  private static Summary summary(long made, long failed, List<Control> controls, boolean equal) {
    return new Summary(
        new Handshakes(made, failed, 30, 60),
        controls,
        112,
        79,
        List.of(
            new Rotation(
                "completed", List.of(new Lap("init", 1.5)), new Killed("hsm-a", "update-clients"))),
        List.of(new Token("hsm-a", List.of("aa"), List.of("bb"), true)),
        new Replayed(equal, 1234.5),
        new Memory(800),
        7.5,
        60.25);
  }

  @Test
  void programsReadTheFieldsThatWerePromised() {
    String json = new String(Json.PLAIN.write(summary(90, 0, List.of(DETECTED), true)), UTF_8);

    assertThat(json)
        .contains("\"handshakes\":{\"made\":90,\"failed\":0,\"resumed\":30")
        .contains("\"controls\":[{\"name\":\"a wrong one\",\"detected\":true")
        .contains("\"signatures\":112", "\"events\":79")
        .contains("\"rotations\":[{\"outcome\":\"completed\",\"phases\":[{\"name\":\"init\"")
        .contains("\"seconds\":1.5")
        .contains("\"replay\":{\"equal\":true,\"eventsPerSecond\":1234.5}")
        .contains("\"memory\":{\"residentMiB\":800}")
        .contains("\"seconds\":60.25");
  }

  @ParameterizedTest
  @CsvSource({
    "90, 0, true, true, true",
    "0, 0, true, true, false",
    "90, 1, true, true, false",
    "90, 0, false, true, false",
    "90, 0, true, false, false",
  })
  void itPassesOnlyIfEverythingDid(
      long made, long failed, boolean detected, boolean equal, boolean passed) {
    var control = new Control("second", detected, "");

    assertThat(summary(made, failed, List.of(DETECTED, control), equal).passed()).isEqualTo(passed);
  }

  @Test
  void withoutControlsNothingIsShown() {
    assertThat(summary(90, 0, List.of(), true).passed()).isFalse();
  }

  @Test
  void peopleSeeWhatFailed() {
    var missed = new Control("unknown CA", false, "the exchange succeeded");

    assertThat(new SummaryText(summary(90, 3, List.of(missed), false)).lines())
        .anyMatch(line -> line.contains("3 failed"))
        .anyMatch(line -> line.contains("unknown CA: NOT DETECTED"))
        .anyMatch(line -> line.contains("DIFFERENT"))
        .anyMatch(line -> line.contains("NOT AS IT SHOULD BE"));
  }
}
