package io.carousel.events;

/** One thing about a token that an operator should know. */
public record SlotFinding(Kind kind, KeyId key, String detail) {
  /** What was found. */
  public enum Kind implements Word {
    /** A key that the log expects is not there. */
    MISSING("missing", true),
    /**
     * Several keys in the token have the id of an expected key: nobody can say which would sign.
     */
    AMBIGUOUS("ambiguous", true),
    /** The id of an expected key names another key. */
    DIFFERS("differs", true),
    /** A key is there that the log says was destroyed: a backup was restored. */
    RETURNED("returned", true),
    /** An expected key did not sign, or its signature did not hold. */
    CANNOT_SIGN("cannot-sign", false),
    /** An expected key is less protected than is asked of keys. */
    WEAK("weak", false),
    /** A key is there that the log does not know; nobody touches it. */
    UNKNOWN("unknown", false);

    private final String wire;
    private final boolean freezes;

    Kind(String wire, boolean freezes) {
      this.wire = wire;
      this.freezes = freezes;
    }

    @Override
    public String wire() {
      return wire;
    }

    /** Whether nothing may be destroyed in a slot where this was found. */
    public boolean freezes() {
      return freezes;
    }

    @Override
    public String toString() {
      return wire;
    }
  }
}
