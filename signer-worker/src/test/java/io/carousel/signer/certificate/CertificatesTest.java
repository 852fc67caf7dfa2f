package io.carousel.signer.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.carousel.events.Bytes;
import io.carousel.events.HouseId;
import io.carousel.events.LeafResult.LeafSigned;
import io.carousel.events.Profile;
import io.carousel.events.SigningCommand.GenerateKey;
import io.carousel.events.SigningCommand.SignCaCertificate;
import io.carousel.events.SigningCommand.SignLeaf;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import io.carousel.events.WorkerAct.CaCertificateSigned;
import io.carousel.events.WorkerAct.KeyGenerated;
import io.carousel.signer.Asked;
import io.carousel.signer.Ordered;
import io.carousel.signer.TestLog;
import io.carousel.signer.token.InMemoryToken;
import io.carousel.signer.trust.Limits;
import io.carousel.signer.trust.Verification;
import io.carousel.signer.work.KeyWork;
import io.carousel.signer.work.LeafWork;
import io.carousel.signer.work.Tally;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is issued, judged by openssl and by the JDK. */
class CertificatesTest {
  private static final HouseId HOUSE = new HouseId("00112233445566778899aabbccddeeff");
  private static final SlotName SLOT = new SlotName("hsm-a");

  private final InMemoryToken token = new InMemoryToken();
  private final KeyWork keys =
      new KeyWork(HOUSE, SLOT, token, Limits.DEFAULT, Ordered.ALL, InstantSource.system());
  private final LeafWork leaves =
      new LeafWork(
          HOUSE,
          SLOT,
          token,
          Limits.DEFAULT,
          Verification.ALL,
          TestLog.opened(HOUSE),
          InstantSource.system(),
          new Tally());

  @TempDir Path folder;

  private record Issued(SignCaCertificate asked, CaCertificateSigned signed) {
    Bytes certificate() {
      return signed.certificate();
    }
  }

  private Issued ca(Suite suite) throws Exception {
    GenerateKey generate = Asked.key(SLOT, suite);
    var made = (KeyGenerated) keys.carryOut(generate);
    SignCaCertificate asked = Asked.ca(generate, made);
    return new Issued(asked, (CaCertificateSigned) keys.carryOut(asked));
  }

  private Bytes leaf(SignLeaf asked) throws Exception {
    return ((LeafSigned) leaves.carryOut(asked)).credential();
  }

  @ParameterizedTest
  @EnumSource
  void everySuiteHolds(Suite suite) throws Exception {
    Issued ca = ca(suite);
    Bytes leaf = leaf(Asked.leaf(ca.asked(), ca.signed(), Profile.BOTH));
    Path caFile = Openssl.pem(folder, "ca.pem", ca.certificate());
    Path leafFile = Openssl.pem(folder, "leaf.pem", leaf);
    for (String purpose : List.of("sslclient", "sslserver")) {
      assertThat(
              Openssl.run(
                  "openssl",
                  "verify",
                  "-x509_strict",
                  "-check_ss_sig",
                  "-purpose",
                  purpose,
                  "-CAfile",
                  caFile.toString(),
                  leafFile.toString()))
          .contains("leaf.pem: OK");
    }
    assertThatCode(() -> validate(ca.certificate(), leaf)).doesNotThrowAnyException();
  }

  private static void validate(Bytes ca, Bytes leaf) throws Exception {
    var parameters = new PKIXParameters(Set.of(new TrustAnchor(read(ca), null)));
    parameters.setRevocationEnabled(false);
    var path = CertificateFactory.getInstance("X.509").generateCertPath(List.of(read(leaf)));
    CertPathValidator.getInstance("PKIX").validate(path, parameters);
  }

