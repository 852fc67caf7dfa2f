package io.carousel.orchestrator.rules;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.carousel.events.AuthorityEvent.ClientsUpdating;
import io.carousel.events.AuthorityEvent.RotationCompleted;
import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.GateEvidence;
import io.carousel.events.OperatorAct.Advance;
import io.carousel.events.ParticipantName;
import io.carousel.events.Profile;
import io.carousel.events.Role;
import io.carousel.events.Serial;
import io.carousel.events.seal.MerkleTree;
import io.carousel.orchestrator.rules.Evidence.Shown;
import io.carousel.orchestrator.rules.Evidence.ShownCredential;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What opens a gate, what does not, and how a gate is passed without it. */
class GateTest {

  @Test
  void trustIsAskedOfEveryVerifierAndNobodyElse() {
    Scene s = Scene.standby();
    s.fleet.enrol("printer", Role.PRESENTS_CLIENT).keepsUp();
    s.trusted();
    for (String name : List.of("client", "server", "peer")) {
      assertThat(waitsFor(s)).contains(name);
      s.fleet.member(name).keepsUp();
    }
    s.story.accept(s.advance());
  }

  @Test
  void aReportOfAnEarlierPhaseSaysNothing() {
    Scene s = Scene.standby().trusted();
    s.fleet.keepsUp();
    FakeFleet.Member client = s.fleet.member("client");
    Shown good = client.report();
    Digest before = s.story.log().getFirst().hash();
    client.report(
        new Shown(9, good.bundle(), before, good.trusts(), good.presents(), good.heard()));
    assertThat(waitsFor(s)).containsExactly("client");
    client.report(
        new Shown(
            10, good.bundle() - 1, good.challenge(), good.trusts(), good.presents(), good.heard()));
    assertThat(waitsFor(s)).containsExactly("client");
    client.report(good);
    s.story.accept(s.advance());
  }

  @Test
  void whatWasSaidBeforeTheTrustWasExtendedSaysNothing() {
    Scene s = Scene.standby().started();
    s.fleet.keepsUp();
    s.story.settle();
    assertThat(waitsFor(s)).containsExactlyInAnyOrder("client", "server", "peer");
  }

  @Test
  void everyKeyOfTheSuccessorMustBeTrusted() {
    Scene s = Scene.standby().trusted();
    s.fleet.keepsUp();
    FakeFleet.Member client = s.fleet.member("client");
    Shown good = client.report();
    Digest one = s.key(2, Scene.A).publicKeyDigest().orElseThrow();
    client.report(
        new Shown(9, good.bundle(), good.challenge(), Set.of(one), List.of(), good.heard()));
    assertThat(waitsFor(s)).containsExactly("client");
  }

  @Test
  void clientsMoveFirstAndWhoIsBothMovesWithThem() {
    Scene s = Scene.standby().updatingClients();
    s.fleet
        .members()
        .forEach(m -> {
          m.follows();
          m.reports();
        });
    assertThat(waitsFor(s)).containsExactlyInAnyOrder("client", "peer");
    s.fleet.keepsUp();
    assertThat(s.fleet.member("peer").presents().getFirst().generation()).isEqualTo(2);
    assertThat(s.fleet.member("server").presents().getFirst().generation()).isEqualTo(1);
    s.story.accept(s.advance());
    assertThat(s.user().phase()).isInstanceOf(Phase.UpdateServers.class);
  }

  @Test
  void onlyACredentialOfTheRoleAndOfTheSuccessorCounts() {
    Scene s = Scene.standby().updatingClients();
    s.fleet.keepsUp();
    FakeFleet.Member client = s.fleet.member("client");
    Shown good = client.report();
    Digest right = s.key(2, Scene.A).publicKeyDigest().orElseThrow();
    Digest old = s.key(1, Scene.A).publicKeyDigest().orElseThrow();
    Digest strange = Digest.of("some other key".getBytes(UTF_8));
    for (List<ShownCredential> presents :
        List.<List<ShownCredential>>of(
            List.of(),
            List.of(credential(Profile.CLIENT, old)),
            List.of(credential(Profile.CLIENT, strange)),
            List.of(credential(Profile.SERVER, right)),
            List.of(credential(Profile.CLIENT, right), credential(Profile.CLIENT, old)))) {
      client.report(
          new Shown(9, good.bundle(), good.challenge(), good.trusts(), presents, good.heard()));
      assertThat(waitsFor(s)).as("%s", presents).containsExactly("client");
    }
    client.report(good);
    s.story.accept(s.advance());
  }

