package io.carousel.orchestrator.rules;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.AuthorityEvent.ClientsUpdating;
import io.carousel.events.Digest;
import io.carousel.events.GateLeaves;
import io.carousel.events.Role;
import io.carousel.events.seal.MerkleTree;
import io.carousel.events.topics.Topic;
import io.carousel.events.wire.Wire;
import io.carousel.orchestrator.application.HouseJudge;
import io.carousel.orchestrator.log.Asked;
import io.carousel.orchestrator.log.Outgoing;
import io.carousel.orchestrator.log.Verdict;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the owner writes of a gate beside the event that passed it. */
class WrittenEvidenceTest {
  private static Verdict advanced(Scene s) {
    Circumstances c = s.story.circumstances(Story.OWNER);
    var asked = new Asked(c.command(), s.advance(), c.author(), Digest.of(new byte[0]), 1);
    return new HouseJudge((_, _) -> s.fleet.evidence()).judge(s.story.house(), asked, c.now());
  }

  @Test
  void itsLeavesGiveTheRootOfTheEventHoweverManyTheyAre() {
    Scene s = Scene.standby();
    for (int i = 0; i < 2 * GateLeaves.MOST; i++) {
      s.fleet.enrol("more-" + i, Role.VERIFIES);
    }
    s.trusted();
    s.fleet.keepsUp();
    Verdict verdict = advanced(s);
    var statements = new ArrayList<String>();
    for (Outgoing record : verdict.outgoing()) {
      if (record.topic().equals(Topic.EVIDENCE.topicName())) {
        var leaves = Wire.CURRENT.read(record.type(), record.value(), GateLeaves.class);
        assertThat(leaves.first()).isEqualTo(statements.size());
        statements.addAll(leaves.statements());
      }
    }
    assertThat(statements).hasSizeGreaterThan(2 * GateLeaves.MOST);
    List<byte[]> entries = statements.stream().map(line -> line.getBytes(UTF_8)).toList();
    var updating = (ClientsUpdating) verdict.events().getFirst().event();
    assertThat(updating.evidence().root())
        .isEqualTo(Digest.ofHash(MerkleTree.over(entries).root()));
    assertThat(updating.evidence().required()).isEqualTo(statements.size());
  }
}
