package io.carousel.orchestrator.certificate;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.events.Bytes;
import io.carousel.events.SubjectName;
import java.io.InputStream;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERPrintableString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.DLSequence;
import org.bouncycastle.asn1.DLSet;
import org.bouncycastle.asn1.DLTaggedObject;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.operator.DefaultSignatureAlgorithmIdentifierFinder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests as tools write them: taken, or refused with the true reason. */
@Timeout(60)
class RealRequestsTest {
  private static final ASN1ObjectIdentifier MICROSOFT =
      new ASN1ObjectIdentifier("1.3.6.1.4.1.311.2.1.14");
  private static final KeyPair EC = ec("secp256r1");
  private static final KeyPair RSA = rsa();

  private static KeyPair ec(String curve) {
    try {
      var generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(curve));
      return generator.generateKeyPair();
    } catch (java.security.GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static KeyPair rsa() {
    try {
      var generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return generator.generateKeyPair();
    } catch (java.security.GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** Two attributes in the order in which they were given: a SET OF that is not sorted. */
  @Test
  void nodeForgesUnsortedAttributesAreTaken() throws Exception {
    try (InputStream in =
        RealRequestsTest.class.getResourceAsStream("/requests/node-forge-unsorted.der")) {
      assertThat(CertificateRequest.read(Bytes.of(in.readAllBytes())).names())
          .extracting(SubjectName::value)
          .containsExactly("dns:edge-1");
    }
  }

  private static ASN1Encodable attribute(ASN1ObjectIdentifier type, ASN1Encodable... values) {
    return new DLSequence(new ASN1Encodable[] {type, new DLSet(values)});
  }

  private static ASN1Encodable names(ASN1ObjectIdentifier type, GeneralName... names) {
    try {
      var extensions = new ExtensionsGenerator();
      extensions.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
      return attribute(type, extensions.generate());
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    }
  }

  private static ASN1Encodable dns(String... names) {
    return names(
        PKCSObjectIdentifiers.pkcs_9_at_extensionRequest,
        Stream.of(names)
            .map(n -> new GeneralName(GeneralName.dNSName, n))
            .toArray(GeneralName[]::new));
  }

  private static final ASN1Encodable PASSWORD =
      attribute(
          PKCSObjectIdentifiers.pkcs_9_at_challengePassword,
          new DERPrintableString("invented words that are long"));
  private static final ASN1Encodable VERSION =
      attribute(
          new ASN1ObjectIdentifier("1.3.6.1.4.1.311.13.2.3"), new DERUTF8String("10.0.17763.2"));

  /** Signed over just these bytes; null leaves the attributes out. */
  private static Bytes request(ASN1Encodable... attributes) throws Exception {
    var parts =
        Stream.of(
                new ASN1Integer(0),
                new X500Name("CN=edge-1"),
                SubjectPublicKeyInfo.getInstance(EC.getPublic().getEncoded()))
            .toList();
    var info =
        attributes == null
            ? new DLSequence(parts.toArray(ASN1Encodable[]::new))
            : new DLSequence(
                Stream.concat(
                        parts.stream(),
                        Stream.of(new DLTaggedObject(false, 0, new DLSet(attributes))))
                    .toArray(ASN1Encodable[]::new));
    byte[] signed = info.getEncoded("DL");
    Signature signer = Signature.getInstance("SHA256withECDSA");
    signer.initSign(EC.getPrivate());
    signer.update(signed);
    return Bytes.of(
        new DLSequence(
                new ASN1Encodable[] {
                  info,
                  new DefaultSignatureAlgorithmIdentifierFinder().find("SHA256withECDSA"),
                  new DERBitString(signer.sign())
                })
            .getEncoded("DL"));
  }

  private static void hasNames(Bytes request, String... names) throws Exception {
    CertificateRequest read = CertificateRequest.read(request);
    assertThat(read.names()).extracting(SubjectName::value).containsExactly(names);
    assertThat(read.publicKey()).isEqualTo(Bytes.of(EC.getPublic().getEncoded()));
  }

  @Test
  void attributesComeInAnyOrderAndOthersCountForNothing() throws Exception {
    hasNames(request(dns("a"), PASSWORD, VERSION), "dns:a");
    hasNames(request(VERSION, PASSWORD, dns("a")), "dns:a");
    hasNames(request(PASSWORD), new String[0]);
    hasNames(request(), new String[0]);
    hasNames(request((ASN1Encodable[]) null), new String[0]);
  }

  @Test
  void namesOfEveryRequestForExtensionsCount() throws Exception {
    hasNames(request(dns("b"), dns("a", "b")), "dns:a", "dns:b");
    hasNames(
        request(dns("b"), names(MICROSOFT, new GeneralName(GeneralName.dNSName, "a"))),
        "dns:a",
        "dns:b");
  }

  @Test
  void lettersOfHostsAreAsGoodInAnyCase() throws Exception {
    hasNames(request(dns("WWW.Example.ORG")), "dns:www.example.org");
    hasNames(
        request(
            names(
                PKCSObjectIdentifiers.pkcs_9_at_extensionRequest,
                new GeneralName(GeneralName.rfc822Name, "A.b@Example.ORG"))),
        "email:A.b@example.org");
  }

  @Test
  void namesThatNoCertificateHereHoldsAreRefusedByKind() throws Exception {
    var directory = new GeneralName(new X500Name("CN=a"));
    refused(
        request(names(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, directory)),
        "directoryName");
    var other =
        new GeneralName(
            GeneralName.otherName,
            new DERSequence(
                new ASN1Encodable[] {
                  new ASN1ObjectIdentifier("1.3.6.1.4.1.311.20.2.3"),
                  new org.bouncycastle.asn1.DERTaggedObject(true, 0, new DERUTF8String("u@ad"))
                }));
    refused(request(names(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, other)), "otherName");
    refused(
        request(
            attribute(
                PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, new DERSet(new ASN1Integer(1)))),
        "cannot be read");
  }

  static Stream<byte[]> forms() throws Exception {
    String base64 =
        Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(request(dns("a")).toArray());
    String pem =
        "-----BEGIN CERTIFICATE REQUEST-----\n" + base64 + "\n-----END CERTIFICATE REQUEST-----\n";
    String old = pem.replace("CERTIFICATE", "NEW CERTIFICATE");
    return Stream.of(
            pem,
            pem.strip(),
            old,
            pem.replace("\n", "\r\n"),
            pem.replace("\n", "  \n\t"),
            "\ufeff" + pem,
            "Certificate Request:\n    Data:\n        Version: 1 (0x0)\n" + pem,
            pem.replace(base64, "Comment: made by hand\n\n" + base64),
            pem.replace(base64, base64.replace("\n", "")))
        .map(text -> text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @MethodSource("forms")
  void pemIsTakenInAllItsForms(byte[] text) throws Exception {
    hasNames(Bytes.of(text), "dns:a");
  }

  @Test
  void windowsShellsWriteUtf16() throws Exception {
    String pem = "\ufeff" + new String(forms().findFirst().orElseThrow(), US_ASCII);
    hasNames(Bytes.of(pem.getBytes(UTF_16LE)), "dns:a");
  }

  @Test
  void whatIsNoRequestIsCalledByItsName() throws Exception {
    String pem = new String(forms().findFirst().orElseThrow(), US_ASCII);
    refused(text(pem.replace("CERTIFICATE REQUEST", "CERTIFICATE")), "'CERTIFICATE'");
    refused(text(pem.substring(0, 200)), "cut off");
    refused(text(pem + pem), "2 requests");
    refused(text(pem.replaceFirst("END CERTIFICATE REQUEST", "END CERTIFICATE")), "ends as");
    refused(text("hello"), "no PEM block");
    byte[] der = request(dns("a")).toArray();
    refused(Bytes.of(java.util.Arrays.copyOf(der, der.length + 1)), "bytes after its end");
    refused(Bytes.of(java.util.Arrays.copyOf(der, der.length - 1)), "cut off");
  }

  private static Bytes text(String text) {
    return Bytes.of(text.getBytes(US_ASCII));
  }

  @ParameterizedTest
  @CsvSource({
    "SHA1withRSA, SHA-1",
    "MD5withRSA, MD5",
    "SHA224withRSA, not taken",
    "SHA1withRSAandMGF1, SHA-1"
  })
  void brokenDigestsAreRefusedByName(String algorithm, String why) throws Exception {
    refused(signed(RSA, algorithm), why);
  }

  @ParameterizedTest
  @CsvSource({"SHA256withRSAandMGF1", "SHA512withRSAandMGF1", "SHA384withRSA"})
  void soundOnesAreTaken(String algorithm) throws Exception {
    assertThat(CertificateRequest.read(signed(RSA, algorithm)).publicKey())
        .isEqualTo(Bytes.of(RSA.getPublic().getEncoded()));
  }

  private static Bytes signed(KeyPair pair, String algorithm) throws Exception {
    return Bytes.of(
        new JcaPKCS10CertificationRequestBuilder(new X500Name("CN=a"), pair.getPublic())
            .build(
                new JcaContentSignerBuilder(algorithm)
                    .setProvider(new org.bouncycastle.jce.provider.BouncyCastleProvider())
                    .build(pair.getPrivate()))
            .getEncoded());
  }

  private static void refused(Bytes request, String why) {
    assertThatThrownBy(() -> CertificateRequest.read(request))
        .isInstanceOf(Unacceptable.class)
        .hasMessageContaining(why);
  }
}
