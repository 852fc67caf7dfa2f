package io.carousel.orchestrator.certificate;

import io.carousel.events.Bytes;
import io.carousel.events.CredentialRequest;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCSException;

/**
 * A certificate request (PKCS#10, RFC 2986) of which only the key counts: names and uses come from
 * what the log says of its sender.
 *
 * @param publicKey SubjectPublicKeyInfo
 */
public record CertificateRequest(Bytes publicKey) {
  private static final int RSA_LEAST = 2048;
  private static final int RSA_MOST = 8192;
  private static final Set<Integer> CURVES = Set.of(256, 384);
  private static final String ED25519 = "1.3.101.112";

  /** A request that cannot be granted. */
  public static final class Unacceptable extends Exception {
    private static final long serialVersionUID = 1L;

    Unacceptable(String message) {
      super(message);
    }
  }

  /**
   * Reads a request and checks it: size, canonical DER, own signature, strength of the key.
   *
   * @throws Unacceptable with the reason
   */
  public static CertificateRequest read(Bytes der) throws Unacceptable {
    if (der.length() > CredentialRequest.CSR_LIMIT) {
      throw new Unacceptable(
          "the request has %d bytes, and at most %d are read"
              .formatted(der.length(), CredentialRequest.CSR_LIMIT));
    }
    PKCS10CertificationRequest request = parse(der.toArray());
    SubjectPublicKeyInfo key = request.getSubjectPublicKeyInfo();
    try {
      byte[] encoded = key.getEncoded("DER");
      Optional<String> weakness = weakness(key, encoded);
      if (weakness.isPresent()) {
        throw new Unacceptable(weakness.get());
      }
      if (!request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key))) {
        throw new Unacceptable("the request is not signed by the key it names");
      }
      return new CertificateRequest(Bytes.of(encoded));
    } catch (IOException | OperatorCreationException | PKCSException e) {
      throw new Unacceptable("the request's signature cannot be checked");
    }
  }

  private static PKCS10CertificationRequest parse(byte[] der) throws Unacceptable {
    try {
      var request = new PKCS10CertificationRequest(der);
      if (!Arrays.equals(request.toASN1Structure().getEncoded("DER"), der)) {
        throw new Unacceptable("the request is not in canonical DER, or has bytes after its end");
      }
      return request;
    } catch (IOException | RuntimeException e) {
      // The parser throws whatever its depths throw at bytes that are no request.
      throw new Unacceptable("the request is no PKCS#10 certification request in DER");
    }
  }

  private static Optional<String> weakness(SubjectPublicKeyInfo key, byte[] encoded) {
    String algorithm = key.getAlgorithm().getAlgorithm().getId();
    if (algorithm.equals(ED25519)) {
      return Optional.empty();
    }
    boolean rsa = algorithm.equals(PKCSObjectIdentifiers.rsaEncryption.getId());
    boolean ec = algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey.getId());
    if (!rsa && !ec) {
      return Optional.of("the request's key is of an algorithm that is not accepted: " + algorithm);
    }
    try {
      PublicKey parsed =
          KeyFactory.getInstance(rsa ? "RSA" : "EC")
              .generatePublic(new X509EncodedKeySpec(encoded));
      return parsed instanceof RSAPublicKey r ? weakness(r) : weakness((ECPublicKey) parsed);
    } catch (GeneralSecurityException e) {
      return Optional.of(
          "the request's key cannot be used: it is on no accepted curve, or damaged");
    }
  }

  private static Optional<String> weakness(RSAPublicKey key) {
    int bits = key.getModulus().bitLength();
    return bits >= RSA_LEAST && bits <= RSA_MOST
        ? Optional.empty()
        : Optional.of(
            "the request's RSA key has %d bits; use %d to %d".formatted(bits, RSA_LEAST, RSA_MOST));
  }

  private static Optional<String> weakness(ECPublicKey key) {
    int bits = key.getParams().getCurve().getField().getFieldSize();
    return CURVES.contains(bits)
        ? Optional.empty()
        : Optional.of("the request's EC key has %d bits; use P-256 or P-384".formatted(bits));
  }
}
