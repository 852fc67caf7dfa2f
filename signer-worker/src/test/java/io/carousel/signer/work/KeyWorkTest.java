package io.carousel.signer.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.events.AuthorityName;
import io.carousel.events.BundleSignature;
import io.carousel.events.Bytes;
import io.carousel.events.CaDraft;
import io.carousel.events.Digest;
import io.carousel.events.ExpectedKey;
import io.carousel.events.Format;
import io.carousel.events.HouseId;
import io.carousel.events.KeyId;
import io.carousel.events.SigningCommand.DestroyKey;
import io.carousel.events.SigningCommand.GenerateKey;
import io.carousel.events.SigningCommand.InspectToken;
import io.carousel.events.SigningCommand.KeyCommand;
import io.carousel.events.SigningCommand.SignBundle;
import io.carousel.events.SigningCommand.SignCaCertificate;
import io.carousel.events.SlotName;
import io.carousel.events.SlotReport;
import io.carousel.events.Statements;
import io.carousel.events.Suite;
import io.carousel.events.TrustStatement;
import io.carousel.events.WorkerAct;
import io.carousel.events.WorkerAct.BundleSignatureMade;
import io.carousel.events.WorkerAct.CaCertificateSigned;
import io.carousel.events.WorkerAct.KeyCommandRefused;
import io.carousel.events.WorkerAct.KeyGenerated;
import io.carousel.events.WorkerAct.KeyGone;
import io.carousel.events.WorkerAct.TokenInspected;
import io.carousel.events.orders.Finding;
import io.carousel.signer.Asked;
import io.carousel.signer.Ordered;
import io.carousel.signer.certificate.Signatures;
import io.carousel.signer.refusal.Refusal;
import io.carousel.signer.token.DelegatingToken;
import io.carousel.signer.token.Fault;
import io.carousel.signer.token.InMemoryToken;
import io.carousel.signer.token.TokenException;
import io.carousel.signer.token.TokenKey;
import io.carousel.signer.token.TokenUnavailable;
import io.carousel.signer.trust.Limits;
import io.carousel.signer.trust.LogUnreachable;
import io.carousel.signer.trust.Orders;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;

class KeyWorkTest {
  private static final HouseId HOUSE = new HouseId("00112233445566778899aabbccddeeff");
  private static final SlotName SLOT = new SlotName("hsm-a");

  private static final Limits WIDE =
      new Limits(
          Limits.DEFAULT.formats(),
          Limits.DEFAULT.profiles(),
          Limits.DEFAULT.names(),
          Limits.DEFAULT.sshOptions(),
          Limits.DEFAULT.suites(),
          Duration.ofDays(1_000_000_000_000L),
          Duration.ofDays(1_000_000_000_000L),
          Duration.ofHours(2),
          Duration.ofHours(1));

  private final InMemoryToken token = new InMemoryToken();
  private final KeyWork work =
      new KeyWork(HOUSE, SLOT, token, Limits.DEFAULT, Ordered.ALL, InstantSource.system());

