package io.carousel.orchestrator.certificate;

import io.carousel.events.Bytes;
import io.carousel.events.CredentialRequest;
import io.carousel.events.IpAddress;
import io.carousel.events.SubjectName;
import io.carousel.events.SubjectName.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.util.PublicKeyFactory;
import org.bouncycastle.operator.ContentVerifierProvider;
import org.bouncycastle.operator.DefaultDigestAlgorithmIdentifierFinder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.bc.BcECContentVerifierProviderBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCSException;

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
   * Reads a request and checks it: size, canonical DER, own signature, strength of the key.
   *
   * @throws Unacceptable with the reason
   */
  public static CertificateRequest read(Bytes der) throws Unacceptable {
    if (der.length() > CredentialRequest.SUBJECT_LIMIT) {
      throw new Unacceptable(
          "the request has %d bytes, and at most %d are read"
              .formatted(der.length(), CredentialRequest.SUBJECT_LIMIT));
    }
    PKCS10CertificationRequest request = parse(der.toArray());
    SubjectPublicKeyInfo key = request.getSubjectPublicKeyInfo();
    try {
      Bytes publicKey = SubjectKey.strong(Bytes.of(key.getEncoded("DER")));
      if (!request.isSignatureValid(verifier(key))) {
        throw new Unacceptable("the request is not signed by the key it names");
      }
      return new CertificateRequest(publicKey, names(request));
    } catch (IOException | OperatorCreationException | PKCSException | IllegalArgumentException e) {
      throw new Unacceptable("the request's signature cannot be checked");
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

  private static PKCS10CertificationRequest parse(byte[] der) throws Unacceptable {
    try {
      var request = new PKCS10CertificationRequest(der);
      // A signature with unused bits is readable DER, and no signature.
      if (!Arrays.equals(request.toASN1Structure().getEncoded("DER"), der)
          || request.toASN1Structure().getSignature().getPadBits() != 0) {
        throw new Unacceptable("the request is not in canonical DER, or has bytes after its end");
      }
      return request;
    } catch (IOException | RuntimeException e) {
      // The parser throws whatever its depths throw at bytes that are no request.
      throw new Unacceptable("the request is no PKCS#10 certification request in DER");
    }
  }

  /** The names that it asks for (RFC 2985, section 5.4.2); no extension but these counts. */
  private static List<SubjectName> names(PKCS10CertificationRequest request) throws Unacceptable {
    GeneralNames names;
    try {
      Extensions extensions = request.getRequestedExtensions();
      names =
          extensions == null
              ? null
              : GeneralNames.fromExtensions(extensions, Extension.subjectAlternativeName);
    } catch (RuntimeException e) {
      throw new Unacceptable("the extensions that the request asks for cannot be read");
    }
    if (names == null) {
      return List.of();
    }
    if (names.getNames().length > CredentialRequest.MOST_NAMES) {
      throw new Unacceptable(
          "the request names %d names, and a credential has %d at most"
              .formatted(names.getNames().length, CredentialRequest.MOST_NAMES));
    }
    var found = new ArrayList<SubjectName>();
    for (GeneralName name : names.getNames()) {
      found.add(name(name));
    }
    return List.copyOf(found);
  }

  private static SubjectName name(GeneralName name) throws Unacceptable {
    try {
      return switch (name.getTagNo()) {
        case GeneralName.dNSName -> SubjectName.of(Kind.DNS, name.getName().toString());
        case GeneralName.rfc822Name -> SubjectName.of(Kind.EMAIL, name.getName().toString());
        case GeneralName.uniformResourceIdentifier ->
            SubjectName.of(Kind.URI, name.getName().toString());
        case GeneralName.iPAddress ->
            SubjectName.of(
                Kind.IP, IpAddress.text(ASN1OctetString.getInstance(name.getName()).getOctets()));
        default ->
            throw new Unacceptable(
                "the request names something that is neither a DNS name, nor an address, a URI or a mailbox");
      };
    } catch (IllegalArgumentException e) {
      throw new Unacceptable("the request has a name that is none: " + e.getMessage());
    }
  }
}
