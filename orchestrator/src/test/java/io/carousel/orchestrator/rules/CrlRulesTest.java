package io.carousel.orchestrator.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.Act;
import io.carousel.events.AuthorityEvent.CredentialsRevoked;
import io.carousel.events.AuthorityEvent.CrlIssued;
import io.carousel.events.AuthorityEvent.CrlRequested;
import io.carousel.events.AuthorityEvent.KeyDestroyed;
import io.carousel.events.AuthorityName;
import io.carousel.events.CrlDraft;
import io.carousel.events.CrlNumber;
import io.carousel.events.Event;
import io.carousel.events.FormatSuite;
import io.carousel.events.HouseEvent.SlotInspectionRequested;
import io.carousel.events.ListedSerial;
import io.carousel.events.OperatorAct.CreateAuthority;
import io.carousel.events.OperatorAct.RevokeCredentials;
import io.carousel.events.ParticipantName;
import io.carousel.events.Policy;
import io.carousel.events.RevocationReason;
import io.carousel.events.Serial;
import io.carousel.events.SigningCommand.SignCaCertificate;
import io.carousel.events.SigningCommand.SignCrl;
import io.carousel.events.SshOptions;
import io.carousel.events.Suite;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** CRLs: there before the first credential, renewed in time, complete, and left behind. */
class CrlRulesTest {
  private static final Duration LIFE = Duration.ofDays(4);
  private static final Policy POLICY =
      new Policy(
          Duration.ofHours(1),
          Duration.ofDays(365),
          Duration.ofMinutes(1),
          Optional.of(Duration.ofDays(7)),
          LIFE,
          Optional.empty(),
          Duration.ZERO,
          SshOptions.NONE);

  @Test
  void noKeySignsBeforeItsCrlIsPublished() {
    Scene s = Scene.creating(POLICY);
    s.keyOfSlotA();
    s.story.accept(s.story.slot(Scene.A).does(s.asked(SignCaCertificate.class, Scene.A)));
    assertThat(s.key(1, Scene.A)).isInstanceOf(Key.Certified.class);
    assertThat(s.user().generation(1).ready()).isEmpty();
    s.story.settle();
    assertThat(s.user().phase()).isEqualTo(new Phase.Standby(1));
    List<Event> events = s.story.log().stream().map(r -> r.event()).toList();
    int opened =
        IntStream.range(0, events.size())
            .filter(i -> events.get(i) instanceof io.carousel.events.AuthorityEvent.AuthorityOpened)
            .findFirst()
            .orElseThrow();
    assertThat(events.subList(0, opened)).filteredOn(CrlIssued.class::isInstance).hasSize(2);
  }

  @Test
  void aCrlIsRenewedAtHalfOfItsLifeAndNotBefore() {
    Scene s = Scene.standby(POLICY);
    CrlDraft first = published(s, 1).draft();
    Instant due = first.nextUpdate().minus(LIFE.dividedBy(2));
    assertThat(Rules.nextDue(s.story.house())).contains(due);
    s.story.now(due.minusMillis(1));
    assertThat(s.story.refuse(new Act.TimePassed()).code()).isEqualTo("nothing-due");
    s.story.now(due);
    assertThat(s.story.accept(new Act.TimePassed())).hasOnlyElementsOfType(CrlRequested.class);
    assertThat(s.story.refuse(new Act.TimePassed()).code()).isEqualTo("nothing-due");
    s.story.settle();
    CrlDraft second = published(s, 1).draft();
    assertThat(second.number()).isEqualTo(CrlNumber.of(2));
    assertThat(second.nextUpdate()).isAfter(first.nextUpdate());
  }

  /** What time alone asks for at once is told apart, or one of them would never be signed. */
  @Test
  void twoAuthoritiesOfOneSlotRenewTheirCrlsAtOnce() {
    Scene s = Scene.creating(POLICY);
    var other = new AuthorityName("db");
    s.story.accept(
        new CreateAuthority(
            other, FormatSuite.x509(Suite.ECDSA_P256), List.of(Scene.A), POLICY, "p-1"));
    s.story.settle();
    s.story.now(s.story.now().plus(LIFE));
    List<Event> due = s.story.accept(new Act.TimePassed());
    assertThat(due).hasSize(3).hasOnlyElementsOfType(CrlRequested.class);
    assertThat(due).extracting(e -> ((CrlRequested) e).command()).doesNotHaveDuplicates();
    assertThat(s.story.house().outbox()).hasSize(3);
  }