  /** It comes again for as long as it stands, and each refusal is an event of the log. */
  @Test
  void whatStandsAgainstACommandIsToldOnce() throws TokenException, LogUnreachable {
    var finding = new AtomicReference<Finding>(new Finding.Barred("slot 'hsm-a' is frozen"));
    var barred =
        new KeyWork(
            HOUSE,
            SLOT,
            token,
            Limits.DEFAULT,
            new Orders() {
              @Override
              public Finding find(KeyCommand command) {
                return finding.get();
              }

              @Override
              public List<KeyId> others(DestroyKey command) {
                return List.of();
              }

              @Override
              public Optional<Instant> heldUntil(DestroyKey command) {
                return Optional.empty();
              }
            },
            InstantSource.system());
    GenerateKey made = Asked.key(SLOT, Suite.ECDSA_P256);
    DestroyKey asked = Asked.destroy(made, (KeyGenerated) work.carryOut(made));
    GenerateKey another = Asked.key(SLOT, Suite.ECDSA_P256);
    DestroyKey other = Asked.destroy(another, (KeyGenerated) work.carryOut(another));

    assertThat(said(barred, asked)).get().isInstanceOf(KeyCommandRefused.class);
    assertThat(said(barred, asked)).isEmpty();
    assertThat(said(barred, other)).get().isInstanceOf(KeyCommandRefused.class);
    finding.set(new Finding.Barred("the hold is not over"));
    assertThat(said(barred, asked)).get().isInstanceOf(KeyCommandRefused.class);
    finding.set(new Finding.Stands());
    assertThat(said(barred, asked)).get().isInstanceOf(KeyGone.class);
    finding.set(new Finding.Barred("the hold is not over"));
    assertThat(said(barred, asked)).get().isInstanceOf(KeyCommandRefused.class);
  }

  private static Optional<WorkerAct> said(KeyWork work, KeyCommand command)
      throws TokenException, LogUnreachable {
    return work.prepare(command, Work.NOBODY).atToken().answer();
  }

