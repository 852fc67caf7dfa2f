package io.carousel.orchestrator.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.AuthorName;
import io.carousel.events.AuthorityName;
import io.carousel.events.Breakage;
import io.carousel.events.CommandId;
import io.carousel.events.Digest;
import io.carousel.events.EnrolmentTokenId;
import io.carousel.events.Format;
import io.carousel.events.FormatSuite;
import io.carousel.events.KeyId;
import io.carousel.events.KeyPlace;
import io.carousel.events.NamePattern;
import io.carousel.events.ParticipantName;
import io.carousel.events.PhaseName;
import io.carousel.events.RotationId;
import io.carousel.events.Seen;
import io.carousel.events.Serial;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Programs act on these codes, and logs hold them: each stays as it is. */
class RefusalTest {
  private static final AuthorityName USER = new AuthorityName("user");
  private static final SlotName SLOT = new SlotName("hsm-a");
  private static final AuthorName AUTHOR = new AuthorName("worker-a");
  private static final ParticipantName WEB = new ParticipantName("web-1");
  private static final RotationId ROTATION = RotationId.of(USER, 1);
  private static final String CHANGE = "rotation user/1";
  private static final CommandId COMMAND = new CommandId("0195518e-2c7b-7a10-8123-456789abcdef");
  private static final KeyId KEY = new KeyId("a1b2");
  private static final KeyPlace PLACE = KeyPlace.of(SLOT, Format.X509);
  private static final Digest DIGEST = Digest.of(new byte[] {1});
  private static final EnrolmentTokenId TOKEN = new EnrolmentTokenId("0011223344556677");
  private static final Seen SEEN = new Seen(Optional.of(ROTATION), PhaseName.INIT, 4);

