package io.carousel.signer.token.pkcs11;

import static org.xipki.pkcs11.wrapper.PKCS11Constants.*;

import io.carousel.signer.token.TokenException;
import io.carousel.signer.token.TokenRefused;
import io.carousel.signer.token.TokenUnavailable;
import io.carousel.signer.token.TokenUnusable;
import io.carousel.signer.token.TokenUnusable.Fault;
import java.util.Set;
import org.xipki.pkcs11.wrapper.PKCS11Exception;

/** PKCS#11 results in the words of the port, once nothing inside has helped. */
final class Failures {
  private static final Set<Long> PIN_WRONG =
      Set.of(CKR_PIN_INCORRECT, CKR_PIN_INVALID, CKR_PIN_LEN_RANGE);
  private static final Set<Long> PIN_NOT_SET =
      Set.of(
          CKR_PIN_EXPIRED,
          CKR_USER_PIN_NOT_INITIALIZED,
          CKR_NEW_PIN_MODE,
          CKR_NEXT_OTP,
          CKR_PIN_TOO_WEAK);

  private Failures() {}

  /** As if the token had said so: for sessions known to be gone without asking. */
  static PKCS11Exception sessionsGone() {
    return new PKCS11Exception(CKR_SESSION_HANDLE_INVALID);
  }

  /** What to tell the caller who wanted to do that. */
  static TokenException of(String what, PKCS11Exception why) {
    return switch (Remedy.of(why.getErrorCode())) {
      case GIVE_UP -> unusable(what, why);
      case REFUSE ->
          new TokenRefused(
              TokenRefused.Reason.REQUEST_REJECTED,
              "cannot %s: the token rejects it (%s)".formatted(what, why.getErrorName()),
              why);
      case RETRY, NEW_SESSION, LOG_IN, REINITIALISE ->
          new TokenUnavailable(
              ("cannot %s: the token fails (%s), and new sessions did not help; check the HSM, "
                      + "then try again")
                  .formatted(what, why.getErrorName()),
              why);
    };
  }

  /** What to tell the caller whose call may have taken effect, once its cause is mended. */
  static TokenUnavailable unknown(String what, PKCS11Exception why) {
    return new TokenUnavailable(
        "cannot %s: the token failed in the call (%s) and may have signed; it is asked again, which is recorded first"
            .formatted(what, why.getErrorName()),
        why);
  }

  private static TokenUnusable unusable(String what, PKCS11Exception why) {
    long result = why.getErrorCode();
    if (PIN_WRONG.contains(result)) {
      return unusable(Fault.PIN_WRONG, what, "put the PIN file right", why);
    }
    if (result == CKR_PIN_LOCKED) {
      return unusable(Fault.PIN_LOCKED, what, "its security officer must set a new PIN", why);
    }
    if (PIN_NOT_SET.contains(result)) {
      return unusable(Fault.PIN_NOT_SET, what, "set a user PIN with the vendor's tool", why);
    }
    if (result == CKR_TOKEN_WRITE_PROTECTED) {
      return unusable(Fault.TOKEN_WRITE_PROTECTED, what, "allow writing to the token", why);
    }
    return unusable(Fault.MODULE_BROKEN, what, "check the HSM and the module's configuration", why);
  }

  private static TokenUnusable unusable(
      Fault fault, String what, String next, PKCS11Exception why) {
    return new TokenUnusable(
        fault, "cannot %s (%s); %s".formatted(what, why.getErrorName(), next), why);
  }
}