  /** Else each CRL would be due for renewal as soon as it is there. */
  @Test
  void aLifeShorterThanItIsDatedBackLeavesTimeToo() {
    Duration life = Duration.ofSeconds(10);
    Scene s =
        Scene.standby(
            new Policy(
                POLICY.leafLifetime(),
                POLICY.caLifetime(),
                Duration.ofHours(1),
                POLICY.hold(),
                life,
                POLICY.distribution(),
                POLICY.jwksMaxAge(),
                POLICY.ssh()));
    assertThat(s.story.refuse(new Act.TimePassed()).code()).isEqualTo("nothing-due");
    s.story.now(published(s, 1).draft().nextUpdate().minus(life.dividedBy(2)));
    assertThat(s.story.accept(new Act.TimePassed())).hasOnlyElementsOfType(CrlRequested.class);
  }

  @Test
  void whatIsRevokedIsListedAtOnceAndByItsKeyAlone() {
    Scene s = Scene.standby(POLICY);
    s.story.accept(revoking(s, "peer"));
    Evidence.Issued peer = issued(s, "peer");
    s.story.settle();
    assertThat(s.user().isRevoked(peer.serial())).isTrue();
    Key.Published of = published(s, peer);
    assertThat(of.draft().revoked())
        .singleElement()
        .satisfies(e -> {
          assertThat(e.serial()).isEqualTo(ListedSerial.of(peer.serial()));
          assertThat(e.reason()).isEqualTo(RevocationReason.KEY_COMPROMISE);
        });
    long listed =
        s.user()
            .generation(1)
            .ready()
            .mapToLong(k -> k.x509().orElseThrow().draft().revoked().size())
            .sum();
    assertThat(listed).isEqualTo(1);
  }

  @Test
  void whatIsRevokedWhileACrlIsBeingSignedComesWithTheNext() {
    Scene s = Scene.standby(POLICY);
    Evidence.Issued client = issued(s, "client");
    s.story.accept(revoking(s, "client"));
    SignCrl first = s.asked(SignCrl.class, client.slot());
    // Of the same key, while its CRL is on its way: a fresh credential of that client.
    Evidence.Issued more = anotherOfTheSameKey(s, client);
    List<Event> events = s.story.accept(revoking(s, more.serial()));
    assertThat(events).hasOnlyElementsOfType(CredentialsRevoked.class);
    assertThat(s.story.accept(s.story.slot(first.slot()).does(first)))
        .hasExactlyElementsOfTypes(CrlIssued.class, CrlRequested.class);
    s.story.settle();
    assertThat(published(s, client).draft().revoked())
        .extracting(CrlDraft.Entry::serial)
        .containsExactlyInAnyOrder(
            ListedSerial.of(client.serial()), ListedSerial.of(more.serial()));
  }

  @Test
  void anExpiredEntryLeavesTheListAfterOneMoreCrl() {
    Scene s = Scene.standby(POLICY);
    Evidence.Issued client = issued(s, "client");
    s.story.accept(revoking(s, "client"));
    s.story.settle();
    s.story.now(client.notAfter().plus(LIFE));
    s.story.accept(new Act.TimePassed());
    s.story.settle();
    assertThat(published(s, client).draft().revoked())
        .extracting(CrlDraft.Entry::serial)
        .contains(ListedSerial.of(client.serial()));
    s.story.now(s.story.now().plus(LIFE));
    s.story.accept(new Act.TimePassed());
    s.story.settle();
    assertThat(published(s, client).draft().revoked()).isEmpty();
  }

  @Test
  void aKeyThatIsDestroyedLeavesACrlThatReachesItsEnd() {
    Scene s = Scene.standby(POLICY).completed();
    Instant end = Proofs.end(((Key.Ready) s.key(1, Scene.A)).certificate().orElseThrow());
    s.story.now(s.story.now().plus(Duration.ofDays(8)));
    assertThat(s.story.accept(new Act.TimePassed()))
        .filteredOn(CrlRequested.class::isInstance)
        .map(CrlRequested.class::cast)
        .filteredOn(e -> e.generation() == 1)
        .hasSize(2)
        .allSatisfy(e -> assertThat(e.draft().nextUpdate()).isEqualTo(end));
    s.story.settle();
    assertThat(s.key(1, Scene.A)).isInstanceOf(Key.Ready.class);
    assertThat(s.story.accept(new Act.TimePassed()))
        .hasOnlyElementsOfType(SlotInspectionRequested.class)
        .hasSize(2);
    s.story.settle();
    assertThat(s.story.log().getLast().event()).isInstanceOf(KeyDestroyed.class);
  }

