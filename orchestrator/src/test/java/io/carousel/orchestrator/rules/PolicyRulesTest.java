package io.carousel.orchestrator.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.AuthorityEvent.PolicyChanged;
import io.carousel.events.AuthorityName;
import io.carousel.events.EvidenceGrade;
import io.carousel.events.Format;
import io.carousel.events.FormatSuite;
import io.carousel.events.HouseEvent.WorkerLimitsTooNarrow;
import io.carousel.events.OperatorAct.ChangePolicy;
import io.carousel.events.OperatorAct.CreateAuthority;
import io.carousel.events.OperatorAct.InspectSlot;
import io.carousel.events.Policy;
import io.carousel.events.SigningCommand.InspectToken;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import io.carousel.events.WorkerLimits;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Policies are held against what workers sign, and can be changed. */
@Timeout(60)
class PolicyRulesTest {
  private static final WorkerLimits USUAL =
      new WorkerLimits(
          Arrays.asList(Format.values()),
          Arrays.asList(Suite.values()),
          Duration.ofDays(31),
          Duration.ofDays(3660),
          Duration.ofHours(2),
          false);

  private static void looksAt(Story story, SlotName slot, WorkerLimits limits) {
    story.slot(slot).signs(limits);
    story.accept(new InspectSlot(slot, "p-1"));
    var asked =
        story.house().outbox().values().stream()
            .filter(InspectToken.class::isInstance)
            .findFirst()
            .orElseThrow();
    story.accept(story.slot(slot).does(asked));
  }

  private static Policy living(Duration leaf, Duration ca, Duration back) {
    return new Policy(leaf, ca, back, Optional.of(Duration.ofDays(7)));
  }

  private static CreateAuthority create(Policy policy, Suite suite, Format format) {
    return new CreateAuthority(
        new AuthorityName("web"),
        List.of(new FormatSuite(format, suite)),
        List.of(Scene.A, Scene.B),
        policy,
        "p-1");
  }

  private static CreateAuthority create(Duration leaf, Duration ca, Duration back) {
    return create(living(leaf, ca, back), Suite.ECDSA_P256, Format.X509);
  }

  @Test
  void whatAWorkerOfAnySlotWouldRefuseIsRefusedByNamingIt() {
    var story = new Story(3, "hsm-a", "hsm-b");
    looksAt(story, Scene.B, USUAL);
    Duration day = Duration.ofDays(1);
    Duration minute = Duration.ofMinutes(1);
    Refusal refused = story.refuse(create(Duration.ofDays(40), Duration.ofDays(3650), minute));
    assertThat(refused.code()).isEqualTo("beyond-limits");
    assertThat(refused.message())
        .contains("worker-hsm-b", "slot 'hsm-b'", "31d", "40d 1m", "limits.leafLifetime");
    // Backdating counts.
    assertThat(story.refuse(create(Duration.ofDays(31), Duration.ofDays(3650), minute)).code())
        .isEqualTo("beyond-limits");
    assertThat(story.refuse(create(day, Duration.ofDays(3660), minute)).message())
        .contains("limits.caLifetime");
    looksAt(
        story,
        Scene.B,
        new WorkerLimits(
            List.of(Format.SSH),
            List.of(Suite.ED25519),
            Duration.ofDays(31),
            Duration.ofDays(3660),
            Duration.ofSeconds(30),
            false));
    assertThat(story.refuse(create(day, Duration.ofDays(3650), minute)).message())
        .contains("limits.backdating");
    assertThat(story.refuse(create(day, Duration.ofDays(3650), Duration.ZERO)).message())
        .contains("x509", "limits.formats");
    assertThat(
            story
                .refuse(
                    create(
                        living(day, Duration.ofDays(3650), Duration.ZERO),
                        Suite.ECDSA_P256,
                        Format.SSH))
                .message())
        .contains("ecdsa-p256", "limits.suites");
    looksAt(story, Scene.B, USUAL);
    story.accept(create(Duration.ofDays(31).minus(minute), Duration.ofDays(3650), minute));
  }

  @Test
  void whereNobodyHasSaidWhatItSignsNothingIsRefused() {
    var story = new Story(3, "hsm-a", "hsm-b");
    story.accept(create(Duration.ofDays(40), Duration.ofDays(3650), Duration.ofMinutes(1)));
  }

