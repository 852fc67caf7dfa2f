package io.carousel.orchestrator.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.Act;
import io.carousel.events.AuthorityEvent.CrlRequested;
import io.carousel.events.CrlDraft;
import io.carousel.events.Event;
import io.carousel.events.HouseEvent.DueWorkFailed;
import io.carousel.events.HouseEvent.SlotInspectionRequested;
import io.carousel.events.HouseEvent.TimeSetBack;
import io.carousel.events.Membership;
import io.carousel.events.NamePattern;
import io.carousel.events.OperatorAct.CreateEnrolmentToken;
import io.carousel.events.Policy;
import io.carousel.events.Role;
import io.carousel.events.SshOptions;
import io.carousel.events.seal.EnrolmentToken;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clocks that are wrong for a while, either way: nothing waits longer, and no key ends early. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ClockRulesTest {
  private static final Duration HOLD = Duration.ofDays(7);
  private static final Policy POLICY =
      new Policy(
          Duration.ofHours(1),
          Duration.ofDays(365),
          Duration.ofMinutes(1),
          Optional.of(HOLD),
          Duration.ofDays(4),
          Optional.empty(),
          Duration.ZERO,
          SshOptions.NONE);

  private Scene s = Scene.standby(POLICY);

  /** The clocks of leader and broker agree again. */
  private void setBack(Instant to) {
    s.story.record(new TimeSetBack(s.story.house().clock(), Story.OWNER.name(), to));
    s.story.leap(to);
  }

  private CrlDraft crl(int generation) {
    return ((Key.Ready) s.key(generation, Scene.A)).x509().orElseThrow().draft();
  }

  private List<Event> tick() {
    return switch (s.story.ask(new Act.TimePassed())) {
      case Decision.Accepted accepted -> accepted.events();
      case Decision.Refused _ -> List.of();
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT1H", "P30D", "P10000D"})
  void crlOfAClockThatRanAheadIsRenewedAtOnce(Duration excursion) {
    Instant present = s.story.now().plus(Duration.ofDays(1));
    s.story.leap(present.plus(excursion));
    s.story.record(crlWithin());
    s.story.settle();
    assertThat(crl(1).thisUpdate()).isAfter(present);
    setBack(present);
    assertThat(Rules.nextDue(s.story.house()).orElseThrow()).isBeforeOrEqualTo(present);
    assertThat(tick()).hasAtLeastOneElementOfType(CrlRequested.class);
    s.story.settle();
    assertThat(crl(1).thisUpdate()).isBefore(present);
    assertThat(crl(1).nextUpdate()).isAfter(present);
    assertThat(Rules.nextDue(s.story.house()).orElseThrow()).isAfter(present);
  }

  private CrlRequested crlWithin() {
    Key.Ready key = (Key.Ready) s.key(1, Scene.A);
    CrlDraft before = crl(1);
    Instant now = s.story.now();
    return new CrlRequested(
        Scene.USER,
        1,
        key.slot(),
        s.story.circumstances(Story.OWNER).newCommand("crl"),
        new CrlDraft(
            before.number().next(),
            now.minus(Duration.ofMinutes(1)),
            now.plus(Duration.ofDays(4)),
            before.revoked()),
        now);
  }

  @Test
  void holdDoesNotEndWhileTheClocksAreAheadForLessThanADay() {
    s.completed();
    Instant end = KeyEnds.holdEnd(s.key(1, Scene.A)).orElseThrow();
    Instant present = s.story.now().plus(Duration.ofHours(1));
    s.story.leap(present.plus(Duration.ofDays(30)));
    assertThat(tick()).noneMatch(this::endsKey);
    s.story.leap(present.plus(Duration.ofDays(30)).plus(Duration.ofHours(23)));
    assertThat(tick()).noneMatch(this::endsKey);
    setBack(present.plus(Duration.ofHours(23)));
    assertThat(KeyEnds.holdEnd(s.key(1, Scene.A))).contains(end);
    works(end.minusSeconds(1));
    assertThat(tick()).noneMatch(this::endsKey);
    s.story.now(end);
    assertThat(ends(end)).isTrue();
  }

  @Test
  void holdEndsADayAfterTheHouseStoodStill() {
    s.completed();
    Instant end = KeyEnds.holdEnd(s.key(1, Scene.A)).orElseThrow();
    Instant back = end.plus(Duration.ofDays(40));
    s.story.leap(back);
    assertThat(tick()).noneMatch(this::endsKey);
    s.story.settle();
    Instant settled = back.plus(Duration.ofDays(1));
    assertThat(Rules.nextDue(s.story.house()).orElseThrow()).isBeforeOrEqualTo(settled);
    assertThat(ends(settled)).isTrue();
  }

  @Test
  void holdThatBeganWhileTheClocksWereAheadEndsByThePresent() {
    Instant present = s.story.now().plus(Duration.ofHours(1));
    s.story.leap(present.plus(Duration.ofDays(10_000)));
    tick();
    s.completed();
    setBack(present);
    assertThat(KeyEnds.holdEnd(s.key(1, Scene.A))).contains(present.plus(HOLD));
  }

  @Test
  void holdThatBeginsWhileTheClocksAreBehindLastsNoLess() {
    Instant present = s.story.house().clock();
    setBack(present.minus(Duration.ofDays(30)));
    s.completed();
    Instant end = KeyEnds.holdEnd(s.key(1, Scene.A)).orElseThrow();
    assertThat(end).isAfterOrEqualTo(present.plus(HOLD));
  }

  @Test
  void holdThatBeganBeforeTheClocksWereBehindIsNotMoved() {
    s.completed();
    Instant end = KeyEnds.holdEnd(s.key(1, Scene.A)).orElseThrow();
    setBack(s.story.house().clock().minus(Duration.ofDays(30)));
    assertThat(KeyEnds.holdEnd(s.key(1, Scene.A))).contains(end);
  }

  @Test
  void tokenThatWasMadeWhileTheClocksWereAheadDoesNotStayOpen() {
    Instant present = s.story.now().plus(Duration.ofHours(1));
    var before = EnrolmentToken.create();
    create(before, Duration.ofHours(8));
    s.story.leap(present.plus(Duration.ofDays(30)));
    var within = EnrolmentToken.create();
    create(within, Duration.ofHours(1));
    setBack(present);
    House house = s.story.house();
    assertThat(house.grant(within.id(), present).orElseThrow().expiresAt())
        .isEqualTo(present.plus(Duration.ofHours(1)));
    assertThat(house.grant(before.id(), present).orElseThrow().isOpen(present)).isTrue();
  }

  private void create(EnrolmentToken token, Duration life) {
    s.story.accept(
        new CreateEnrolmentToken(
            token.publicKey(),
            new NamePattern("web-*"),
            List.of(new Membership(Scene.USER, List.of(Role.VERIFIES))),
            1,
            false,
            life,
            "p-1"));
  }

  @Test
  void workThatFailedWhileTheClocksWereAheadIsTriedAgainSoon() {
    Instant present = s.story.now().plus(Duration.ofHours(1));
    Instant ahead = present.plus(Duration.ofDays(30));
    s.story.leap(ahead);
    s.story.record(
        new DueWorkFailed(
            Optional.of(Scene.USER),
            Optional.empty(),
            "cannot",
            9,
            ahead.plus(Duration.ofHours(1)),
            ahead));
    setBack(present);
    assertThat(s.story.house().failures().values())
        .allMatch(f -> !f.retryAt().isAfter(present.plus(Duration.ofHours(1))));
  }

  private boolean endsKey(Event event) {
    return event instanceof SlotInspectionRequested
        || (event instanceof CrlRequested c
            && c.generation() == 1
            && c.draft().nextUpdate().isAfter(s.story.now().plus(Duration.ofDays(5))));
  }

  /** Whether a key's end begins at that moment. */
  private boolean ends(Instant at) {
    s.story.leap(at);
    boolean ends = tick().stream().anyMatch(this::endsKey);
    s.story.settle();
    return ends;
  }

  /** Time-driven work is done until then. */
  private void works(Instant until) {
    while (s.story.now().isBefore(until)) {
      Instant next = s.story.now().plus(Duration.ofDays(1));
      s.story.leap(next.isBefore(until) ? next : until);
      tick();
      s.story.settle();
    }
  }
}
