package io.carousel.orchestrator.application;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.AuthorName;
import io.carousel.events.AuthorRole;
import io.carousel.events.Bytes;
import io.carousel.events.HouseEvent.AuthorEnrolled;
import io.carousel.events.HouseEvent.AuthorRemoved;
import io.carousel.events.SlotName;
import io.carousel.events.seal.KnownAuthor;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class RecentEnrolmentsTest {
  private static final SlotName SLOT = new SlotName("hsm-a");
  private static final Bytes KEY = Bytes.of(new byte[44]);

  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private final RecentEnrolments enrolments = new RecentEnrolments(() -> now);

  private KnownAuthor enrol(String name, AuthorRole role, Optional<SlotName> slot) {
    enrolments.on(new AuthorEnrolled(new AuthorName(name), role, slot, KEY, "mallory", now));
    return new KnownAuthor(new AuthorName(name), role, slot, KEY);
  }

  @Test
  void enrolledOrchestratorIsNamedForADay() {
    KnownAuthor second = enrol("orchestrator-2", AuthorRole.ORCHESTRATOR, Optional.empty());
    assertThat(enrolments.warnings(List.of(second)))
        .singleElement()
        .asString()
        .contains("orchestrator 'orchestrator-2'", "by 'mallory'", "/v1/authors/orchestrator-2")
        .doesNotContain("removed");
    assertThat(enrolments.warnings(List.of())).singleElement().asString().contains("was removed");
    now = now.plus(RecentEnrolments.TOLD);
    assertThat(enrolments.warnings(List.of(second))).isEmpty();
  }

  @Test
  void firstWorkerOfASlotIsUsualAndASecondIsNamed() {
    KnownAuthor first = enrol("worker-1", AuthorRole.WORKER, Optional.of(SLOT));
    assertThat(enrolments.warnings(List.of(first))).isEmpty();
    KnownAuthor second = enrol("worker-2", AuthorRole.WORKER, Optional.of(SLOT));
    assertThat(enrolments.warnings(List.of(first, second)))
        .anyMatch(w -> w.startsWith("worker 'worker-2' of slot 'hsm-a'"));
  }

  @Test
  void othersAndOldOnesAreLeftOut() {
    enrolments.on(new AuthorRemoved(new AuthorName("x"), "r", "op", now));
    enrolments.on(
        new AuthorEnrolled(
            new AuthorName("old"),
            AuthorRole.ORCHESTRATOR,
            Optional.empty(),
            KEY,
            "op",
            now.minus(Duration.ofDays(2))));
    assertThat(enrolments.warnings(List.of())).isEmpty();
  }
}