  private static X509Certificate read(Bytes certificate) throws Exception {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(certificate.toArray()));
  }

  @Test
  void aCaCertificateSaysWhatItMay() throws Exception {
    Issued ca = ca(Suite.ECDSA_P256);
    String text = text(ca.certificate());
    assertThat(text)
        .contains(
            "Version: 3 (0x2)",
            "Signature Algorithm: ecdsa-with-SHA256",
            "X509v3 Basic Constraints: critical\n                CA:TRUE, pathlen:0",
            "X509v3 Key Usage: critical\n                Certificate Sign, CRL Sign",
            "X509v3 Subject Key Identifier")
        .doesNotContain("Authority Key Identifier", "Extended Key Usage");
    assertThat(subject(ca.certificate()))
        .isEqualTo("subject=CN=user 1 on hsm-a,O=Carousel,OU=größer\\, \\<kleiner\\>");
  }

  @Test
  void aLeafSaysWhoseItIsAndWhatItMay() throws Exception {
    Issued ca = ca(Suite.ECDSA_P256);
    String text = text(leaf(Asked.leaf(ca.asked(), ca.signed(), Profile.SERVER)));
    assertThat(text)
        .contains(
            "X509v3 Key Usage: critical\n                Digital Signature\n",
            "X509v3 Extended Key Usage: \n                TLS Web Server Authentication\n",
            "DNS:web-1, URI:carousel:00112233445566778899aabbccddeeff/user/web-1",
            "X509v3 Authority Key Identifier")
        .doesNotContain("Basic Constraints");
    assertThat(text(leaf(Asked.leaf(ca.asked(), ca.signed(), Profile.CLIENT))))
        .contains("X509v3 Extended Key Usage: \n                TLS Web Client Authentication\n");
  }

  @Test
  void aCanaryNamesNobody() throws Exception {
    Issued ca = ca(Suite.ECDSA_P256);
    Bytes canary = drafted(ca, Profile.CANARY_CLIENT);
    assertThat(text(canary))
        .contains(
            "X509v3 Extended Key Usage: \n                TLS Web Client Authentication\n",
            "DNS:canary.invalid, URI:carousel-canary:00112233445566778899aabbccddeeff/user/web-1\n");
    assertThat(subject(canary)).isEqualTo("subject=CN=canary.invalid");
    assertThat(text(drafted(ca, Profile.CANARY_SERVER)))
        .contains("X509v3 Extended Key Usage: \n                TLS Web Server Authentication\n");
  }

  /** As it would be signed in a rotation, after its rehearsal. */
  private static Bytes drafted(Issued ca, Profile profile) throws Exception {
    Issuer issuer = Issuer.of(ca.certificate(), Suite.ECDSA_P256);
    SignLeaf asked = Asked.leaf(ca.asked(), ca.signed(), profile);
    ToBeSigned draft = Drafts.leaf(HOUSE, asked, issuer);
    Rehearsal.of(draft, HOUSE, asked, issuer);
    return draft.complete(Placeholder.of(Suite.ECDSA_P256));
  }

  @Test
  void aClientsLeafServesNoServer() throws Exception {
    Issued ca = ca(Suite.ED25519);
    Bytes leaf = leaf(Asked.leaf(ca.asked(), ca.signed(), Profile.CLIENT));
    Path caFile = Openssl.pem(folder, "ca.pem", ca.certificate());
    Path leafFile = Openssl.pem(folder, "leaf.pem", leaf);
    assertThatCode(() ->
            Openssl.run(
                "openssl",
                "verify",
                "-purpose",
                "sslserver",
                "-CAfile",
                caFile.toString(),
                leafFile.toString()))
        .hasMessageContaining("unsuitable certificate purpose");
  }

  @Test
  void theSameCommandFixesTheSameBytes() throws Exception {
    Issued ca = ca(Suite.ECDSA_P384);
    assertThat(Drafts.ca(ca.asked())).isEqualTo(Drafts.ca(ca.asked()));
    Issuer issuer = Issuer.of(ca.certificate(), Suite.ECDSA_P384);
    SignLeaf asked = Asked.leaf(ca.asked(), ca.signed(), Profile.BOTH);
    assertThat(Drafts.leaf(HOUSE, asked, issuer)).isEqualTo(Drafts.leaf(HOUSE, asked, issuer));
  }

  /** RSA signatures have no chance in them: the whole certificate is the same. */
  @Test
  void aRepeatIsTheSameCertificate() throws Exception {
    Issued ca = ca(Suite.RSA_2048);
    assertThat(keys.carryOut(ca.asked())).isEqualTo(ca.signed());
  }

  private String text(Bytes certificate) {
    Path file = Openssl.pem(folder, "shown.pem", certificate);
    return Openssl.run("openssl", "x509", "-noout", "-text", "-in", file.toString());
  }

  private String subject(Bytes certificate) {
    Path file = Openssl.pem(folder, "shown.pem", certificate);
    return Openssl.run(
            "openssl",
            "x509",
            "-noout",
            "-subject",
            "-nameopt",
            "RFC2253,-esc_msb,utf8",
            "-in",
            file.toString())
        .strip();
  }
}
