package io.carousel.orchestrator.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.Act;
import io.carousel.events.AuthorityEvent.AuthorityOpened;
import io.carousel.events.AuthorityEvent.CrlRequested;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.Event;
import io.carousel.events.FormatSuite;
import io.carousel.events.HouseEvent.DueWorkFailed;
import io.carousel.events.HouseEvent.DueWorkResumed;
import io.carousel.events.HouseEvent.SlotInspectionRequested;
import io.carousel.events.OperatorAct.CreateAuthority;
import io.carousel.events.Policy;
import io.carousel.events.SlotName;
import io.carousel.events.SshOptions;
import io.carousel.events.Suite;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Time-driven work that fails for one authority and slot changes nothing for the others. */
@Timeout(60)
class DueTest {
  private static final Duration LIFE = Duration.ofDays(4);
  private static final Policy POLICY =
      new Policy(
          Duration.ofHours(1),
          Duration.ofDays(365),
          Duration.ofMinutes(1),
          Optional.of(Duration.ofDays(1)),
          LIFE,
          Optional.empty(),
          Duration.ZERO,
          SshOptions.NONE);

  /** The ways in which one work goes wrong. */
  enum Fault {
    THROWS_WHEN_DUE {
      @Override
      DueWork in(DueWork w) {
        return of(
            w,
            _ -> {
              throw atItsEnd();
            },
            w.next().get().toList());
      }
    },
    THROWS_WHEN_ASKED_FOR_THE_NEXT_MOMENT {
      @Override
      DueWork in(DueWork w) {
        return new DueWork(
            w.authority(),
            w.slot(),
            () -> {
              throw new DateTimeException("beyond the calendar");
            },
            w.events());
      }
    },
    THROWS_AMID_THE_MOMENTS {
      @Override
      DueWork in(DueWork w) {
        return new DueWork(
            w.authority(),
            w.slot(),
            () -> Stream.of(1, 0).map(n -> Instant.EPOCH.plusSeconds(Math.floorDiv(10, n))),
            w.events());
      }
    },
    ASKS_FOR_WHAT_THE_RULES_CANNOT_GO_ON_FROM {
      @Override
      DueWork in(DueWork w) {
        return of(
            w,
            c ->
                List.of(
                    new AuthorityOpened(w.authority().orElseThrow(), 1, 1, c.now()),
                    new AuthorityOpened(new AuthorityName("nobody"), 1, 1, c.now())),
            List.of(Instant.EPOCH));
      }
    },
    ASKS_TWICE_UNDER_ONE_COMMAND {
      @Override
      DueWork in(DueWork w) {
        return of(
            w,
            c -> {
              List<Event> due = w.events().apply(c);
              if (due.isEmpty()) {
                throw atItsEnd();
              }
              return Stream.of(due, due).flatMap(List::stream).toList();
            },
            List.of(Instant.EPOCH));
      }
    };

    abstract DueWork in(DueWork w);

    private static ArithmeticException atItsEnd() {
      return new ArithmeticException("a number is at its end");
    }

    private static DueWork of(
        DueWork w, Function<Circumstances, List<Event>> events, List<Instant> next) {
      return new DueWork(w.authority(), w.slot(), next::stream, events);
    }
  }