  @Test
  void completionWaitsForEveryOldCredentialUntilItIsReplaced() {
    Scene s = Scene.standby().updatingServers();
    s.fleet
        .members()
        .forEach(m -> {
          m.follows();
          m.reports();
        });
    assertThat(waitsFor(s)).containsOnly("server");
    s.fleet.member("server").keepsUp();
    s.story.accept(s.advance());
    assertThat(s.user().active()).isEqualTo(2);
  }

  @Test
  void whoIsNotHeardWithinItsLeaseHoldsTheGateUntilItSpeaks() {
    Scene s = Scene.standby().trusted();
    s.fleet.keepsUp();
    s.story.now(s.story.now().plus(Scene.POLICY.lease()));
    s.fleet.member("client").reports();
    s.fleet.member("server").reports();
    assertThat(waitsFor(s, "peer")).isEmpty();
    s.story.now(s.story.now().plusSeconds(1));
    assertThat(lack(s, "peer"))
        .isEqualTo(
            new Gate.Lack(
                Gate.Reason.SILENT,
                "is silent; last heard at " + s.fleet.member("peer").report().heard(),
                Optional.of(s.fleet.member("peer").report().heard())));
    s.fleet.member("peer").reports();
    s.story.accept(s.advance());
  }

  @Test
  void whatRanOutReleasesWhatASilentOnePresentsAndNotWhatItMustTrust() {
    Scene s = Scene.standby().trusted();
    s.fleet.keepsUp();
    s.story.accept(s.advance());
    Instant end =
        s.fleet.issued().stream()
            .filter(i -> i.holder().value().equals("peer"))
            .map(Evidence.Issued::notAfter)
            .max(Instant::compareTo)
            .orElseThrow();
    s.story.now(end.minusSeconds(1));
    s.fleet.member("client").keepsUp();
    s.fleet.member("server").keepsUp();
    assertThat(waitsFor(s)).containsExactly("peer");
    s.story.now(end);
    s.story.accept(s.advance());

    // Of the next rotation it must show that it trusts, however long it has been away.
    Scene next = Scene.standby();
    next.fleet.keepsUp();
    next.story.now(next.story.now().plus(Scene.POLICY.leafLifetime()).plusSeconds(1));
    next.trusted();
    next.fleet.member("client").keepsUp();
    next.fleet.member("server").keepsUp();
    assertThat(waitsFor(next)).containsExactly("peer");
    next.story.accept(next.abandoning("gone", "peer"));
  }

  @Test
  void whoSaysWhatKeepsItFromFollowingIsQuoted() {
    Scene s = Scene.standby();
    s.fleet.keepsUp();
    s.trusted();
    FakeFleet.Member peer = s.fleet.member("peer");
    Shown old = peer.report();
    peer.report(
        new Shown(
            old.counter() + 1,
            old.bundle(),
            old.challenge(),
            old.trusts(),
            old.presents(),
            List.of(),
            Optional.of("nginx refused set 12"),
            Optional.empty(),
            s.story.now()));
    assertThat(lack(s, "peer"))
        .isEqualTo(
            new Gate.Lack(
                Gate.Reason.FAILING,
                "does not follow, since nginx refused set 12",
                Optional.of(s.story.now())));
  }

  private static Gate.Lack lack(Scene s, String name) {
    Gate gate = Gate.of(s.story.house(), s.user(), s.fleet.evidence(), s.story.now());
    return gate.lacking(Set.of()).stream()
        .filter(a -> a.about().value().equals(name))
        .findFirst()
        .orElseThrow()
        .lacking()
        .orElseThrow();
  }

