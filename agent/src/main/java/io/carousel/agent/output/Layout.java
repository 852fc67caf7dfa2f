package io.carousel.agent.output;

import io.carousel.events.Word;

/** Which files a set holds. */
public enum Layout implements Word {
  /** PEM, as nginx, haproxy, curl and most others read it. */
  PEM("pem"),

  /** A key store and a trust store for the JVM (RFC 7292). */
  PKCS12("pkcs12"),

  /** The same in Java's own old format. */
  JKS("jks");

  private final String wire;

  Layout(String wire) {
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
