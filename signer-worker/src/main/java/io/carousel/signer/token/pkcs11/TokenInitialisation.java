package io.carousel.signer.token.pkcs11;

import io.carousel.signer.token.TokenException;
import io.carousel.signer.token.TokenUnusable;
import io.carousel.signer.token.TokenUnusable.Fault;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import org.xipki.pkcs11.wrapper.PKCS11Constants;
import org.xipki.pkcs11.wrapper.PKCS11Exception;
import org.xipki.pkcs11.wrapper.Session;
import org.xipki.pkcs11.wrapper.Slot;

/**
 * Makes a token where there is none: for the embedded default and for tests. An operator's own HSM
 * is initialised with its vendor's tool.
 *
 * <p>For SoftHSM, {@code SOFTHSM2_CONF} must be in the environment before this process starts.
 */
public final class TokenInitialisation {
  private static final int LABEL_BYTES = 32;

  private TokenInitialisation() {}

  /**
   * Initialises a blank token with that label and both PINs. One that has the label is left as it
   * is, whatever its PINs; only if it has no user PIN yet, because whoever made it was stopped half
   * way, it gets that one. Not for two processes at once: both could find the label free.
   *
   * @param label 1 to 32 ASCII characters
   * @return whether a token was made, or finished
   */
  public static boolean ensure(Path module, String label, char[] soPin, char[] userPin)
      throws TokenException {
    if (!label.matches("[\\x21-\\x7e]([\\x20-\\x7e]{0,30}[\\x21-\\x7e])?")) {
      throw new IllegalArgumentException(
          "a token label has 1 to 32 printable ASCII characters, not '%s'".formatted(label));
    }
    Cryptoki cryptoki = Cryptoki.acquire(module, Optional.empty());
    Lock lock = cryptoki.lock().writeLock();
    lock.lock();
    try {
      Slots slots = Slots.of(cryptoki);
      if (!slots.has(label)) {
        Slot slot = blank(slots, module).slot();
        initialise(slot, label, soPin);
        setUserPin(slot, soPin, userPin);
        return true;
      }
      Slots.Occupied there = slots.only(label, Optional.empty());
      if (there.token().hasFlagBit(PKCS11Constants.CKF_USER_PIN_INITIALIZED)) {
        return false;
      }
      setUserPin(there.slot(), soPin, userPin);
      return true;
    } catch (PKCS11Exception e) {
      throw Failures.of("initialise token '%s'".formatted(label), e);
    } finally {
      lock.unlock();
      cryptoki.release();
    }
  }

  private static Slots.Occupied blank(Slots slots, Path module) throws TokenUnusable {
    return slots
        .blank()
        .orElseThrow(() ->
            new TokenUnusable(
                Fault.TOKEN_MISSING,
                "module %s has no blank token to initialise; add a slot to it".formatted(module)));
  }

  static void initialise(Slot slot, String label, char[] soPin) throws PKCS11Exception {
    char[] padded = Arrays.copyOf(label.toCharArray(), LABEL_BYTES);
    Arrays.fill(padded, label.length(), LABEL_BYTES, ' ');
    try {
      slot.getModule().getPKCS11Module().C_InitToken(slot.getSlotID(), soPin, padded, true);
    } catch (iaik.pkcs.pkcs11.wrapper.PKCS11Exception e) {
      throw slot.getModule().convertException(e);
    }
  }

  private static void setUserPin(Slot slot, char[] soPin, char[] userPin) throws PKCS11Exception {
    Session session = slot.getToken().openSession(true);
    try {
      session.login(PKCS11Constants.CKU_SO, soPin);
      session.initPIN(userPin);
    } finally {
      session.closeSession();
    }
  }
}
