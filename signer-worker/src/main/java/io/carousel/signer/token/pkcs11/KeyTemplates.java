package io.carousel.signer.token.pkcs11;

import static org.xipki.pkcs11.wrapper.PKCS11Constants.*;

import io.carousel.events.KeyId;
import io.carousel.events.Suite;
import io.carousel.signer.token.Protection;
import java.math.BigInteger;
import java.util.EnumSet;
import java.util.Set;
import org.xipki.pkcs11.wrapper.KeyPairTemplate;
import org.xipki.pkcs11.wrapper.Mechanism;
import org.xipki.pkcs11.wrapper.PKCS11Exception;
import org.xipki.pkcs11.wrapper.Session;

/**
 * What is asked of a new key. Modules differ in what they take; the forms are tried in this order,
 * for every key anew: a module that failed once for another reason must not weaken the next key.
 *
 * <p>{@code CKA_DESTROYABLE} is never set to false: that would be for ever.
 */
enum KeyTemplates {
  /** All that PKCS#11 offers. */
  STRICT(
      EnumSet.of(
          Protection.ALWAYS_SENSITIVE,
          Protection.NEVER_EXTRACTABLE,
          Protection.MADE_HERE,
          Protection.NOT_COPYABLE,
          Protection.NOT_MODIFIABLE,
          Protection.ONE_MECHANISM)),
  /** For modules that do not know {@code CKA_ALLOWED_MECHANISMS}. */
  ANY_MECHANISM(
      EnumSet.of(
          Protection.ALWAYS_SENSITIVE,
          Protection.NEVER_EXTRACTABLE,
          Protection.MADE_HERE,
          Protection.NOT_COPYABLE,
          Protection.NOT_MODIFIABLE)),
  /**
   * For modules that refuse attributes they do not know, as NSS softokn does; it also denies having
   * made the permanent keys that it has just made.
   */
  LEAN(EnumSet.of(Protection.ALWAYS_SENSITIVE, Protection.NEVER_EXTRACTABLE));

  /** What modules answer to an attribute that they do not know. */
  private static final Set<Long> TOO_STRICT =
      Set.of(
          CKR_TEMPLATE_INCONSISTENT,
          CKR_ATTRIBUTE_TYPE_INVALID,
          CKR_ATTRIBUTE_VALUE_INVALID,
          CKR_ATTRIBUTE_READ_ONLY,
          CKR_ARGUMENTS_BAD);

  private static final BigInteger F4 = BigInteger.valueOf(65537);

  private final Set<Protection> undenied;

  KeyTemplates(Set<Protection> undenied) {
    this.undenied = undenied;
  }

  /** What a module may keep silent about, but must not deny of a key it has just made. */
  Set<Protection> undenied() {
    return undenied;
  }

  /**
   * Makes a pair of that form.
   *
   * @param again whether the module has failed at this form before
   * @throws TooStrict if the module may take the next form instead
   */
  void make(Session session, KeyId id, String label, Suite suite, boolean again)
      throws PKCS11Exception {
    try {
      session.generateKeyPair(
          new Mechanism(Algorithm.of(suite).generation()), pair(id, label, suite));
    } catch (PKCS11Exception e) {
      if (this != LEAN && isTooStrict(e.getErrorCode(), again)) {
        throw new TooStrict(e);
      }
      throw e;
    }
  }

  /** NSS softokn has a general error for it, which elsewhere is a hiccup: so that must repeat. */
  private static boolean isTooStrict(long result, boolean again) {
    return TOO_STRICT.contains(result) || (again && result == CKR_GENERAL_ERROR);
  }

  /** A fresh template, because the wrapper changes those it gets. */
  private KeyPairTemplate pair(KeyId id, String label, Suite suite) {
    Algorithm algorithm = Algorithm.of(suite);
    KeyPairTemplate pair = new KeyPairTemplate(algorithm.keyType());
    pair.id(id.bytes()).labels(label).token(true).private_(true, false);
    pair.privateKey()
        .sensitive(true)
        .extractable(false)
        .sign(true)
        .decrypt(false)
        .unwrap(false)
        .derive(false);
    pair.publicKey().verify(true);
    switch (suite.family()) {
      case RSA -> pair.publicKey().modulusBits(suite.bits()).publicExponent(F4);
      case EC, ED25519 -> pair.publicKey().ecParams(PublicKeys.ecParams(suite));
    }
    if (this != LEAN) {
      pair.privateKey().copyable(false).modifiable(false);
      pair.publicKey().modifiable(false);
    }
    if (this == STRICT) {
      pair.privateKey().allowedMechanisms(new long[] {algorithm.signing()});
    }
    return pair;
  }
}
