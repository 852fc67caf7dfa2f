package io.carousel.orchestrator.application;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.AuthorityName;
import io.carousel.events.FormatSuite;
import io.carousel.events.OperatorAct.CreateAuthority;
import io.carousel.events.Policy;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import io.carousel.orchestrator.rules.Authority;
import io.carousel.orchestrator.rules.Story;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ChangesTest {
  private static final AuthorityName WEB = new AuthorityName("web");
  private static final AuthorityName DB = new AuthorityName("db");
  private static final Duration LONG = Duration.ofMinutes(1);

  private final Story story = new Story(3, "hsm-a");
  private final AtomicInteger looks = new AtomicInteger();
  private final CountDownLatch looked = new CountDownLatch(1);
  private final Changes changes =
      new Changes(() -> {
        looks.incrementAndGet();
        looked.countDown();
        return story.house();
      });

  @BeforeEach
  void create() {
    create(WEB);
  }

  private void create(AuthorityName name) {
    story.accept(
        new CreateAuthority(
            name,
            FormatSuite.x509(Suite.ECDSA_P256),
            List.of(new SlotName("hsm-a")),
            Policy.DEFAULT,
            "p-1"));
    story.settle();
  }

  private CompletableFuture<Boolean> waiting(AuthorityName name) throws InterruptedException {
    Optional<Authority> seen = story.house().authority(name);
    var outcome = new CompletableFuture<Boolean>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            outcome.complete(changes.await(name, seen, LONG));
          } catch (InterruptedException e) {
            outcome.completeExceptionally(e);
          }
        });
    looked.await();
    return outcome;
  }

  @Test
  void whoWaitsIsWokenByWhatIsSaidOfIt() throws Exception {
    var waiting = waiting(DB);
    create(DB);
    changes.grown();
    assertThat(waiting.get()).isTrue();
  }

  @Test
  void whatIsSaidOfOthersWakesNobody() throws Exception {
    var waiting = waiting(WEB);
    int before = looks.get();
    for (int i = 0; i < 20; i++) {
      create(new AuthorityName("a" + i));
      changes.grown();
    }
    assertThat(looks.get() - before)
        .as("one look for each growth, and one of whoever began to wait")
        .isBetween(20, 21);
    assertThat(waiting).isNotDone();
  }

  @Test
  void whatHasChangedBeforeIsToldAtOnce() throws Exception {
    assertThat(changes.await(WEB, Optional.empty(), LONG)).isTrue();
  }

  @Test
  void aWaitEnds() throws Exception {
    assertThat(changes.await(WEB, story.house().authority(WEB), Duration.ofMillis(5))).isFalse();
  }
}
