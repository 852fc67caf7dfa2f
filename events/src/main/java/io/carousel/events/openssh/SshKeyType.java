package io.carousel.events.openssh;

import io.carousel.events.NistCurve;
import io.carousel.events.SubjectPublicKey;
import java.util.Arrays;
import java.util.Optional;

/**
 * The kinds of key there are: a name for the key, and one for a certificate of it. A new suite that
 * is none of these stops {@link #of} from compiling.
 */
enum SshKeyType {
  /** RFC 4253, section 6.6. */
  RSA("ssh-rsa", "ssh-rsa-cert-v01@openssh.com", Optional.empty()),
  /** RFC 5656, section 3.1. */
  P256(
      "ecdsa-sha2-nistp256",
      "ecdsa-sha2-nistp256-cert-v01@openssh.com",
      Optional.of(NistCurve.P256)),
  /** RFC 5656, section 3.1. */
  P384(
      "ecdsa-sha2-nistp384",
      "ecdsa-sha2-nistp384-cert-v01@openssh.com",
      Optional.of(NistCurve.P384)),
  /** RFC 8709, section 4. */
  ED25519("ssh-ed25519", "ssh-ed25519-cert-v01@openssh.com", Optional.empty());

  private final String keyName;
  private final String certificateName;
  private final Optional<NistCurve> curve;

  SshKeyType(String keyName, String certificateName, Optional<NistCurve> curve) {
    this.keyName = keyName;
    this.certificateName = certificateName;
    this.curve = curve;
  }

  /** The name of a key's format. */
  String keyName() {
    return keyName;
  }

  /** The name of a certificate's format (PROTOCOL.certkeys). */
  String certificateName() {
    return certificateName;
  }

  /** As {@code nistp256} (RFC 5656, section 10.1). */
  String curveName() {
    return "nistp" + curve().suite().bits();
  }

  NistCurve curve() {
    return curve.orElseThrow(() -> new IllegalStateException(keyName + " has no curve"));
  }

  static SshKeyType of(SubjectPublicKey key) {
    return switch (key) {
      case SubjectPublicKey.Rsa _ -> RSA;
      case SubjectPublicKey.Ec ec ->
          switch (ec.curve()) {
            case P256 -> P256;
            case P384 -> P384;
          };
      case SubjectPublicKey.Ed25519 _ -> ED25519;
    };
  }

  static Optional<SshKeyType> ofKeyName(String name) {
    return Arrays.stream(values()).filter(type -> type.keyName.equals(name)).findFirst();
  }

  static Optional<SshKeyType> ofCertificateName(String name) {
    return Arrays.stream(values()).filter(type -> type.certificateName.equals(name)).findFirst();
  }
}