  /** Of that one alone. */
  private static List<String> waitsFor(Scene s, String name) {
    Gate gate = Gate.of(s.story.house(), s.user(), s.fleet.evidence(), s.story.now());
    return gate.lacking(Set.of()).stream()
        .map(a -> a.about().value())
        .filter(name::equals)
        .toList();
  }

  @Test
  void theCredentialOfARemovedParticipantCountsUntilItExpires() {
    Scene s = Scene.standby().updatingServers();
    s.story.accept(s.fleet.removal("server"));
    s.fleet.member("client").keepsUp();
    s.fleet.member("peer").keepsUp();
    assertThat(waitsFor(s)).containsExactly("server");
    // It holds two by now: one of standby, one that it asked for while clients moved.
    s.story.now(s.story.now().plus(Scene.POLICY.leafLifetime()).minusSeconds(1));
    s.fleet.member("client").reports();
    s.fleet.member("peer").reports();
    assertThat(waitsFor(s)).containsOnly("server");
    s.story.now(s.story.now().plusSeconds(1));
    s.fleet.member("client").keepsUp();
    s.fleet.member("peer").keepsUp();
    s.story.accept(s.advance());
  }

  @Test
  void theCredentialOfARemovedParticipantCanBeAbandonedByName() {
    Scene s = Scene.standby().updatingServers();
    s.story.accept(s.fleet.removal("server"));
    s.fleet.member("client").keepsUp();
    s.fleet.member("peer").keepsUp();
    s.story.accept(s.abandoning("it is in the bin", "server"));
    assertThat(s.user().phase()).isEqualTo(new Phase.Standby(2));
  }

  /** The old machine may be anywhere, with its key and its credential. */
  @Test
  void whoComesUnderTheNameOfALostHostHasReplacedNothingOfIts() {
    Scene s = Scene.standby().updatingServers();
    FakeFleet.Member server = s.fleet.member("server");
    s.fleet.remove(server);
    s.fleet.replace(server);
    s.fleet.keepsUp();
    assertThat(waitsFor(s)).containsOnly("server");
    s.story.now(s.story.now().plus(Scene.POLICY.leafLifetime()));
    s.fleet.keepsUp();
    s.story.accept(s.advance());
    assertThat(s.user().phase()).isEqualTo(new Phase.Standby(2));
  }

  @Test
  void whoReplacesALostHostByATokenHasReplacedNothingOfIts() {
    Scene s = Scene.standby().updatingServers();
    s.fleet.enrolByToken("server", List.of(Role.PRESENTS_SERVER, Role.VERIFIES));
    s.fleet.keepsUp();
    assertThat(waitsFor(s)).containsOnly("server");
    s.story.now(s.story.now().plus(Scene.POLICY.leafLifetime()));
    s.fleet.keepsUp();
    s.story.accept(s.advance());
    assertThat(s.user().phase()).isEqualTo(new Phase.Standby(2));
  }

  @Test
  void whoPresentsNothingAnyMoreStillHoldsItsOldCredential() {
    Scene s = Scene.standby().updatingServers();
    s.fleet.changes(s.fleet.member("server"), List.of(Role.VERIFIES));
    s.fleet.keepsUp();
    assertThat(waitsFor(s)).containsOnly("server");
  }

  @Test
  void whoComesInTheMiddleIsAskedToo() {
    Scene s = Scene.standby().trusted();
    s.fleet.keepsUp();
    s.fleet.enrol("late", Role.PRESENTS_CLIENT, Role.VERIFIES);
    assertThat(waitsFor(s)).containsExactly("late");
    s.fleet.member("late").keepsUp();
    s.story.accept(s.advance());
    s.fleet.keepsUp();
    s.fleet.enrol("later", Role.PRESENTS_CLIENT, Role.VERIFIES);
    assertThat(waitsFor(s)).containsExactly("later");
  }