  private static final Map<Refusal, String> CODES =
      Map.ofEntries(
          Map.entry(new Refusal.NotAuthorised(AUTHOR, "do that"), "not-authorised"),
          Map.entry(new Refusal.UnknownAuthority(USER), "unknown-authority"),
          Map.entry(new Refusal.AuthorityExists(USER), "authority-exists"),
          Map.entry(new Refusal.NameReserved(AuthorityName.BUILT_IN), "name-reserved"),
          Map.entry(new Refusal.SuccessorNotNamed(3), "successor-not-named"),
          Map.entry(new SlotRefusal.NamesTooLong(USER, SLOT, 10), "names-too-long"),
          Map.entry(new SlotRefusal.SubjectTooLong(USER, SLOT, "why"), "subject-too-long"),
          Map.entry(new CredentialRefusal.NoSvidSuite(USER, Suite.ED25519), "no-svid-suite"),
          Map.entry(new CredentialRefusal.NoSvidFormat(USER), "no-svid-format"),
          Map.entry(new EnrolmentRefusal.NameUnfit("a", "why"), "name-unfit"),
          Map.entry(
              new EnrolmentRefusal.NameBarred(
                  new ParticipantName("a"), EnrolmentTokenId.of(Story.identity("t"))),
              "name-barred"),
          Map.entry(new SlotRefusal.UnknownSlot(SLOT, List.of()), "unknown-slot"),
          Map.entry(new SlotRefusal.AlreadyIn(SLOT, USER), "slot-in-authority"),
          Map.entry(new SlotRefusal.NotIn(SLOT, USER, List.of()), "slot-not-in-authority"),
          Map.entry(new SlotRefusal.LastSlot(SLOT, USER, List.of()), "last-slot"),
          Map.entry(new SlotRefusal.GenerationUsed(SLOT, USER, 2), "generation-used"),
          Map.entry(new SlotRefusal.NoneSigns(USER, 1), "none-signs"),
          Map.entry(new SlotRefusal.Moving(USER, SLOT, PhaseName.SLOT_JOINING), "slot-moving"),
          Map.entry(new CredentialRefusal.NothingWithheld(WEB), "nothing-withheld"),
          Map.entry(new SlotRefusal.HasSigned(SLOT, USER), "slot-has-signed"),
          Map.entry(new SlotRefusal.Lost(SLOT, USER), "slot-lost"),
          Map.entry(new SlotRefusal.LostAlready(SLOT), "slot-lost-already"),
          Map.entry(new SlotRefusal.NotLost(SLOT), "slot-not-lost"),
          Map.entry(new SlotRefusal.InUse(SLOT, List.of(USER)), "slot-in-use"),
          Map.entry(new SlotRefusal.WorkersEnrolled(SLOT, List.of(AUTHOR)), "workers-enrolled"),
          Map.entry(new SlotRefusal.KeysRemain(SLOT, List.of("a key")), "keys-remain"),
          Map.entry(new SlotRefusal.KnownAlready(SLOT, true), "known-already"),
          Map.entry(new SlotRefusal.SlotExists(SLOT), "slot-exists"),
          Map.entry(new Refusal.MovedOn(USER, SEEN, SEEN), "moved-on"),
          Map.entry(new Refusal.StillCreating(USER, List.of(SLOT)), "still-creating"),
          Map.entry(new Refusal.NothingUnderway(USER), "nothing-underway"),
          Map.entry(new Refusal.RotationUnderway(ROTATION, PhaseName.INIT), "rotation-underway"),
          Map.entry(
              new Refusal.KeysMissing(CHANGE, PhaseName.INIT, List.of("hsm-a")), "keys-missing"),
          Map.entry(
              new Refusal.WouldBreak("it moves", List.of(new Breakage(WEB, "presents x509"))),
              "would-break"),
          Map.entry(new Refusal.WouldNotBreak("it moves", List.of(WEB)), "would-not-break"),
          Map.entry(new Refusal.GateClosed(CHANGE, PhaseName.INIT, 0, List.of()), "gate-closed"),
          Map.entry(new Refusal.NobodyToAsk(CHANGE, PhaseName.INIT), "nobody-to-ask"),
          Map.entry(new Refusal.FleetNotEmpty(USER, 2), "fleet-not-empty"),
          Map.entry(new Refusal.NotInGate(List.of(WEB)), "not-in-gate"),
          Map.entry(new Refusal.ReasonMissing("a rollback"), "reason-missing"),
          Map.entry(new Refusal.RollingBack(ROTATION), "rolling-back"),
          Map.entry(new Refusal.CannotReturn(ROTATION, 1, Instant.EPOCH), "cannot-return"),
          Map.entry(new Refusal.UnknownParticipant(WEB), "unknown-participant"),
          Map.entry(new Refusal.IdentityTaken(WEB), "identity-taken"),
          Map.entry(new Refusal.KeyUnusable("key a1", "it is short"), "key-unusable"),
          Map.entry(new Refusal.AuthorTaken(AUTHOR), "author-taken"),
          Map.entry(new Refusal.UnknownAuthor(AUTHOR), "unknown-author"),
          Map.entry(new Refusal.LastOrchestrator(AUTHOR), "last-orchestrator"),
          Map.entry(new Refusal.LevelUnsupported(3, 1, 1), "level-unsupported"),
          Map.entry(new Refusal.UnknownCommand(COMMAND), "unknown-command"),
          Map.entry(new Refusal.AnswerUnfit(COMMAND), "answer-unfit"),
          Map.entry(new Refusal.KeyKnown(KEY), "key-known"),
          Map.entry(new Refusal.ProofFailed(KEY), "proof-failed"),
          Map.entry(new Refusal.CertificateWrong(COMMAND, "why"), "certificate-wrong"),
          Map.entry(new CredentialRefusal.CrlWrong(COMMAND, "why"), "crl-wrong"),
          Map.entry(
              new SlotRefusal.SuiteLacking(SLOT, Suite.ED25519, List.of(Suite.RSA_2048)),
              "suite-lacking"),
          Map.entry(new SlotRefusal.InspectionUnderway(SLOT), "inspection-underway"),
          Map.entry(new SlotRefusal.NotFrozen(SLOT), "not-frozen"),
          Map.entry(new CredentialRefusal.NotIssued(USER, List.of(new Serial("ab"))), "not-issued"),
          Map.entry(new CredentialRefusal.NothingToRevoke(USER), "nothing-to-revoke"),
          Map.entry(new CredentialRefusal.TooManyRevoked(USER, 500, 1500), "too-many-revoked"),
          Map.entry(
              new CredentialRefusal.FormatNotSigned(
                  USER, Format.SSH, FormatSuite.x509(Suite.ECDSA_P256)),
              "format-not-signed"),
          Map.entry(
              new CredentialRefusal.PublishedTooLately(CHANGE, Instant.EPOCH),
              "published-too-lately"),
          Map.entry(new ExternalRefusal.RootUnfit("why"), "root-unfit"),
          Map.entry(new ExternalRefusal.RootUseless(USER), "root-useless"),
          Map.entry(new ExternalRefusal.NoExternalRoot(USER), "no-external-root"),
          Map.entry(new ExternalRefusal.RequestWrong(COMMAND, "why"), "request-wrong"),
          Map.entry(new ExternalRefusal.NoCertificateAwaited(USER), "no-certificate-awaited"),
          Map.entry(
              new ExternalRefusal.CertificatesAwaited(USER, List.of("hsm-a/x509")),
              "certificates-awaited"),
          Map.entry(
              new ExternalRefusal.CertificateUnfit(USER, CertificateFlaw.KEY, "why"),
              "certificate-unfit"),
          Map.entry(new ExternalRefusal.RootCrlUseless(USER), "root-crl-useless"),
          Map.entry(new ExternalRefusal.RootCrlUnfit(USER, "why"), "root-crl-unfit"),
          Map.entry(new ExternalRefusal.RootCrlTooEarly(USER, List.of(1)), "root-crl-too-early"),
          Map.entry(new OriginRefusal.NotSeen(SLOT, KEY), "key-not-seen"),
          Map.entry(new OriginRefusal.AdoptionUnfit(PLACE, KEY, "why"), "adoption-unfit"),
          Map.entry(new OriginRefusal.KeyWeak(SLOT, KEY, List.of("not private")), "key-weak"),
          Map.entry(new OriginRefusal.ImportUnfit(Format.X509, DIGEST, "why"), "import-unfit"),
          Map.entry(new OriginRefusal.ImportLacking(Format.SSH), "import-lacking"),
          Map.entry(new OriginRefusal.PublicKeyKnown(DIGEST), "public-key-known"),
          Map.entry(
              new OriginRefusal.CannotSign(ROTATION, PhaseName.UPDATE_CLIENTS, 1), "cannot-sign"),
          Map.entry(new OriginRefusal.ElsewhereUnknown(USER, 1), "elsewhere-unknown"),
          Map.entry(new OriginRefusal.NothingElsewhere(USER), "nothing-elsewhere"),
          Map.entry(new OriginRefusal.UnknownGeneration(USER, 9), "unknown-generation"),
          Map.entry(new Refusal.PolicyStale(USER), "policy-stale"),
          Map.entry(new Refusal.PolicyFixed(USER, "why"), "policy-fixed"),
          Map.entry(new Refusal.PolicyUnchanged(USER), "policy-unchanged"),
          Map.entry(
              new SlotRefusal.BeyondLimits(SLOT, new AuthorName("worker-1"), "why"),
              "beyond-limits"),
          Map.entry(new OriginRefusal.NoForeignCa(USER), "no-foreign-ca"),
          Map.entry(
              new OriginRefusal.SeveralForeignCas(USER, List.of(DIGEST)), "several-foreign-cas"),
          Map.entry(new OriginRefusal.ForeignCrlUnfit(USER, "why"), "foreign-crl-unfit"),
          Map.entry(new OriginRefusal.ForeignCrlNoNews(USER), "foreign-crl-no-news"),
          Map.entry(new SlotRefusal.NoSuchKey(SLOT, KEY), "no-such-key-there"),
          Map.entry(new SlotRefusal.KeyInForce(SLOT, KEY, USER, 1), "key-in-force"),
          Map.entry(new SlotRefusal.KeySeen(SLOT, KEY), "key-seen"),
          Map.entry(new OriginRefusal.CannotRetrust(USER, 1, "why"), "cannot-retrust"),
          Map.entry(new OriginRefusal.NotRetrusted(USER, 1), "not-retrusted"),
          Map.entry(new OriginRefusal.StillPresented(USER, 1, 3, List.of()), "still-presented"),
          Map.entry(new OriginRefusal.NobodyPresents(USER, 1), "nobody-presents"),
          Map.entry(new EnrolmentRefusal.TokenExists(TOKEN), "token-exists"),
          Map.entry(new EnrolmentRefusal.TooManyTokens(10_000), "too-many-tokens"),
          Map.entry(new EnrolmentRefusal.UnknownToken(TOKEN), "unknown-token"),
          Map.entry(new EnrolmentRefusal.TokenEnded(TOKEN, Instant.EPOCH), "token-ended"),
          Map.entry(new EnrolmentRefusal.NotSigned(WEB, "its key"), "not-signed"),
          Map.entry(
              new EnrolmentRefusal.ClockOff(WEB, Instant.EPOCH, Duration.ofMinutes(9)),
              "clock-off"),
          Map.entry(new EnrolmentRefusal.TokenExpired(TOKEN, Instant.EPOCH), "token-expired"),
          Map.entry(new EnrolmentRefusal.TokenUsedUp(TOKEN, 2), "token-used-up"),
          Map.entry(new EnrolmentRefusal.TokenRevoked(TOKEN, Instant.EPOCH), "token-revoked"),
          Map.entry(
              new EnrolmentRefusal.NameNotAllowed(TOKEN, WEB, new NamePattern("db-*")),
              "name-not-allowed"),
          Map.entry(new EnrolmentRefusal.NameTaken(WEB), "name-taken"),
          Map.entry(new EnrolmentRefusal.AlreadyEnrolled(WEB, TOKEN), "already-enrolled"),
          Map.entry(new EnrolmentRefusal.IdentityRemoved(WEB, TOKEN), "identity-removed"),
          Map.entry(new EnrolmentRefusal.NameKept("canary.invalid"), "name-kept"),
          Map.entry(new Refusal.NothingDue(), "nothing-due"));

  @Test
  void codesNeverChange() {
    CODES.forEach((refusal, code) -> assertThat(refusal.code()).isEqualTo(code));
  }

  @Test
  void everyRefusalIsPinned() {
    assertThat(CODES.keySet().stream().map(Object::getClass))
        .containsExactlyInAnyOrderElementsOf(leaves(Refusal.class).toList());
    assertThat(Set.copyOf(CODES.values())).hasSameSizeAs(CODES.keySet());
  }

  private static Stream<Class<?>> leaves(Class<?> type) {
    return type.isSealed()
        ? Stream.of(type.getPermittedSubclasses()).flatMap(RefusalTest::leaves)
        : Stream.of(type);
  }

  @Test
  void everyMessageIsOneSentenceForPeople() {
    CODES
        .keySet()
        .forEach(refusal ->
            assertThat(refusal.message()).isNotBlank().doesNotContain("%", "Optional", "null"));
  }
}
