package io.carousel.orchestrator.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.Bytes;
import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.FormatSuite;
import io.carousel.events.LeafResult.LeafSigned;
import io.carousel.events.OperatorAct.CreateAuthority;
import io.carousel.events.OperatorAct.RemoveParticipant;
import io.carousel.events.Policy;
import io.carousel.events.Report;
import io.carousel.events.Role;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import io.carousel.orchestrator.rules.Evidence;
import io.carousel.orchestrator.rules.Evidence.ShownCredential;
import io.carousel.orchestrator.rules.Story;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FleetLedgerTest {
  private static final Digest ISSUER = Digest.of(new byte[] {1});

  private final Story story = new Story(11, "hsm-a");
  private final Member web = new Member("web-1");
  private final IssuedRegister register = new IssuedRegister(_ -> Optional.empty());
  private final FleetLedger ledger = new FleetLedger(register);

  @BeforeEach
  void enrol() {
    story.accept(
        new CreateAuthority(
            Member.USER,
            FormatSuite.x509(Suite.ECDSA_P256),
            List.of(new SlotName("hsm-a")),
            Policy.DEFAULT,
            "p-1"));
    story.settle();
    story.accept(web.enrolment(Role.PRESENTS_CLIENT, Role.VERIFIES));
  }

  @Test
  void aCredentialThatIsHeldCounts() {
    LeafSigned leaf = issue(9, story.now().plusSeconds(600));
    report(web.presents(story.house(), leaf, web.credential));
    assertThat(shown())
        .containsExactly(new ShownCredential(Format.X509, leaf.profile(), leaf.serial(), ISSUER));
  }

  @Test
  void oneThatSomebodyElseHoldsDoesNot() {
    LeafSigned leaf = issue(9, story.now().plusSeconds(600));
    report(web.presents(story.house(), leaf, Member.p256()));
    assertThat(shown()).isEmpty();
  }

  @Test
  void oneIssuedToAnotherDoesNot() {
    var other = new Member("web-2");
    LeafSigned leaf = other.holds(1, ISSUER, 9, story.now().plusSeconds(600));
    register.take(leaf);
    report(web.presents(story.house(), leaf, other.credential));
    assertThat(shown()).isEmpty();
  }

  @Test
  void oneWhoseResultComesLaterCountsFromThenOn() {
    LeafSigned leaf = web.holds(1, ISSUER, 9, story.now().plusSeconds(600));
    report(web.presents(story.house(), leaf, web.credential));
    assertThat(shown()).isEmpty();
    register.take(leaf);
    assertThat(shown()).hasSize(1);
  }

  @Test
  void oneThatNobodyEnrolledRecordedHoldsAGateButProvesNothing() {
    LeafSigned leaf = web.holds(1, ISSUER, 9, story.now().plusSeconds(600));
    register.takeUnproven(leaf);
    report(web.presents(story.house(), leaf, web.credential));
    assertThat(shown()).isEmpty();
    assertThat(evidence().issued()).hasSize(1);
  }

  @Test
  void whatHasExpiredIsForgotten() {
    issue(9, story.now().plusSeconds(600));
    assertThat(evidence(story.now()).issued()).hasSize(1);
    assertThat(evidence(story.now().plus(Duration.ofHours(1))).issued()).isEmpty();
  }

  @Test
  void anOlderReportChangesNothing() {
    Report first = web.reports(story.house(), List.of());
    Report second = web.reports(story.house(), List.of(ISSUER));
    ledger.take(story.house(), second, web.identityKey(), story.now());
    ledger.take(story.house(), first, web.identityKey(), story.now());
    assertThat(evidence().shown().get(web.name).trusts()).containsExactly(ISSUER);
  }

  /** A host is lost, and another is enrolled under its name in the middle of a phase. */
  @Test
  void whatTheOneBeforeReportedSaysNothingOfTheOneWhoHasTheNameNow() {
    ledger.take(
        story.house(), web.reports(story.house(), List.of(ISSUER)), web.identityKey(), story.now());
    ledger.take(
        story.house(), web.reports(story.house(), List.of(ISSUER)), web.identityKey(), story.now());
    assertThat(evidence().shown()).containsOnlyKeys(web.name);
    story.accept(new RemoveParticipant(web.name, "lost", "p-1"));
    assertThat(evidence().shown()).isEmpty();
    var anew = new Member("web-1");
    story.accept(anew.enrolment(Role.PRESENTS_CLIENT, Role.VERIFIES));
    assertThat(evidence().shown()).isEmpty();
    ledger.take(
        story.house(), anew.reports(story.house(), List.of()), anew.identityKey(), story.now());
    assertThat(evidence().shown().get(web.name).trusts()).isEmpty();
  }

  @Test
  void aReportIsItsParticipantsOwnOrNothing() {
    Report report = web.reports(story.house(), List.of(ISSUER));
    assertThat(ReportCheck.flaw(story.house(), report)).isEmpty();
    var more =
        new Report(
            report.participant(),
            report.counter() + 1,
            report.authority(),
            report.bundle(),
            report.challenge(),
            report.trusts(),
            report.presents(),
            report.signature());
    assertThat(ReportCheck.flaw(story.house(), more))
        .hasValueSatisfying(why -> assertThat(why).contains("not signed"));
    Report stranger = new Member("web-9").reports(story.house(), List.of());
    assertThat(ReportCheck.flaw(story.house(), stranger))
        .hasValueSatisfying(why -> assertThat(why).contains("not enrolled"));
    var garbled =
        new Report(
            report.participant(),
            report.counter(),
            report.authority(),
            report.bundle(),
            report.challenge(),
            report.trusts(),
            report.presents(),
            Bytes.of(new byte[3]));
    assertThat(ReportCheck.flaw(story.house(), garbled)).isPresent();
  }

  private LeafSigned issue(long serial, Instant end) {
    LeafSigned leaf = web.holds(1, ISSUER, serial, end);
    register.take(leaf);
    return leaf;
  }

  private void report(Report.Presented... presents) {
    ledger.take(
        story.house(),
        web.reports(story.house(), List.of(ISSUER), presents),
        web.identityKey(),
        story.now());
  }

  private List<ShownCredential> shown() {
    return evidence().shown().get(web.name).presents();
  }

  private Evidence evidence() {
    return evidence(story.now());
  }

  private Evidence evidence(Instant at) {
    return ledger.of(story.house(), Member.USER, List.of(), at);
  }
}
