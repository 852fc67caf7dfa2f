package io.carousel.orchestrator.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.Act;
import io.carousel.events.KeyId;
import io.carousel.events.OperatorAct.DeclareKeyLost;
import io.carousel.events.OperatorAct.InspectSlot;
import io.carousel.events.OperatorAct.ThawSlot;
import io.carousel.events.SigningCommand.InspectToken;
import io.carousel.events.SlotFinding;
import io.carousel.events.SlotFinding.Kind;
import io.carousel.orchestrator.snapshot.HouseCodec;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A key that was deleted behind its back does not freeze its slot for ever. */
@Timeout(60)
class LostKeysTest {
  private static DeclareKeyLost lost(KeyId key) {
    return new DeclareKeyLost(Scene.A, key, "deleted by hand", "p-1");
  }

  private static KeyId id(Scene s, int generation) {
    return s.key(generation, Scene.A).keyId().orElseThrow();
  }

  private static List<SlotFinding> looks(Scene s) {
    s.story.accept(new InspectSlot(Scene.A, "p-1"));
    s.story.accept(s.story.slot(Scene.A).does(s.asked(InspectToken.class, Scene.A)));
    return s.story.house().slots().get(Scene.A).seen().orElseThrow().findings();
  }

  private static void passesHold(Scene s) {
    s.story.now(s.story.now().plus(Duration.ofDays(8)));
    s.story.accept(new Act.TimePassed());
    s.story.settle();
  }

  /** A scene whose first generation is held, and gone from the token of A. */
  private static Scene heldAndDeleted() {
    Scene s = Scene.standby().updatingServers();
    s.passed();
    s.story.slot(Scene.A).loses(id(s, 1));
    return s;
  }

  @Test
  void destructionGoesOnOnceItIsDeclared() {
    Scene s = heldAndDeleted();
    passesHold(s);
    assertThat(s.story.house().slots().get(Scene.A).frozen()).isPresent();
    s.story.accept(new ThawSlot(Scene.A, "looked into", "p-1"));
    s.story.accept(new Act.TimePassed());
    s.story.settle();
    assertThat(s.story.house().slots().get(Scene.A).frozen())
        .as("a thaw alone does not help")
        .isPresent();
    s.story.accept(lost(id(s, 1)));
    assertThat(s.key(1, Scene.A)).isInstanceOf(Key.Unreachable.class);
    assertThat(s.story.refuse(lost(id(s, 1))).code()).isEqualTo("no-such-key-there");
    s.story.accept(new ThawSlot(Scene.A, "declared lost", "p-1"));
    assertThat(looks(s)).isEmpty();
    assertThat(s.story.house().slots().get(Scene.A).frozen()).isEmpty();
    var codec = new HouseCodec();
    assertThat(codec.read(codec.write(s.story.house()))).isEqualTo(s.story.house());
  }

  @Test
  void oneThatComesBackIsAlarmed() {
    Scene s = Scene.standby().updatingServers();
    s.passed();
    KeyId id = id(s, 1);
    KeyPair pair = s.story.slot(Scene.A).loses(id);
    s.story.accept(lost(id));
    assertThat(looks(s)).isEmpty();
    s.story.slot(Scene.A).finds(new KeyId("cafe"), pair);
    assertThat(looks(s)).extracting(SlotFinding::kind).containsExactly(Kind.RETURNED);
    assertThat(s.story.house().slots().get(Scene.A).frozen()).isPresent();
  }

  @Test
  void oneInForceIsReplacedFirst() {
    Scene s = Scene.standby();
    KeyId id = id(s, 1);
    s.story.slot(Scene.A).loses(id);
    assertThat(s.story.refuse(lost(id)).message())
        .contains("is in force", "carousel rotation start user");
    Scene u = Scene.standby().updatingServers();
    for (int generation : List.of(1, 2)) {
      assertThat(u.story.refuse(lost(id(u, generation))).code()).isEqualTo("key-in-force");
    }
  }

  @Test
  void oneThatWasSeenIsNotLost() {
    Scene s = Scene.standby().updatingServers();
    s.passed();
    looks(s);
    assertThat(s.story.refuse(lost(id(s, 1))).code()).isEqualTo("key-seen");
    assertThat(s.story.refuse(lost(new KeyId("dead"))).code()).isEqualTo("no-such-key-there");
    assertThat(s.story.refuse(new DeclareKeyLost(Scene.A, id(s, 1), " ", "p-1")).code())
        .isEqualTo("reason-missing");
    s.story.slot(Scene.A).loses(id(s, 1));
    assertThat(looks(s)).extracting(SlotFinding::kind).containsExactly(Kind.MISSING);
    s.story.accept(lost(id(s, 1)));
  }

  /** What waits for it is waited for no more, and other destructions do not ask for it. */
  @Test
  void commandsDoNotNameItAnyMore() {
    Scene s = heldAndDeleted();
    s.story.accept(lost(id(s, 1)));
    passesHold(s);
    assertThat(s.key(1, Scene.B)).isInstanceOf(Key.Destroyed.class);
    assertThat(s.story.house().outbox()).isEmpty();
    assertThat(s.story.house().slots().get(Scene.A).frozen()).isEmpty();
  }
}
