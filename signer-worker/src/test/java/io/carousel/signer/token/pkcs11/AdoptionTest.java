package io.carousel.signer.token.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.Bytes;
import io.carousel.events.CrlDraft;
import io.carousel.events.CrlNumber;
import io.carousel.events.Format;
import io.carousel.events.HouseId;
import io.carousel.events.KeyId;
import io.carousel.events.SigningCommand.AdoptKey;
import io.carousel.events.SigningCommand.DestroyKey;
import io.carousel.events.SigningCommand.KeyCommand;
import io.carousel.events.SigningCommand.SignCrl;
import io.carousel.events.SlotName;
import io.carousel.events.Statements;
import io.carousel.events.Suite;
import io.carousel.events.WorkerAct.CrlSigned;
import io.carousel.events.WorkerAct.KeyCommandRefused;
import io.carousel.events.WorkerAct.KeyFound;
import io.carousel.events.WorkerAct.KeyGone;
import io.carousel.signer.Asked;
import io.carousel.signer.Ordered;
import io.carousel.signer.Tool;
import io.carousel.signer.certificate.Signatures;
import io.carousel.signer.refusal.Refusal;
import io.carousel.signer.token.SoftHsm;
import io.carousel.signer.token.TokenConfig;
import io.carousel.signer.token.TokenException;
import io.carousel.signer.token.TokenKey;
import io.carousel.signer.trust.Limits;
import io.carousel.signer.trust.LogUnreachable;
import io.carousel.signer.work.KeyWork;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a worker does with keys that others have put into its token. */
class AdoptionTest {
  private static final HouseId HOUSE = new HouseId("00112233445566778899aabbccddeeff");
  private static final SlotName SLOT = new SlotName("hsm-a");

  /** Short, as people choose them. */
  private static final KeyId ID = new KeyId("01");

  @TempDir private Path directory;
  private TokenConfig config;
  private Pkcs11Token token;
  private KeyWork work;

  @BeforeEach
  void open() throws TokenException, LogUnreachable {
    config = SoftHsm.newToken(directory);
    token = Pkcs11Token.open(config);
    work = work(true);
  }

  @AfterEach
  void close() {
    token.close();
  }

  private KeyWork work(boolean adopt) {
    Limits usual = Limits.DEFAULT;
    var limits =
        new Limits(
            usual.formats(),
            usual.profiles(),
            usual.names(),
            usual.sshOptions(),
            usual.suites(),
            usual.leafLifetime(),
            usual.caLifetime(),
            usual.backdating(),
            usual.deadline(),
            adopt);
    return new KeyWork(HOUSE, SLOT, token, limits, Ordered.ALL, InstantSource.system());
  }

  private static AdoptKey adopt(Suite suite, KeyId id, boolean acceptWeak) {
    return new AdoptKey(Asked.id(), 1, Asked.USER, 1, SLOT, Format.X509, suite, id, acceptWeak);
  }

  private KeyCommandRefused refused(Refusal why, KeyCommand command)
      throws TokenException, LogUnreachable {
    var answer = (KeyCommandRefused) work.carryOut(command);
    assertThat(answer.code()).isEqualTo(why.code());
    assertThat(answer.lasting()).isTrue();
    return answer;
  }

  @Test
  void aKeyThatIsThereShowsItselfAndStaysAsItIs() throws TokenException, LogUnreachable {
    TokenKey theirs = token.generate(ID, "The old CA", Suite.ECDSA_P256);
    AdoptKey asked = adopt(Suite.ECDSA_P256, ID, false);
    var found = (KeyFound) work.carryOut(asked);
    assertThat(found.publicKey()).isEqualTo(theirs.publicKey());
    assertThat(found.weaker()).isEmpty();
    byte[] statement =
        Statements.possessionOfKey(HOUSE, asked.command(), SLOT, ID, theirs.publicKey());
    assertThat(
            Signatures.hold(
                theirs.publicKey(), Suite.ECDSA_P256, statement, found.possession().toArray()))
        .isTrue();
    assertThat(token.list().keys()).containsExactly(theirs);
  }

