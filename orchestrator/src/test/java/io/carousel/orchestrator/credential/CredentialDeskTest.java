package io.carousel.orchestrator.credential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.Credential;
import io.carousel.events.CredentialRequest;
import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.FormatSuite;
import io.carousel.events.LeafOrder;
import io.carousel.events.LeafResult.LeafRefused;
import io.carousel.events.LeafResult.LeafSigned;
import io.carousel.events.Membership;
import io.carousel.events.OperatorAct;
import io.carousel.events.OperatorAct.Advance;
import io.carousel.events.OperatorAct.CreateAuthority;
import io.carousel.events.OperatorAct.DeclareSlotLost;
import io.carousel.events.OperatorAct.LeaveSlot;
import io.carousel.events.OperatorAct.StartRotation;
import io.carousel.events.ParticipantName;
import io.carousel.events.Policy;
import io.carousel.events.Profile;
import io.carousel.events.RevocationReason;
import io.carousel.events.Role;
import io.carousel.events.Serial;
import io.carousel.events.SigningCommand.LeafCommand;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import io.carousel.orchestrator.desk.Declined;
import io.carousel.orchestrator.rules.Evidence;
import io.carousel.orchestrator.rules.ForeignCa;
import io.carousel.orchestrator.rules.House;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Who gets which credential, by which generation and slot. */
class CredentialDeskTest extends CredentialTest {
  /** What a slot may have in hand. */
  private static final int ROOM = 256;

  @Test
  void issuesByTheGenerationInForceAndTheSlotsTakeTurns() {
    Credential first = desk.issue(request(USER, Profile.CLIENT, csr(), story.now()));
    desk.issue(request(USER, Profile.CLIENT, csr(), story.now()));
    assertThat(first.generation()).isEqualTo(1);
    assertThat(written).extracting(LeafCommand::slot).doesNotHaveDuplicates();
    assertThat(written).extracting(c -> c.order().serial()).doesNotHaveDuplicates();
    LeafOrder command = written.getFirst().order();
    assertThat(command.serial().number().bitLength()).isEqualTo(127);
    assertThat(Duration.between(story.now(), command.notAfter()))
        .isEqualTo(Policy.DEFAULT.leafLifetime());
    assertThat(command.deadline()).isAfter(story.now());
  }

  @Test
  void whatWasSignedForAPhaseThatIsOverIsNotHandedOut() {
    story.shows("user", this::trusting);
    worker =
        command -> {
          moveToUpdateClients();
          return signed(command);
        };
    declines(request(USER, Profile.CLIENT, csr(), story.now()), "phase-moved");
  }

  @Test
  void nothingIsIssuedByKeysThatAreElsewhere() {
    var old = new AuthorityName("old");
    story.accept(
        new CreateAuthority(
            old,
            FormatSuite.x509(Suite.ECDSA_P256),
            List.of(new SlotName("hsm-a")),
            Policy.DEFAULT,
            "p-1",
            ForeignCa.of(Suite.ECDSA_P256).imported()));
    story.accept(
        web.enrolment(List.of(new Membership(old, List.of(Role.PRESENTS_CLIENT, Role.VERIFIES)))));
    declines(request(old, Profile.CLIENT, csr(), story.now()), "verify-only");
    assertThat(written).isEmpty();
  }

  @Test
  void nothingIsIssuedAfterACompromise() {
    story.shows("user", () -> holding(issued()));
    story.accept(compromised());
    assertThatThrownBy(() -> desk.issue(request(USER, Profile.CLIENT, csr(), story.now())))
        .isInstanceOfSatisfying(
            Declined.class,
            d -> {
              assertThat(d.code()).isEqualTo("credential-compromised");
              assertThat(d.kind()).isEqualTo(Declined.Kind.FORBIDDEN);
              assertThat(d)
                  .hasMessageContaining("carousel fleet readmit web-1")
                  .hasMessageContaining("new identity key");
            });
    assertThat(written).isEmpty();
    story.accept(
        new OperatorAct.ReadmitParticipant(new ParticipantName("web-1"), "a false alarm", "p-1"));
    worker = this::signed;
    assertThat(desk.issue(request(USER, Profile.CLIENT, csr(), story.now()))).isNotNull();
  }

  @Test
  void whatWasSignedWhileTheRevocationCameIsNotHandedOut() {
    story.shows("user", () -> holding(issued()));
    worker =
        command -> {
          story.accept(compromised());
          return signed(command);
        };
    declines(request(USER, Profile.CLIENT, csr(), story.now()), "credential-compromised");
  }

