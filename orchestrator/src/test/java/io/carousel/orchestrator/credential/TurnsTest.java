package io.carousel.orchestrator.credential;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.AuthorityName;
import io.carousel.events.Format;
import io.carousel.events.FormatSuite;
import io.carousel.events.OperatorAct.CreateAuthority;
import io.carousel.events.Policy;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import io.carousel.orchestrator.rules.Generation;
import io.carousel.orchestrator.rules.Key;
import io.carousel.orchestrator.rules.Story;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TurnsTest {
  private static final SlotName A = new SlotName("hsm-a");
  private static final SlotName B = new SlotName("hsm-b");
  private static final SlotName C = new SlotName("hsm-c");

  private final Story story = new Story(7, "hsm-a", "hsm-b", "hsm-c");
  private final Hand hand = new Hand();
  private final Turns turns = new Turns(hand);

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

  @Test
  void everySlotHasItsTurnAndEveryOtherIsThereToFallBackOn() {
    Generation all = generation("all", A, B, C);
    for (int round = 0; round < 100; round++) {
      var first = IntStream.range(0, 3).mapToObj(i -> order(all)).toList();
      assertThat(first).extracting(List::getFirst).containsExactlyInAnyOrder(A, B, C);
      assertThat(first).allSatisfy(o -> assertThat(o).containsExactlyInAnyOrder(A, B, C));
    }
  }

  /** What is asked of one authority between must not keep a slot from its turn with another. */
  @Test
  void anAuthorityInBetweenTakesNoSlotsTurn() {
    Generation both = generation("both", A, B);
    Generation one = generation("one", A);
    order(both);
    for (int i = 0; i < 50; i++) {
      assertThat(order(one)).containsExactly(A);
      assertThat(order(both)).containsExactly(B, A);
    }
  }

  @Test
  void whoIsSilentComesLastForAWhile() {
    Generation all = generation("all", A, B, C);
    turns.stayedSilent(B);
    for (int i = 0; i < 6; i++) {
      assertThat(order(all)).endsWith(B);
    }
    hand.goesOn(Duration.ofSeconds(15));
    assertThat(order(all)).startsWith(B);
  }

  @Test
  void whoSpeaksIsBackInTurnAtOnce() {
    Generation all = generation("all", A, B, C);
    turns.stayedSilent(B);
    order(all);
    order(all);
    turns.answered(B);
    assertThat(order(all)).startsWith(B);
  }

  @Test
  void whereAllAreSilentAllAreAskedInTurn() {
    Generation all = generation("all", A, B, C);
    List.of(A, B, C).forEach(turns::stayedSilent);
    assertThat(IntStream.range(0, 3).mapToObj(i -> order(all).getFirst()))
        .containsExactlyInAnyOrder(A, B, C);
  }

  @Test
  void manyAtOnceAreSharedOutEvenly() {
    Generation all = generation("all", A, B, C);
    Map<SlotName, Integer> first = new ConcurrentHashMap<>();
    try (var callers = Executors.newFixedThreadPool(6)) {
      for (int i = 0; i < 3_000; i++) {
        callers.execute(() -> first.merge(order(all).getFirst(), 1, Integer::sum));
      }
    }
    assertThat(first).containsOnly(Map.entry(A, 1_000), Map.entry(B, 1_000), Map.entry(C, 1_000));
  }

  private List<SlotName> order(Generation generation) {
    return turns.order(generation.ready(Format.X509).toList()).stream()
        .map(Key.Ready::slot)
        .toList();
  }

  private Generation generation(String authority, SlotName... slots) {
    story.accept(
        new CreateAuthority(
            new AuthorityName(authority),
            FormatSuite.x509(Suite.ECDSA_P256),
            Arrays.asList(slots),
            Policy.DEFAULT,
            "p-1"));
    story.settle();
    return story.authority(authority).generation(1);
  }
}
