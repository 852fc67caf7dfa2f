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
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
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