  private static OperatorAct.RevokeCredentials compromised() {
    return new OperatorAct.RevokeCredentials(
        USER,
        List.of(),
        Optional.of(new ParticipantName("web-1")),
        RevocationReason.KEY_COMPROMISE,
        "stolen",
        "p-1");
  }

  private Evidence holding(Evidence.Issued issued) {
    return new Evidence(Map.of(), List.of(issued), List.of(), story.now());
  }

  private Evidence.Issued issued() {
    var key = story.authority("user").generation(1).ready().findFirst().orElseThrow();
    return new Evidence.Issued(
        new ParticipantName("web-1"),
        story
            .house()
            .participant(new ParticipantName("web-1"))
            .orElseThrow()
            .identityKey()
            .digest(),
        Format.X509,
        Profile.CLIENT,
        new Serial("abcd"),
        key.publicKey().digest(),
        1,
        key.slot(),
        story.now().plus(Duration.ofHours(1)));
  }

  @Test
  void refusesWhoIsNotWhoItSays() {
    CredentialRequest good = request(USER, Profile.CLIENT, csr(), story.now());
    declines(copy(good, new ParticipantName("web-2"), good.subject()), "unknown-participant");
    declines(copy(good, good.participant(), csr()), "bad-signature");
    assertThat(written).isEmpty();
  }

  @Test
  void refusesWhatItsRolesDoNotAllow() {
    declines(request(USER, Profile.SERVER, csr(), story.now()), "wrong-profile");
    declines(request(USER, Profile.BOTH, csr(), story.now()), "wrong-profile");
    declines(
        request(new AuthorityName("nobody"), Profile.CLIENT, csr(), story.now()),
        "unknown-authority");
    assertThat(written).isEmpty();
  }

  @Test
  void refusesAClockThatIsADayOff() {
    declines(
        request(USER, Profile.CLIENT, csr(), story.now().minus(Duration.ofDays(1))), "clock-off");
    declines(
        request(USER, Profile.CLIENT, csr(), story.now().plus(Duration.ofDays(1))), "clock-off");
  }

  @Test
  void aRequestThatCannotBeGrantedSaysWhyAndWhatToSend() {
    House before = story.house();
    Map.of(
            "is no PKCS#10 certification request", Bytes.of(new byte[40]),
            "has 16385 bytes", Bytes.of(new byte[CredentialRequest.SUBJECT_LIMIT + 1]),
            "RSA key has 1024 bits; use 2048", csr(rsa(1024), "SHA256withRSA"))
        .forEach((why, csr) ->
            assertThatThrownBy(() -> desk.issue(request(USER, Profile.CLIENT, csr, story.now())))
                .isInstanceOfSatisfying(
                    Declined.class,
                    d -> {
                      assertThat(d.code()).isEqualTo("bad-csr");
                      assertThat(d.kind()).isEqualTo(Declined.Kind.INVALID);
                      assertThat(d)
                          .hasMessageContaining(why)
                          .hasMessageContaining("send a PKCS#10 request in DER");
                    }));
    assertThat(written).isEmpty();
    assertThat(desk.waiting()).isZero();
    assertThat(story.house()).isEqualTo(before);
  }

  @Test
  void anAuthorityThatIsNotThereIsNamedAndWhereToLook() {
    var nobody = new AuthorityName("nobody");
    assertThatThrownBy(() -> desk.issue(request(nobody, Profile.CLIENT, csr(), story.now())))
        .isInstanceOfSatisfying(
            Declined.class, d -> assertThat(d.kind()).isEqualTo(Declined.Kind.NOT_FOUND))
        .hasMessage("there is no authority 'nobody'; see 'carousel authority list'");
    assertThat(written).isEmpty();
  }

  @Test
  void saysWhyAWorkerRefused() {
    worker = CredentialTest::refused;
    declines(request(USER, Profile.CLIENT, csr(), story.now()), "profile-not-allowed");
  }

  @Test
  void whatAWorkerFindsOutOfPhaseIsAskedForAgain() {
    worker =
        c ->
            new LeafRefused(
                c.command(),
                c.authority(),
                c.generation(),
                c.slot(),
                c.order().participant(),
                c.order().serial(),
                "out-of-phase",
                "the phase is over");
    declines(request(USER, Profile.CLIENT, csr(), story.now()), "phase-moved");
  }

