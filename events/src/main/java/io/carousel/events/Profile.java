package io.carousel.events;

/** What a leaf certificate is good for (extended key usage, RFC 5280, section 4.2.1.12). */
public enum Profile implements Word {
  /** id-kp-clientAuth. */
  CLIENT("client"),

  /** id-kp-serverAuth. */
  SERVER("server"),

  /** Both; moves with the clients. */
  BOTH("both"),

  /** id-kp-clientAuth, to try a server: see {@link Canary}. */
  CANARY_CLIENT("canary-client"),

  /** id-kp-serverAuth, to try a client: see {@link Canary}. */
  CANARY_SERVER("canary-server");

  private final String wire;

  Profile(String wire) {
    this.wire = wire;
  }

  /** Whether it is of a {@link Canary}: shown to one verifier, and never put to work. */
  public boolean isCanary() {
    return this == CANARY_CLIENT || this == CANARY_SERVER;
  }

  /** Whether a TLS client may show it. */
  public boolean isForClients() {
    return this == CLIENT || this == BOTH || this == CANARY_CLIENT;
  }

  /** Whether a TLS server may show it. */
  public boolean isForServers() {
    return this == SERVER || this == BOTH || this == CANARY_SERVER;
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
