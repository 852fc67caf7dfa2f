package io.carousel.events;

import java.util.Arrays;
import java.util.HexFormat;

/** The AlgorithmIdentifiers there are (RFC 3279, section 2.3.1; RFC 5480; RFC 8410). */
enum KeyAlgorithm {
  /** rsaEncryption, with NULL for parameters. */
  RSA("300d06092a864886f70d0101010500"),
  /** id-ecPublicKey with prime256v1. */
  P256("301306072a8648ce3d020106082a8648ce3d030107"),
  /** id-ecPublicKey with secp384r1. */
  P384("301006072a8648ce3d020106052b81040022"),
  /** id-Ed25519, without parameters. */
  ED25519("300506032b6570");

  private final byte[] identifier;

  KeyAlgorithm(String hex) {
    this.identifier = HexFormat.of().parseHex(hex);
  }

  static KeyAlgorithm of(byte[] identifier) {
    return Arrays.stream(values())
        .filter(algorithm -> Arrays.equals(algorithm.identifier, identifier))
        .findFirst()
        .orElseThrow(() ->
            new UnreadableDer("no key of a known algorithm; use RSA, P-256, P-384 or Ed25519"));
  }

  static KeyAlgorithm of(NistCurve curve) {
    return switch (curve) {
      case P256 -> P256;
      case P384 -> P384;
    };
  }

  Bytes info(byte[] key) {
    byte[] bits = Der.element(Der.BIT_STRING, new byte[1], key);
    return Bytes.of(Der.element(Der.SEQUENCE, identifier, bits));
  }

  SubjectPublicKey read(byte[] key) {
    return switch (this) {
      case RSA -> rsa(key);
      case P256 -> SubjectPublicKey.Ec.ofPoint(NistCurve.P256, key);
      case P384 -> SubjectPublicKey.Ec.ofPoint(NistCurve.P384, key);
      case ED25519 -> new SubjectPublicKey.Ed25519(Bytes.of(key));
    };
  }

  private static SubjectPublicKey.Rsa rsa(byte[] key) {
    var outer = new Der.Reader(key);
    var numbers = new Der.Reader(outer.contents(Der.SEQUENCE));
    outer.end();
    var rsa = new SubjectPublicKey.Rsa(numbers.positive(), numbers.positive());
    numbers.end();
    return rsa;
  }
}
