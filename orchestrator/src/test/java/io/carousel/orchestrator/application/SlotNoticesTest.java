package io.carousel.orchestrator.application;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.Act;
import io.carousel.events.Act.RefusalsSeen;
import io.carousel.events.Act.SlotObserved;
import io.carousel.events.AuthorityName;
import io.carousel.events.CommandId;
import io.carousel.events.LeafResult.LeafRefused;
import io.carousel.events.ParticipantName;
import io.carousel.events.Serial;
import io.carousel.events.SlotName;
import io.carousel.orchestrator.rules.Story;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is told of slots, and how often. */
class SlotNoticesTest {
  private static final SlotName A = new SlotName("hsm-a");
  private static final SlotName B = new SlotName("hsm-b");

  private final Story story = new Story(7, "hsm-a", "hsm-b");
  private final Hand clock = new Hand();
  private final List<Act> told = new ArrayList<>();
  private final SlotNotices notices =
      new SlotNotices(story::house, (_, act) -> told.add(act), clock);

  /** A clock that is set by hand. */
  private static final class Hand extends Clock {
    private Instant now = Instant.parse("2026-03-01T12:00:00Z");

    void goesOn(Duration by) {
      now = now.plus(by);
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  /** The owner decides what was told. */
  private void decided() {
    told.forEach(story::accept);
    told.clear();
  }

  @Test
  void aChangeIsToldOnce() {
    notices.answered(A);
    assertThat(told).isEmpty();
    notices.silent(A);
    notices.silent(A);
    assertThat(told).containsExactly(new SlotObserved(A, true));
    decided();
    notices.silent(A);
    assertThat(told).isEmpty();
    notices.answered(A);
    notices.answered(A);
    notices.answered(B);
    assertThat(told).containsExactly(new SlotObserved(A, false));
    decided();
    notices.answered(A);
    assertThat(told).isEmpty();
  }

  @Test
  void aSlotThatFlapsIsToldOnceAMinute() {
    for (int i = 0; i < 120; i++) {
      notices.silent(A);
      told.stream().filter(new SlotObserved(A, true)::equals).forEach(story::ask);
      notices.answered(A);
      told.stream().filter(new SlotObserved(A, false)::equals).forEach(story::ask);
      clock.goesOn(Duration.ofSeconds(1));
    }
    assertThat(told)
        .containsExactly(
            new SlotObserved(A, true),
            new SlotObserved(A, false),
            new SlotObserved(A, true),
            new SlotObserved(A, false));
  }

  @Test
  void whatWasNotDecidedIsToldAgainAfterAWhile() {
    notices.silent(A);
    clock.goesOn(SlotNotices.PAUSE);
    notices.silent(A);
    assertThat(told).containsExactly(new SlotObserved(A, true), new SlotObserved(A, true));
  }

  @Test
  void aSlotThatTheHouseDoesNotKnowIsNobodysNews() {
    notices.silent(new SlotName("hsm-z"));
    assertThat(told).isEmpty();
  }

  @Test
  void theFirstRefusalIsToldAtOnceAndTheRestAMinuteLaterWithTheirNumber() {
    for (int i = 0; i < 50; i++) {
      notices.refused(refusal(A, "name-not-allowed", "not for name " + i));
    }
    assertThat(told).containsExactly(new RefusalsSeen(A, "name-not-allowed", 1, "not for name 0"));
    told.clear();
    clock.goesOn(SlotNotices.PAUSE.minusSeconds(1));
    notices.tellRefusals();
    assertThat(told).isEmpty();
    clock.goesOn(Duration.ofSeconds(1));
    notices.tellRefusals();
    assertThat(told)
        .containsExactly(new RefusalsSeen(A, "name-not-allowed", 49, "not for name 49"));
    told.clear();
    // And nothing again, as long as nothing is refused.
    clock.goesOn(Duration.ofHours(1));
    notices.tellRefusals();
    notices.tellRefusals();
    assertThat(told).isEmpty();
    notices.refused(refusal(A, "name-not-allowed", "again"));
    assertThat(told).containsExactly(new RefusalsSeen(A, "name-not-allowed", 1, "again"));
  }

  @Test
  void eachSlotAndCodeIsToldOfItself() {
    notices.refused(refusal(A, "name-not-allowed", "x"));
    notices.refused(refusal(B, "name-not-allowed", "x"));
    notices.refused(refusal(A, "bad-key", "x"));
    assertThat(told).hasSize(3);
  }

  @Test
  void whatIsMerelyLateAlarmsNobody() {
    for (String code : List.of("late", "out-of-phase", "token-refused", "undeliverable")) {
      notices.refused(refusal(A, code, "x"));
    }
    clock.goesOn(SlotNotices.PAUSE);
    notices.tellRefusals();
    assertThat(told).isEmpty();
  }

  private static LeafRefused refusal(SlotName slot, String code, String detail) {
    return new LeafRefused(
        CommandId.of(Instant.EPOCH, new byte[10]),
        new AuthorityName("user"),
        1,
        slot,
        new ParticipantName("web-1"),
        new Serial("ab"),
        code,
        detail);
  }
}
