package io.carousel.signer.token.pkcs11;

import org.xipki.pkcs11.wrapper.PKCS11Exception;

/**
 * A call failed that may have taken effect and must not be made again before that is recorded: what
 * broke is mended, and the caller is told.
 */
final class OutcomeUnknown extends PKCS11Exception {
  private static final long serialVersionUID = 1;

  OutcomeUnknown(PKCS11Exception why) {
    super(why.getErrorCode(), why.getErrorName());
    initCause(why);
  }
}
