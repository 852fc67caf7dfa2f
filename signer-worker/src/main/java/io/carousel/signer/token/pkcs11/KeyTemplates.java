package io.carousel.signer.token.pkcs11;

import static org.xipki.pkcs11.wrapper.PKCS11Constants.*;

import io.carousel.events.KeyId;
import io.carousel.events.Suite;
import io.carousel.signer.token.Protection;
import java.math.BigInteger;
import java.util.EnumSet;
import java.util.Set;
import org.xipki.pkcs11.wrapper.AttributeVector;
import org.xipki.pkcs11.wrapper.KeyPairTemplate;

/**
 * What is asked of a new key. Modules differ in what they take; the strict form is tried first.
 *
 * <p>{@code CKA_DESTROYABLE} is never set to false: that would be for ever.
 */
enum KeyTemplates {
  /** All that PKCS#11 offers. */
  STRICT(EnumSet.of(Protection.NOT_COPYABLE, Protection.NOT_MODIFIABLE, Protection.ONE_MECHANISM)),
  /** For modules that refuse attributes they do not know, as NSS softokn does. */
  LEAN(EnumSet.noneOf(Protection.class));

  /** Without these a key is refused, whatever the module. */
  static final Set<Protection> ALWAYS =
      EnumSet.of(
          Protection.PERMANENT,
          Protection.PRIVATE,
          Protection.SENSITIVE,
          Protection.NOT_EXTRACTABLE);

  private static final BigInteger F4 = BigInteger.valueOf(65537);

  private final Set<Protection> extra;

  KeyTemplates(Set<Protection> extra) {
    this.extra = extra;
  }

  /** What this form asks for beyond {@link #ALWAYS}. */
  Set<Protection> extra() {
    return extra;
  }

  /** A fresh template, because the wrapper changes those it gets. */
  KeyPairTemplate pair(KeyId id, String label, Suite suite) {
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
    if (suite.family() == Suite.Family.RSA) {
      pair.publicKey().modulusBits(suite.bits()).publicExponent(F4);
    } else {
      pair.publicKey().ecParams(PublicKeys.ecParams(suite));
    }
    if (this == STRICT) {
      harden(pair.privateKey(), algorithm);
      pair.publicKey().modifiable(false);
    }
    return pair;
  }

  private static void harden(AttributeVector privateKey, Algorithm algorithm) {
    privateKey
        .copyable(false)
        .modifiable(false)
        .allowedMechanisms(new long[] {algorithm.signing()});
  }

  /** Whether the module's answer may mean that it does not know an attribute of the strict form. */
  static boolean maybeTooStrict(long result) {
    return result == CKR_TEMPLATE_INCONSISTENT
        || result == CKR_ATTRIBUTE_TYPE_INVALID
        || result == CKR_ATTRIBUTE_VALUE_INVALID
        || result == CKR_ATTRIBUTE_READ_ONLY
        || result == CKR_ARGUMENTS_BAD;
  }
}
