package io.carousel.orchestrator.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.events.Bytes;
import io.carousel.events.CrlNumber;
import io.carousel.events.ForeignKey;
import io.carousel.events.Format;
import io.carousel.events.Seen;
import io.carousel.events.Suite;
import io.carousel.events.TrustBundle;
import io.carousel.events.openssh.SshPublicKey;
import io.carousel.orchestrator.documents.AuthorityDetails;
import io.carousel.orchestrator.documents.Done;
import io.carousel.orchestrator.documents.Wanted.WantedAdvance;
import io.carousel.orchestrator.documents.Wanted.WantedDistrust;
import io.carousel.orchestrator.documents.Wanted.WantedForeignCrl;
import io.carousel.orchestrator.documents.Wanted.WantedForeignCrlSource;
import io.carousel.orchestrator.documents.Wanted.WantedRetrust;
import io.carousel.orchestrator.http.Caller.Got;
import io.carousel.orchestrator.rules.ForeignCa;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Authorities that come from elsewhere, and trust in retired generations. */
class OriginApiTest extends ApiTest {
  /** RFC 7517, appendix A.1. */
  private static final String EC =
      """
      {"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
       "y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM","alg":"ES256","kid":"1"}
      """;

  private static String ssh() throws Exception {
    var spki = KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPublic().getEncoded();
    return SshPublicKey.of(Bytes.of(spki)).line("root@old");
  }

  private Got importing(String formats, String... imports) {
    var body = new LinkedHashMap<String, Object>();
    body.put("name", "user");
    body.put(
        "formats",
        List.of(formats.split(",", -1)).stream()
            .map(f -> Map.of("format", f, "suite", "ecdsa-p256"))
            .toList());
    body.put("slots", List.of("hsm-a"));
    body.put("imports", List.of(imports));
    return operator.post("/v1/authorities", body);
  }

  @Test
  void keysOfOtherFormatsAreImportedAndPublished() throws Exception {
    String line = ssh();
    Got got = importing("ssh,jwt", "# the old CA\n" + line + "\n", EC);
    assertThat(got.status()).as(got.body()).isEqualTo(200);
    AuthorityDetails user = operator.get("/v1/authorities/user").as(AuthorityDetails.class);
    AuthorityDetails.GenerationLine first = user.generations().getFirst();
    assertThat(first.keys()).isEmpty();
    assertThat(first.trusted()).isTrue();
    assertThat(first.foreign())
        .extracting(AuthorityDetails.ForeignLine::format)
        .containsExactly(Format.SSH, Format.JWT);
    TrustBundle bundle = operator.get(bundle(0, 0)).as(TrustBundle.class);
    assertThat(bundle.clientGeneration()).isZero();
    assertThat(bundle.trusted()).allSatisfy(k -> assertThat(k.slot()).isEmpty());
    assertThat(open("/pub/user/ssh-keys")).isEqualTo(line.replace(" root@old", "") + "\n");
    // Verifiers find it by the name that its tokens give it.
    assertThat(open("/pub/user/jwks.json")).contains("\"kid\":\"1\"", "\"alg\":\"ES256\"");
    assertThat(status().verifyOnly()).containsExactly(1);
    assertThat(status().next()).contains("carousel rotation start user");
  }

