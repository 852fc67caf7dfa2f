package io.carousel.orchestrator.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.Act.EnrolByToken;
import io.carousel.events.EnrolmentEvent.EnrolmentTokenMisused;
import io.carousel.events.EnrolmentEvent.EnrolmentTokenRevoked;
import io.carousel.events.EnrolmentRequest;
import io.carousel.events.Event;
import io.carousel.events.FleetEvent.ParticipantEnrolledByToken;
import io.carousel.events.FleetEvent.ParticipantRemoved;
import io.carousel.events.Membership;
import io.carousel.events.NamePattern;
import io.carousel.events.OperatorAct.CreateEnrolmentToken;
import io.carousel.events.OperatorAct.RemoveParticipant;
import io.carousel.events.OperatorAct.RevokeEnrolmentToken;
import io.carousel.events.ParticipantName;
import io.carousel.events.Role;
import io.carousel.events.TokenMisuse;
import io.carousel.events.seal.EnrolmentToken;
import io.carousel.events.seal.Recorded;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.api.Test;

/** Tokens and hosts as chance has it, with requests sent again by whoever has read them. */
class EnrolmentSimulationTest {
  private static final int STEPS = 120;

  @Property(tries = 30, shrinking = ShrinkingMode.OFF)
  void invariantsHold(@ForAll long seed) {
    assertThat(new Chance(seed).run()).isNotEmpty();
  }

  @Test
  void theSimulationReachesWhatItIsFor() {
    var all = new ArrayList<Event>();
    for (long seed = 1; seed <= 40; seed++) {
      all.addAll(new Chance(seed).run());
    }
    assertThat(all)
        .hasAtLeastOneElementOfType(EnrolmentTokenRevoked.class)
        .hasAtLeastOneElementOfType(ParticipantRemoved.class)
        .anyMatch(e -> e instanceof ParticipantEnrolledByToken in && in.replaced().isPresent());
    for (TokenMisuse why : EnumSet.allOf(TokenMisuse.class)) {
      assertThat(all)
          .as(why.wire())
          .anyMatch(e -> e instanceof EnrolmentTokenMisused m && m.why() == why);
    }
  }

  private static final class Chance {
    private final Random random;
    private final Story story = Scene.empty().story;
    private final Invariants invariants = new Invariants();
    private final List<EnrolmentToken> tokens = new ArrayList<>();
    private final List<EnrolmentRequest> seen = new ArrayList<>();

    Chance(long seed) {
      random = new Random(seed);
    }

    List<Event> run() {
      for (int i = 0; i < STEPS; i++) {
        step();
        invariants.look(story.log(), story.house());
      }
      invariants.replays(story.log());
      return story.log().stream().map(Recorded::event).toList();
    }

    private void step() {
      int dice = random.nextInt(20);
      if (tokens.isEmpty() || dice < 2) {
        creates();
      } else if (dice < 3) {
        story.ask(new RevokeEnrolmentToken(any(tokens).id(), "why", "p-1"));
      } else if (dice < 5) {
        story.ask(new RemoveParticipant(name(), "why", "p-1"));
      } else if (dice < 8) {
        story.now(story.now().plus(Duration.ofMinutes(random.nextInt(1, 40))));
      } else if (dice < 12 && !seen.isEmpty()) {
        sendsAgain(any(seen));
      } else {
        asks();
      }
    }

    private void creates() {
      boolean replace = random.nextInt(3) == 0;
      var token = EnrolmentToken.create();
      var act =
          new CreateEnrolmentToken(
              token.publicKey(),
              new NamePattern(replace ? name().value() : "web-*"),
              List.of(new Membership(Scene.USER, List.of(Role.VERIFIES))),
              replace ? 1 : 1 + random.nextInt(3),
              replace,
              Duration.ofMinutes(random.nextInt(1, 90)),
              "p-1");
      story.accept(act);
      tokens.add(token);
    }

    private void asks() {
      EnrolmentRequest request =
          Story.asks(
              story.house().id().orElseThrow(),
              any(tokens),
              name().value(),
              "machine " + random.nextInt(6),
              story.now());
      seen.add(request);
      story.ask(new EnrolByToken(request));
    }

    /** Whoever reads the log has the request and no key: nobody comes in by it a second time. */
    private void sendsAgain(EnrolmentRequest request) {
      boolean wasIn =
          story.log().stream()
              .map(Recorded::event)
              .anyMatch(
                  e -> e instanceof ParticipantEnrolledByToken in && in.request().equals(request));
      Decision decision = story.ask(new EnrolByToken(request));
      if (wasIn) {
        assertThat(decision).isInstanceOf(Decision.Refused.class);
      }
    }

    private ParticipantName name() {
      return new ParticipantName(any(List.of("web-1", "web-2", "web-3", "db-1")));
    }

    private <T> T any(List<T> all) {
      return all.get(random.nextInt(all.size()));
    }
  }
}