  @Test
  void beyondWhatASlotCarriesCallersComeBackLater() {
    List<Future<Credential>> carried = fill();
    assertThatThrownBy(() -> desk.issue(request(DB, Profile.CLIENT, csr(), story.now())))
        .isInstanceOfSatisfying(
            Declined.class,
            d -> {
              assertThat(d.code()).isEqualTo("slot-busy");
              assertThat(d.kind()).isEqualTo(Declined.Kind.UNAVAILABLE);
              assertThat(d.retryAfter().orElseThrow()).isPositive();
              assertThat(d).hasMessageContaining("ask again");
            });
    assertThat(written).hasSize(ROOM);

    List.copyOf(written).forEach(c -> desk.take(signed(c)));
    assertThat(carried)
        .allSatisfy(c ->
            assertThat(c)
                .succeedsWithin(Duration.ofSeconds(20))
                .extracting(Credential::authority)
                .isEqualTo(DB));
    assertThat(desk.waiting()).isZero();
    worker = this::signed;
    assertThat(desk.issue(request(DB, Profile.CLIENT, csr(), story.now()))).isNotNull();
  }

  @Test
  void aFullSlotIsPassedOverWhereAnotherHasRoom() {
    List<Future<Credential>> carried = fill();
    worker = this::signed;
    for (int i = 0; i < 4; i++) {
      desk.issue(request(USER, Profile.CLIENT, csr(), story.now()));
      assertThat(written.getLast().slot()).isEqualTo(new SlotName("hsm-b"));
    }
    List.copyOf(written).forEach(c -> desk.take(signed(c)));
    assertThat(carried)
        .allSatisfy(c -> assertThat(c).succeedsWithin(Duration.ofSeconds(20)).isNotNull());
  }

  /** More often than there is room: what is not given back would be missing. */
  @Test
  void whoGivesUpLeavesNothingBehind() {
    CredentialRequest request = request(DB, Profile.CLIENT, csr(), story.now());
    worker = c -> null;
    for (int i = 0; i < ROOM + 1; i++) {
      Thread.currentThread().interrupt();
      declines(request, "stopping");
      assertThat(Thread.interrupted()).isTrue();
    }
    kafka = CompletableFuture.failedFuture(new IllegalStateException("no broker"));
    for (int i = 0; i < ROOM + 1; i++) {
      declines(request, "kafka-unavailable");
    }
    kafka = CompletableFuture.completedFuture(null);
    worker = CredentialTest::refused;
    for (int i = 0; i < ROOM + 1; i++) {
      declines(request, "profile-not-allowed");
    }
    assertThat(desk.waiting()).isZero();

    List.copyOf(written).forEach(c -> desk.take(signed(c)));
    assertThat(desk.waiting()).isZero();
    worker = this::signed;
    Credential credential = desk.issue(request);
    assertThat(credential.serial()).isEqualTo(written.getLast().order().serial());
  }

  @Test
  void aResultThatComesLateIsNobodysAndBringsItsSlotBack() {
    var silent = new SlotName("hsm-a");
    CredentialRequest request = request(USER, Profile.CLIENT, csr(), story.now());
    worker = c -> c.slot().equals(silent) ? null : signed(c);
    Credential first = desk.issue(request);
    assertThat(written)
        .extracting(LeafCommand::slot)
        .containsExactly(silent, new SlotName("hsm-b"));
    assertThat(first.serial()).isEqualTo(written.get(1).order().serial());
    for (int i = 0; i < 4; i++) {
      desk.issue(request);
    }
    assertThat(written.subList(1, 6)).extracting(LeafCommand::slot).doesNotContain(silent);

    desk.take(signed(written.getFirst()));
    worker = this::signed;
    Credential next = desk.issue(request);
    assertThat(written.getLast().slot()).isEqualTo(silent);
    assertThat(next.serial())
        .isEqualTo(written.getLast().order().serial())
        .isNotEqualTo(written.getFirst().order().serial());
    assertThat(desk.waiting()).isZero();
  }

  @Test
  void whatIsNoticedOfSlotsIsTold() {
    var silent = new SlotName("hsm-a");
    worker = c -> c.slot().equals(silent) ? null : signed(c);
    desk.issue(request(USER, Profile.CLIENT, csr(), story.now()));
    assertThat(noticed).containsExactly("hsm-a is silent", "hsm-b answers");
    noticed.clear();
    // Too late for whoever waited, and so nobody's answer.
    desk.take(signed(written.getFirst()));
    assertThat(noticed).isEmpty();
    worker = CredentialTest::refused;
    declines(request(DB, Profile.CLIENT, csr(), story.now()), "profile-not-allowed");
    assertThat(noticed).containsExactly("hsm-a answers", "hsm-a refuses: profile-not-allowed");
  }

