package io.carousel.orchestrator.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.Act;
import io.carousel.events.Digest;
import io.carousel.events.HouseEvent.ActRefused;
import io.carousel.events.OperatorAct.DeclareSlotLost;
import io.carousel.events.OperatorAct.RegisterSlot;
import io.carousel.events.OperatorAct.RemoveParticipant;
import io.carousel.events.OperatorAct.RevokeCredentials;
import io.carousel.events.ParticipantName;
import io.carousel.events.RevocationReason;
import io.carousel.events.wire.Wire;
import io.carousel.orchestrator.application.FleetRecords;
import io.carousel.orchestrator.application.HouseJudge;
import io.carousel.orchestrator.log.Asked;
import io.carousel.orchestrator.log.Verdict;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Evidence is read before acts are decided, once for all of them, and never by deciding. */
@Timeout(60)
class EvidenceReadOnceTest {
  private final AtomicInteger reads = new AtomicInteger();
  private final AtomicInteger asked = new AtomicInteger();

  private HouseJudge judge(Scene s) {
    return new HouseJudge(() -> {
      reads.incrementAndGet();
      return (_, _) -> {
        asked.incrementAndGet();
        return s.fleet.evidence();
      };
    });
  }

  private static String type(Act act) {
    return Wire.CURRENT.typeOf(act.getClass());
  }

  private static Verdict judged(HouseJudge judge, Scene s, Act act) {
    Circumstances c = s.story.circumstances(Story.OWNER);
    var one = new Asked(c.command(), act, c.author(), Digest.of(new byte[0]), 1);
    return judge.judge(s.story.house(), one, c.now());
  }

  private static String refusal(Verdict verdict) {
    return ((ActRefused) verdict.events().getLast().event()).code();
  }

  @Test
  void hundredsOfActsOfOneBatchCostOneRead() {
    Scene s = Scene.standby().trusted();
    HouseJudge judge = judge(s);
    judge.prepare(Set.of(type(s.advance()), type(new Act.TimePassed())));
    for (int i = 0; i < 500; i++) {
      judged(judge, s, s.advance());
    }
    assertThat(reads).hasValue(1);
    assertThat(asked.get()).isGreaterThanOrEqualTo(500);
  }

  @Test
  void actsThatRestOnNothingCostNoRead() {
    Scene s = Scene.standby();
    var act = new RegisterSlot(Scene.C, "module", "none", "p-1");
    HouseJudge judge = judge(s);
    judge.prepare(Set.of(type(act), "carousel.of-no-known-type.v9"));
    judged(judge, s, act);
    assertThat(reads).hasValue(0);
    assertThat(asked).hasValue(0);
  }

  @Test
  void whatCouldNotBeReadOpensNoGate() {
    Scene s = Scene.standby().trusted();
    var judge =
        new HouseJudge(() ->
            (_, _) -> {
              throw new FleetRecords.NotCaughtUp("it is being read: 3 of 9 results", null);
            });
    judge.prepare(Set.of(type(s.advance())));
    Verdict verdict = judged(judge, s, s.advance());
    assertThat(refusal(verdict)).isEqualTo("evidence-unreadable");
    assertThat(((ActRefused) verdict.events().getLast().event()).reason()).contains("3 of 9");
  }

  /** An act that asks for evidence, and is not known to, would never be accepted. */
  @Test
  void everyActThatAsksForEvidenceHasItRead() {
    for (Scene s :
        List.of(
            Scene.standby(),
            Scene.standby().trusted(),
            Scene.standby().updatingClients(),
            Scene.standby().leaving())) {
      for (Act act :
          List.<Act>of(
              s.start(),
              s.advance(),
              s.rollBack(),
              s.join(Scene.C),
              s.leave(Scene.B),
              new DeclareSlotLost(Scene.A, "it burnt", "p-1", List.of()),
              new RemoveParticipant(new ParticipantName("client"), "gone", "p-1", List.of()),
              new RevokeCredentials(
                  Scene.USER,
                  List.of(),
                  Optional.of(new ParticipantName("client")),
                  RevocationReason.SUPERSEDED,
                  "why",
                  "p-1",
                  List.of()))) {
        HouseJudge judge = judge(s);
        int before = asked.get();
        judge.prepare(Set.of(type(act)));
        judged(judge, s, act);
        int asks = asked.get() - before;
        reads.set(0);
        judge.prepare(Set.of(type(act)));
        assertThat(asks == 0 || reads.get() == 1).as(type(act)).isTrue();
        assertThat(asks == 0 || !"evidence-unreadable".equals(code(judged(judge, s, act))))
            .isTrue();
      }
    }
  }

  private static String code(Verdict verdict) {
    return verdict.events().getLast().event() instanceof ActRefused r ? r.code() : "";
  }
}
