package io.carousel.signer.token.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;
import static org.xipki.pkcs11.wrapper.PKCS11Constants.*;

import io.carousel.signer.token.TokenException;
import io.carousel.signer.token.TokenRefused;
import io.carousel.signer.token.TokenUnavailable;
import io.carousel.signer.token.TokenUnusable;
import io.carousel.signer.token.TokenUnusable.Fault;
import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xipki.pkcs11.wrapper.PKCS11Constants;
import org.xipki.pkcs11.wrapper.PKCS11Exception;

/** Every result of PKCS#11 that the wrapper has a name for, and some that nobody has. */
class RemedyTest {
  private static final List<String> NO_FAILURES = List.of("CKR_OK", "CKR_VENDOR_DEFINED");

  record Result(String name, long code) {}

  static Stream<Result> failures() {
    return Arrays.stream(PKCS11Constants.class.getFields())
        .filter(field -> field.getName().startsWith("CKR_"))
        .filter(field -> !NO_FAILURES.contains(field.getName()))
        .map(field -> new Result(field.getName(), value(field)));
  }

  private static long value(Field field) {
    try {
      return field.getLong(null);
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void thereAreAsManyAsInTheStandard() {
    assertThat(failures()).hasSizeGreaterThan(90);
  }

  @ParameterizedTest
  @MethodSource("failures")
  void everyFailureHasARemedyChosenOnPurpose(Result failure) {
    assertThat(Remedy.chosen(failure.code())).isPresent();
  }

  @ParameterizedTest
  @MethodSource("failures")
  void whatRemainsIsToldByItsType(Result failure) {
    TokenException told = Failures.of("sign", new PKCS11Exception(failure.code()));

    assertThat(told)
        .hasMessageContaining(failure.name())
        .isInstanceOf(
            switch (Remedy.of(failure.code())) {
              case GIVE_UP -> TokenUnusable.class;
              case REFUSE -> TokenRefused.class;
              case RETRY, NEW_SESSION, LOG_IN, REINITIALISE -> TokenUnavailable.class;
            });
  }

  @ParameterizedTest
  @MethodSource("failures")
  void noPinIsTriedAgainAfterItWasRefused(Result failure) {
    if (failure.name().contains("_PIN_")) {
      assertThat(Remedy.of(failure.code())).isEqualTo(Remedy.GIVE_UP);
      for (int attempts = 0; attempts < 10; attempts++) {
        assertThat(Remedy.of(failure.code()).after(attempts)).isEqualTo(Remedy.GIVE_UP);
      }
      assertThat(Failures.of("log in", new PKCS11Exception(failure.code())))
          .isInstanceOfSatisfying(
              TokenUnusable.class, e -> assertThat(e.fault().name()).startsWith("PIN_"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "CKR_PIN_INCORRECT, true",
    "CKR_PIN_INVALID, true",
    "CKR_PIN_LEN_RANGE, true",
    "CKR_FUNCTION_REJECTED, true",
    "CKR_ARGUMENTS_BAD, true",
    "CKR_PIN_LOCKED, false",
    "CKR_DEVICE_ERROR, false",
    "CKR_DEVICE_REMOVED, false",
    "CKR_SESSION_HANDLE_INVALID, false",
    "CKR_TOKEN_NOT_PRESENT, false",
    "CKR_HOST_MEMORY, false"
  })
  void aLoginThatMayHaveSpentATryIsRemembered(String name, boolean remembered) {
    long code = failures().filter(f -> f.name().equals(name)).findFirst().orElseThrow().code();

    assertThat(Remedy.maySpendTries(code)).isEqualTo(remembered);
  }

  @ParameterizedTest
  @ValueSource(longs = {0x202, 0x80000000L, 0x80000001L, 0xCE534351L})
  void whatNobodyKnowsIsMendedByTryingAndNeverAtTheCostOfThePin(long code) {
    assertThat(Remedy.chosen(code)).isEmpty();
    assertThat(Stream.iterate(0, n -> n + 1).limit(3).map(n -> Remedy.of(code).after(n)))
        .containsExactly(Remedy.NEW_SESSION, Remedy.LOG_IN, Remedy.REINITIALISE);
    assertThat(Remedy.maySpendTries(code)).isTrue();
    assertThat(Failures.of("sign", new PKCS11Exception(code))).isInstanceOf(TokenUnavailable.class);
  }

  @ParameterizedTest
  @CsvSource({
    "CKR_DEVICE_ERROR, REINITIALISE",
    "CKR_DEVICE_REMOVED, REINITIALISE",
    "CKR_TOKEN_NOT_PRESENT, REINITIALISE",
    "CKR_CRYPTOKI_NOT_INITIALIZED, REINITIALISE",
    "CKR_SLOT_ID_INVALID, REINITIALISE",
    "CKR_SESSION_HANDLE_INVALID, LOG_IN",
    "CKR_SESSION_CLOSED, LOG_IN",
    "CKR_USER_NOT_LOGGED_IN, LOG_IN",
    "CKR_KEY_HANDLE_INVALID, NEW_SESSION",
    "CKR_OBJECT_HANDLE_INVALID, NEW_SESSION",
    "CKR_OPERATION_ACTIVE, NEW_SESSION",
    "CKR_GENERAL_ERROR, NEW_SESSION",
    "CKR_FUNCTION_FAILED, NEW_SESSION",
    "CKR_SESSION_COUNT, RETRY",
    "CKR_DEVICE_MEMORY, RETRY",
    "CKR_HOST_MEMORY, RETRY",
    "CKR_MECHANISM_INVALID, REFUSE",
    "CKR_DATA_LEN_RANGE, REFUSE",
    "CKR_KEY_FUNCTION_NOT_PERMITTED, REFUSE",
    "CKR_FIPS_SELF_TEST_FAILED, GIVE_UP",
    "CKR_TOKEN_WRITE_PROTECTED, GIVE_UP"
  })
  void thoseThatTokensGiveInPractice(String name, Remedy remedy) {
    long code = failures().filter(f -> f.name().equals(name)).findFirst().orElseThrow().code();

    assertThat(Remedy.of(code)).isEqualTo(remedy);
  }

  @ParameterizedTest
  @CsvSource({
    "CKR_PIN_LOCKED, PIN_LOCKED",
    "CKR_PIN_EXPIRED, PIN_NOT_SET",
    "CKR_USER_PIN_NOT_INITIALIZED, PIN_NOT_SET",
    "CKR_PIN_INCORRECT, PIN_WRONG",
    "CKR_TOKEN_WRITE_PROTECTED, TOKEN_WRITE_PROTECTED",
    "CKR_FIPS_SELF_TEST_FAILED, MODULE_BROKEN"
  })
  void anOperatorIsToldWhatToDo(String name, Fault fault) {
    long code = failures().filter(f -> f.name().equals(name)).findFirst().orElseThrow().code();

    assertThat(Failures.of("log in", new PKCS11Exception(code)))
        .isInstanceOfSatisfying(
            TokenUnusable.class, told -> assertThat(told.fault()).isEqualTo(fault));
  }
}
