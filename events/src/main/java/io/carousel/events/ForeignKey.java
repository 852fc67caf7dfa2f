package io.carousel.events;

import java.util.Optional;

/**
 * The public part of a key that signs elsewhere, as verifiers know it. Nothing is ever signed with
 * it here.
 *
 * @param publicKey SubjectPublicKeyInfo
 * @param certificate its CA certificate, DER; for X.509, and for it alone
 * @param kid by which its tokens name it (RFC 7515, section 4.1.4); for JWT alone, and empty where
 *     it is the key's thumbprint
 * @param algorithm that the key says it signs its tokens by (RFC 7517, section 4.4); for JWT alone,
 *     and empty where it does not say
 */
public record ForeignKey(
    Format format,
    Bytes publicKey,
    Optional<Bytes> certificate,
    Optional<String> kid,
    Optional<JwkAlgorithm> algorithm) {
  private static final int KID_LIMIT = 200;

  /** One that says nothing of how tokens name it and are signed. */
  public ForeignKey(Format format, Bytes publicKey, Optional<Bytes> certificate) {
    this(format, publicKey, certificate, Optional.empty(), Optional.empty());
  }

  /** Checks that each format has what it needs. */
  public ForeignKey {
    if ((format == Format.X509) != certificate.isPresent()) {
      throw new IllegalArgumentException(
          "a key that is imported for x509 comes with its CA certificate, and no other does");
    }
    if ((kid.isPresent() || algorithm.isPresent()) && format != Format.JWT) {
      throw new IllegalArgumentException("only keys for jwt have a kid and an algorithm");
    }
    kid.filter(k -> k.isEmpty() || !k.equals(Identifier.plain(k, KID_LIMIT)))
        .ifPresent(k -> {
          throw new IllegalArgumentException(
              "a kid has 1 to %d characters, and no control characters".formatted(KID_LIMIT));
        });
  }
}