  @Test
  void limitsThatShrinkLaterAreAnAlarmForEachAuthorityBeyondThem() {
    Scene s = Scene.standby();
    looksAt(s.story, Scene.A, USUAL);
    assertThat(s.story.log()).noneMatch(r -> r.event() instanceof WorkerLimitsTooNarrow);
    assertThat(PolicyStanding.warnings(s.story.house(), s.user())).isEmpty();
    WorkerLimits narrow =
        new WorkerLimits(
            USUAL.formats(),
            USUAL.suites(),
            Duration.ofMinutes(30),
            USUAL.caLifetime(),
            USUAL.backdating(),
            false);
    looksAt(s.story, Scene.A, narrow);
    var alarm = (WorkerLimitsTooNarrow) s.story.log().getLast().event();
    assertThat(alarm.authority()).isEqualTo(Scene.USER);
    assertThat(alarm.slot()).isEqualTo(Scene.A);
    assertThat(alarm.detail()).contains("30m", "limits.leafLifetime");
    assertThat(PolicyStanding.warnings(s.story.house(), s.user()))
        .singleElement()
        .asString()
        .contains("worker-hsm-a", "hsm-a");
  }

  private static ChangePolicy change(Scene s, Policy to) {
    return new ChangePolicy(Scene.USER, s.user().policy(), to, "we learn", "p-1");
  }

  private static Policy with(Policy p, Duration leaf, Duration lease, EvidenceGrade trust) {
    return new Policy(
        leaf,
        p.caLifetime(),
        p.backdating(),
        p.hold(),
        p.crlLifetime(),
        p.distribution(),
        p.jwksMaxAge(),
        p.ssh(),
        lease,
        trust,
        p.presentsEvidence(),
        p.naming());
  }

  @Test
  void aPolicyThatNoWorkerAcceptsIsPutRightByAChange() {
    Scene s = Scene.standby();
    looksAt(s.story, Scene.A, USUAL);
    Policy now = s.user().policy();
    Policy longer = with(now, Duration.ofDays(40), now.lease(), now.trustEvidence());
    assertThat(s.story.refuse(change(s, longer)).code()).isEqualTo("beyond-limits");
    Policy shorter = with(now, Duration.ofMinutes(10), now.lease(), now.trustEvidence());
    assertThat(s.story.accept(change(s, shorter))).hasOnlyElementsOfType(PolicyChanged.class);
    assertThat(s.user().policy()).isEqualTo(shorter);
    // What was issued before lives on, and restarts must look for it as far back.
    assertThat(s.user().longestLeaf()).isEqualTo(now.leafLifetime());
    assertThat(s.story.refuse(new ChangePolicy(Scene.USER, now, longer, "why", "p-1")).code())
        .isEqualTo("policy-stale");
  }

  @Test
  void whatVerifiersRelyOnStaysAndGatesStandByWhatTheyBeganWith() {
    Scene s = Scene.standby();
    Policy now = s.user().policy();
    Policy other =
        new Policy(
            now.leafLifetime(),
            now.caLifetime(),
            now.backdating(),
            now.hold(),
            now.crlLifetime(),
            now.distribution(),
            now.jwksMaxAge().plusSeconds(1),
            now.ssh());
    assertThat(s.story.refuse(change(s, other)).code()).isEqualTo("policy-fixed");
    Policy weaker =
        with(now, now.leafLifetime(), now.lease().multipliedBy(2), EvidenceGrade.REPORTED);
    s.trusted();
    assertThat(s.story.refuse(change(s, weaker)).code()).isEqualTo("policy-fixed");
    Policy shorter = with(now, Duration.ofMinutes(10), now.lease(), now.trustEvidence());
    s.story.accept(change(s, shorter));
    Scene calm = Scene.standby();
    calm.story.accept(change(calm, weaker));
    assertThat(calm.user().policy()).isEqualTo(weaker);
    assertThat(
            calm.story
                .refuse(new ChangePolicy(Scene.USER, calm.user().policy(), weaker, " ", "p-1"))
                .code())
        .isEqualTo("reason-missing");
  }
}
