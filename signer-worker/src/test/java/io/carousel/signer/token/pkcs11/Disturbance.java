package io.carousel.signer.token.pkcs11;

import iaik.pkcs.pkcs11.wrapper.PKCS11Exception;
import iaik.pkcs.pkcs11.wrapper.PKCS11Implementation;
import io.carousel.events.KeyId;
import io.carousel.events.Suite;
import io.carousel.signer.token.TokenConfig;
import io.carousel.signer.token.TokenException;
import java.lang.reflect.Field;
import java.security.KeyPair;
import java.security.interfaces.ECPrivateKey;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.xipki.pkcs11.wrapper.AttributeVector;
import org.xipki.pkcs11.wrapper.KeyPairTemplate;
import org.xipki.pkcs11.wrapper.Mechanism;
import org.xipki.pkcs11.wrapper.PKCS11Constants;
import org.xipki.pkcs11.wrapper.PKCS11Module;
import org.xipki.pkcs11.wrapper.Session;

/**
 * Does to a token, behind the back of whoever uses it, what networks, operators and other programs
 * do. Between calls, never during one: SoftHSM does not survive that.
 */
final class Disturbance implements AutoCloseable {
  private final TokenConfig config;
  private final Cryptoki cryptoki;

  Disturbance(TokenConfig config) throws TokenException {
    this.config = config;
    this.cryptoki = Cryptoki.acquire(config.module(), config.reserved());
  }

  private interface Deed {
    void run() throws Exception;
  }

  private void undisturbed(Deed deed) throws Exception {
    cryptoki.lock().writeLock().lock();
    try {
      deed.run();
    } finally {
      cryptoki.lock().writeLock().unlock();
    }
  }

  private Slots.Occupied slot() throws Exception {
    return Slots.of(cryptoki).only(config.tokenLabel(), config.tokenSerial());
  }

  /** Ends all sessions of the token, and so the login. */
  void wipeSessions() throws Exception {
    undisturbed(
        () -> cryptoki.module().getPKCS11Module().C_CloseAllSessions(slot().slot().getSlotID()));
  }

  /** Logs everyone out, and leaves the sessions open. */
  void logOut() throws Exception {
    undisturbed(() -> {
      Session session = slot().slot().getToken().openSession(false);
      session.logout();
      session.closeSession();
    });
  }

  /** Changes the user PIN, as an operator may without telling anybody. */
  void changePin(String from, String to) throws Exception {
    undisturbed(() -> {
      Session session = slot().slot().getToken().openSession(true);
      session.setPIN(from.toCharArray(), to.toCharArray());
      session.closeSession();
    });
  }

  /** Makes a second public and private object of the same id, as other programs may. */
  void makeAnother(KeyId id, Suite suite) throws Exception {
    undisturbed(() -> {
      Session session = slot().slot().getToken().openSession(true);
      KeyTemplates.STRICT.make(session, id, "of-another", suite, false);
      session.closeSession();
    });
  }

  /** Makes a P-256 pair as a careless program would: anybody may wrap it and take it out. */
  void makeWeak(KeyId id, String label) throws Exception {
    undisturbed(() -> {
      Session session = slot().slot().getToken().openSession(true);
      KeyPairTemplate pair = new KeyPairTemplate(PKCS11Constants.CKK_EC);
      pair.id(id.bytes()).labels(label).token(true).private_(true, false);
      pair.privateKey().sensitive(true).extractable(true).sign(true);
      pair.publicKey().verify(true).ecParams(PublicKeys.ecParams(Suite.ECDSA_P256));
      session.generateKeyPair(new Mechanism(PKCS11Constants.CKM_EC_KEY_PAIR_GEN), pair);
      session.closeSession();
    });
  }

  /** Brings a P-256 key in from outside, and has it look as protected as an import can. */
  void plant(KeyId id, String label, KeyPair pair) throws Exception {
    byte[] scalar = ((ECPrivateKey) pair.getPrivate()).getS().toByteArray();
    byte[] spki = pair.getPublic().getEncoded();
    byte[] point = Arrays.copyOfRange(spki, spki.length - 65, spki.length);
    byte[] ecParams = PublicKeys.ecParams(Suite.ECDSA_P256);
    undisturbed(() -> {
      Session session = slot().slot().getToken().openSession(true);
      session.createObject(
          AttributeVector.newPublicKey(PKCS11Constants.CKK_EC)
              .token(true)
              .id(id.bytes())
              .label(label)
              .verify(true)
              .ecParams(ecParams)
              .ecPoint(point));
      session.createObject(
          AttributeVector.newPrivateKey(PKCS11Constants.CKK_EC)
              .token(true)
              .private_(true)
              .sensitive(true)
              .extractable(false)
              .id(id.bytes())
              .label(label)
              .sign(true)
              .ecParams(ecParams)
              .value(scalar));
      session.closeSession();
    });
  }

  /**
   * From now on counts signatures; the next one is made, and its answer lost behind that result.
   *
   * @return how many were made
   */
  AtomicInteger loseSignature(long result) throws Exception {
    var made = new AtomicInteger();
    var lost = new AtomicBoolean();
    var losing =
        new PKCS11Implementation(config.module().toRealPath().toString()) {
          @Override
          public byte[] C_Sign(long session, byte[] data) throws PKCS11Exception {
            byte[] signature = super.C_Sign(session, data);
            made.incrementAndGet();
            if (lost.compareAndSet(false, true)) {
              throw new PKCS11Exception(result);
            }
            return signature;
          }
        };
    Field calls = PKCS11Module.class.getDeclaredField("pkcs11");
    calls.setAccessible(true);
    undisturbed(() -> calls.set(cryptoki.module(), losing));
    wipeSessions(); // those that are open call as before
    return made;
  }

  /** Stops the library. */
  void stopModule() throws Exception {
    undisturbed(() -> cryptoki.module().finalize(null));
  }

  /** Stops the library and starts it again, so that handles may come to mean others' objects. */
  void restartModule() throws Exception {
    undisturbed(() -> {
      cryptoki.module().finalize(null);
      cryptoki.module().initialize();
    });
  }

  /** Destroys the public objects of that label alone. */
  void destroyPublicHalf(String label) throws Exception {
    undisturbed(() -> {
      Session session = slot().slot().getToken().openSession(true);
      for (long handle :
          session.findAllObjectsSingle(AttributeVector.newPublicKey().label(label))) {
        session.destroyObject(handle);
      }
      session.closeSession();
    });
  }

  /** What C_GetAttributeValue says when asked for the secret itself. */
  String readSecret(String label) throws Exception {
    StringBuilder answer = new StringBuilder();
    undisturbed(() -> {
      Session session = slot().slot().getToken().openSession(false);
      long key = session.findObjectsSingle(AttributeVector.newPrivateKey().label(label), 1)[0];
      answer.append(
          TokenObjects.raw(session, key, PKCS11Constants.CKA_VALUE).isPresent()
              ? "told"
              : "hidden");
      session.closeSession();
    });
    return answer.toString();
  }

  @Override
  public void close() {
    cryptoki.release();
  }
}
