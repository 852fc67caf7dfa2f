package io.carousel.events.jose;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import io.carousel.events.Bytes;
import io.carousel.events.Suite;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;

/** Nimbus as a judge of what is a set of keys before it is anything else. */
class SpiffeBundleTest {
  private static final Duration HINT = Duration.ofMinutes(5);

  @Test
  void aCaIsKnownByItsCertificate() throws Exception {
    KeyPair pair = pair("EC");
    Bytes certificate = certificate(pair, "SHA256withECDSA");
    var bundle = new SpiffeBundle(List.of(certificate, certificate), List.of(), 7, HINT);
    JWKSet read = JWKSet.parse(bundle.json());
    assertThat(read.getKeys()).hasSize(1);
    JWK key = read.getKeys().getFirst();
    assertThat(key.getKeyUse().identifier()).isEqualTo("x509-svid");
    assertThat(key.toECKey().toECPublicKey()).isEqualTo(pair.getPublic());
    assertThat(key.getParsedX509CertChain())
        .extracting(X509Certificate::getEncoded)
        .containsExactly(certificate.toArray());
    assertThat(read.getAdditionalMembers())
        .containsEntry("spiffe_sequence", 7L)
        .containsEntry("spiffe_refresh_hint", 300L);
  }

  @Test
  void anRsaCaToo() throws Exception {
    KeyPair pair = pair("RSA");
    Bytes certificate = certificate(pair, "SHA256withRSA");
    var bundle = new SpiffeBundle(List.of(certificate), List.of(), 7, HINT);
    JWK key = JWKSet.parse(bundle.json()).getKeys().getFirst();
    assertThat(key.toRSAKey().toRSAPublicKey()).isEqualTo(pair.getPublic());
  }

  @Test
  void aSignerOfTokensIsKnownByItsName() throws Exception {
    Jwk signer = Tokens.key(Suite.ECDSA_P256);
    var bundle = new SpiffeBundle(List.of(), List.of(signer), 1, HINT);
    JWK key = JWKSet.parse(bundle.json()).getKeys().getFirst();
    assertThat(key.getKeyUse().identifier()).isEqualTo("jwt-svid");
    assertThat(key.getKeyID()).isEqualTo(signer.kid());
    assertThat(key.getX509CertChain()).isNull();
  }

  private static KeyPair pair(String algorithm) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    generator.initialize(algorithm.equals("EC") ? 256 : 2048);
    return generator.generateKeyPair();
  }

  private static Bytes certificate(KeyPair pair, String algorithm) throws Exception {
    var name = new X500Name("CN=a CA");
    return Bytes.of(
        new JcaX509v3CertificateBuilder(
                name,
                BigInteger.TWO,
                Date.from(Instant.EPOCH),
                Date.from(Instant.EPOCH.plus(HINT)),
                name,
                pair.getPublic())
            .build(new JcaContentSignerBuilder(algorithm).build(pair.getPrivate()))
            .getEncoded());
  }
}
