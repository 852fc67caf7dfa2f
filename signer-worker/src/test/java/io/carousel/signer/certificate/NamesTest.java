package io.carousel.signer.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.Bytes;
import io.carousel.events.Profile;
import io.carousel.events.SigningCommand.Distribution;
import io.carousel.events.SigningCommand.SignLeaf;
import io.carousel.events.SubjectName;
import io.carousel.events.Suite;
import io.carousel.signer.Asked;
import io.carousel.signer.Tool;
import io.carousel.signer.certificate.Desks.Ca;
import io.carousel.signer.refusal.Refusal;
import io.carousel.signer.refusal.Refused;
import io.carousel.signer.token.InMemoryToken;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names and places of leaf certificates, read back by openssl and by the JDK. */
class NamesTest {
  private static final List<SubjectName> NAMES =
      Stream.of(
              "dns:web-1.example.org",
              "ip:192.0.2.7",
              "ip:2001:db8::1",
              "uri:https://example.org/web",
              "email:web@example.org")
          .map(SubjectName::new)
          .toList();
  private static final Distribution FROM =
      new Distribution(
          "http://ca.example.org:8080/v1/user/1/hsm-a.crl",
          "http://ca.example.org:8080/v1/user/1/hsm-a.cer");

  private final Desks desks = new Desks(new InMemoryToken());

  @TempDir Path folder;

  @BeforeEach
  void need() {
    Tool.need("openssl");
  }

  @ParameterizedTest
  @EnumSource
  void everyNameIsReadBackByOpenssl(Suite suite) throws Exception {
    Ca ca = desks.ca(suite);
    Bytes leaf = desks.sign(named(ca, NAMES, Optional.of(FROM))).credential();
    Path file = Openssl.pem(folder, "leaf.pem", leaf);
    assertThat(Tool.run("openssl", "x509", "-noout", "-text", "-in", file).good())
        .contains(
            "DNS:web-1, URI:carousel:00112233445566778899aabbccddeeff/user/web-1, "
                + "DNS:web-1.example.org, email:web@example.org, IP Address:192.0.2.7, "
                + "IP Address:2001:DB8:0:0:0:0:0:1, URI:https://example.org/web\n",
            "X509v3 CRL Distribution Points: \n                Full Name:\n"
                + "                  URI:"
                + FROM.crl()
                + "\n",
            "Authority Information Access: \n                CA Issuers - URI:"
                + FROM.certificate()
                + "\n");
    Path issuer = Openssl.pem(folder, "ca.pem", ca.certificate());
    for (String check :
        List.of(
            "-verify_hostname=web-1.example.org",
            "-verify_ip=192.0.2.7",
            "-verify_ip=2001:db8::1",
            "-verify_email=web@example.org")) {
      String[] option = check.split("=");
      Tool.run("openssl", "verify", "-x509_strict", option[0], option[1], "-CAfile", issuer, file)
          .good();
    }
    Tool.run("openssl", "verify", "-verify_ip", "192.0.2.8", "-CAfile", issuer, file).bad();
  }

