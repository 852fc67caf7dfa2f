package io.carousel.orchestrator.application;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.AuthorName;
import io.carousel.events.HouseEvent.ActRefused;
import io.carousel.events.HouseEvent.TimeSetBack;
import io.carousel.events.LogTime;
import io.carousel.orchestrator.log.StrayRecords;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the status says of clocks. */
@Timeout(value = 10, unit = TimeUnit.SECONDS)
class WarningsTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Instant AHEAD = NOW.plus(Duration.ofDays(30));

  private static List<String> of(LogTime log, Instant now) {
    return Warnings.of(StrayRecords.NONE, List.of(), log, now);
  }

  private static LogTime at(LogTime log, Instant at) {
    return log.after(new ActRefused("act", "code", "reason", at));
  }

  @Test
  void clockThatIsRightIsNotNamed() {
    assertThat(of(at(LogTime.START, NOW), NOW.plus(Duration.ofHours(30)))).isEmpty();
  }

  @Test
  void excursionIsNamedWhileItLastsAndADayAfterIt() {
    LogTime within = at(at(LogTime.START, NOW), AHEAD);
    assertThat(of(within, AHEAD))
        .singleElement()
        .asString()
        .contains("between two events of the log lie 30 days", "2026-04-01T12:00:00Z");
    assertThat(of(within, NOW.plusSeconds(60)))
        .first()
        .asString()
        .contains("the log's time is 29 days ahead of this machine's clock", "set the clocks");
    LogTime after =
        within.after(new TimeSetBack(AHEAD, new AuthorName("o-1"), NOW.plusSeconds(60)));
    assertThat(of(after, NOW.plusSeconds(60)))
        .singleElement()
        .asString()
        .contains("was set back by 29 days at 2026-03-01T12:01:00Z", "CA certificates");
    assertThat(of(after, NOW.plus(Duration.ofHours(25)))).isEmpty();
  }
}
