package io.carousel.signer.token.pkcs11;

import org.xipki.pkcs11.wrapper.PKCS11Exception;

/** The module may not know an attribute of the strict form of a template. */
final class TooStrict extends RuntimeException {

  TooStrict(PKCS11Exception why) {
    super(why);
  }
}