  @Test
  void aCrlThatIsNotWhatWasAskedForIsRefused() {
    Scene s = Scene.standby(POLICY);
    s.story.accept(revoking(s, "client"));
    SignCrl asked = s.asked(SignCrl.class, issued(s, "client").slot());
    FakeSlot slot = s.story.slot(asked.slot());
    CrlDraft d = asked.draft();
    Map<String, CrlShape> wrong =
        Map.of(
            "it does not verify under its issuer's key",
            CrlShape.RIGHT.signedByAnother(),
            "its extensions are not the two that were asked for",
            CrlShape.RIGHT.unnumbered(),
            "its number is another",
            CrlShape.RIGHT.saying(
                _ -> new CrlDraft(d.number().next(), d.thisUpdate(), d.nextUpdate(), d.revoked())),
            "its thisUpdate or nextUpdate is another",
            CrlShape.RIGHT.saying(_ ->
                new CrlDraft(
                    d.number(), d.thisUpdate(), d.nextUpdate().plusSeconds(1), d.revoked())),
            "it lists other certificates",
            CrlShape.RIGHT.saying(
                _ -> new CrlDraft(d.number(), d.thisUpdate(), d.nextUpdate(), List.of())));
    wrong.forEach((why, shape) ->
        assertThat(s.story.refuse(slot.lists(asked, shape)).message()).endsWith(why));
    assertThat(s.story.refuse(slot.lists(asked, CrlShape.RIGHT.unidentified())).code())
        .isEqualTo("crl-wrong");
    s.story.accept(slot.lists(asked));
  }

  @Test
  void whatWasNeverIssuedCannotBeRevokedAndNothingElseIsThen() {
    Scene s = Scene.standby(POLICY);
    var both =
        new RevokeCredentials(
            Scene.USER,
            List.of(issued(s, "client").serial(), new Serial("abcdef")),
            Optional.empty(),
            RevocationReason.UNSPECIFIED,
            "why",
            "p-1");
    assertThat(s.story.refuse(both).message()).contains("abcdef");
    assertThat(s.story.refuse(revoking(s, "nobody")).code()).isEqualTo("nothing-to-revoke");
    var silent =
        new RevokeCredentials(
            Scene.USER,
            List.of(),
            Optional.of(new ParticipantName("client")),
            RevocationReason.UNSPECIFIED,
            " ",
            "p-1");
    assertThat(s.story.refuse(silent).code()).isEqualTo("reason-missing");
    s.story.accept(revoking(s, "client"));
    assertThat(s.story.refuse(revoking(s, "client")).code()).isEqualTo("nothing-to-revoke");
  }

  @Test
  void aRevokedCredentialHoldsNoGateClosed() {
    Scene s = Scene.standby(POLICY).updatingServers();
    s.fleet.keepsUp();
    s.fleet.member("client").stops();
    s.fleet.remove(s.fleet.member("client"));
    assertThat(s.story.refuse(s.advance()).code()).isEqualTo("gate-closed");
    s.story.accept(revoking(s, "client"));
    s.story.accept(s.advance());
    assertThat(s.user().phase()).isEqualTo(new Phase.Standby(2));
  }

  private static RevokeCredentials revoking(Scene s, String participant) {
    return new RevokeCredentials(
        s.user().name(),
        List.of(),
        Optional.of(new ParticipantName(participant)),
        RevocationReason.KEY_COMPROMISE,
        "stolen",
        "p-1",
        s.fleet.breaking(new ParticipantName(participant)));
  }

  private static RevokeCredentials revoking(Scene s, Serial serial) {
    return new RevokeCredentials(
        s.user().name(),
        List.of(serial),
        Optional.empty(),
        RevocationReason.SUPERSEDED,
        "another one",
        "p-1");
  }

  private static Evidence.Issued issued(Scene s, String holder) {
    return s.fleet.issued().stream()
        .filter(i -> i.holder().value().equals(holder))
        .reduce((_, last) -> last)
        .orElseThrow();
  }

  private static Evidence.Issued anotherOfTheSameKey(Scene s, Evidence.Issued one) {
    while (true) {
      s.fleet.member(one.holder().value()).renews();
      Evidence.Issued next = issued(s, one.holder().value());
      if (next.issuerKey().equals(one.issuerKey())) {
        return next;
      }
    }
  }

  private static Key.Published published(Scene s, int generation) {
    return ((Key.Ready) s.key(generation, Scene.A)).x509().orElseThrow();
  }

  private static Key.Published published(Scene s, Evidence.Issued credential) {
    return ((Key.Ready) s.key(credential.generation(), credential.slot())).x509().orElseThrow();
  }
}