  @Test
  void aCrlIsSignedUnderTheCertificateThatItHad() throws Exception {
    Tool.need("openssl");
    TokenKey theirs = token.generate(ID, "The old CA", Suite.ECDSA_P256);
    Bytes certificate = OldCa.certificate(token, theirs, "CN=The old CA,O=Elsewhere", 3);
    var found = (KeyFound) work.carryOut(adopt(Suite.ECDSA_P256, ID, false));
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    var crl =
        (CrlSigned)
            work.carryOut(
                new SignCrl(
                    Asked.id(),
                    1,
                    Asked.USER,
                    1,
                    SLOT,
                    ID,
                    found.publicKey(),
                    Suite.ECDSA_P256,
                    certificate,
                    new CrlDraft(
                        CrlNumber.of(118),
                        now.minusSeconds(60),
                        now.plusSeconds(3600),
                        List.of())));
    Path list = Files.write(directory.resolve("list.crl"), crl.crl().toArray());
    Path der = Files.write(directory.resolve("ca.der"), certificate.toArray());
    Path pem = directory.resolve("ca.pem");
    Tool.run("openssl", "x509", "-inform", "DER", "-in", der, "-out", pem).good();
    String text =
        Tool.run("openssl", "crl", "-inform", "DER", "-in", list, "-noout", "-text", "-CAfile", pem)
            .good();
    assertThat(text).contains("verify OK", "The old CA", "118");
  }

  @Test
  void twoKeysOfOneIdAreRefusedAndLeftAlone() throws Exception {
    token.generate(ID, "The old CA", Suite.ECDSA_P256);
    try (Disturbance others = new Disturbance(config)) {
      others.makeAnother(ID, Suite.ECDSA_P256);
      refused(Refusal.KEY_AMBIGUOUS, adopt(Suite.ECDSA_P256, ID, true));
    }
    assertThat(token.list().strays()).hasSize(4);
  }

  @Test
  void aKeyOfAnotherSuiteIsRefused() throws TokenException, LogUnreachable {
    token.generate(ID, "The old CA", Suite.ED25519);
    assertThat(refused(Refusal.KEY_DIFFERS, adopt(Suite.ECDSA_P256, ID, true)).detail())
        .contains("ed25519", "ecdsa-p256");
  }

  @Test
  void anUnknownIdIsRefused() throws TokenException, LogUnreachable {
    token.generate(new KeyId("02"), "The old CA", Suite.ECDSA_P256);
    refused(Refusal.NO_SUCH_KEY, adopt(Suite.ECDSA_P256, ID, true));
  }

  @Test
  void aWeakKeyIsRefusedUnlessThatWasSaid() throws Exception {
    try (Disturbance others = new Disturbance(config)) {
      others.makeWeak(ID, "The old CA");
    }
    Suite suite = token.find(ID).orElseThrow().suite();
    assertThat(refused(Refusal.KEY_WEAK, adopt(suite, ID, false)).detail())
        .contains("extractable", "not never extractable");
    var found = (KeyFound) work.carryOut(adopt(suite, ID, true));
    assertThat(found.weaker()).containsExactlyInAnyOrder("not never extractable", "extractable");
  }

  @Test
  void aWorkerThatWasNotStartedForItRefuses() throws TokenException, LogUnreachable {
    token.generate(ID, "The old CA", Suite.ECDSA_P256);
    work = work(false);
    assertThat(refused(Refusal.ADOPTION_NOT_ALLOWED, adopt(Suite.ECDSA_P256, ID, false)).detail())
        .contains("limits.adopt");
  }

  @Test
  void itIsDestroyedOnTheExactIdAndPublicKeyAsOthersAre() throws TokenException, LogUnreachable {
    TokenKey theirs = token.generate(ID, "The old CA", Suite.ECDSA_P256);
    TokenKey other = token.generate(new KeyId("02"), "Another", Suite.ECDSA_P256);
    refused(Refusal.KEY_DIFFERS, destroy(other.publicKey()));
    assertThat(((KeyGone) work.carryOut(destroy(theirs.publicKey()))).wasThere()).isTrue();
    assertThat(token.list().keys()).containsExactly(other);
  }

  private static DestroyKey destroy(Bytes publicKey) {
    return new DestroyKey(Asked.id(), 1, Asked.USER, 1, SLOT, Format.X509, ID, publicKey);
  }
}
