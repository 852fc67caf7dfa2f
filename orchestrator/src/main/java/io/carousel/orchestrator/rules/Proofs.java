package io.carousel.orchestrator.rules;

import io.carousel.events.Bytes;
import io.carousel.events.Suite;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.EllipticCurve;
import java.security.spec.RSAKeyGenParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/** What can be checked of keys, signatures and certificates without asking anybody. */
public final class Proofs {
  private Proofs() {}

  /** Why that SubjectPublicKeyInfo is no key of that suite. */
  static Optional<String> flaw(Suite suite, Bytes publicKey) {
    PublicKey key;
    try {
      key = key(suite, publicKey);
    } catch (GeneralSecurityException e) {
      return Optional.of("it is no public key for suite " + suite);
    }
    // One key must have one digest, or it could come back under another.
    if (!Bytes.of(key.getEncoded()).equals(publicKey)) {
      return Optional.of("it is not encoded as it should be (DER)");
    }
    int bits = bits(key);
    if (bits != suite.bits()) {
      return Optional.of(
          "it has %d bits and suite %s needs %d".formatted(bits, suite, suite.bits()));
    }
    return switch (key) {
      case RSAPublicKey rsa when !rsa.getPublicExponent().equals(RSAKeyGenParameterSpec.F4) ->
          Optional.of("its public exponent is not 65537");
      case ECPublicKey ec when !isOnCurveOf(suite, ec) ->
          Optional.of("it is on another curve than that of suite " + suite);
      default -> Optional.empty();
    };
  }

  private static int bits(PublicKey key) {
    return switch (key) {
      case RSAPublicKey rsa -> rsa.getModulus().bitLength();
      case ECPublicKey ec -> ec.getParams().getCurve().getField().getFieldSize();
      case EdECPublicKey _ -> Suite.ED25519.bits();
      default -> 0;
    };
  }

  private static boolean isOnCurveOf(Suite suite, ECPublicKey key) {
    try {
      AlgorithmParameters named = AlgorithmParameters.getInstance("EC");
      named.init(new ECGenParameterSpec("secp%dr1".formatted(suite.bits())));
      EllipticCurve curve = named.getParameterSpec(ECParameterSpec.class).getCurve();
      return curve.equals(key.getParams().getCurve());
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every JDK knows the curve of " + suite, e);
    }
  }

  /** Why that is no Ed25519 key. */
  static Optional<String> flawOfEd25519(Bytes publicKey) {
    return flaw(Suite.ED25519, publicKey);
  }

  /** Whether that signature of that suite holds. */
  static boolean verifies(Suite suite, Bytes publicKey, byte[] statement, Bytes signature) {
    try {
      Signature s = Signature.getInstance(suite.jcaSignature());
      s.initVerify(key(suite, publicKey));
      s.update(statement);
      return s.verify(signature.toArray());
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** When the first key of a generation can sign no more: long ago if one of them cannot now. */
  static Instant earliestEnd(Generation generation) {
    if (!generation.complete()) {
      return Instant.MIN;
    }
    return earliestCertificateEnd(generation).orElse(Instant.MAX);
  }

  /** When the first CA certificate of a generation ends; empty if it has none. */
  static Optional<Instant> earliestCertificateEnd(Generation generation) {
    return Stream.concat(
            generation.ready().flatMap(k -> k.certificate().stream()),
            generation.origin().imported().stream().flatMap(k -> k.certificate().stream()))
        .map(Proofs::end)
        .min(Instant::compareTo);
  }

  /** When that certificate ends. */
  public static Instant end(Bytes certificate) {
    try {
      return CaCheck.parse(certificate).getNotAfter().toInstant();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate of the log cannot be read", e);
    }
  }

  static PublicKey key(Suite suite, Bytes publicKey) throws GeneralSecurityException {
    return KeyFactory.getInstance(suite.family().jca())
        .generatePublic(new X509EncodedKeySpec(publicKey.toArray()));
  }
}
