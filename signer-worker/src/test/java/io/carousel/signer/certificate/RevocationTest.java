package io.carousel.signer.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.events.Bytes;
import io.carousel.events.CrlDraft;
import io.carousel.events.LeafResult.LeafSigned;
import io.carousel.events.Profile;
import io.carousel.events.RevocationReason;
import io.carousel.events.Suite;
import io.carousel.signer.Asked;
import io.carousel.signer.Tool;
import io.carousel.signer.certificate.Desks.Ca;
import io.carousel.signer.token.InMemoryToken;
import io.carousel.signer.token.SoftHsm;
import io.carousel.signer.token.Token;
import io.carousel.signer.token.pkcs11.Pkcs11Token;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertStore;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** CRLs, judged by openssl, by GnuTLS and by the JDK. */
class RevocationTest {
  @TempDir Path folder;

  @BeforeEach
  void need() {
    Tool.need("openssl");
    Tool.need("certtool");
  }

  private static CrlDraft.Entry entry(LeafSigned leaf, RevocationReason reason) {
    Instant since = Instant.now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(30);
    return new CrlDraft.Entry(leaf.serial(), since, reason);
  }

  @ParameterizedTest
  @EnumSource
  void theRevokedIsRefusedAndTheOtherIsNot(Suite suite) throws Exception {
    judged(new InMemoryToken(), suite);
  }

  @ParameterizedTest
  @EnumSource(names = {"RSA_2048", "ECDSA_P256", "ED25519"})
  void soOnAToken(Suite suite) throws Exception {
    try (Token token = Pkcs11Token.open(SoftHsm.newToken(folder))) {
      judged(token, suite);
    }
  }

  private void judged(Token token, Suite suite) throws Exception {
    var desks = new Desks(token);
    Ca ca = desks.ca(suite);
    LeafSigned good = desks.sign(Asked.leaf(ca.asked(), ca.signed(), Profile.BOTH));
    LeafSigned bad = desks.sign(Asked.leaf(ca.asked(), ca.signed(), Profile.BOTH));
    Bytes empty = desks.sign(ca.crl(1, List.of()));
    Bytes crl = desks.sign(ca.crl(2, List.of(entry(bad, RevocationReason.KEY_COMPROMISE))));
    judge(ca, empty, good, true);
    judge(ca, empty, bad, true);
    judge(ca, crl, good, true);
    judge(ca, crl, bad, false);
    byte[] forged = crl.toArray();
    forged[forged.length - 1] ^= 1;
    openssl(ca, Bytes.of(forged), good).bad();
    // GnuTLS judges a CRL only where it is asked about that.
    assertThat(certtoolOfCrl(ca, Bytes.of(forged)).text()).contains("Not verified.");
    assertThat(certtoolOfCrl(ca, crl).good()).contains("Verified.").doesNotContain("Not verified");
  }

  private void judge(Ca ca, Bytes crl, LeafSigned leaf, boolean passes) throws Exception {
    if (passes) {
      openssl(ca, crl, leaf).good();
      assertThat(certtool(ca, crl, leaf).good()).contains("Verified.");
      jdk(ca, crl, leaf);
    } else {
      assertThat(openssl(ca, crl, leaf).bad()).contains("certificate revoked");
      assertThat(certtool(ca, crl, leaf).bad()).contains("revoked");
      assertThatThrownBy(() -> jdk(ca, crl, leaf))
          .isInstanceOfSatisfying(
              CertPathValidatorException.class,
              e ->
                  assertThat(e.getReason())
                      .isEqualTo(CertPathValidatorException.BasicReason.REVOKED));
    }
  }

  private Tool.Said openssl(Ca ca, Bytes crl, LeafSigned leaf) {
    return Tool.run(
        "openssl",
        "verify",
        "-x509_strict",
        "-crl_check",
        "-CAfile",
        Openssl.pem(folder, "ca.pem", ca.certificate()),
        "-CRLfile",
        Openssl.crl(folder, "crl.pem", crl),
        Openssl.pem(folder, "leaf.pem", leaf.credential()));
  }

  private Tool.Said certtool(Ca ca, Bytes crl, LeafSigned leaf) {
    return Tool.run(
        "certtool",
        "--verify",
        "--load-ca-certificate",
        Openssl.pem(folder, "ca.pem", ca.certificate()),
        "--load-crl",
        Openssl.crl(folder, "crl.pem", crl),
        "--infile",
        Openssl.pem(folder, "leaf.pem", leaf.credential()));
  }

