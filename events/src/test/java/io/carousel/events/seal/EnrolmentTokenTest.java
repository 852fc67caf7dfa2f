package io.carousel.events.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.carousel.events.Bytes;
import io.carousel.events.Digest;
import io.carousel.events.EnrolmentRequest;
import io.carousel.events.EnrolmentTokenId;
import io.carousel.events.ParticipantName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The text of a token, its key, and its file. */
class EnrolmentTokenTest {
  /** Test 1 of RFC 8032, section 7.1. */
  private static final String SEED = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";

  private static final String PUBLIC_KEY =
      "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
  private static final EnrolmentTokenId ID = EnrolmentTokenId.of(Bytes.ofBase64(PUBLIC_KEY));
  private static final String TEXT = "carousel-token-1." + ID + "." + SEED;

  /** Of a digest of nothing but noughts. */
  private static final String PIN = "A".repeat(43);

  @TempDir Path folder;

  @Test
  void theKeyIsThatOfRfc8032() {
    var token = EnrolmentToken.parse(TEXT);
    assertThat(token.publicKey().base64()).isEqualTo(PUBLIC_KEY);
    assertThat(token.id()).isEqualTo(ID);
    assertThat(token.text()).isEqualTo(TEXT);
  }

  @Test
  void eachIsAnotherAndComesBackFromItsText() {
    var one = EnrolmentToken.create();
    assertThat(EnrolmentToken.parse(one.text())).isEqualTo(one).hasSameHashCodeAs(one);
    assertThat(EnrolmentToken.create()).isNotEqualTo(one);
  }

  @Test
  void itSaysByWhatTheHouseIsKnown() {
    var pins = Set.of(Digest.of(new byte[] {1}), Digest.of(new byte[] {2}));
    var token = EnrolmentToken.create(pins);
    assertThat(EnrolmentToken.parse(token.text())).isEqualTo(token);
    assertThat(EnrolmentToken.parse(token.text()).pins()).containsExactlyInAnyOrderElementsOf(pins);
    assertThat(EnrolmentToken.parse(TEXT).pins()).isEmpty();
    assertThat(EnrolmentToken.parse(TEXT + "." + PIN).pins())
        .containsExactly(Digest.ofHash(new byte[32]));
    for (String part : new String[] {"", "AAAA", PIN.substring(4), PIN + "B", "p?n", PIN + "="}) {
      assertThatIllegalArgumentException()
          .as(part)
          .isThrownBy(() -> EnrolmentToken.parse(TEXT + "." + part))
          .withMessageContaining("changed");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            EnrolmentToken.create(
                IntStream.range(0, 65).mapToObj(i -> Digest.of(new byte[] {(byte) i})).toList()))
        .withMessageContaining("at most 64");
  }

  @Test
  void itNeverSaysItsSecretByChance() {
    assertThat(EnrolmentToken.parse(TEXT).toString()).isEqualTo("enrolment token " + ID);
  }

  @Test
  void itSignsThatAHostMayComeIn() {
    var token = EnrolmentToken.create();
    byte[] seed = Ed25519Signature.seed(FixedKeys.of(9).getPrivate());
    Bytes identity = Bytes.of(FixedKeys.of(9).getPublic().getEncoded());
    EnrolmentRequest asked =
        token.request(
            Scribe.HOUSE,
            new ParticipantName("web-1"),
            identity,
            Scribe.AT,
            statement -> Bytes.of(Ed25519Signature.sign(seed, statement)));
    byte[] statement = asked.statement(Scribe.HOUSE);
    assertThat(asked.token()).isEqualTo(token.id());
    assertThat(Authorship.verifies(token.publicKey(), statement, asked.tokenSignature().toArray()))
        .isTrue();
    assertThat(Authorship.verifies(identity, statement, asked.identitySignature().toArray()))
        .isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "'', does not begin with",
    "hello, does not begin with",
    "carousel-token-2.x.y, does not begin with",
    "carousel-token-1, cut off",
    "carousel-token-1.0011223344556677, cut off",
    "carousel-token-1.0011223344556677.AAAA, cut off on its way",
    "carousel-token-1.0011223344556677.===, cut off on its way"
  })
  void whatIsNoneIsRefused(String text, String why) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EnrolmentToken.parse(text))
        .withMessageContaining(why);
  }

  @Test
  void oneThatWasChangedIsRefusedAndNotRepeated() {
    for (String changed :
        new String[] {
          TEXT.replace("nWGx", "nWGy"),
          TEXT + "=",
          TEXT.substring(0, TEXT.length() - 1) + "B",
          TEXT.replace(ID.value(), "0".repeat(16)),
          TEXT.replace("nWGx", "nWG!")
        }) {
      assertThatIllegalArgumentException()
          .as(changed)
          .isThrownBy(() -> EnrolmentToken.parse(changed))
          .withMessageContaining("changed")
          .satisfies(e -> assertThat(e.getMessage()).doesNotContain("Ae_9", "JxWl"))
          .satisfies(e -> assertThat(e.getCause()).isNull());
    }
  }

  /** What a newer program adds may be what the token must not be used without. */
  @Test
  void whatANewerProgramAddsIsNotPassedOver() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EnrolmentToken.parse(TEXT + "." + PIN + ".more"))
        .withMessageContaining("more than this program knows");
  }

  @Test
  void itsFileIsForItsOwnerAlone() throws IOException {
    var token = EnrolmentToken.create();
    Path file = folder.resolve("web.token");
    EnrolmentTokenFile.write(file, token);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(EnrolmentTokenFile.read(file)).isEqualTo(token);
    assertThatIOException()
        .isThrownBy(() -> EnrolmentTokenFile.write(file, EnrolmentToken.create()))
        .withMessageContaining("is not overwritten");
    assertThat(EnrolmentTokenFile.read(file)).isEqualTo(token);
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rwx------"})
  void aFileThatOthersCanReadIsRefused(String mode) throws IOException {
    Path file = folder.resolve("web.token");
    EnrolmentTokenFile.write(file, EnrolmentToken.create());
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    assertThatIOException()
        .isThrownBy(() -> EnrolmentTokenFile.read(file))
        .withMessageContaining(mode)
        .withMessageContaining("chmod 600");
  }

  @Test
  void aFileThatHoldsNoneIsNamed() throws IOException {
    Path file = folder.resolve("none.token");
    assertThatIOException()
        .isThrownBy(() -> EnrolmentTokenFile.read(file))
        .withMessageContaining("there is no enrolment token")
        .withMessageContaining("none.token");
    for (byte[] content :
        new byte[][] {
          {}, {0, (byte) 0xff}, Base64.getEncoder().encode(new byte[60]), new byte[10_000]
        }) {
      Files.deleteIfExists(file);
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.write(file, content);
      assertThatIOException()
          .isThrownBy(() -> EnrolmentTokenFile.read(file))
          .withMessageContaining("is no enrolment token: ");
    }
    assertThatIOException()
        .isThrownBy(() ->
            EnrolmentTokenFile.write(
                folder.resolve("nowhere").resolve("x"), EnrolmentToken.create()))
        .withMessageContaining("its folder does not exist");
  }
}
