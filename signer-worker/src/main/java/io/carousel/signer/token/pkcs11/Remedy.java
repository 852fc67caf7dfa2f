package io.carousel.signer.token.pkcs11;

import static org.xipki.pkcs11.wrapper.PKCS11Constants.*;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What mends a failed call, by its result (PKCS#11 2.40 and 3.0, section 5.1). Whatever the remedy,
 * the session of the call has been discarded.
 */
enum Remedy {
  /** A shortage or a hiccup: a pause and another session. */
  RETRY(
      CKR_BUFFER_TOO_SMALL,
      CKR_CANCEL,
      CKR_CRYPTOKI_ALREADY_INITIALIZED,
      CKR_DEVICE_MEMORY,
      CKR_EXCEEDED_MAX_ITERATIONS,
      CKR_FUNCTION_CANCELED,
      CKR_HOST_MEMORY,
      CKR_SESSION_COUNT,
      CKR_SESSION_READ_WRITE_SO_EXISTS,
      CKR_TOKEN_RESOURCE_EXCEEDED,
      CKR_USER_ALREADY_LOGGED_IN),
  /**
   * The session or a handle went bad, or nobody knows what: another session, and find the key
   * again; then what is stronger.
   */
  NEW_SESSION(
      CKR_FUNCTION_FAILED,
      CKR_GENERAL_ERROR,
      CKR_KEY_HANDLE_INVALID,
      CKR_OBJECT_HANDLE_INVALID,
      CKR_OPERATION_ACTIVE,
      CKR_OPERATION_NOT_INITIALIZED),
  /** The login is gone, and with it all sessions and handles. */
  LOG_IN(CKR_SESSION_CLOSED, CKR_SESSION_HANDLE_INVALID, CKR_USER_NOT_LOGGED_IN),
  /** The token or the library is gone: finalise the module and initialise it again. */
  REINITIALISE(
      CKR_CRYPTOKI_NOT_INITIALIZED,
      CKR_DEVICE_ERROR,
      CKR_DEVICE_REMOVED,
      CKR_SLOT_ID_INVALID,
      CKR_TOKEN_NOT_PRESENT,
      CKR_TOKEN_NOT_RECOGNIZED),
  /** An operator must act; trying again may do harm. */
  GIVE_UP(
      CKR_CANT_LOCK,
      CKR_FIPS_SELF_TEST_FAILED,
      CKR_LIBRARY_LOAD_FAILED,
      CKR_MUTEX_BAD,
      CKR_MUTEX_NOT_LOCKED,
      CKR_NEED_TO_CREATE_THREADS,
      CKR_NEW_PIN_MODE,
      CKR_NEXT_OTP,
      CKR_PIN_EXPIRED,
      CKR_PIN_INCORRECT,
      CKR_PIN_INVALID,
      CKR_PIN_LEN_RANGE,
      CKR_PIN_LOCKED,
      CKR_PIN_TOO_WEAK,
      CKR_RANDOM_NO_RNG,
      CKR_TOKEN_WRITE_PROTECTED,
      CKR_USER_ANOTHER_ALREADY_LOGGED_IN,
      CKR_USER_PIN_NOT_INITIALIZED,
      CKR_USER_TOO_MANY_TYPES,
      CKR_USER_TYPE_INVALID),
  /** The request itself is at fault, or belongs to a function that is never called here. */
  REFUSE(
      CKR_ACTION_PROHIBITED,
      CKR_AEAD_DECRYPT_FAILED,
      CKR_ARGUMENTS_BAD,
      CKR_ATTRIBUTE_READ_ONLY,
      CKR_ATTRIBUTE_SENSITIVE,
      CKR_ATTRIBUTE_TYPE_INVALID,
      CKR_ATTRIBUTE_VALUE_INVALID,
      CKR_CURVE_NOT_SUPPORTED,
      CKR_DATA_INVALID,
      CKR_DATA_LEN_RANGE,
      CKR_DOMAIN_PARAMS_INVALID,
      CKR_ENCRYPTED_DATA_INVALID,
      CKR_ENCRYPTED_DATA_LEN_RANGE,
      CKR_FUNCTION_NOT_PARALLEL,
      CKR_FUNCTION_NOT_SUPPORTED,
      CKR_FUNCTION_REJECTED,
      CKR_INFORMATION_SENSITIVE,
      CKR_KEY_CHANGED,
      CKR_KEY_FUNCTION_NOT_PERMITTED,
      CKR_KEY_INDIGESTIBLE,
      CKR_KEY_NEEDED,
      CKR_KEY_NOT_NEEDED,
      CKR_KEY_NOT_WRAPPABLE,
      CKR_KEY_SIZE_RANGE,
      CKR_KEY_TYPE_INCONSISTENT,
      CKR_KEY_UNEXTRACTABLE,
      CKR_MECHANISM_INVALID,
      CKR_MECHANISM_PARAM_INVALID,
      CKR_NO_EVENT,
      CKR_PUBLIC_KEY_INVALID,
      CKR_RANDOM_SEED_NOT_SUPPORTED,
      CKR_SAVED_STATE_INVALID,
      CKR_SESSION_EXISTS,
      CKR_SESSION_PARALLEL_NOT_SUPPORTED,
      CKR_SESSION_READ_ONLY,
      CKR_SESSION_READ_ONLY_EXISTS,
      CKR_SIGNATURE_INVALID,
      CKR_SIGNATURE_LEN_RANGE,
      CKR_STATE_UNSAVEABLE,
      CKR_TEMPLATE_INCOMPLETE,
      CKR_TEMPLATE_INCONSISTENT,
      CKR_UNWRAPPING_KEY_HANDLE_INVALID,
      CKR_UNWRAPPING_KEY_SIZE_RANGE,
      CKR_UNWRAPPING_KEY_TYPE_INCONSISTENT,
      CKR_WRAPPED_KEY_INVALID,
      CKR_WRAPPED_KEY_LEN_RANGE,
      CKR_WRAPPING_KEY_HANDLE_INVALID,
      CKR_WRAPPING_KEY_SIZE_RANGE,
      CKR_WRAPPING_KEY_TYPE_INCONSISTENT);

  private static final Map<Long, Remedy> CHOSEN = new HashMap<>();

  static {
    for (Remedy remedy : values()) {
      for (long result : remedy.results) {
        if (CHOSEN.put(result, remedy) != null) {
          throw new IllegalStateException("two remedies for 0x" + Long.toHexString(result));
        }
      }
    }
  }

  /** What C_Login says when the PIN, or whoever has it, is not let in. */
  private static final Set<Long> PIN_REFUSED =
      Set.of(CKR_PIN_INCORRECT, CKR_PIN_INVALID, CKR_PIN_LEN_RANGE);

  private final long[] results;

  Remedy(long... results) {
    this.results = results;
  }

  /** The remedy chosen for a result; empty for vendors' own, and for those of later versions. */
  static Optional<Remedy> chosen(long result) {
    return Optional.ofNullable(CHOSEN.get(result));
  }

  /**
   * The remedy for a result. One that is not known may mean that the token is gone, so what mends
   * it is found by trying.
   */
  static Remedy of(long result) {
    return chosen(result).orElse(NEW_SESSION);
  }

  /**
   * Whether a failed C_Login may have been counted as a wrong PIN, so that it must not be repeated.
   * Vendors have results of their own for that.
   */
  static boolean maySpendTries(long loginResult) {
    return PIN_REFUSED.contains(loginResult)
        || chosen(loginResult).map(r -> r == REFUSE).orElse(true);
  }

  /** The same fault again after so many attempts wants something stronger. */
  Remedy after(int attempts) {
    return switch (this) {
      case NEW_SESSION -> attempts == 0 ? this : attempts == 1 ? LOG_IN : REINITIALISE;
      case LOG_IN -> attempts < 2 ? this : REINITIALISE;
      case RETRY, REINITIALISE, GIVE_UP, REFUSE -> this;
    };
  }
}
