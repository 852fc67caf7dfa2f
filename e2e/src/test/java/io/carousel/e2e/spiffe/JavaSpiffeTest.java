package io.carousel.e2e.spiffe;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWEObject;
import com.nimbusds.jose.crypto.ECDHDecrypter;
import io.carousel.agent.OwnCredential;
import io.carousel.agent.certificate.CertificationRequest;
import io.carousel.e2e.node.Applicant;
import io.carousel.e2e.node.Cli;
import io.carousel.e2e.node.Node;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.Credential;
import io.carousel.events.Format;
import io.carousel.events.Membership;
import io.carousel.events.Profile;
import io.carousel.events.Role;
import io.carousel.events.SubjectName;
import io.carousel.events.wire.Json;
import io.spiffe.bundle.jwtbundle.JwtBundle;
import io.spiffe.bundle.x509bundle.X509Bundle;
import io.spiffe.spiffeid.SpiffeId;
import io.spiffe.spiffeid.TrustDomain;
import io.spiffe.svid.jwtsvid.JwtSvid;
import io.spiffe.svid.x509svid.X509Svid;
import io.spiffe.svid.x509svid.X509SvidValidator;
import java.io.ByteArrayInputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** X.509-SVIDs, JWT-SVIDs and the bundle, judged by java-spiffe. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
class JavaSpiffeTest {
  private static final TrustDomain DOMAIN = TrustDomain.parse("example.org");
  private static final SpiffeId WEB = SpiffeId.parse("spiffe://example.org/web-1");

  private Node node;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    node = Node.listening(folder, "--slot", "only");
    Cli cli = node.cli();
    cli.done(
        "authority",
        "create",
        "mesh",
        "--format=x509,jwt",
        "--spiffe-trust-domain=example.org",
        "--subject=CN=Example Issuing CA,O=Example,C=DE",
        "--wait");
    cli.done("authority", "create", "plain", "--wait");
  }

  @AfterAll
  void stop() throws Exception {
    if (node != null) {
      node.close();
    }
  }

  private static Membership in(String authority, List<Format> formats, String... names) {
    return new Membership(
        new AuthorityName(authority),
        List.of(Role.PRESENTS_CLIENT, Role.VERIFIES),
        formats,
        List.of(names).stream().map(SubjectName::new).toList());
  }

  private byte[] published(String path) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<byte[]> got =
          client.send(
              HttpRequest.newBuilder(node.api().resolve(path)).build(),
              HttpResponse.BodyHandlers.ofByteArray());
      assertThat(got.statusCode()).isEqualTo(200);
      return got.body();
    }
  }

  /** The certificates of the SPIFFE bundle, which java-spiffe reads as PEM alone. */
  private X509Bundle x509(byte[] bundle) throws Exception {
    Set<X509Certificate> all = new HashSet<>();
    for (Object key : (List<?>) Json.PLAIN.read(bundle, Map.class).get("keys")) {
      Map<?, ?> jwk = (Map<?, ?>) key;
      if ("x509-svid".equals(jwk.get("use"))) {
        byte[] der = Base64.getDecoder().decode((String) ((List<?>) jwk.get("x5c")).getFirst());
        all.add(
            (X509Certificate)
                CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(der)));
      }
    }
    return new X509Bundle(DOMAIN, all);
  }

  @Test
  void bothKindsOfSvidAreTakenByJavaSpiffe() throws Exception {
    try (var web = new Applicant(node, "web-1")) {
      List<Format> both = List.of(Format.X509, Format.JWT);
      assertThat(web.enrolled(in("mesh", both, "dns:www.example", "audience:billing")).body())
          .doesNotContain("\"code\"");
      byte[] bundle = published("/pub/mesh/spiffe-bundle.json");
      certificate(web, x509(bundle));
      token(web, JwtBundle.parse(DOMAIN, published("/pub/mesh/jwks.json")));
    }
  }

  private static void certificate(Applicant web, X509Bundle bundle) throws Exception {
    KeyPair key = OwnCredential.newKey();
    Credential issued =
        web.asks(
            "mesh",
            Format.X509,
            Profile.CLIENT,
            CertificationRequest.of(web.identity().name(), key));
    X509Svid svid = X509Svid.parseRaw(issued.content().toArray(), key.getPrivate().getEncoded());
    assertThat(svid.getSpiffeId()).isEqualTo(WEB);
    X509SvidValidator.verifyChain(svid.getChain(), bundle);
    X509SvidValidator.verifySpiffeId(svid.getLeaf(), () -> Set.of(WEB));
    assertThat(svid.getLeaf().getIssuerX500Principal().getName())
        .isEqualTo("CN=Example Issuing CA G1 only,O=Example,C=DE");
  }

  private static void token(Applicant web, JwtBundle bundle) throws Exception {
    KeyPair key = OwnCredential.newKey();
    Credential issued =
        web.asks("mesh", Format.JWT, Profile.CLIENT, Bytes.of(key.getPublic().getEncoded()));
    JWEObject sealed = JWEObject.parse(new String(issued.content().toArray(), US_ASCII));
    sealed.decrypt(new ECDHDecrypter((ECPrivateKey) key.getPrivate()));
    String text = sealed.getPayload().toString();
    JwtSvid svid = JwtSvid.parseAndValidate(text, bundle, Set.of("billing"));
    assertThat(svid.getSpiffeId()).isEqualTo(WEB);
    assertThatThrownBy(() -> JwtSvid.parseAndValidate(text, bundle, Set.of("other")))
        .hasMessageContaining("audience");
  }

  @Test
  void whatIsNoSvidSpeaksOfNone() throws Exception {
    try (var plain = new Applicant(node, "plain-1")) {
      assertThat(plain.enrolled(in("plain", List.of(Format.X509), "uri:spiffe://a/b")).body())
          .contains("\"name-unfit\"")
          .contains("has no SPIFFE trust domain");
      assertThat(plain.enrolled(in("plain", List.of(Format.X509))).statusCode()).isEqualTo(200);
      KeyPair key = OwnCredential.newKey();
      Credential issued =
          plain.asks(
              "plain",
              Format.X509,
              Profile.CLIENT,
              CertificationRequest.of(plain.identity().name(), key));
      assertThatThrownBy(
              () -> X509Svid.parseRaw(issued.content().toArray(), key.getPrivate().getEncoded()))
          .hasMessageContaining("SPIFFE");
    }
  }
}
