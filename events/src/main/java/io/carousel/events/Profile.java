package io.carousel.events;

/** What a leaf certificate is good for (extended key usage, RFC 5280, section 4.2.1.12). */
public enum Profile implements Word {
  /** id-kp-clientAuth. */
  CLIENT("client"),

  /** id-kp-serverAuth. */
  SERVER("server"),

  /** Both; moves with the clients. */
  BOTH("both");

  private final String wire;

  Profile(String wire) {
    this.wire = wire;
  }

  @Override
  public String wire() {
    return wire;
  }

  @Override
  public String toString() {
    return wire;
  }
}
