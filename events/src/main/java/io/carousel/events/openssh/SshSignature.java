package io.carousel.events.openssh;

import io.carousel.events.Bytes;
import io.carousel.events.EcdsaSignature;
import io.carousel.events.Identifier;
import io.carousel.events.NistCurve;
import io.carousel.events.SubjectPublicKey;
import io.carousel.events.Suite;
import io.carousel.events.UnreadableDer;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.SignatureException;
import java.util.Arrays;

/**
 * A signature of a certificate.
 *
 * @param value as the algorithm's RFC says: an octet string as long as the modulus (RFC 8332,
 *     section 3), two mpints (RFC 5656, section 3.1.2), or 64 octets (RFC 8709, section 6)
 */
record SshSignature(Algorithm algorithm, Bytes value) {
  private static final int ED25519_OCTETS = 64;

  /** How a certificate may be signed; SHA-1, which {@code ssh-rsa} means, is not among them. */
  enum Algorithm {
    RSA_SHA2_256("rsa-sha2-256", "SHA256withRSA"),
    /** Only read: ssh-keygen signs so with an RSA key unless it is told otherwise. */
    RSA_SHA2_512("rsa-sha2-512", "SHA512withRSA"),
    ECDSA_P256("ecdsa-sha2-nistp256", "SHA256withECDSAinP1363Format"),
    ECDSA_P384("ecdsa-sha2-nistp384", "SHA384withECDSAinP1363Format"),
    ED25519("ssh-ed25519", "Ed25519");

    private final String wire;
    private final String jca;

    Algorithm(String wire, String jca) {
      this.wire = wire;
      this.jca = jca;
    }

    String wire() {
      return wire;
    }

    /** That by which a suite signs. */
    static Algorithm of(Suite suite) {
      return switch (suite) {
        case RSA_2048, RSA_3072, RSA_4096 -> RSA_SHA2_256;
        case ECDSA_P256 -> ECDSA_P256;
        case ECDSA_P384 -> ECDSA_P384;
        case ED25519 -> ED25519;
      };
    }

    /** Whether such keys sign so. */
    boolean isOf(SubjectPublicKey key) {
      return switch (key) {
        case SubjectPublicKey.Rsa _ -> this == RSA_SHA2_256 || this == RSA_SHA2_512;
        case SubjectPublicKey.Ec ec -> this == of(ec.curve().suite());
        case SubjectPublicKey.Ed25519 _ -> this == ED25519;
      };
    }
  }

  /**
   * From the form of X.509, which tokens and the JDK give.
   *
   * @throws IllegalArgumentException if it is not in that form, or not one of such a key
   */
  static SshSignature ofX509(Suite suite, SubjectPublicKey key, Bytes signature) {
    Bytes value =
        switch (key) {
          case SubjectPublicKey.Rsa rsa -> ofLength(rsa.octets(), signature);
          case SubjectPublicKey.Ec ec -> mpints(EcdsaSignature.ofDer(ec.curve(), signature));
          case SubjectPublicKey.Ed25519 _ -> ofLength(ED25519_OCTETS, signature);
        };
    return new SshSignature(Algorithm.of(suite), value);
  }

  private static Bytes mpints(EcdsaSignature signature) {
    return new SshOutput().mpint(signature.r()).mpint(signature.s()).bytes();
  }

  private static Bytes ofLength(int octets, Bytes signature) {
    if (signature.length() != octets) {
      throw new IllegalArgumentException(
          "a signature by this key has %d octets; this one has %d"
              .formatted(octets, signature.length()));
    }
    return signature;
  }

  Bytes blob() {
    return new SshOutput().string(algorithm.wire()).string(value).bytes();
  }

  /**
   * The signature of that blob.
   *
   * @throws UnreadableSsh if it is none, or none that such a key makes
   */
  static SshSignature read(SshInput in, SubjectPublicKey key) {
    String name = in.text();
    Algorithm algorithm =
        Arrays.stream(Algorithm.values())
            .filter(known -> known.wire().equals(name) && known.isOf(key))
            .findFirst()
            .orElseThrow(() ->
                in.bad(
                    "%s is no algorithm by which its signature key may sign"
                        .formatted(Identifier.printable(name))));
    var signature = new SshSignature(algorithm, in.string());
    in.end();
    try {
      signature.forJdk(key);
    } catch (UnreadableDer e) {
      throw in.bad(e.getMessage());
    }
    return signature;
  }

  /** Whether it is that key's signature over those bytes. */
  boolean verifies(SubjectPublicKey key, Bytes over) {
    try {
      var jdk = Signature.getInstance(algorithm.jca);
      jdk.initVerify(key.jca());
      jdk.update(over.toArray());
      return jdk.verify(forJdk(key));
    } catch (SignatureException e) {
      return false;
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every JDK has " + algorithm.jca, e);
    }
  }

  private byte[] forJdk(SubjectPublicKey key) {
    return switch (key) {
      case SubjectPublicKey.Rsa rsa -> checked(rsa.octets());
      case SubjectPublicKey.Ec ec -> fixed(ec.curve());
      case SubjectPublicKey.Ed25519 _ -> checked(ED25519_OCTETS);
    };
  }

  private byte[] checked(int octets) {
    if (value.length() != octets) {
      throw new UnreadableSsh(
          "a signature by that key has %d octets; this one has %d"
              .formatted(octets, value.length()));
    }
    return value.toArray();
  }

  private byte[] fixed(NistCurve curve) {
    SshInput numbers = SshInput.of(value, "ECDSA signature");
    BigInteger r = numbers.positive();
    BigInteger s = numbers.positive();
    numbers.end();
    return new EcdsaSignature(curve, r, s).fixed().toArray();
  }
}
