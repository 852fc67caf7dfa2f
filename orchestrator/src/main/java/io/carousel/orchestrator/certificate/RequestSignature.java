package io.carousel.orchestrator.certificate;

import java.io.IOException;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.PSSParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.CertificationRequest;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSASSAPSSparams;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/** By which algorithms requests may be signed: those that are not broken. */
final class RequestSignature {
  private static final Map<ASN1ObjectIdentifier, String> TAKEN =
      Map.of(
          PKCSObjectIdentifiers.sha256WithRSAEncryption, "RSA with SHA-256",
          PKCSObjectIdentifiers.sha384WithRSAEncryption, "RSA with SHA-384",
          PKCSObjectIdentifiers.sha512WithRSAEncryption, "RSA with SHA-512",
          PKCSObjectIdentifiers.id_RSASSA_PSS, "RSASSA-PSS",
          X9ObjectIdentifiers.ecdsa_with_SHA256, "ECDSA with SHA-256",
          X9ObjectIdentifiers.ecdsa_with_SHA384, "ECDSA with SHA-384",
          X9ObjectIdentifiers.ecdsa_with_SHA512, "ECDSA with SHA-512",
          EdECObjectIdentifiers.id_Ed25519, "Ed25519");

  private static final Map<ASN1ObjectIdentifier, String> BROKEN =
      Map.of(
          PKCSObjectIdentifiers.sha1WithRSAEncryption, "RSA with SHA-1",
          OIWObjectIdentifiers.sha1WithRSA, "RSA with SHA-1",
          PKCSObjectIdentifiers.md5WithRSAEncryption, "RSA with MD5",
          PKCSObjectIdentifiers.md2WithRSAEncryption, "RSA with MD2",
          X9ObjectIdentifiers.ecdsa_with_SHA1, "ECDSA with SHA-1");

  private static final Set<ASN1ObjectIdentifier> DIGESTS =
      Set.of(
          NISTObjectIdentifiers.id_sha256,
          NISTObjectIdentifiers.id_sha384,
          NISTObjectIdentifiers.id_sha512);

  private RequestSignature() {}

  /** What that is called; its number if it is unknown. */
  static String name(AlgorithmIdentifier algorithm) {
    ASN1ObjectIdentifier oid = algorithm.getAlgorithm();
    return Optional.ofNullable(TAKEN.get(oid))
        .or(() -> Optional.ofNullable(BROKEN.get(oid)))
        .orElse("algorithm " + oid.getId());
  }

  /**
   * Passes what is taken.
   *
   * @throws Unacceptable with the reason
   */
  static void check(AlgorithmIdentifier algorithm) throws Unacceptable {
    ASN1ObjectIdentifier oid = algorithm.getAlgorithm();
    if (BROKEN.containsKey(oid)) {
      throw new Unacceptable(
          "the request is signed by %s, whose digest is broken; sign it with SHA-256"
              .formatted(BROKEN.get(oid)));
    }
    if (!TAKEN.containsKey(oid)) {
      throw new Unacceptable(
          "the request is signed by %s, which is not taken; use RSA or ECDSA with SHA-256, or Ed25519"
              .formatted(name(algorithm)));
    }
    if (isPss(algorithm)) {
      pss(algorithm);
    }
  }

  static boolean isPss(AlgorithmIdentifier algorithm) {
    return algorithm.getAlgorithm().equals(PKCSObjectIdentifiers.id_RSASSA_PSS);
  }

  /** By the JDK, which has that scheme under a name that Bouncy Castle does not ask for. */
  static boolean verifiesPss(CertificationRequest read, SubjectPublicKeyInfo key, byte[] signed)
      throws IOException {
    try {
      var parameters = AlgorithmParameters.getInstance("RSASSA-PSS");
      parameters.init(read.getSignatureAlgorithm().getParameters().toASN1Primitive().getEncoded());
      Signature jdk = Signature.getInstance("RSASSA-PSS");
      jdk.setParameter(parameters.getParameterSpec(PSSParameterSpec.class));
      jdk.initVerify(
          KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(key.getEncoded())));
      jdk.update(signed);
      return jdk.verify(read.getSignature().getOctets());
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** Without parameters it is with SHA-1 (RFC 8017, appendix A.2.3). */
  private static void pss(AlgorithmIdentifier algorithm) throws Unacceptable {
    ASN1ObjectIdentifier digest;
    try {
      RSASSAPSSparams parameters = RSASSAPSSparams.getInstance(algorithm.getParameters());
      digest =
          parameters == null
              ? OIWObjectIdentifiers.idSHA1
              : parameters.getHashAlgorithm().getAlgorithm();
    } catch (RuntimeException e) {
      throw new Unacceptable("the request is signed by RSASSA-PSS with unreadable parameters");
    }
    if (!DIGESTS.contains(digest)) {
      throw new Unacceptable(
          "the request is signed by RSASSA-PSS with another digest than SHA-256, SHA-384 or SHA-512 (by default it is SHA-1); sign it with SHA-256");
    }
  }
}
