package io.carousel.orchestrator.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.events.Bytes;
import io.carousel.events.CredentialRequest;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.util.Arrays;
import java.util.Random;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CertificateRequestTest {

  @ParameterizedTest
  @CsvSource({
    "EC, secp256r1, SHA256withECDSA",
    "EC, secp384r1, SHA384withECDSA",
    "RSA, 2048, SHA256withRSA",
    "Ed25519, , Ed25519"
  })
  void takesTheKeysThatAreStrongEnough(String algorithm, String size, String signature)
      throws Exception {
    KeyPair pair = pair(algorithm, size);
    assertThat(CertificateRequest.read(request(pair, pair, signature)).publicKey())
        .isEqualTo(Bytes.of(pair.getPublic().getEncoded()));
  }

  @ParameterizedTest
  @CsvSource({
    "RSA, 1024, SHA256withRSA, 1024 bits",
    "EC, secp521r1, SHA512withECDSA, 521 bits",
    "DSA, 2048, SHA256withDSA, algorithm"
  })
  void refusesKeysThatAreNot(String algorithm, String size, String signature, String why)
      throws Exception {
    KeyPair pair = pair(algorithm, size);
    refused(request(pair, pair, signature), why);
  }

  @Test
  void refusesARequestThatAnotherKeySigned() throws Exception {
    refused(
        request(pair("EC", "secp256r1"), pair("EC", "secp256r1"), "SHA256withECDSA"), "not signed");
  }

  @Test
  void refusesWhatIsTooLarge() {
    refused(Bytes.of(new byte[CredentialRequest.SUBJECT_LIMIT + 1]), "16385 bytes");
  }

  @Test
  void refusesBytesAfterTheEnd() throws Exception {
    KeyPair pair = pair("EC", "secp256r1");
    byte[] der = request(pair, pair, "SHA256withECDSA").toArray();
    refused(Bytes.of(Arrays.copyOf(der, der.length + 1)), "request");
  }

  @Test
  void refusesAnyChangedByte() throws Exception {
    KeyPair pair = pair("EC", "secp256r1");
    byte[] der = request(pair, pair, "SHA256withECDSA").toArray();
    var random = new Random(7);
    for (int i = 0; i < der.length; i++) {
      byte[] changed = der.clone();
      changed[i] ^= (byte) (1 << random.nextInt(8));
      assertThatThrownBy(() -> CertificateRequest.read(Bytes.of(changed)))
          .as("byte %d", i)
          .isInstanceOf(Unacceptable.class);
    }
  }

  /** A BIT STRING of a key or a signature is made of octets: none of its bits is unused. */
  @Test
  void refusesUnusedBits() throws Exception {
    KeyPair pair = pair("EC", "secp256r1");
    var request = new PKCS10CertificationRequest(request(pair, pair, "SHA256withECDSA").toArray());
    var info = request.toASN1Structure().getCertificationRequestInfo();
    var signature =
        new DERSequence(
            new ASN1Encodable[] {
              info, request.getSignatureAlgorithm(), unaligned(request.getSignature())
            });
    refused(Bytes.of(signature.getEncoded("DER")), "unused bits");

    SubjectPublicKeyInfo key = request.getSubjectPublicKeyInfo();
    var strange =
        new DERSequence(
            new ASN1Encodable[] {
              info.getVersion(),
              info.getSubject(),
              new DERSequence(
                  new ASN1Encodable[] {
                    key.getAlgorithm(), unaligned(key.getPublicKeyData().getOctets())
                  }),
              new DERTaggedObject(false, 0, new DERSet())
            });
    refused(Bytes.of(signed(strange, pair).getEncoded("DER")), "unused bits");
  }

  private static DERBitString unaligned(byte[] octets) {
    byte[] even = octets.clone();
    even[even.length - 1] &= (byte) 0xfe;
    return new DERBitString(even, 1);
  }

  private static DERSequence signed(DERSequence info, KeyPair pair) throws Exception {
    var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate());
    signer.getOutputStream().write(info.getEncoded("DER"));
    return new DERSequence(
        new ASN1Encodable[] {
          info, signer.getAlgorithmIdentifier(), new DERBitString(signer.getSignature())
        });
  }

  private static void refused(Bytes der, String why) {
    assertThatThrownBy(() -> CertificateRequest.read(der))
        .isInstanceOf(Unacceptable.class)
        .hasMessageContaining(why);
  }

  private static KeyPair pair(String algorithm, String size) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    AlgorithmParameterSpec spec =
        switch (algorithm) {
          case "EC" -> new ECGenParameterSpec(size);
          case "RSA" ->
              new RSAKeyGenParameterSpec(Integer.parseInt(size), RSAKeyGenParameterSpec.F4);
          default -> null;
        };
    if (spec != null) {
      generator.initialize(spec);
    }
    return generator.generateKeyPair();
  }

  private static Bytes request(KeyPair named, KeyPair signing, String signature) throws Exception {
    return Bytes.of(
        new JcaPKCS10CertificationRequestBuilder(new X500Name("CN=web-1"), named.getPublic())
            .build(new JcaContentSignerBuilder(signature).build(signing.getPrivate()))
            .getEncoded());
  }
}
