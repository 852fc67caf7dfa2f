package io.carousel.signer.token.pkcs11;

import static org.xipki.pkcs11.wrapper.PKCS11Constants.*;

import io.carousel.events.KeyId;
import io.carousel.signer.token.TokenConfig;
import io.carousel.signer.token.TokenUnavailable;
import io.carousel.signer.token.TokenUnusable;
import io.carousel.signer.token.TokenUnusable.Fault;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.xipki.pkcs11.wrapper.PKCS11Exception;
import org.xipki.pkcs11.wrapper.Session;
import org.xipki.pkcs11.wrapper.TokenInfo;

/**
 * One login to the token, and what lives only as long as it: sessions and key handles.
 *
 * <p>A login belongs to the process and the token, and ends with the last session (PKCS#11 2.40,
 * section 5.6), so an anchor session is held open and used for nothing else. After a loss a new
 * Login takes its place; nothing of the old one is ever used again, because a handle may by then
 * mean another key.
 */
final class Login {
  private final Cryptoki cryptoki;
  private final TokenConfig config;
  private final WrongPin wrongPin;
  private final Slots.Occupied slot;
  private final long generation;
  private final Session anchor;
  private final Deque<Session> idle = new ConcurrentLinkedDeque<>();
  private final Map<KeyId, KeyHandle> handles = new ConcurrentHashMap<>();

  private Login(
      Cryptoki cryptoki,
      TokenConfig config,
      WrongPin wrongPin,
      Slots.Occupied slot,
      Session anchor) {
    this.cryptoki = cryptoki;
    this.config = config;
    this.wrongPin = wrongPin;
    this.slot = slot;
    this.anchor = anchor;
    this.generation = cryptoki.generation();
  }

  /** Finds the token and logs in. Needs a lock of the module. */
  static Login open(Cryptoki cryptoki, TokenConfig config, WrongPin wrongPin)
      throws PKCS11Exception, TokenUnavailable, TokenUnusable {
    Slots.Occupied slot = Slots.of(cryptoki).only(config.tokenLabel(), config.tokenSerial());
    Session anchor = slot.slot().getToken().openSession(false);
    boolean done = false;
    try {
      Login login = new Login(cryptoki, config, wrongPin, slot, anchor);
      login.authenticate();
      done = true;
      return login;
    } finally {
      if (!done) {
        discard(anchor);
      }
    }
  }

  /** The same anew, after ending what is left of this one. Needs the write lock of the module. */
  Login again() throws PKCS11Exception, TokenUnavailable, TokenUnusable {
    end();
    return open(cryptoki, config, wrongPin);
  }

  private void authenticate() throws PKCS11Exception, TokenUnusable {
    TokenInfo token = slot.token();
    if (!token.isLoginRequired() || isLoggedIn(anchor)) {
      return;
    }
    if (token.isProtectedAuthenticationPath()) {
      wrongPin.guard(() -> tryPin(null));
    } else {
      wrongPin.guard(this::tryPinOfFile);
    }
  }

  private void tryPinOfFile() throws PKCS11Exception, TokenUnusable {
    // read anew: another worker may have spent a try while this one waited for its turn
    refuseRisk(slot.slot().getToken().getTokenInfo());
    try (Pin pin = Pin.read(config.pinFile())) {
      tryPin(pin.value());
    }
  }

  private void tryPin(char[] pin) throws PKCS11Exception, TokenUnusable {
    try {
      anchor.login(CKU_USER, pin);
    } catch (PKCS11Exception e) {
      long result = e.getErrorCode();
      if (result == CKR_USER_ALREADY_LOGGED_IN) {
        return;
      }
      if (Remedy.maySpendTries(result)) {
        throw wrongPin.remember(e);
      }
      throw e;
    }
  }

  private void refuseRisk(TokenInfo token) throws TokenUnusable {
    if (token.hasFlagBit(CKF_USER_PIN_LOCKED)) {
      throw new TokenUnusable(
          Fault.PIN_LOCKED,
          "token '%s' has locked its user PIN; its security officer must set a new one"
              .formatted(config.tokenLabel()));
    }
    if (!token.hasFlagBit(CKF_USER_PIN_INITIALIZED)
        || token.hasFlagBit(CKF_USER_PIN_TO_BE_CHANGED)) {
      throw new TokenUnusable(
          Fault.PIN_NOT_SET,
          "token '%s' wants its user PIN to be set before use; set one with the vendor's tool"
              .formatted(config.tokenLabel()));
    }
    boolean low =
        token.hasFlagBit(CKF_USER_PIN_COUNT_LOW) || token.hasFlagBit(CKF_USER_PIN_FINAL_TRY);
    if (low && !config.spendLastTries()) {
      throw new TokenUnusable(
          Fault.PIN_TRIES_LOW,
          ("token '%s' says that %s before it locks its PIN, because a wrong one was tried; check "
                  + "the PIN in %s, and allow this worker to spend last tries")
              .formatted(
                  config.tokenLabel(),
                  token.hasFlagBit(CKF_USER_PIN_FINAL_TRY)
                      ? "one try is left"
                      : "few tries are left",
                  config.pinFile()));
    }
  }

  /** A session for one thread; {@link #giveBack} or {@link #discard} it. */
  Session take() throws PKCS11Exception {
    Session session = idle.poll();
    return session == null ? fresh(false) : session;
  }

  /** A session that may make and destroy keys; {@link #discard} it. */
  Session fresh(boolean mayWrite) throws PKCS11Exception {
    Session session = slot.slot().getToken().openSession(mayWrite);
    if (slot.token().isLoginRequired() && !isLoggedIn(session)) {
      discard(session);
      throw new PKCS11Exception(CKR_USER_NOT_LOGGED_IN);
    }
    return session;
  }

  void giveBack(Session session) {
    idle.push(session);
  }

  static void discard(Session session) {
    try {
      session.closeSession();
    } catch (PKCS11Exception e) {
      // it was gone already
    }
  }

  /** Whether what the session can see includes private keys; else none found means nothing. */
  void requireLoggedIn(Session session) throws PKCS11Exception {
    if (slot.token().isLoginRequired() && !isLoggedIn(session)) {
      throw new PKCS11Exception(CKR_USER_NOT_LOGGED_IN);
    }
  }

  private static boolean isLoggedIn(Session session) throws PKCS11Exception {
    long state = session.getSessionInfo().getState();
    return state == CKS_RO_USER_FUNCTIONS || state == CKS_RW_USER_FUNCTIONS;
  }

  /** Whether the module was initialised anew since, by whomever. */
  boolean isStale() {
    return generation != cryptoki.generation();
  }

  /**
   * Closes all sessions; not after a new initialisation, when the numbers mean others' sessions.
   */
  void end() {
    if (!isStale()) {
      idle.forEach(Login::discard);
      discard(anchor);
    }
    idle.clear();
    handles.clear();
  }

  Map<KeyId, KeyHandle> handles() {
    return handles;
  }

  Slots.Occupied slot() {
    return slot;
  }
}
