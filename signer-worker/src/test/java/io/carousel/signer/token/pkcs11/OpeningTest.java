package io.carousel.signer.token.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.carousel.signer.token.SoftHsm;
import io.carousel.signer.token.TokenConfig;
import io.carousel.signer.token.TokenException;
import io.carousel.signer.token.TokenUnusable;
import io.carousel.signer.token.TokenUnusable.Fault;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands between a configuration and a login, each told by name. */
class OpeningTest {
  @TempDir private Path directory;
  private TokenConfig good;

  @BeforeEach
  void make() {
    good = SoftHsm.newToken(directory);
  }

  private static TokenUnusable refused(Fault fault, TokenConfig config) {
    TokenUnusable refusal =
        assertThatExceptionOfType(TokenUnusable.class)
            .isThrownBy(() -> Pkcs11Token.open(config))
            .actual();
    assertThat(refusal.fault()).isEqualTo(fault);
    return refusal;
  }

  private TokenConfig withModule(Path module) {
    return new TokenConfig(
        module, good.tokenLabel(), Optional.empty(), good.pinFile(), 2, Optional.empty());
  }

  private TokenConfig withPin(String content) {
    return SoftHsm.config(
        good.tokenLabel(), SoftHsm.pinFile(directory.resolve("other.pin"), content));
  }

  private static void opens(TokenConfig config) throws TokenException {
    try (Pkcs11Token token = Pkcs11Token.open(config)) {
      assertThat(token.info().label()).isEqualTo(config.tokenLabel());
      assertThat(token.info().module()).contains("PKCS11 2.6");
    }
  }

  @Test
  void aMissingModule() {
    Path missing = directory.resolve("no-such-module.so");

    assertThat(refused(Fault.MODULE_MISSING, withModule(missing)))
        .hasMessage(
            ("there is no readable PKCS#11 module at %s; install the HSM's library, or correct the "
                    + "module's path")
                .formatted(missing));
  }

  @Test
  void aFileThatIsNoModule() throws Exception {
    Path text = Files.writeString(directory.resolve("text.so"), "no module at all");

    assertThat(refused(Fault.MODULE_BROKEN, withModule(text)))
        .hasMessageStartingWith(text.toRealPath() + " is no PKCS#11 module for this machine");
  }

  @Test
  void aModuleThatAnyoneMayReplace() throws Exception {
    Path copy = Files.copy(SoftHsm.path().toRealPath(), directory.resolve("copy.so"));
    Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-r--rw-"));

    assertThat(refused(Fault.MODULE_WORLD_WRITABLE, withModule(copy)))
        .hasMessageContaining("chmod o-w " + copy);
  }

  @Test
  void aMissingTokenIsToldWithThoseThatAreThere() {
    TokenConfig other = SoftHsm.config("no-such-token", good.pinFile());

    assertThat(refused(Fault.TOKEN_MISSING, other))
        .hasMessageContaining("has no token 'no-such-token'; correct the label; present are: ")
        .hasMessageContaining("'%s' (serial number ".formatted(good.tokenLabel()));
  }

  @Test
  void aTokenOfAnotherSerialNumber() {
    TokenConfig other =
        new TokenConfig(
            good.module(),
            good.tokenLabel(),
            Optional.of("0000"),
            good.pinFile(),
            2,
            Optional.empty());

    assertThat(refused(Fault.TOKEN_MISSING, other))
        .hasMessageContaining(
            "has no token '%s' with serial number 0000".formatted(good.tokenLabel()));
  }

  @Test
  void theSerialNumberToldByTheTokenBindsToIt() throws Exception {
    String serial;
    try (Pkcs11Token token = Pkcs11Token.open(good)) {
      serial = token.info().serial();
    }

    opens(
        new TokenConfig(
            good.module(),
            good.tokenLabel(),
            Optional.of(serial),
            good.pinFile(),
            2,
            Optional.empty()));
  }