  @Test
  void whatNoWorkerFinishedIsNoAnswerOfOne() {
    worker =
        c ->
            new LeafRefused(
                c.command(),
                c.authority(),
                c.generation(),
                c.slot(),
                c.order().participant(),
                c.order().serial(),
                "undeliverable",
                "delivered as often as allowed");
    declines(request(DB, Profile.CLIENT, csr(), story.now()), "undeliverable");
    assertThat(noticed).containsExactly("hsm-a refuses: undeliverable");
  }

  @Test
  void aSlotThatLeavesIsNotAskedAndWhatItHasSignedMeanwhileIsNotHandedOut() {
    var a = new SlotName("hsm-a");
    worker =
        c -> {
          if (c.slot().equals(a) && story.authority("user").inForce().signs(a)) {
            leave(a);
          }
          return signed(c);
        };
    declines(request(USER, Profile.CLIENT, csr(), story.now()), "phase-moved");
    written.clear();
    for (int i = 0; i < 4; i++) {
      desk.issue(request(USER, Profile.CLIENT, csr(), story.now()));
    }
    assertThat(written).extracting(LeafCommand::slot).containsOnly(new SlotName("hsm-b"));
  }

  @Test
  void aLostSlotIsNotAskedWhileAnotherSigns() {
    story.accept(new DeclareSlotLost(new SlotName("hsm-a"), "burnt", "p-1"));
    for (int i = 0; i < 4; i++) {
      desk.issue(request(USER, Profile.CLIENT, csr(), story.now()));
    }
    assertThat(written).extracting(LeafCommand::slot).containsOnly(new SlotName("hsm-b"));
    // Where there is no other it is asked all the same.
    desk.issue(request(DB, Profile.CLIENT, csr(), story.now()));
    assertThat(written.getLast().slot()).isEqualTo(new SlotName("hsm-a"));
  }

  private void leave(SlotName slot) {
    story.accept(
        new LeaveSlot(USER, story.authority("user").seen(), slot, "out of warranty", "p-1"));
  }

  /** The worker of the right slot, and not what was asked: whoever waits goes on waiting. */
  @Test
  void aResultOfSomethingElseIsNotHandedOut() {
    List<UnaryOperator<LeafSigned>> others =
        List.of(
            s -> with(s, Serial.of(BigInteger.valueOf(7)), s.profile(), s.issuerKey()),
            s -> with(s, s.serial(), Profile.SERVER, s.issuerKey()),
            s -> with(s, s.serial(), s.profile(), Digest.of(new byte[] {2})));
    for (UnaryOperator<LeafSigned> other : others) {
      worker =
          c -> {
            assertThat(desk.take(other.apply(signed(c)))).isFalse();
            return signed(c);
          };
      Credential credential = desk.issue(request(DB, Profile.CLIENT, csr(), story.now()));
      assertThat(credential.serial()).isEqualTo(written.getLast().order().serial());
    }
  }

  private static LeafSigned with(LeafSigned s, Serial serial, Profile profile, Digest issuerKey) {
    return new LeafSigned(
        s.answers(),
        s.authority(),
        s.generation(),
        s.slot(),
        s.participant(),
        s.identity(),
        s.format(),
        profile,
        serial,
        issuerKey,
        s.notAfter(),
        s.digest(),
        s.credential());
  }

  /** As many callers wait for hsm-a as it carries. */
  private List<Future<Credential>> fill() {
    CredentialRequest request = request(DB, Profile.CLIENT, csr(), story.now());
    worker = c -> null;
    var carried = new ArrayList<Future<Credential>>();
    for (int i = 0; i < ROOM; i++) {
      var caller = new FutureTask<>(() -> desk.issue(request));
      Thread.startVirtualThread(caller);
      carried.add(caller);
    }
    await().until(() -> written.size() == ROOM);
    return carried;
  }

  private void moveToUpdateClients() {
    story.accept(new StartRotation(USER, story.authority("user").seen(), List.of(), "", "p-1"));
    story.settle();
    story.accept(new Advance(USER, story.authority("user").seen(), List.of(), false, "", "p-1"));
  }

  private Evidence trusting() {
    var a = story.authority("user");
    Set<Digest> all =
        a.generations().values().stream()
            .flatMap(g -> g.ready().map(k -> k.publicKey().digest()))
            .collect(java.util.stream.Collectors.toSet());
    return new Evidence(
        Map.of(
            new ParticipantName("web-1"),
            new Evidence.Shown(1, a.bundle(), a.challenge(), all, List.of(), story.now())),
        List.of(),
        List.of(),
        story.now());
  }

  private static CredentialRequest copy(CredentialRequest r, ParticipantName name, Bytes csr) {
    return new CredentialRequest(
        name, r.authority(), r.format(), r.profile(), csr, r.names(), r.at(), r.signature());
  }
}