  private static void jdk(Ca ca, Bytes crl, LeafSigned leaf) throws Exception {
    var factory = CertificateFactory.getInstance("X.509");
    X509Certificate issuer = certificate(ca.certificate());
    var parameters = new PKIXParameters(Set.of(new TrustAnchor(issuer, null)));
    parameters.setRevocationEnabled(true);
    parameters.addCertStore(
        CertStore.getInstance("Collection", new CollectionCertStoreParameters(List.of(read(crl)))));
    var path = factory.generateCertPath(List.of(certificate(leaf.credential())));
    CertPathValidator.getInstance("PKIX").validate(path, parameters);
  }

  private static X509Certificate certificate(Bytes der) throws Exception {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(der.toArray()));
  }

  private static X509CRL read(Bytes der) throws Exception {
    return (X509CRL)
        CertificateFactory.getInstance("X.509")
            .generateCRL(new ByteArrayInputStream(der.toArray()));
  }

  @ParameterizedTest
  @EnumSource
  void aCrlSaysWhatItShould(Suite suite) throws Exception {
    var desks = new Desks(new InMemoryToken());
    Ca ca = desks.ca(suite);
    List<CrlDraft.Entry> revoked = new ArrayList<>();
    Instant since = Instant.parse("2026-03-01T12:34:56Z");
    for (RevocationReason reason : RevocationReason.values()) {
      revoked.add(new CrlDraft.Entry(Asked.serial(), since, reason));
    }
    Bytes crl = desks.sign(ca.crl(300, revoked));
    String text = text(ca, crl);
    assertThat(text)
        .contains(
            "verify OK",
            "Version 2 (0x1)",
            "X509v3 CRL Number: \n                300\n",
            "Revocation Date: Mar  1 12:34:56 2026 GMT")
        .doesNotContain("Delta", "Issuing Distrib", "Unspecified");
    String ski = after(text(ca.certificate()), "X509v3 Subject Key Identifier:");
    assertThat(after(text, "X509v3 Authority Key Identifier:")).isEqualTo(ski);
    for (CrlDraft.Entry entry : revoked) {
      String serial = entry.serial().value().toUpperCase(java.util.Locale.ROOT);
      assertThat(text).contains("Serial Number: " + (serial.length() % 2 == 0 ? "" : "0") + serial);
    }
    assertThat(text)
        .contains(
            "Key Compromise",
            "Affiliation Changed",
            "Superseded",
            "Cessation Of Operation",
            "Privilege Withdrawn")
        .containsOnlyOnce("Superseded");
  }

  private Tool.Said certtoolOfCrl(Ca ca, Bytes crl) {
    return Tool.run(
        "certtool",
        "--verify-crl",
        "--load-ca-certificate",
        Openssl.pem(folder, "ca.pem", ca.certificate()),
        "--infile",
        Openssl.crl(folder, "crl.pem", crl));
  }

  private String text(Ca ca, Bytes crl) {
    return Tool.run(
            "openssl",
            "crl",
            "-text",
            "-noout",
            "-verify",
            "-CAfile",
            Openssl.pem(folder, "ca.pem", ca.certificate()),
            "-in",
            Openssl.crl(folder, "crl.pem", crl))
        .good();
  }

  private String text(Bytes certificate) {
    Path file = Openssl.pem(folder, "shown.pem", certificate);
    return Tool.run("openssl", "x509", "-noout", "-text", "-in", file).good();
  }

  private static String after(String text, String title) {
    return text.substring(text.indexOf(title) + title.length())
        .strip()
        .lines()
        .findFirst()
        .orElseThrow();
  }

  @Test
  void asManyAsACrlMayList() throws Exception {
    var desks = new Desks(new InMemoryToken());
    Ca ca = desks.ca(Suite.ECDSA_P256);
    LeafSigned leaf = desks.sign(Asked.leaf(ca.asked(), ca.signed(), Profile.BOTH));
    List<CrlDraft.Entry> revoked =
        new ArrayList<>(
            IntStream.range(1, CrlDraft.MOST)
                .mapToObj(_ ->
                    new CrlDraft.Entry(
                        Asked.serial(), Instant.EPOCH, RevocationReason.PRIVILEGE_WITHDRAWN))
                .toList());
    revoked.add(entry(leaf, RevocationReason.SUPERSEDED));
    Bytes crl = desks.sign(ca.crl(Long.MAX_VALUE, revoked));
    assertThat(text(ca, crl).lines().filter(l -> l.contains("Serial Number:")))
        .hasSize(CrlDraft.MOST);
    assertThat(read(crl).getRevokedCertificates()).hasSize(CrlDraft.MOST);
    judge(ca, crl, leaf, false);
  }
}