  @Test
  void everyNameIsReadBackByTheJdk() throws Exception {
    Ca ca = desks.ca(Suite.ECDSA_P256);
    Bytes leaf = desks.sign(named(ca, NAMES, Optional.of(FROM))).credential();
    var read =
        (X509Certificate)
            CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(leaf.toArray()));
    Assertions.<List<?>>assertThat(read.getSubjectAlternativeNames())
        .containsExactly(
            List.of(2, "web-1"),
            List.of(6, "carousel:00112233445566778899aabbccddeeff/user/web-1"),
            List.of(2, "web-1.example.org"),
            List.of(1, "web@example.org"),
            List.of(7, "192.0.2.7"),
            List.of(7, "2001:db8:0:0:0:0:0:1"),
            List.of(6, "https://example.org/web"));
  }

  /** One URI and both usages, whatever the profile (X509-SVID, sections 2 and 4.4). */
  @ParameterizedTest
  @EnumSource(names = {"CLIENT", "SERVER", "BOTH"})
  void anSvidHasItsSpiffeIdAndNoOtherUri(Profile profile) throws Exception {
    Ca ca = desks.ca(Suite.ECDSA_P256);
    List<SubjectName> names =
        List.of(new SubjectName("dns:www.example"), new SubjectName("uri:spiffe://example.org/w"));
    SignLeaf asked =
        Asked.leaf(Asked.leaf(ca.asked(), ca.signed(), profile), names, Optional.empty());
    Issuer issuer = Issuer.of(ca.certificate(), ca.asked().suite());
    ToBeSigned draft = Drafts.leaf(Desks.HOUSE, asked, issuer);
    Rehearsal.of(draft, Desks.HOUSE, asked, issuer);
    var read =
        (X509Certificate)
            CertificateFactory.getInstance("X.509")
                .generateCertificate(
                    new ByteArrayInputStream(
                        draft.complete(Placeholder.of(draft.suite())).toArray()));
    Assertions.<List<?>>assertThat(read.getSubjectAlternativeNames())
        .containsExactly(
            List.of(2, "web-1"), List.of(2, "www.example"), List.of(6, "spiffe://example.org/w"));
    assertThat(read.getExtendedKeyUsage())
        .containsExactly("1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.1");
  }

  /** Every spelling that the contract knows for a name can be signed, or says why not. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "dns:a",
        "dns:1.2.example",
        "dns:xn--mnchen-3ya.example",
        "ip:::",
        "ip:::1",
        "ip:0.0.0.0",
        "ip:fe80::1:0:0:1",
        "ip:2001:db8:0:1:1:1:1:1",
        "ip:64:ff9b::c000:221",
        "uri:urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
        "uri:https://[2001:db8::1]:8443/a?b=c#d",
        "uri:https://example.org/a/b/c",
        "email:a.b+c@example.org",
      })
  void everySpellingIsSigned(String name) throws Exception {
    Ca ca = desks.ca(Suite.ED25519);
    desks.sign(named(ca, List.of(new SubjectName(name)), Optional.empty()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"principal:web", "audience:web"})
  void namesOfOtherFormatsHaveNoPlace(String name) throws Exception {
    Ca ca = desks.ca(Suite.ED25519);
    refused(Refusal.BAD_CONTENT, ca, List.of(new SubjectName(name)), Optional.empty());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nowhere",
        "ldap://a/b",
        "http://",
        "http://a/ü",
        "http://a/ b",
        "http://a/\n",
        "http://\ud800/",
      })
  void aPlaceIsAUrlInAscii(String url) throws Exception {
    Ca ca = desks.ca(Suite.ED25519);
    String good = FROM.crl();
    refused(Refusal.BAD_CONTENT, ca, List.of(), Optional.of(new Distribution(url, good)));
    refused(Refusal.BAD_CONTENT, ca, List.of(), Optional.of(new Distribution(good, url)));
  }

  @Test
  void aPlaceIsNoBook() throws Exception {
    Ca ca = desks.ca(Suite.ED25519);
    String longest = "http://a/" + "b".repeat(991);
    desks.sign(named(ca, List.of(), Optional.of(new Distribution(longest, longest))));
    refused(
        Refusal.BAD_CONTENT, ca, List.of(), Optional.of(new Distribution(longest + "b", longest)));
  }

  private static SignLeaf named(Ca ca, List<SubjectName> names, Optional<Distribution> from) {
    return Asked.leaf(Asked.leaf(ca.asked(), ca.signed(), Profile.BOTH), names, from);
  }

  private static void refused(
      Refusal refusal, Ca ca, List<SubjectName> names, Optional<Distribution> from) throws Refused {
    Issuer issuer = Issuer.of(ca.certificate(), ca.asked().suite());
    Assertions.assertThatThrownBy(() -> Drafts.leaf(Desks.HOUSE, named(ca, names, from), issuer))
        .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.why()).isEqualTo(refusal));
  }
}
