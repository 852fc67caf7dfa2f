package io.carousel.orchestrator.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.Act;
import io.carousel.events.AuthorityEvent.BundleSignatureRequested;
import io.carousel.events.AuthorityEvent.BundleSigned;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.Digest;
import io.carousel.events.FormatSuite;
import io.carousel.events.OperatorAct.Advance;
import io.carousel.events.OperatorAct.CreateAuthority;
import io.carousel.events.OperatorAct.StartRotation;
import io.carousel.events.SignedStatement;
import io.carousel.events.SigningCommand.SignBundle;
import io.carousel.events.Suite;
import io.carousel.events.TrustStatement;
import io.carousel.events.WorkerAct.BundleSignatureMade;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Bundles are signed by the built-in authority, and its generations name who comes after them. */
class AttestationTest {
  private static final AuthorityName OWN = AuthorityName.BUILT_IN;

  private final Scene s = Scene.empty();

  /** The authority of the house, on one slot. */
  private void withOwn() {
    s.story.accept(
        new CreateAuthority(
            OWN,
            FormatSuite.x509(Suite.ED25519),
            List.of(Scene.A),
            Scene.POLICY,
            "p-1",
            Optional.empty()));
    s.story.settle();
  }

  private void signed() {
    s.story.accept(new Act.TimePassed());
    s.story.settle();
  }

  private Authority own() {
    return s.story.authority("carousel");
  }

  private void advance() {
    s.story.accept(new Advance(OWN, own().seen(), List.of(), true, "", "p-1"));
  }

  private void rotate() {
    s.story.accept(new StartRotation(OWN, own().seen(), List.of(), "yearly", "p-1"));
    s.story.settle();
    signed();
    advance();
    advance();
    advance();
    signed();
  }

  private boolean holds(Authority a, SignedStatement st, Set<Digest> keys) {
    return st.statement().authority().equals(a.name())
        && st.isSignedBy(keys, s.story.house().id().orElseThrow());
  }

  private static Set<Digest> pins(Authority a) {
    return Bundles.of(a).trusted().stream().map(k -> k.key()).collect(Collectors.toSet());
  }

  @Test
  void nothingIsDueWithoutAnAuthorityOfTheHouse() {
    assertThat(s.story.refuse(new Act.TimePassed()).code()).isEqualTo("nothing-due");
    assertThat(AttestationRules.isSigned(s.story.house(), s.user())).isTrue();
    assertThat(AttestationRules.unsignedBy(s.story.house(), s.user())).isEmpty();
    assertThat(Bundles.of(s.user()).signatures()).isEmpty();
  }

  @Test
  void everyBundleIsSignedOnceByEveryKeyInForce() {
    withOwn();
    // At once, by any clock: that of the log may be ahead of who is to ask.
    assertThat(Rules.nextDue(s.story.house()))
        .hasValueSatisfying(due -> assertThat(due).isBefore(Scene.START));
    assertThat(AttestationRules.isSigned(s.story.house(), s.user())).isFalse();
    assertThat(AttestationRules.unsignedBy(s.story.house(), s.user())).containsExactly(Scene.A);
    assertThat(s.story.accept(new Act.TimePassed()))
        .hasOnlyElementsOfType(BundleSignatureRequested.class)
        .hasSize(2);
    assertThat(s.story.refuse(new Act.TimePassed()).code()).isEqualTo("nothing-due");
    s.story.settle();
    assertThat(AttestationRules.isSigned(s.story.house(), s.user())).isTrue();
    assertThat(AttestationRules.unsignedBy(s.story.house(), s.user())).isEmpty();
    assertThat(Rules.unanswered(s.story.house())).isEmpty();
    for (Authority a : List.of(s.user(), own())) {
      var bundle = Bundles.of(a);
      assertThat(bundle.signatures()).hasSize(1);
      assertThat(
              holds(a, new SignedStatement(bundle.statement(), bundle.signatures()), pins(own())))
          .isTrue();
    }
  }

  @Test
  void aNewBundleIsKeptBackForItsSignaturesForAMoment() {
    assertThat(held(Duration.ZERO)).isZero();
    withOwn();
    signed();
    s.trusted();
    assertThat(held(Duration.ZERO)).isEqualTo(Duration.ofSeconds(5));
    assertThat(held(Duration.ofSeconds(4))).isEqualTo(Duration.ofSeconds(1));
    assertThat(held(Duration.ofSeconds(5))).isZero();
    // Clocks that disagree keep nothing back.
    assertThat(held(Duration.ofMinutes(-3))).isZero();
    signed();
    assertThat(held(Duration.ZERO)).isZero();
  }