  @Test
  void abandoningNeedsAReasonAndNamesThatAreAskedFor() {
    Scene s = Scene.standby().trusted();
    s.fleet.member("client").keepsUp();
    s.fleet.member("peer").keepsUp();
    assertThat(s.story.refuse(s.abandoning("", "server")).code()).isEqualTo("reason-missing");
    assertThat(s.story.refuse(s.abandoning(" ", "server")).code()).isEqualTo("reason-missing");
    assertThat(s.story.refuse(s.abandoning("gone", "server", "sever")))
        .isEqualTo(new Refusal.NotInGate(List.of(new ParticipantName("sever"))));
    assertThat(s.story.refuse(s.abandoning("gone", "client")).code()).isEqualTo("gate-closed");
    GateEvidence evidence =
        ((ClientsUpdating) s.story.accept(s.abandoning("gone", "server")).getFirst()).evidence();
    assertThat(evidence.abandoned()).containsExactly(new ParticipantName("server"));
    assertThat(evidence.required()).isEqualTo(3);
    assertThat(evidence.shown()).isEqualTo(2);
  }

  @Test
  void whoWasAbandonedAtOneGateIsAskedAgainAtTheNext() {
    Scene s = Scene.standby().trusted();
    s.fleet.member("server").keepsUp();
    s.fleet.member("peer").keepsUp();
    s.story.accept(s.abandoning("gone", "client"));
    s.fleet.member("peer").keepsUp();
    assertThat(waitsFor(s)).containsExactly("client");
  }

  @Test
  void anEmptyFleetMustBeMeant() {
    Scene s = Scene.empty().trusted();
    for (int gate = 0; gate < 3; gate++) {
      assertThat(s.story.refuse(s.advance()).code()).isEqualTo("nobody-to-ask");
      s.story.accept(s.nobody());
    }
    assertThat(s.user().phase()).isEqualTo(new Phase.Standby(2));
  }

  @Test
  void nobodyIsNoWayAroundAFleet() {
    Scene s = Scene.standby().trusted();
    assertThat(s.story.refuse(s.nobody()).code()).isEqualTo("fleet-not-empty");
    s.fleet.keepsUp();
    assertThat(s.story.refuse(s.nobody()).code()).isEqualTo("fleet-not-empty");
  }

  @Test
  void nobodyIsNoWayAroundCredentialsOfWhoWasRemoved() {
    Scene s = Scene.standby().updatingServers();
    s.fleet.members().forEach(m -> s.story.accept(s.fleet.removal(m.name().value())));
    assertThat(s.story.refuse(s.nobody()).code()).isEqualTo("fleet-not-empty");
    s.story.now(s.story.now().plus(Duration.ofDays(1)));
    assertThat(s.story.refuse(s.advance()).code()).isEqualTo("nobody-to-ask");
    s.story.accept(s.nobody());
  }

  @Test
  void theEventHoldsTheRootOverWhatTheGateRestedOn() {
    Scene s = Scene.standby().updatingServers();
    s.fleet.keepsUp();
    Advance advance = s.advance();
    var accepted = (Decision.Accepted) s.story.ask(advance);
    List<byte[]> leaves = accepted.rested().stream().map(line -> line.getBytes(UTF_8)).toList();
    assertThat(leaves).isNotEmpty();
    assertThat(accepted.events().getFirst())
        .asInstanceOf(type(RotationCompleted.class))
        .extracting(e -> e.evidence().root())
        .isEqualTo(Digest.ofHash(MerkleTree.over(leaves).root()));
    assertThat(accepted.rested()).allSatisfy(line -> assertThat(line).contains("|holds|"));
  }

  @Test
  void goingBackAlsoWaitsForEveryCredentialOfTheSuccessor() {
    Scene s = Scene.standby().updatingServers();
    s.fleet.keepsUp();
    s.turned();
    s.fleet.member("client").keepsUp();
    s.fleet.member("peer").keepsUp();
    assertThat(waitsFor(s)).containsOnly("server");
    s.fleet.member("server").keepsUp();
    s.story.accept(s.advance());
    assertThat(s.user().phase()).isEqualTo(new Phase.Standby(1));
  }

  private static List<String> waitsFor(Scene s) {
    return ((Refusal.GateClosed) s.story.refuse(s.advance()))
        .lacking().stream().map(a -> a.about().value()).distinct().toList();
  }

  private static ShownCredential credential(Profile profile, Digest issuer) {
    return new ShownCredential(Format.X509, profile, new Serial("abcd"), issuer);
  }
}
