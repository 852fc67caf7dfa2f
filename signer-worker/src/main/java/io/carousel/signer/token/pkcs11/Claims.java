package io.carousel.signer.token.pkcs11;

import static org.xipki.pkcs11.wrapper.PKCS11Constants.*;

import io.carousel.events.Suite;
import io.carousel.signer.token.Protection;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.xipki.pkcs11.wrapper.AttributeVector;
import org.xipki.pkcs11.wrapper.PKCS11Exception;
import org.xipki.pkcs11.wrapper.Session;

/**
 * What a token says of one private key. On some a module says nothing: those are in neither set.
 *
 * @param held what it claims
 * @param denied what it says is not so
 */
record Claims(Set<Protection> held, Set<Protection> denied) {
  static Claims of(Session session, long privateKey, Suite suite) throws PKCS11Exception {
    AttributeVector said =
        session.getAttrValues(
            privateKey,
            CKA_TOKEN,
            CKA_PRIVATE,
            CKA_SENSITIVE,
            CKA_EXTRACTABLE,
            CKA_ALWAYS_SENSITIVE,
            CKA_NEVER_EXTRACTABLE,
            CKA_LOCAL,
            CKA_COPYABLE,
            CKA_MODIFIABLE);
    Claims claims = new Claims(EnumSet.noneOf(Protection.class), EnumSet.noneOf(Protection.class));
    claims.note(Protection.PERMANENT, said.token());
    claims.note(Protection.PRIVATE, said.private_());
    claims.note(Protection.SENSITIVE, said.sensitive());
    claims.note(Protection.NOT_EXTRACTABLE, not(said.extractable()));
    claims.note(Protection.ALWAYS_SENSITIVE, said.alwaysSensitive());
    claims.note(Protection.NEVER_EXTRACTABLE, said.neverExtractable());
    claims.note(Protection.MADE_HERE, said.local());
    claims.note(Protection.NOT_COPYABLE, not(said.copyable()));
    claims.note(Protection.NOT_MODIFIABLE, not(said.modifiable()));
    claims.note(Protection.ONE_MECHANISM, oneMechanism(session, privateKey, suite));
    return claims;
  }

  private static Boolean oneMechanism(Session session, long privateKey, Suite suite)
      throws PKCS11Exception {
    Optional<long[]> allowed =
        TokenObjects.raw(session, privateKey, CKA_ALLOWED_MECHANISMS)
            .filter(long[].class::isInstance)
            .map(long[].class::cast)
            .filter(a -> a.length > 0);
    return allowed.map(a -> a.length == 1 && a[0] == Algorithm.of(suite).signing()).orElse(null);
  }

  private static Boolean not(Boolean said) {
    return said == null ? null : !said;
  }

  private void note(Protection protection, Boolean said) {
    if (said != null) {
      (said ? held : denied).add(protection);
    }
  }

  /** What a new key made by that template lacks; empty if it is as asked. */
  Set<Protection> lacking(KeyTemplates asked) {
    Set<Protection> lacking = EnumSet.copyOf(Protection.REQUIRED);
    lacking.removeAll(held);
    denied.stream().filter(asked.undenied()::contains).forEach(lacking::add);
    return lacking;
  }
}