  private String open(String path) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      var request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(server.port(), path)))
              .build();
      return http.send(request, BodyHandlers.ofString()).body();
    }
  }

  @Test
  void anImportIsJudgedByTheRules() {
    assertProblem(importing("x509,jwt", EC), 409, "import-lacking");
    assertProblem(importing("x509", EC), 409, "format-not-signed");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "# nothing but a remark",
        "ssh-ed25519 AAAA",
        "{}",
        "{\"kty\":\"EC\",\"crv\":\"P-521\",\"x\":\"AA\",\"y\":\"AA\"}",
        "{\"kty\":\"OKP\",\"crv\":\"X25519\",\"x\":\"AA\"}",
        "{\"kty\":\"oct\",\"k\":\"c2VjcmV0\"}",
        "{\"keys\":[1]}",
        "{\"kty\":7}",
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
        "-----BEGIN CERTIFICATE-----\nMIIB",
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END PUBLIC KEY-----",
        "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----",
        "-----BEGIN X509 CRL-----\nMIIB\n-----END X509 CRL-----"
      })
  void whatHoldsNoPublicKeyIsRefused(String text) {
    assertProblem(importing("x509,ssh,jwt", text), 400, "invalid");
    assertThat(desk.house().authorities()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-----BEGIN PRIVATE KEY-----\nMC4CAQ\n-----END PRIVATE KEY-----",
        "-----BEGIN EC PRIVATE KEY-----\nMC4CAQ\n-----END EC PRIVATE KEY-----",
        "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":\"AA\",\"d\":\"AA\"}"
      })
  void aPrivateKeyIsNotTaken(String text) {
    assertThatThrownBy(() -> ForeignKeyText.read(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("private key");
  }

  /** As a realm of an identity provider publishes them. */
  @Test
  void keysForEncryptionAreLeftOutAndSaidSo() throws Exception {
    String realm =
        "{\"keys\":[%s,%s]}"
            .formatted(
                EC.replace("\"kid\":\"1\"", "\"kid\":\"größe\""),
                EC.replace("ES256", "ECDH-ES").replace("\"kid\":\"1\"", "\"kid\":\"2\""));
    Got got = importing("jwt", realm, realm);
    assertThat(got.status()).as(got.body()).isEqualTo(200);
    assertThat(got.as(Done.class).notices())
        .contains("the key with the kid '2' is left out: its alg 'ECDH-ES' encrypts");
    assertThat(open("/pub/user/jwks.json"))
        .contains("\"kid\":\"größe\"", "\"alg\":\"ES256\"")
        .doesNotContain("ECDH");
    assertProblem(importing("jwt", EC.replace("ES256", "RSA-OAEP")), 400, "invalid");
  }

  /** A file with a CRL for some of the CAs, or with none, would be worse than none. */
  @Test
  void crlsArePublishedOnceTheImportedCaHasItsOwn() throws Exception {
    ForeignCa ca = ForeignCa.of(Suite.ECDSA_P256);
    ForeignKey key = ca.imported().imported().getFirst();
    String pem =
        "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n"
            .formatted(key.certificate().orElseThrow().base64());
    assertThat(importing("x509", pem).status()).isEqualTo(200);
    assertThat(open("/pub/user/crls.pem")).contains("\"crl-missing\"");
    assertThat(status().warnings())
        .singleElement()
        .asString()
        .contains("no crls.pem is published", "carousel authority crl user FILE");
    Bytes crl = ca.crl(7, desk.now());
    String path = "/v1/authorities/user/foreign-crl";
    assertThat(operator.post(path, new WantedForeignCrl(crl)).status()).isEqualTo(200);
    assertProblem(operator.post(path, new WantedForeignCrl(crl)), 409, "foreign-crl-unfit");
    assertThat(open("/pub/user/crls.pem")).containsOnlyOnce("BEGIN X509 CRL");
    assertThat(status().warnings()).isEmpty();
    Got source =
        operator.post(
            "/v1/authorities/user/foreign-crl-source",
            new WantedForeignCrlSource(Optional.empty(), Optional.of("http://pki.example/crl")));
    assertThat(source.status()).as(source.body()).isEqualTo(200);
    AuthorityDetails user = operator.get("/v1/authorities/user").as(AuthorityDetails.class);
    var line = user.generations().getFirst().foreign().getFirst().crl().orElseThrow();
    assertThat(line.url()).contains("http://pki.example/crl");
    assertThat(line.newest().orElseThrow().number()).contains(CrlNumber.of(7));
    startRotation();
    desk.keysCome("user");
    assertThat(open("/pub/user/crls.pem").split("BEGIN X509 CRL", -1))
        .as("of both CAs in init")
        .hasSize(3);
  }

  @Test
  void aSetOfKeysAndPublicKeysInPemAreTaken() throws Exception {
    List<ForeignKey> set = ForeignKeyText.read("{\"keys\":[%s]}".formatted(EC)).keys();
    assertThat(set).hasSize(1);
    assertThat(set.getFirst().kid()).contains("1");
    var generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    Bytes spki = Bytes.of(generator.generateKeyPair().getPublic().getEncoded());
    String pem =
        "-----BEGIN PUBLIC KEY-----\r\n%s\r\n-----END PUBLIC KEY-----\r\n".formatted(spki.base64());
    assertThat(ForeignKeyText.read(pem).keys())
        .containsExactly(new ForeignKey(Format.JWT, spki, Optional.empty()));
  }

  @Test
  void aKeyOfATokenIsAdoptedOnlyIfItWasSeen() {
    var adopt = new LinkedHashMap<String, Object>();
    adopt.put("place", "hsm-a/x509");
    adopt.put("key", "01");
    var body = new LinkedHashMap<String, Object>();
    body.put("name", "user");
    body.put("slots", List.of("hsm-a"));
    body.put("adopt", new ArrayList<>(List.of(adopt)));
    assertProblem(operator.post("/v1/authorities", body), 409, "key-not-seen");
    for (Object taken : List.of("37624837283746723984627384672384672384672384", 118)) {
      adopt.put("crlNumber", taken);
      assertProblem(operator.post("/v1/authorities", body), 409, "key-not-seen");
    }
    for (Object none : List.of(0, "0", CrlNumber.GREATEST.value())) {
      adopt.put("crlNumber", none);
      assertProblem(operator.post("/v1/authorities", body), 400, "invalid");
    }
    for (Object none : List.of(-1, 1.5, "0x5", CrlNumber.GREATEST.value() + "0")) {
      adopt.put("crlNumber", none);
      assertProblem(operator.post("/v1/authorities", body), 400, "unreadable-body");
    }
  }

  @Test
  void aRetiredGenerationIsTrustedOnceMoreAndNotAnyMore() {
    openUser();
    startRotation();
    desk.keysCome("user");
    for (int gate = 0; gate < 3; gate++) {
      assertThat(
              operator
                  .post(
                      ROTATION + "/advance",
                      new WantedAdvance(
                          seen(), Optional.empty(), Optional.of(true), Optional.empty()))
                  .status())
          .isEqualTo(200);
    }
    Seen seen = seen();
    String first = "/v1/authorities/user/generations/1";
    assertProblem(operator.post(first + "/distrust", distrust(seen, true)), 409, "not-retrusted");
    assertThat(operator.post(first + "/retrust", new WantedRetrust(seen, "forgotten")).status())
        .isEqualTo(200);
    assertProblem(
        operator.post(first + "/retrust", new WantedRetrust(seen, "again")), 409, "cannot-retrust");
    AuthorityDetails user = operator.get("/v1/authorities/user").as(AuthorityDetails.class);
    assertThat(user.generations().getFirst().retrusted()).isTrue();
    assertThat(user.bundle().trusted())
        .extracting(TrustBundle.TrustedKey::generation)
        .containsOnly(1, 2);
    assertThat(status().retrusted()).containsExactly(1);
    assertThat(status().next()).contains("carousel authority distrust user --generation 1");
    assertProblem(
        operator.post(first + "/distrust", distrust(seen, false)), 409, "nobody-presents");
    assertThat(operator.post(first + "/distrust", distrust(seen, true)).status()).isEqualTo(200);
    assertThat(status().retrusted()).isEmpty();
    assertProblem(
        operator.post("/v1/authorities/user/generations/7/retrust", new WantedRetrust(seen, "why")),
        409,
        "unknown-generation");
    assertThat(
            operator
                .post(
                    "/v1/authorities/user/generations/one/retrust", new WantedRetrust(seen, "why"))
                .status())
        .isEqualTo(400);
  }

  private static WantedDistrust distrust(Seen seen, boolean nobody) {
    return new WantedDistrust(
        seen,
        Optional.empty(),
        Optional.of(nobody),
        Optional.empty(),
        "it has moved",
        Optional.empty());
  }
}
