package io.carousel.orchestrator.certificate;

import io.carousel.events.Bytes;
import io.carousel.events.CredentialRequest;
import io.carousel.events.SubjectName;
import io.carousel.events.pem.PemText;
import io.carousel.events.pem.UnreadablePem;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1InputStream;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.pkcs.CertificationRequest;
import org.bouncycastle.asn1.pkcs.CertificationRequestInfo;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.util.PublicKeyFactory;
import org.bouncycastle.operator.ContentVerifier;
import org.bouncycastle.operator.ContentVerifierProvider;
import org.bouncycastle.operator.DefaultDigestAlgorithmIdentifierFinder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.RuntimeOperatorException;
import org.bouncycastle.operator.bc.BcECContentVerifierProviderBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;

/**
 * A certificate request (PKCS#10, RFC 2986) of which only the key and the alternative names count:
 * everything else comes from what the log says of its sender.
 *
 * @param publicKey SubjectPublicKeyInfo
 * @param names subject alternative names that it asks for
 */
public record CertificateRequest(Bytes publicKey, List<SubjectName> names) {
  /** Sorts. */
  public CertificateRequest {
    names = names.stream().distinct().sorted().toList();
  }

  /**
   * Reads a request and checks it: size, own signature, strength of the key. It may be DER, or PEM
   * in any of its real forms. What its signer has signed are the bytes as they came, also where
   * they are not the one encoding that DER allows, as where attributes are not in order.
   *
   * @throws Unacceptable with the reason
   */
  public static CertificateRequest read(Bytes request) throws Unacceptable {
    if (request.length() > CredentialRequest.SUBJECT_LIMIT) {
      throw new Unacceptable(
          "the request has %d bytes, and at most %d are read"
              .formatted(request.length(), CredentialRequest.SUBJECT_LIMIT));
    }
    byte[] given = binary(request.toArray());
    CertificationRequest read = parse(given);
    CertificationRequestInfo info = read.getCertificationRequestInfo();
    SubjectPublicKeyInfo key = info.getSubjectPublicKeyInfo();
    RequestSignature.check(read.getSignatureAlgorithm());
    try {
      Bytes publicKey = SubjectKey.strong(Bytes.of(key.getEncoded("DER")));
      if (!isSigned(read, given)) {
        throw new Unacceptable(
            "the request is not signed by the key it names, or was changed since");
      }
      return new CertificateRequest(publicKey, RequestedNames.of(info.getAttributes()));
    } catch (IOException | OperatorCreationException | IllegalArgumentException e) {
      throw new Unacceptable(
          "the request's signature cannot be checked: it says to be by %s, and the key is of %s"
              .formatted(
                  RequestSignature.name(read.getSignatureAlgorithm()),
                  key.getAlgorithm().getAlgorithm().getId()));
    }
  }

  private static byte[] binary(byte[] given) throws Unacceptable {
    if (PemText.isDer(given)) {
      return given;
    }
    try {
      List<Bytes> all =
          PemText.contents(
              given, "certificate request", "CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST");
      if (all.size() > 1) {
        throw new Unacceptable("it holds %d requests, and one is read".formatted(all.size()));
      }
      return all.getFirst().toArray();
    } catch (UnreadablePem e) {
      throw new Unacceptable(
          "the request is no PKCS#10 certification request in DER or PEM: " + e.getMessage());
    }
  }

  /** By the bytes that came. */
  private static boolean isSigned(CertificationRequest read, byte[] given)
      throws IOException, OperatorCreationException {
    Optional<byte[]> signed = Tlv.firstInside(given);
    SubjectPublicKeyInfo key = read.getCertificationRequestInfo().getSubjectPublicKeyInfo();
    if (signed.isEmpty()) {
      return false;
    }
    return RequestSignature.isPss(read.getSignatureAlgorithm())
        ? RequestSignature.verifiesPss(read, key, signed.get())
        : verifies(read, signed.get(), verifier(key));
  }

  private static boolean verifies(
      CertificationRequest read, byte[] signed, ContentVerifierProvider keys)
      throws IOException, OperatorCreationException {
    ContentVerifier verifier = keys.get(read.getSignatureAlgorithm());
    try (OutputStream out = verifier.getOutputStream()) {
      out.write(signed);
    }
    try {
      return verifier.verify(read.getSignature().getOctets());
    } catch (RuntimeOperatorException e) {
      return false;
    }
  }

  /** Bouncy Castle itself takes a fifth of the JDK's time for ECDSA. */
  private static ContentVerifierProvider verifier(SubjectPublicKeyInfo key)
      throws OperatorCreationException {
    boolean ec = key.getAlgorithm().getAlgorithm().equals(X9ObjectIdentifiers.id_ecPublicKey);
    try {
      return ec
          ? new BcECContentVerifierProviderBuilder(new DefaultDigestAlgorithmIdentifierFinder())
              .build(PublicKeyFactory.createKey(key))
          : new JcaContentVerifierProviderBuilder().build(key);
    } catch (IOException e) {
      throw new OperatorCreationException("the key cannot be read", e);
    }
  }

  private static CertificationRequest parse(byte[] given) throws Unacceptable {
    CertificationRequest read;
    boolean canonical;
    try (var in = new ASN1InputStream(given)) {
      ASN1Primitive first = in.readObject();
      read = CertificationRequest.getInstance(first);
      if (read == null) {
        throw new Unacceptable("the request is empty");
      }
      if (in.read() >= 0) {
        throw new Unacceptable("the request has bytes after its end");
      }
      // Sets in the order in which they came; everything else in its one form.
      canonical = Arrays.equals(first.getEncoded("DL"), given);
    } catch (IOException | RuntimeException e) {
      // The parser throws whatever its depths throw at bytes that are no request.
      throw new Unacceptable(
          "the request is no PKCS#10 certification request in DER or PEM; it may be cut off, or something else");
    }
    if (!canonical) {
      throw new Unacceptable(
          "the request is in BER and not in DER: a length in it is not as short as can be, or has no end; have it encoded in DER");
    }
    // A signature with unused bits is readable DER, and no signature.
    if (read.getSignature().getPadBits() != 0) {
      throw new Unacceptable("the request's signature is not made of octets: it has unused bits");
    }
    return read;
  }
}
