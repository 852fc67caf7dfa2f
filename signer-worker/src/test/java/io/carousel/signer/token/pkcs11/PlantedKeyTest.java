package io.carousel.signer.token.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.Format;
import io.carousel.events.HouseId;
import io.carousel.events.KeyId;
import io.carousel.events.SigningCommand.GenerateKey;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import io.carousel.events.WorkerAct;
import io.carousel.events.WorkerAct.KeyCommandRefused;
import io.carousel.events.WorkerAct.KeyGenerated;
import io.carousel.signer.Asked;
import io.carousel.signer.Ordered;
import io.carousel.signer.token.SoftHsm;
import io.carousel.signer.token.TokenConfig;
import io.carousel.signer.trust.Limits;
import io.carousel.signer.work.KeyWork;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who holds the token's PIN reads a command's id in Kafka and puts a key under it first. */
@Timeout(60)
class PlantedKeyTest {
  private static final HouseId HOUSE = new HouseId("00112233445566778899aabbccddeeff");
  private static final SlotName SLOT = new SlotName("hsm-a");
  private static final KeyId ID = new KeyId("beef");

  @TempDir private Path directory;
  private TokenConfig config;
  private Pkcs11Token token;
  private KeyWork work;
  private final GenerateKey asked = Asked.key(SLOT, Format.X509, Suite.ECDSA_P256);

  @BeforeEach
  void open() throws Exception {
    config = SoftHsm.newToken(directory);
    token = Pkcs11Token.open(config);
    restart();
  }

  /** A worker that remembers nothing of what it answered. */
  private void restart() {
    work = new KeyWork(HOUSE, SLOT, token, Limits.DEFAULT, Ordered.ALL, InstantSource.system());
  }

  @AfterEach
  void close() {
    token.close();
  }

  private static KeyPair pair() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    KeyPair pair;
    do {
      pair = generator.generateKeyPair();
      // SoftHSM takes the scalar as it is: one of 32 octets without a sign is enough for a test.
    } while (((java.security.interfaces.ECPrivateKey) pair.getPrivate()).getS().toByteArray().length
        != 32);
    return pair;
  }

  private KeyCommandRefused refused(String code) throws Exception {
    WorkerAct answer = work.carryOut(asked);
    assertThat(answer).isInstanceOf(KeyCommandRefused.class);
    var no = (KeyCommandRefused) answer;
    assertThat(no.code()).as(no.detail()).isEqualTo(code);
    assertThat(no.lasting()).isTrue();
    return no;
  }

  @Test
  void importedKeyUnderTheLabelIsNotTaken() throws Exception {
    try (var disturbance = new Disturbance(config)) {
      disturbance.plant(ID, asked.command().value(), pair());
    }
    assertThat(refused("found-key-weak").detail())
        .contains("key beef", "not made here", "not never extractable", "not always sensitive");
    // It stays where it is, and another command is not held up by it.
    assertThat(token.list().keys()).hasSize(1);
    var other = (KeyGenerated) work.carryOut(Asked.key(SLOT, Format.X509, Suite.ECDSA_P256));
    assertThat(other.found()).isFalse();
    assertThat(other.key()).isNotEqualTo(ID);
  }

  @Test
  void extractableKeyUnderTheLabelIsNotTaken() throws Exception {
    try (var disturbance = new Disturbance(config)) {
      disturbance.makeWeak(ID, asked.command().value());
    }
    assertThat(refused("found-key-weak").detail())
        .contains("extractable")
        .doesNotContain("not not");
  }

  @Test
  void secondKeyUnderTheLabelIsNotGuessedBetween() throws Exception {
    var made = (KeyGenerated) work.carryOut(asked);
    assertThat(made.found()).isFalse();
    try (var disturbance = new Disturbance(config)) {
      disturbance.plant(ID, asked.command().value(), pair());
    }
    restart();
    refused("found-keys-several");
  }

  @Test
  void ownKeyIsFoundAgainAndReportedAsFound() throws Exception {
    var made = (KeyGenerated) work.carryOut(asked);
    restart();
    var again = (KeyGenerated) work.carryOut(asked);
    assertThat(again.key()).isEqualTo(made.key());
    assertThat(again.found()).isTrue();
  }
}