  /** By a clock that shows so much more than when the bundle came. */
  private Duration held(Duration later) {
    Instant now = s.user().attestation().orElseThrow().since().plus(later);
    return AttestationRules.heldFor(s.story.house(), s.user(), now);
  }

  @Test
  void anotherBundleIsSignedAnew() {
    withOwn();
    signed();
    TrustStatement before = s.user().attestation().orElseThrow().statement();
    s.trusted();
    TrustStatement after = s.user().attestation().orElseThrow().statement();
    assertThat(after.bundle()).isEqualTo(before.bundle() + 1);
    assertThat(after.content()).isNotEqualTo(before.content());
    assertThat(AttestationRules.isSigned(s.story.house(), s.user())).isFalse();
    signed();
    assertThat(AttestationRules.isSigned(s.story.house(), s.user())).isTrue();
    // Of others than the house's own, what was is of no use to anybody.
    assertThat(s.user().attestation().orElseThrow().earlier()).isEmpty();
  }

  @Test
  void whatWasAskedOfABundleThatIsNoMoreIsNotAskedAnyLonger() {
    withOwn();
    s.story.accept(new Act.TimePassed());
    SignBundle late =
        s.story.house().outbox().values().stream()
            .map(SignBundle.class::cast)
            .filter(c -> c.statement().authority().equals(Scene.USER))
            .findFirst()
            .orElseThrow();
    s.story.accept(s.start());
    while (s.user().bundle() == late.statement().bundle()) {
      Rules.unanswered(s.story.house()).stream()
          .filter(c -> !(c instanceof SignBundle))
          .findFirst()
          .ifPresent(c -> s.story.accept(s.story.slot(c.slot()).does(c)));
    }
    assertThat(s.story.house().outbox()).doesNotContainKey(late.command());
  }

  @Test
  void aSignatureThatDoesNotHoldIsRefused() {
    withOwn();
    s.story.accept(new Act.TimePassed());
    SignBundle asked = s.asked(SignBundle.class, Scene.A);
    BundleSignatureMade good = s.story.slot(Scene.A).attests(asked);
    byte[] bent = good.signature().toArray();
    bent[3] ^= 1;
    var wrong = new BundleSignatureMade(good.answers(), good.slot(), Bytes.of(bent));
    assertThat(s.story.refuse(wrong).code()).isEqualTo("answer-unfit");
    assertThat(s.story.accept(good)).hasOnlyElementsOfType(BundleSigned.class);
    assertThat(s.story.accept(good))
        .hasOnlyElementsOfType(io.carousel.events.HouseEvent.AnswerRepeated.class);
  }

  @Test
  void theRetiringGenerationNamesItsSuccessorBeforeItRetires() {
    withOwn();
    signed();
    s.story.accept(new StartRotation(OWN, own().seen(), List.of(), "yearly", "p-1"));
    s.story.settle();
    var early = new Advance(OWN, own().seen(), List.of(), true, "", "p-1");
    assertThat(s.story.refuse(early).code()).isEqualTo("successor-not-named");
    signed();
    s.story.accept(new Advance(OWN, own().seen(), List.of(), true, "", "p-1"));
    assertThat(own().phase()).isInstanceOf(Phase.UpdateClients.class);
  }

  @Test
  void whoKnowsTheFirstGenerationFindsTheThirdStepByStep() {
    withOwn();
    signed();
    Set<Digest> known = pins(own());
    rotate();
    rotate();
    assertThat(pins(own())).doesNotContainAnyElementsOf(known);
    List<SignedStatement> told = own().attestation().orElseThrow().statements();
    assertThat(told).extracting(st -> st.statement().bundle()).containsExactly(1L, 2L, 3L, 4L, 5L);
    for (SignedStatement next : told.subList(1, told.size())) {
      assertThat(holds(own(), next, known)).as("bundle %d", next.statement().bundle()).isTrue();
      known = Set.copyOf(next.statement().keys());
    }
    assertThat(known).isEqualTo(pins(own()));
    // And everything else is signed by who is left.
    assertThat(Bundles.of(s.user()).signatures()).anyMatch(b -> pins(own()).contains(b.key()));
  }
}
