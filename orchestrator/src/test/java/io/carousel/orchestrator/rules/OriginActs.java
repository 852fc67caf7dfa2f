package io.carousel.orchestrator.rules;

import io.carousel.events.Act;
import io.carousel.events.AuthorityName;
import io.carousel.events.OperatorAct.Advance;
import io.carousel.events.OperatorAct.Distrust;
import io.carousel.events.OperatorAct.Retrust;
import io.carousel.events.OperatorAct.RollBack;
import io.carousel.events.OperatorAct.StartRotation;
import io.carousel.events.ParticipantName;
import java.util.List;
import java.util.stream.Stream;

/** What operators ask of authorities that come from elsewhere, and of retired generations. */
final class OriginActs {
  private OriginActs() {}

  static StartRotation start(Story story, String name) {
    Authority a = story.authority(name);
    return new StartRotation(a.name(), a.seen(), List.of(), "yearly", "p-1");
  }

  /** With {@code --nobody}, where nobody is enrolled. */
  static Advance advance(Story story, String name, boolean elsewhereReplaced) {
    Authority a = story.authority(name);
    boolean nobody = story.house().fleet(a.name()).findAny().isEmpty();
    return new Advance(a.name(), a.seen(), List.of(), nobody, "go on", "p-1", elsewhereReplaced);
  }

  static RollBack rollBack(Story story, String name) {
    Authority a = story.authority(name);
    return new RollBack(a.name(), a.seen(), "no good", "p-1");
  }

  /** To the last phase of a rotation of an empty fleet. */
  static void toUpdateServers(Story story, String name) {
    story.accept(start(story, name));
    story.settle();
    story.accept(advance(story, name, false));
    story.accept(advance(story, name, false));
  }

  /** The whole of it; everybody keeps up. */
  static void rotate(Story story, String name, FakeFleet fleet, boolean elsewhereReplaced) {
    story.accept(start(story, name));
    story.settle();
    for (boolean last : new boolean[] {false, false, true}) {
      fleet.keepsUp();
      story.accept(advance(story, name, last && elsewhereReplaced));
    }
  }

  static Retrust retrust(Story story, String name, int generation) {
    Authority a = story.authority(name);
    return new Retrust(a.name(), a.seen(), generation, "a plant was forgotten", "p-1");
  }

  /** Of those, who are left behind and break. */
  static Distrust breaking(Story story, String name, int generation, String... abandon) {
    Distrust d = distrust(story, name, generation, abandon);
    return new Distrust(
        d.authority(),
        d.seen(),
        generation,
        d.abandon(),
        d.nobody(),
        false,
        d.reason(),
        d.by(),
        d.abandon());
  }

  static Distrust distrust(Story story, String name, int generation, String... abandon) {
    Authority a = story.authority(name);
    boolean nobody = story.house().fleet(new AuthorityName(name)).findAny().isEmpty();
    return new Distrust(
        a.name(),
        a.seen(),
        generation,
        Stream.of(abandon).map(ParticipantName::new).toList(),
        nobody,
        false,
        "it has moved",
        "p-1");
  }

  /** Until time alone brings about nothing more, and nothing is unanswered. */
  static void passTime(Story story) {
    while (story.ask(new Act.TimePassed()) instanceof Decision.Accepted) {
      story.settle();
    }
  }
}