  @Test
  void aNewKeyShowsThatItIsThere() throws TokenException, LogUnreachable {
    GenerateKey asked = Asked.key(SLOT, Suite.ECDSA_P384);
    var made = (KeyGenerated) work.carryOut(asked);
    byte[] statement =
        Statements.possessionOfKey(HOUSE, asked.command(), SLOT, made.key(), made.publicKey());
    assertThat(
            Signatures.hold(
                made.publicKey(), Suite.ECDSA_P384, statement, made.possession().toArray()))
        .isTrue();
    assertThat(made.key().bytes()).hasSize(16);
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
  void aKeyIsMadeOnceWhateverIsLost(Fault fault) throws TokenException, LogUnreachable {
    GenerateKey asked = Asked.key(SLOT, Suite.ED25519);
    var first =
        new DelegatingToken(token) {
          @Override
          public TokenKey generate(KeyId id, String label, Suite suite) throws TokenException {
            token.loseNext(fault);
            return super.generate(id, label, suite);
          }
        };
    var flaky =
        new KeyWork(HOUSE, SLOT, first, Limits.DEFAULT, Ordered.ALL, InstantSource.system());
    assertThatThrownBy(() -> flaky.carryOut(asked)).isInstanceOf(TokenUnavailable.class);
    var made = (KeyGenerated) work.carryOut(asked);
    assertThat(((KeyGenerated) work.carryOut(asked)).key()).isEqualTo(made.key());
    assertThat(token.list().keys()).hasSize(1);
  }

  @Test
  void anotherCommandMakesAnotherKey() throws TokenException, LogUnreachable {
    var one = (KeyGenerated) work.carryOut(Asked.key(SLOT, Suite.ED25519));
    var two = (KeyGenerated) work.carryOut(Asked.key(SLOT, Suite.ED25519));
    assertThat(one.key()).isNotEqualTo(two.key());
  }

  @Test
  void theSameCommandForAnotherSuiteIsRefused() throws TokenException, LogUnreachable {
    GenerateKey asked = Asked.key(SLOT, Suite.ED25519);
    work.carryOut(asked);
    refused(
        Refusal.KEY_DIFFERS,
        new GenerateKey(
            asked.command(), 1, asked.authority(), 1, SLOT, Format.X509, Suite.ECDSA_P256));
  }

  @Test
  void aCertificateIsForTheKeyThatIsThere() throws TokenException, LogUnreachable {
    GenerateKey asked = Asked.key(SLOT, Suite.ED25519);
    var made = (KeyGenerated) work.carryOut(asked);
    SignCaCertificate sound = Asked.ca(asked, made);
    assertThat(work.carryOut(sound)).isInstanceOf(CaCertificateSigned.class);
    refused(
        Refusal.KEY_DIFFERS,
        with(sound, made.key(), Asked.publicKey("Ed25519", 0), sound.suite(), sound.draft()));
    refused(
        Refusal.NO_SUCH_KEY,
        with(sound, new KeyId("ff"), made.publicKey(), sound.suite(), sound.draft()));
  }

  @ParameterizedTest
  @EnumSource(
      value = Suite.class,
      names = {"ECDSA_P256", "ED25519", "RSA_2048"})
  void aBundleIsSignedAsWhatItIsAndByTheKeyThatIsNamed(Suite suite)
      throws TokenException, LogUnreachable {
    var made = (KeyGenerated) work.carryOut(Asked.key(SLOT, suite));
    SignBundle sound = bundle(made.key(), made.publicKey(), suite);
    var answer = (BundleSignatureMade) work.carryOut(sound);
    assertThat(answer.answers()).isEqualTo(sound.command());
    var signature = new BundleSignature(made.publicKey(), answer.signature());
    assertThat(signature.holds(HOUSE, sound.statement())).isTrue();
    assertThat(signature.holds(new HouseId("ff".repeat(16)), sound.statement())).isFalse();
    refused(Refusal.KEY_DIFFERS, bundle(made.key(), Asked.publicKey("Ed25519", 0), suite));
    refused(Refusal.NO_SUCH_KEY, bundle(new KeyId("ff"), made.publicKey(), suite));
  }

  private static SignBundle bundle(KeyId key, Bytes publicKey, Suite suite) {
    var statement =
        new TrustStatement(Asked.USER, 7, List.of(publicKey.digest()), Digest.of(new byte[] {3}));
    return new SignBundle(
        Asked.id(), 1, AuthorityName.BUILT_IN, 1, SLOT, key, publicKey, suite, statement);
  }

  @Test
  void aDraftMustBeSound() throws TokenException, LogUnreachable {
    GenerateKey asked = Asked.key(SLOT, Suite.ED25519);
    var made = (KeyGenerated) work.carryOut(asked);
    SignCaCertificate ca = Asked.ca(asked, made);
    CaDraft d = ca.draft();
    refused(
        Refusal.BAD_SUBJECT,
        with(ca, new CaDraft("no name", d.serial(), d.notBefore(), d.notAfter())));
    refused(
        Refusal.BAD_SUBJECT,
        with(ca, new CaDraft("CN=a\u0000b", d.serial(), d.notBefore(), d.notAfter())));
    refused(
        Refusal.BAD_SERIAL,
        with(
            ca,
            new CaDraft(
                d.subject(), new io.carousel.events.Serial("ff"), d.notBefore(), d.notAfter())));
    refused(
        Refusal.BAD_VALIDITY,
        with(ca, new CaDraft(d.subject(), d.serial(), d.notBefore().plusNanos(1), d.notAfter())));
    refused(
        Refusal.BAD_VALIDITY,
        with(ca, new CaDraft(d.subject(), d.serial(), d.notAfter(), d.notAfter())));
  }

  /** Names that one library knows and the other does not are refused, and no fault. */
  @ParameterizedTest
  @ValueSource(strings = {"CN=a,businessCategory=b", "CN=a+O=b,description=c", "1=a"})
  void aSubjectMustBeReadByEverybody(String subject) throws TokenException, LogUnreachable {
    GenerateKey asked = Asked.key(SLOT, Suite.ED25519);
    SignCaCertificate ca = Asked.ca(asked, (KeyGenerated) work.carryOut(asked));
    CaDraft d = ca.draft();
    WorkerAct answer =
        work.carryOut(with(ca, new CaDraft(subject, d.serial(), d.notBefore(), d.notAfter())));
    assertThat(answer).isInstanceOf(KeyCommandRefused.class);
    assertThat(((KeyCommandRefused) answer).code()).isIn("bad-subject", "rehearsal-failed");
  }

  @Test
  void timesThatNoCertificateCanSayAreRefused() throws TokenException, LogUnreachable {
    GenerateKey asked = Asked.key(SLOT, Suite.ED25519);
    SignCaCertificate ca = Asked.ca(asked, (KeyGenerated) work.carryOut(asked));
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    for (Instant from : List.of(Instant.MAX.minus(Duration.ofDays(1)), Instant.MIN)) {
      Instant begin = from.truncatedTo(ChronoUnit.SECONDS);
      Instant end = begin.isBefore(now) ? now.plusSeconds(9) : begin.plusSeconds(9);
      var wide = new KeyWork(HOUSE, SLOT, token, WIDE, Ordered.ALL, InstantSource.system());
      var draft = new CaDraft("CN=a", ca.draft().serial(), begin, end);
      assertThat(((KeyCommandRefused) wide.carryOut(with(ca, draft))).code())
          .isEqualTo("bad-validity");
    }
  }

  /** Under load an orchestrator asks again before it has decided the answer. */
  @Test
  void whatIsAskedTwiceAtOnceIsSignedOnce() throws TokenException, LogUnreachable {
    GenerateKey asked = Asked.key(SLOT, Suite.ECDSA_P256);
    var made = (KeyGenerated) work.carryOut(asked);
    SignCaCertificate ca = Asked.ca(asked, made);
    WorkerAct certificate = work.carryOut(ca);
    assertThat(work.carryOut(asked)).isEqualTo(made);
    assertThat(work.carryOut(ca)).isEqualTo(certificate);
    assertThat(work.prepare(ca, Work.NOBODY).signatures()).isZero();
    assertThat(token.counters().signatures()).isEqualTo(2);
  }

  @Test
  void aKeyIsDestroyedOnceAndStaysGone() throws TokenException, LogUnreachable {
    GenerateKey asked = Asked.key(SLOT, Suite.ED25519);
    var made = (KeyGenerated) work.carryOut(asked);
    DestroyKey destroy = Asked.destroy(asked, made);
    assertThat(((KeyGone) work.carryOut(destroy)).wasThere()).isTrue();
    // Asked again before its answer is decided, it gives the same one.
    assertThat(((KeyGone) work.carryOut(destroy)).wasThere()).isTrue();
    var another =
        new KeyWork(HOUSE, SLOT, token, Limits.DEFAULT, Ordered.ALL, InstantSource.system());
    assertThat(((KeyGone) another.carryOut(destroy)).wasThere()).isFalse();
    assertThat(token.list().keys()).isEmpty();
  }

  @Test
  void whereAnotherKeyIsMissingNothingIsDestroyed() throws TokenException, LogUnreachable {
    GenerateKey asked = Asked.key(SLOT, Suite.ED25519);
    var made = (KeyGenerated) work.carryOut(asked);
    DestroyKey destroy = Asked.destroy(asked, made);
    var careful =
        new KeyWork(
            HOUSE,
            SLOT,
            token,
            Limits.DEFAULT,
            Ordered.expecting(new KeyId("abcd")),
            InstantSource.system());
    assertThat(((KeyCommandRefused) careful.carryOut(destroy)).code()).isEqualTo("keys-missing");
    assertThat(token.list().keys()).hasSize(1);
  }

  /** Leader and broker may be wrong together; a worker's clock is the third. */
  @Test
  void keyIsKeptUntilItsHoldHasPassedByTheWorkersClock() throws TokenException, LogUnreachable {
    GenerateKey asked = Asked.key(SLOT, Suite.ED25519);
    var made = (KeyGenerated) work.carryOut(asked);
    DestroyKey destroy = Asked.destroy(asked, made);
    Instant end = Instant.parse("2030-01-01T00:00:00Z");
    Orders log = Ordered.holding(Optional.of(end));
    var early =
        new KeyWork(
            HOUSE, SLOT, token, Limits.DEFAULT, log, () -> end.minus(Duration.ofSeconds(6)));
    var refused = (KeyCommandRefused) early.carryOut(destroy);
    assertThat(refused.code()).isEqualTo("order-barred");
    assertThat(refused.lasting()).isFalse();
    assertThat(refused.detail()).contains("2030-01-01T00:00:00Z", "2029-12-31T23:59:54Z");
    assertThat(said(early, destroy)).as("told once").isEmpty();
    assertThat(token.list().keys()).hasSize(1);
    var late = new KeyWork(HOUSE, SLOT, token, Limits.DEFAULT, log, () -> end);
    assertThat(late.carryOut(destroy)).isInstanceOf(KeyGone.class);
    assertThat(token.list().keys()).isEmpty();
  }

  @Test
  void anInspectionTellsEveryKeyAndTriesThoseThatAreExpected()
      throws TokenException, LogUnreachable {
    GenerateKey asked = Asked.key(SLOT, Suite.ECDSA_P256);
    var made = (KeyGenerated) work.carryOut(asked);
    var stranger = (KeyGenerated) work.carryOut(Asked.key(SLOT, Suite.ED25519));
    long before = token.counters().signatures();
    var inspect =
        new InspectToken(
            Asked.id(),
            1,
            SLOT,
            List.of(new ExpectedKey(made.key(), made.publicKey().digest(), Suite.ECDSA_P256)));
    SlotReport report = ((TokenInspected) work.carryOut(inspect)).report();
    assertThat(token.counters().signatures() - before).isEqualTo(1);
    assertThat(report.keys())
        .hasSize(2)
        .anySatisfy(k -> {
          assertThat(k.key()).isEqualTo(made.key());
          assertThat(k.trial()).isPresent();
        })
        .anySatisfy(k -> {
          assertThat(k.key()).isEqualTo(stranger.key());
          assertThat(k.trial()).isEmpty();
          assertThat(k.failure()).isEmpty();
        });
  }

  @Test
  void onlyTheExactKeyIsDestroyed() throws TokenException, LogUnreachable {
    GenerateKey asked = Asked.key(SLOT, Suite.ED25519);
    var made = (KeyGenerated) work.carryOut(asked);
    refused(
        Refusal.KEY_DIFFERS,
        new DestroyKey(
            Asked.id(),
            1,
            Asked.USER,
            1,
            SLOT,
            Format.X509,
            made.key(),
            Asked.publicKey("Ed25519", 0)));
    assertThat(token.list().keys()).hasSize(1);
  }

  @Test
  void anotherSlotsCommandIsRefusedInOnesOwnName() throws TokenException, LogUnreachable {
    WorkerAct answer = work.carryOut(Asked.key(new SlotName("hsm-b"), Suite.ED25519));
    assertThat(answer.slot()).isEqualTo(SLOT);
    assertThat(((KeyCommandRefused) answer).code()).isEqualTo("wrong-slot");
    assertThat(token.list().keys()).isEmpty();
  }

  private void refused(Refusal refusal, KeyCommand command) throws TokenException, LogUnreachable {
    assertThat(work.carryOut(command))
        .isInstanceOfSatisfying(
            KeyCommandRefused.class,
            r -> {
              assertThat(r.code()).as(r.detail()).isEqualTo(refusal.code());
              assertThat(r.lasting()).isEqualTo(refusal.lasting());
              assertThat(r.answers()).isEqualTo(command.command());
            });
  }

  private static SignCaCertificate with(SignCaCertificate ca, CaDraft draft) {
    return with(ca, ca.key(), ca.publicKey(), ca.suite(), draft);
  }

  private static SignCaCertificate with(
      SignCaCertificate ca, KeyId key, Bytes publicKey, Suite suite, CaDraft draft) {
    return new SignCaCertificate(
        Asked.id(), 1, ca.authority(), ca.generation(), ca.slot(), key, publicKey, suite, draft);
  }
}