  /** Five authorities on two slots, whose CRLs and holds are due. */
  private static Scene crowd() {
    Scene s = Scene.standby(POLICY);
    for (String name : List.of("a", "b", "db", "web", "zoo")) {
      s.story.accept(
          new CreateAuthority(
              new AuthorityName(name),
              FormatSuite.x509(Suite.ECDSA_P256),
              List.of(Scene.A, Scene.B),
              POLICY,
              "p-1"));
    }
    s.story.settle();
    s.completed();
    s.story.now(s.story.now().plus(LIFE));
    return s;
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void othersHaveTheSameResultsWithoutIt(Fault fault) {
    Scene s = crowd();
    House house = s.story.house();
    Circumstances c = s.story.circumstances(Story.OWNER);
    List<DueWork> works = Due.works(house);
    List<Event> sound = events(Due.decide(house, works, c));
    assertThat(sound).hasSizeGreaterThan(10);
    for (int poisoned = 0; poisoned < works.size(); poisoned++) {
      DueWork bad = works.get(poisoned);
      if (bad.authority().isEmpty()) {
        continue;
      }
      var mixed = new ArrayList<>(works);
      mixed.set(poisoned, fault.in(bad));
      List<Event> got = new ArrayList<>(events(Due.decide(house, mixed, c)));
      assertThat(got).filteredOn(DueWorkFailed.class::isInstance).hasSize(1);
      got.removeIf(DueWorkFailed.class::isInstance);
      List<Event> others = new ArrayList<>(sound);
      others.removeAll(bad.events().apply(c));
      assertThat(got).isEqualTo(others);
      assertThat(Due.next(house, mixed)).isPresent();
    }
  }

  @Test
  void aFailureIsToldOnceAndAgainWhenItWasToBeTriedAgain() {
    Scene s = crowd();
    List<DueWork> all = broken(s, "a number is at its end");
    DueWorkFailed first = failures(s, all).getFirst();
    assertThat(first.attempts()).isEqualTo(1);
    assertThat(first.reason()).contains("a number is at its end");
    s.story.record(first);
    for (int second = 0; second < 50; second++) {
      s.story.now(s.story.now().plusSeconds(1));
      assertThat(failures(s, all)).isEmpty();
    }
    assertThat(Due.next(s.story.house(), List.of(all.getFirst()))).contains(first.retryAt());
    assertThat(failures(s, broken(s, "it is another reason"))).hasSize(1);
    s.story.now(first.retryAt());
    DueWorkFailed second = failures(s, all).getFirst();
    assertThat(second.attempts()).isEqualTo(2);
    assertThat(second.retryAt()).isEqualTo(first.retryAt().plus(Duration.ofMinutes(2)));
  }

  @Test
  void aDayOfFailureIsAFewDozenEvents() {
    Scene s = crowd();
    List<DueWork> all = List.of(broken(s, "a number is at its end").getFirst());
    Instant end = s.story.now().plus(Duration.ofDays(1));
    int told = 0;
    while (s.story.now().isBefore(end)) {
      for (DueWorkFailed f : failures(s, all)) {
        s.story.record(f);
        told++;
      }
      Instant next = Due.next(s.story.house(), all).orElseThrow();
      assertThat(next).isAfter(s.story.now());
      s.story.now(next);
    }
    assertThat(told).isBetween(20, 40);
  }

  @Test
  void whatIsDoneAgainEndsTheAlarm() {
    Scene s = crowd();
    s.story.record(failures(s, broken(s, "a number is at its end")).getFirst());
    assertThat(s.story.house().failures()).hasSize(1);
    List<Event> done = s.story.accept(new Act.TimePassed());
    assertThat(done).hasAtLeastOneElementOfType(DueWorkResumed.class);
    assertThat(s.story.house().failures()).isEmpty();
    assertThat(s.story.refuse(new Act.TimePassed()).code()).isEqualTo("nothing-due");
  }

  @Test
  void aFailureOfASlotThatIsGoneEnds() {
    Scene s = crowd();
    s.story.record(
        new DueWorkFailed(
            Optional.empty(),
            Optional.of(new SlotName("gone")),
            "it was there",
            3,
            s.story.now().plus(LIFE),
            s.story.now()));
    assertThat(Rules.nextDue(s.story.house())).contains(Instant.EPOCH);
    assertThat(s.story.accept(new Act.TimePassed()))
        .contains(
            new DueWorkResumed(Optional.empty(), Optional.of(new SlotName("gone")), s.story.now()));
  }

  /** An impossible state of one key: nobody can read the certificate that it signs under. */
  private static House torn(House house) {
    Authority web = house.authority(new AuthorityName("web")).orElseThrow();
    Generation g = web.generation(1);
    Key.Ready key = g.ready().filter(k -> k.slot().equals(Scene.A)).findFirst().orElseThrow();
    Key.Published p = key.x509().orElseThrow();
    var ca = new Key.CaCertificate(p.ca().command(), Bytes.of(new byte[] {0x30, 0x00}));
    var torn = new Key.Published(ca, p.command(), p.crl(), p.draft(), p.asked(), p.failure());
    return house.with(web.with(g.with(new Key.Ready(key.made(), Optional.of(torn)))));
  }

  @Test
  void anImpossibleStateOfOneKeyStopsNoOther() {
    Scene s = crowd();
    House poisoned = torn(s.story.house());
    Circumstances c = s.story.circumstances(Story.OWNER);
    List<Event> sound = new ArrayList<>(events(Due.decide(s.story.house(), c)));
    List<Event> got = new ArrayList<>(events(Due.decide(poisoned, c)));
    assertThat(got).filteredOn(DueWorkFailed.class::isInstance).hasSize(1);
    got.removeIf(DueWorkFailed.class::isInstance);
    sound.removeIf(e ->
        e instanceof CrlRequested r
            && r.authority().value().equals("web")
            && r.slot().equals(Scene.A));
    assertThat(got).isEqualTo(sound);
    assertThat(Rules.nextDue(poisoned)).isPresent();
  }

  @Test
  void aKeyThatCannotBeJudgedHoldsNoInspectionOfItsSlotUp() {
    Scene s = crowd();
    List<Event> due = s.story.accept(new Act.TimePassed());
    assertThat(due).hasAtLeastOneElementOfType(CrlRequested.class);
    s.story.settle();
    s.story.now(s.story.now().plus(Duration.ofDays(2)));
    assertThat(events(Due.decide(s.story.house(), s.story.circumstances(Story.OWNER))))
        .hasAtLeastOneElementOfType(SlotInspectionRequested.class);
  }

  @Test
  void manyAuthoritiesAtRandomFail() {
    var random = new Random(7);
    Scene s = crowd();
    House house = s.story.house();
    Circumstances c = s.story.circumstances(Story.OWNER);
    List<DueWork> works = Due.works(house);
    for (int round = 0; round < 200; round++) {
      var mixed = new ArrayList<DueWork>();
      var expected = new ArrayList<Event>();
      int bad = 0;
      for (DueWork w : works) {
        boolean fails = w.authority().isPresent() && random.nextInt(3) == 0;
        Fault fault = Fault.values()[random.nextInt(Fault.values().length)];
        mixed.add(fails ? fault.in(w) : w);
        bad += fails ? 1 : 0;
        if (!fails) {
          expected.addAll(w.events().apply(c));
        }
      }
      List<Event> got = new ArrayList<>(events(Due.decide(house, mixed, c)));
      assertThat(got).filteredOn(DueWorkFailed.class::isInstance).hasSize(bad);
      got.removeIf(DueWorkFailed.class::isInstance);
      assertThat(got).as("round " + round).isEqualTo(expected);
    }
  }

  private static List<DueWork> broken(Scene s, String reason) {
    var works = new ArrayList<>(Due.works(s.story.house()));
    DueWork w = works.getFirst();
    works.set(
        0,
        new DueWork(
            w.authority(),
            w.slot(),
            w.next(),
            _ -> {
              throw new ArithmeticException(reason);
            }));
    return works;
  }

  private static List<DueWorkFailed> failures(Scene s, List<DueWork> works) {
    return events(Due.decide(s.story.house(), works, s.story.circumstances(Story.OWNER))).stream()
        .filter(DueWorkFailed.class::isInstance)
        .map(DueWorkFailed.class::cast)
        .toList();
  }

  private static List<Event> events(Decision decision) {
    return switch (decision) {
      case Decision.Accepted a -> a.events();
      case Decision.Refused _ -> List.of();
    };
  }
}
