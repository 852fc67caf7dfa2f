package io.carousel.signer.token;

import java.util.Set;

/** What a token may claim about a private key (PKCS#11 2.40, sections 4.4, 4.7 and 4.9). */
public enum Protection {
  /** It is an object of the token and outlives sessions. */
  PERMANENT,
  /** It is visible only after login. */
  PRIVATE,
  /** Its value cannot be read in the clear. */
  SENSITIVE,
  /** Its value cannot be wrapped and taken out. */
  NOT_EXTRACTABLE,
  /** It has been sensitive since it was made. */
  ALWAYS_SENSITIVE,
  /** It has been non-extractable since it was made. */
  NEVER_EXTRACTABLE,
  /** It was made in this token, not imported. */
  MADE_HERE,
  /** It cannot be copied to another object. */
  NOT_COPYABLE,
  /** Its attributes cannot be changed. */
  NOT_MODIFIABLE,
  /** It works with its suite's mechanism only. */
  ONE_MECHANISM;

  /** Without these a new key is refused, even if the token is silent on them. */
  public static final Set<Protection> REQUIRED =
      Set.of(PERMANENT, PRIVATE, SENSITIVE, NOT_EXTRACTABLE);
}
