package io.carousel.signer.refusal;

/** Why a worker does not do what a command asks. The codes are stable: programs compare them. */
public enum Refusal {
  /** Not signed by an enrolled orchestrator, or changed on its way. */
  FORGED("forged", true),
  /** Signed, and yet no command that this program knows. */
  UNREADABLE("unreadable", true),
  /** For another slot than the worker's. */
  WRONG_SLOT("wrong-slot", true),
  /** Its deadline has passed. */
  LATE("late", true),
  /** Its deadline lies further ahead than the worker allows. */
  DEADLINE_TOO_FAR("deadline-too-far", true),
  /** Ordered by the log, which also says that it must not be done, or not yet. */
  BARRED("order-barred", false),
  /** Asked in another phase than the authority's, or from a generation that does not sign in it. */
  OUT_OF_PHASE("out-of-phase", true),
  /** The worker was not started for that profile. */
  PROFILE_NOT_ALLOWED("profile-not-allowed", true),
  /** The worker was not started for that format. */
  FORMAT_NOT_ALLOWED("format-not-allowed", true),
  /** The worker was not started to sign for that name. */
  NAME_NOT_ALLOWED("name-not-allowed", true),
  /** The worker was not started to sign that option of an OpenSSH certificate. */
  OPTION_NOT_ALLOWED("option-not-allowed", true),
  /** A name, an option or another text that the format has no place for. */
  BAD_CONTENT("bad-content", true),
  /** The worker was not started for that suite. */
  SUITE_NOT_ALLOWED("suite-not-allowed", true),
  /** The worker was not started to adopt keys that it did not make. */
  ADOPTION_NOT_ALLOWED("adoption-not-allowed", true),
  /** The key to be adopted is less protected than is asked of keys. */
  KEY_WEAK("key-weak", true),
  /** The key under the command's label is less protected than one that was made here. */
  FOUND_KEY_WEAK("found-key-weak", true),
  /** Several keys have the command's label, so none of them is taken. */
  FOUND_KEYS_SEVERAL("found-keys-several", true),
  /** Several keys have the id of the one to be adopted, so none of them is. */
  KEY_AMBIGUOUS("key-ambiguous", true),
  /** The certificate, CRL or token would live longer than the worker allows. */
  LIFETIME_TOO_LONG("lifetime-too-long", true),
  /**
   * Validity that ends before it begins, is over, begins too early or too late, or has fractions of
   * seconds.
   */
  BAD_VALIDITY("bad-validity", true),
  /** The certificate or CRL would outlive its issuer. */
  OUTLIVES_ISSUER("outlives-issuer", true),
  /** A serial number that is too short or too long. */
  BAD_SERIAL("bad-serial", true),
  /** A subject that is no distinguished name. */
  BAD_SUBJECT("bad-subject", true),
  /** A key that is malformed, too short, or of a kind that is not signed here. */
  BAD_KEY("bad-key", true),
  /**
   * An issuer certificate that is malformed, signed neither by its own key nor by the external root
   * of its authority, or no CA's.
   */
  BAD_ISSUER("bad-issuer", true),
  /** The issuer certificate is not of the key that is to sign. */
  ISSUER_DIFFERS("issuer-differs", true),
  /** The token has no such key. */
  NO_SUCH_KEY("no-such-key", true),
  /** Another key that the log expects is not in the token, so nothing is destroyed there. */
  KEYS_MISSING("keys-missing", true),
  /** The key in the token is not the one that the command describes. */
  KEY_DIFFERS("key-differs", true),
  /** The draft, read back, does not say what the command says. */
  REHEARSAL_FAILED("rehearsal-failed", true),
  /** The token returned a signature that does not verify. */
  SIGNATURE_INVALID("signature-invalid", false),
  /** The token said no. */
  TOKEN_REFUSED("token-refused", false);

  private final String code;
  private final boolean lasting;

  Refusal(String code, boolean lasting) {
    this.code = code;
    this.lasting = lasting;
  }

  /** What records carry. */
  public String code() {
    return code;
  }

  /** Whether trying again is thought useless. */
  public boolean lasting() {
    return lasting;
  }
}
