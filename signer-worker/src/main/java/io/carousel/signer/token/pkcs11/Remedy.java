package io.carousel.signer.token.pkcs11;

import static org.xipki.pkcs11.wrapper.PKCS11Constants.*;

import java.util.Set;

/**
 * What mends a failed call, by its result (PKCS#11 2.40, section 5.1). Whatever the remedy, the
 * session of the call has been discarded.
 */
enum Remedy {
  /** A shortage or a hiccup: a pause and another session. */
  RETRY,
  /** The session or a handle went bad: another session, and find the key again. */
  NEW_SESSION,
  /** The login is gone, and with it all sessions and handles. */
  LOG_IN,
  /** The token or the library is gone: finalise the module and initialise it again. */
  REINITIALISE,
  /** An operator must act; trying again may do harm. */
  GIVE_UP,
  /** The request itself is at fault. */
  REFUSE;

  private static final Set<Long> NEW_SESSION_CODES =
      Set.of(
          CKR_OPERATION_ACTIVE,
          CKR_OPERATION_NOT_INITIALIZED,
          CKR_OBJECT_HANDLE_INVALID,
          CKR_KEY_HANDLE_INVALID,
          CKR_GENERAL_ERROR);
  private static final Set<Long> LOG_IN_CODES =
      Set.of(CKR_SESSION_CLOSED, CKR_SESSION_HANDLE_INVALID, CKR_USER_NOT_LOGGED_IN);
  private static final Set<Long> REINITIALISE_CODES =
      Set.of(
          CKR_CRYPTOKI_NOT_INITIALIZED,
          CKR_DEVICE_ERROR,
          CKR_DEVICE_REMOVED,
          CKR_TOKEN_NOT_PRESENT,
          CKR_TOKEN_NOT_RECOGNIZED,
          CKR_SLOT_ID_INVALID);
  private static final Set<Long> GIVE_UP_CODES =
      Set.of(
          CKR_PIN_INCORRECT,
          CKR_PIN_INVALID,
          CKR_PIN_LEN_RANGE,
          CKR_PIN_EXPIRED,
          CKR_PIN_LOCKED,
          CKR_USER_PIN_NOT_INITIALIZED,
          CKR_USER_TYPE_INVALID,
          CKR_USER_ANOTHER_ALREADY_LOGGED_IN,
          CKR_USER_TOO_MANY_TYPES,
          CKR_TOKEN_WRITE_PROTECTED);
  private static final Set<Long> REFUSE_CODES =
      Set.of(
          CKR_ARGUMENTS_BAD,
          CKR_ACTION_PROHIBITED,
          CKR_ATTRIBUTE_READ_ONLY,
          CKR_ATTRIBUTE_SENSITIVE,
          CKR_ATTRIBUTE_TYPE_INVALID,
          CKR_ATTRIBUTE_VALUE_INVALID,
          CKR_CURVE_NOT_SUPPORTED,
          CKR_DATA_INVALID,
          CKR_DATA_LEN_RANGE,
          CKR_DOMAIN_PARAMS_INVALID,
          CKR_FUNCTION_NOT_SUPPORTED,
          CKR_FUNCTION_REJECTED,
          CKR_KEY_FUNCTION_NOT_PERMITTED,
          CKR_KEY_SIZE_RANGE,
          CKR_KEY_TYPE_INCONSISTENT,
          CKR_MECHANISM_INVALID,
          CKR_MECHANISM_PARAM_INVALID,
          CKR_TEMPLATE_INCOMPLETE,
          CKR_TEMPLATE_INCONSISTENT);

  /** The remedy for a result; for one that is not known, vendors' own included, a retry. */
  static Remedy of(long result) {
    if (NEW_SESSION_CODES.contains(result)) {
      return NEW_SESSION;
    }
    if (LOG_IN_CODES.contains(result)) {
      return LOG_IN;
    }
    if (REINITIALISE_CODES.contains(result)) {
      return REINITIALISE;
    }
    if (GIVE_UP_CODES.contains(result)) {
      return GIVE_UP;
    }
    return REFUSE_CODES.contains(result) ? REFUSE : RETRY;
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
