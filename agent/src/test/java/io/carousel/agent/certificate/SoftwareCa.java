package io.carousel.agent.certificate;

import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.Credential;
import io.carousel.events.Format;
import io.carousel.events.ParticipantName;
import io.carousel.events.Profile;
import io.carousel.events.Serial;
import io.carousel.events.SlotName;
import io.carousel.events.TrustBundle.TrustedKey;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;

/** A CA with its key in memory: what the house's workers do, without HSM. */
public final class SoftwareCa {
  private final AuthorityName authority;
  private final int generation;
  private final SlotName slot;
  private final KeyPair key;
  private final X509CertificateHolder certificate;
  private final Map<Integer, String> crls = new ConcurrentHashMap<>();

  /** A new key with its own certificate, valid for a day around now. */
  public SoftwareCa(AuthorityName authority, int generation, SlotName slot) {
    this(authority, generation, slot, null);
  }

  /** A new key with a certificate of that root, or its own if there is none. */
  SoftwareCa(AuthorityName authority, int generation, SlotName slot, SoftwareRoot root) {
    this.authority = authority;
    this.generation = generation;
    this.slot = slot;
    try {
      this.key = KeyPairGenerator.getInstance("EC").generateKeyPair();
      var name = new X500Name("CN=%s %d %s".formatted(authority, generation, slot));
      Instant now = Instant.now();
      var builder =
          new JcaX509v3CertificateBuilder(
              root == null ? name : root.name(),
              serial(),
              Date.from(now.minusSeconds(43_200)),
              Date.from(now.plusSeconds(43_200)),
              name,
              key.getPublic());
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
      builder.addExtension(
          Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      builder.addExtension(
          Extension.subjectKeyIdentifier,
          false,
          new JcaX509ExtensionUtils().createSubjectKeyIdentifier(key.getPublic()));
      this.certificate = builder.build(root == null ? signer() : root.signer());
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** Its generation. */
  public int generation() {
    return generation;
  }

  /** What a bundle says of it. */
  public TrustedKey trusted() {
    Bytes spki = Bytes.of(key.getPublic().getEncoded());
    return new TrustedKey(
        generation, slot, Format.X509, spki, Optional.of(certificate()), spki.digest());
  }

  /** Its certificate, DER. */
  public Bytes certificate() {
    try {
      return Bytes.of(certificate.getEncoded());
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    }
  }

  /** A credential for whoever asks. */
  public Credential issue(
      ParticipantName name,
      Profile profile,
      PublicKey holder,
      Instant from,
      Instant to,
      long bundle) {
    try {
      BigInteger serial = serial();
      var builder =
          new JcaX509v3CertificateBuilder(
              certificate.getSubject(),
              serial,
              Date.from(from),
              Date.from(to),
              new X500Name("CN=" + name),
              holder);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
      builder.addExtension(Extension.extendedKeyUsage, false, usage(profile));
      builder.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(new GeneralName(GeneralName.dNSName, name.value())));
      var extensions = new JcaX509ExtensionUtils();
      builder.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          extensions.createAuthorityKeyIdentifier(key.getPublic()));
      builder.addExtension(
          Extension.subjectKeyIdentifier, false, extensions.createSubjectKeyIdentifier(holder));
      Bytes der = Bytes.of(builder.build(signer()).getEncoded());
      return new Credential(
          authority,
          generation,
          Format.X509,
          profile,
          Serial.of(serial),
          der,
          List.of(certificate()),
          bundle);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** Its CRL of that number, which lists nothing, in PEM; the greater the number the later. */
  public String crl(int number) {
    return crl(number, Map.of());
  }

  /** The same with those in it, and why (RFC 5280, section 5.3.1). */
  public String crl(int number, Map<Serial, Integer> revoked) {
    return crls.computeIfAbsent(number, n -> makeCrl(n, revoked));
  }

  private String makeCrl(int number, Map<Serial, Integer> revoked) {
    try {
      Instant from = Instant.now().minusSeconds(3600).plusSeconds(number);
      var builder = new X509v2CRLBuilder(certificate.getSubject(), Date.from(from));
      builder.setNextUpdate(Date.from(from.plusSeconds(7200)));
      revoked.forEach((serial, reason) ->
          builder.addCRLEntry(new BigInteger(serial.value(), 16), Date.from(from), reason));
      builder.addExtension(Extension.cRLNumber, false, new CRLNumber(BigInteger.valueOf(number)));
      return "-----BEGIN X509 CRL-----\n%s\n-----END X509 CRL-----\n"
          .formatted(Base64.getMimeEncoder().encodeToString(builder.build(signer()).getEncoded()));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static ExtendedKeyUsage usage(Profile profile) {
    return switch (profile) {
      case CLIENT, CANARY_CLIENT -> new ExtendedKeyUsage(KeyPurposeId.id_kp_clientAuth);
      case SERVER, CANARY_SERVER -> new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth);
      case BOTH ->
          new ExtendedKeyUsage(
              new KeyPurposeId[] {KeyPurposeId.id_kp_clientAuth, KeyPurposeId.id_kp_serverAuth});
    };
  }

  /**
   * The key that a request asks to certify.
   *
   * @throws IllegalArgumentException if the request does not hold, or names somebody else
   */
  public static PublicKey requested(Bytes csr, ParticipantName by) {
    try {
      var request = new JcaPKCS10CertificationRequest(csr.toArray());
      PublicKey key = request.getPublicKey();
      if (!request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key))) {
        throw new IllegalArgumentException("the request is not signed by its key");
      }
      if (!request.getSubject().equals(new X500Name("CN=" + by))) {
        throw new IllegalArgumentException("the request is for " + request.getSubject());
      }
      return key;
    } catch (IllegalArgumentException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalArgumentException(e);
    }
  }

  private ContentSigner signer() throws Exception {
    return new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate());
  }

  private static BigInteger serial() {
    return new BigInteger(127, new SecureRandom()).add(BigInteger.ONE);
  }
}