  @Test
  void aMissingPinFile() {
    Path missing = directory.resolve("no-such.pin");

    assertThat(refused(Fault.PIN_FILE_MISSING, SoftHsm.config(good.tokenLabel(), missing)))
        .hasMessageContaining("cannot read the PIN file " + missing);
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw----r--", "rw-r-----", "rw--w----", "rw-rw-rw-"})
  void aPinFileOpenToOthers(String mode) throws Exception {
    Files.setPosixFilePermissions(good.pinFile(), PosixFilePermissions.fromString(mode));

    assertThat(refused(Fault.PIN_FILE_EXPOSED, good))
        .hasMessageContaining("run: chmod 600 " + good.pinFile());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "\r\n"})
  void anEmptyPinFile(String content) {
    refused(Fault.PIN_FILE_EMPTY, withPin(content));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "\r\n"})
  void oneTrailingNewlineOfThePinIsDropped(String end) throws Exception {
    opens(withPin(SoftHsm.PIN + end));
  }

  @Test
  void onlyOneTrailingNewlineIsDropped() {
    refused(Fault.PIN_WRONG, withPin(SoftHsm.PIN + "\n\n"));
  }

  @Test
  void aWrongPinIsTriedOnceAndRememberedUntilAnOperatorClearsIt() throws Exception {
    TokenConfig wrong = withPin("wrong-pin");

    assertThat(refused(Fault.PIN_WRONG, wrong))
        .hasMessage(
            ("token '%s' refused the PIN (CKR_PIN_INCORRECT); it will not be tried again: put the "
                    + "PIN file right, delete %s, and start again")
                .formatted(wrong.tokenLabel(), wrong.wrongPinMark()));
    assertThat(refused(Fault.PIN_MARKED_WRONG, wrong))
        .hasMessageContaining("delete " + wrong.wrongPinMark());

    Files.delete(wrong.wrongPinMark());
    TokenConfig right = withPin(SoftHsm.PIN);
    assertThat(refused(Fault.PIN_TRIES_LOW, right))
        .hasMessageContaining("few tries are left before it locks its PIN");
    opens(
        new TokenConfig(
            right.module(),
            right.tokenLabel(),
            Optional.empty(),
            right.pinFile(),
            2,
            Optional.empty(),
            true));
    opens(right); // a login that succeeded gave the tries back
  }

  @Test
  void noPinIsEverInAMessage() {
    assertThat(refused(Fault.PIN_WRONG, withPin("secret-but-wrong")).toString())
        .doesNotContain("secret-but-wrong");
  }

  @Test
  void makingATokenThatIsThereChangesNothing() throws Exception {
    assertThat(
            TokenInitialisation.ensure(
                good.module(), good.tokenLabel(), "x".toCharArray(), "y".toCharArray()))
        .isFalse();

    opens(good);
  }

  @Test
  void aTokenThatWasMadeHalfIsFinished() throws Exception {
    String label = good.tokenLabel() + "-half";
    Cryptoki cryptoki = Cryptoki.acquire(good.module(), Optional.empty());
    try {
      TokenInitialisation.initialise(
          Slots.of(cryptoki).blank().orElseThrow().slot(), label, "officer-pin".toCharArray());
    } finally {
      cryptoki.release();
    }
    TokenConfig half = SoftHsm.config(label, good.pinFile());
    assertThatExceptionOfType(TokenException.class).isThrownBy(() -> Pkcs11Token.open(half));

    assertThat(
            TokenInitialisation.ensure(
                good.module(), label, "officer-pin".toCharArray(), SoftHsm.PIN.toCharArray()))
        .isTrue();
    opens(half);
    assertThat(
            TokenInitialisation.ensure(
                good.module(), label, "officer-pin".toCharArray(), SoftHsm.PIN.toCharArray()))
        .isFalse();
  }

  @Test
  void nothingIsPrintedOnStandardOutput() throws Exception {
    PrintStream before = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      opens(good);
    } finally {
      System.setOut(before);
    }

    assertThat(printed.toString(StandardCharsets.UTF_8)).isEmpty();
  }
}
