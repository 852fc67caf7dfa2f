package io.carousel.agent.output;

import io.carousel.events.Format;
import io.carousel.events.Word;

/** Which files a set holds. */
public enum Layout implements Word {
  /** PEM, as nginx, haproxy, curl and most others read it. */
  PEM("pem"),

  /** A key store and a trust store for the JVM (RFC 7292). */
  PKCS12("pkcs12"),

  /** The same in Java's own old format. */
  JKS("jks"),

  /** Keys, certificates, trust and the KRL of OpenSSH (sshd_config(5), ssh_config(5)). */
  OPENSSH("openssh", Format.SSH),

  /** The keys that verify tokens (RFC 7517, section 5), also as a SPIFFE bundle. */
  JWKS("jwks", Format.JWT);

  private final String wire;
  private final Format format;

  Layout(String wire) {
    this(wire, Format.X509);
  }

  Layout(String wire, Format format) {
    this.wire = wire;
    this.format = format;
  }

  /** Of what it is made. */
  public Format format() {
    return format;
  }

  /** The usual one of that format. */
  public static Layout of(Format format) {
    return switch (format) {
      case X509 -> PEM;
      case SSH -> OPENSSH;
      case JWT -> JWKS;
    };
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
