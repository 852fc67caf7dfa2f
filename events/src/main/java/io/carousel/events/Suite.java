package io.carousel.events;

import java.util.Optional;

/**
 * A whole, sensible choice of key and signature algorithm. There is no other way to name one, so
 * that bad cryptography cannot be spelled.
 */
public enum Suite implements Word {
  /** RSA, 2048-bit modulus, PKCS#1 v1.5 with SHA-256 (RFC 8017, section 8.2). */
  RSA_2048("rsa-2048", Family.RSA, 2048, "SHA256withRSA"),
  /** RSA, 3072-bit modulus, PKCS#1 v1.5 with SHA-256 (RFC 8017, section 8.2). */
  RSA_3072("rsa-3072", Family.RSA, 3072, "SHA256withRSA"),
  /** RSA, 4096-bit modulus, PKCS#1 v1.5 with SHA-256 (RFC 8017, section 8.2). */
  RSA_4096("rsa-4096", Family.RSA, 4096, "SHA256withRSA"),
  /** ECDSA over NIST P-256 with SHA-256 (FIPS 186-5). */
  ECDSA_P256("ecdsa-p256", Family.EC, 256, "SHA256withECDSA"),
  /** ECDSA over NIST P-384 with SHA-384 (FIPS 186-5). */
  ECDSA_P384("ecdsa-p384", Family.EC, 384, "SHA384withECDSA"),
  /** Ed25519 over the whole message (RFC 8032, section 5.1). */
  ED25519("ed25519", Family.ED25519, 255, "Ed25519");

  /** What kind of key a suite uses. */
  public enum Family {
    /** An RSA modulus and exponent. */
    RSA("RSA"),
    /** A point on a named curve. */
    EC("EC"),
    /** An Edwards-curve point. */
    ED25519("Ed25519");

    private final String jca;

    Family(String jca) {
      this.jca = jca;
    }

    /** The standard Java name of the key algorithm. */
    public String jca() {
      return jca;
    }
  }

  private final String wire;
  private final Family family;
  private final int bits;
  private final String jcaSignature;

  Suite(String wire, Family family, int bits, String jcaSignature) {
    this.wire = wire;
    this.family = family;
    this.bits = bits;
    this.jcaSignature = jcaSignature;
  }

  @Override
  public String wire() {
    return wire;
  }

  /** The kind of key. */
  public Family family() {
    return family;
  }

  /** Modulus length for RSA, field size for curves; in bits. */
  public int bits() {
    return bits;
  }

  /** The standard Java name of the signature algorithm, as {@code SHA256withECDSA}. */
  public String jcaSignature() {
    return jcaSignature;
  }

  /**
   * The standard Java name of the hash function whose digest is signed; empty where the algorithm
   * takes the whole message.
   */
  public Optional<String> digest() {
    return switch (this) {
      case RSA_2048, RSA_3072, RSA_4096, ECDSA_P256 -> Optional.of("SHA-256");
      case ECDSA_P384 -> Optional.of("SHA-384");
      case ED25519 -> Optional.empty();
    };
  }

  /**
   * How long a signature is as a token makes it (PKCS#11) and as JOSE writes it, in octets: of
   * ECDSA, both numbers in a fixed length. Its form in X.509 may differ.
   */
  public int signatureOctets() {
    return switch (this) {
      case RSA_2048, RSA_3072, RSA_4096 -> bits / Byte.SIZE;
      case ECDSA_P256, ECDSA_P384 -> 2 * bits / Byte.SIZE;
      case ED25519 -> 64;
    };
  }

  /**
   * The suite of that name.
   *
   * @throws IllegalArgumentException if there is none; the message lists those there are
   */
  public static Suite of(String wire) {
    return Word.of(Suite.class, wire);
  }

  @Override
  public String toString() {
    return wire;
  }
}
