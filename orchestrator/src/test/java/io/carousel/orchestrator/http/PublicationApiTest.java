package io.carousel.orchestrator.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.Bytes;
import io.carousel.events.openssh.Krl;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What verifiers read: open to everybody, in the formats of their tools, and cacheable. */
class PublicationApiTest extends ApiTest {
  private static final String ALL =
      """
      {"name":"all","slots":["hsm-a"],"formats":[
        {"format":"x509","suite":"ecdsa-p256"},
        {"format":"ssh","suite":"ed25519"},
        {"format":"jwt","suite":"ecdsa-p256"}],
       "jwksMaxAge":"PT2M"}
      """;

  private final HttpClient anybody = HttpClient.newHttpClient();

  private HttpResponse<byte[]> get(String path, String... headers)
      throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(server.port(), path)));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return anybody.send(request.build(), BodyHandlers.ofByteArray());
  }

  @Test
  void nobodyShowsASecretAndNothingElseIsOpen() throws Exception {
    openUser();
    assertThat(get("/pub/user/bundle.pem").statusCode()).isEqualTo(200);
    assertThat(get("/v1/authorities").statusCode()).isEqualTo(401);
    assertThat(get("/pub/../v1/authorities").statusCode()).isNotEqualTo(200);
    assertThat(get("/pub/%2e%2e/v1/authorities").statusCode()).isNotEqualTo(200);
  }

  @Test
  void certificatesAndListsComeInTheFormsOfTheirTools() throws Exception {
    openUser();
    HttpResponse<byte[]> bundle = get("/pub/user/bundle.pem");
    assertThat(new String(bundle.body(), UTF_8).split("-----BEGIN CERTIFICATE-----")).hasSize(3);
    assertThat(bundle.headers().firstValue("Content-Type"))
        .contains("application/pem-certificate-chain");
    assertThat(
            new String(get("/pub/user/crls.pem").body(), UTF_8).split("-----BEGIN X509 CRL-----"))
        .hasSize(3);
    HttpResponse<byte[]> crl = get("/pub/user/crls/1/hsm-b");
    assertThat(new String(crl.body(), UTF_8)).isEqualTo("a CRL");
    assertThat(crl.headers().firstValue("Content-Type")).contains("application/pkix-crl");
    assertThat(get("/pub/user/certificates/1/hsm-a").headers().firstValue("Content-Type"))
        .contains("application/pkix-cert");
  }

  @Test
  void theLastCrlOfAKeyOutlivesIt() throws Exception {
    openUser();
    desk.keyDestroyed("user", 1, "hsm-b");
    assertThat(new String(get("/pub/user/crls/1/hsm-b").body(), UTF_8)).isEqualTo("a CRL");
    assertThat(get("/pub/user/certificates/1/hsm-b").statusCode()).isEqualTo(200);
    assertThat(
            new String(get("/pub/user/crls.pem").body(), UTF_8).split("-----BEGIN X509 CRL-----"))
        .hasSize(2);
  }

  @Test
  void whatHasNotChangedIsNotSentAgain() throws Exception {
    openUser();
    HttpResponse<byte[]> first = get("/pub/user/bundle.pem");
    String tag = first.headers().firstValue("ETag").orElseThrow();
    assertThat(first.headers().firstValue("Cache-Control")).contains("public, max-age=60");
    HttpResponse<byte[]> again = get("/pub/user/bundle.pem", "If-None-Match", tag);
    assertThat(again.statusCode()).isEqualTo(304);
    assertThat(again.body()).isEmpty();
    assertThat(get("/pub/user/bundle.pem", "If-None-Match", "\"other\"").statusCode())
        .isEqualTo(200);
  }

  @Test
  void keysOfTokensMayBeKeptForAsLongAsThePolicySays() throws Exception {
    assertThat(operator.postText("/v1/authorities", ALL).status()).isEqualTo(200);
    HttpResponse<byte[]> keys = get("/pub/all/jwks.json");
    assertThat(keys.statusCode()).isEqualTo(200);
    assertThat(new String(keys.body(), UTF_8)).isEqualTo("{\"keys\":[]}");
    assertThat(keys.headers().firstValue("Cache-Control")).contains("public, max-age=120");
    assertThat(keys.headers().firstValue("Content-Type")).contains("application/jwk-set+json");
  }

  @Test
  void bothKindsOfSvidAreVerifiedByOneBundle() throws Exception {
    String mesh =
        """
        {"name":"mesh","slots":["hsm-a","hsm-b"],"spiffeTrustDomain":"example.org"}
        """;
    assertThat(operator.postText("/v1/authorities", mesh).status()).isEqualTo(200);
    desk.keysCome("mesh");
    HttpResponse<byte[]> spiffe = get("/pub/mesh/spiffe-bundle.json");
    assertThat(spiffe.statusCode()).isEqualTo(200);
    assertThat(new String(spiffe.body(), UTF_8))
        .startsWith("{\"keys\":[{\"crv\":\"P-256\",\"kty\":\"EC\",")
        .contains("\"use\":\"x509-svid\",\"x5c\":[\"")
        .endsWith("\"spiffe_sequence\":1,\"spiffe_refresh_hint\":60}");
    assertThat(spiffe.headers().firstValue("Cache-Control")).contains("public, max-age=60");
    String both = ALL.strip().replaceFirst("}$", ",\"spiffeTrustDomain\":\"example.org\"}");
    assertThat(operator.postText("/v1/authorities", both).status()).isEqualTo(200);
    assertThat(new String(get("/pub/all/spiffe-bundle.json").body(), UTF_8))
        .isEqualTo("{\"keys\":[],\"spiffe_sequence\":0,\"spiffe_refresh_hint\":120}");
  }

  @Test
  void whoIssuesNoSvidsHasNoSpiffeBundle() throws Exception {
    openUser();
    HttpResponse<byte[]> none = get("/pub/user/spiffe-bundle.json");
    assertThat(none.statusCode()).isEqualTo(404);
    assertThat(new String(none.body(), UTF_8)).contains("\"no-trust-domain\"");
    assertThat(get("/v1/openapi.yaml").statusCode()).isEqualTo(200);
  }

  /** Nobody asks again and again for what changes once a month. */
  @Test
  void whoHasTheNewestMayWaitForTheNext() throws Exception {
    openUser();
    String path = "/pub/user/bundle.pem";
    String tag = get(path).headers().firstValue("ETag").orElseThrow();
    var waiting =
        anybody.sendAsync(
            HttpRequest.newBuilder(
                    URI.create("http://127.0.0.1:%d%s?wait=30".formatted(server.port(), path)))
                .header("If-None-Match", tag)
                .build(),
            BodyHandlers.ofByteArray());
    // Of this nothing changes in the bundle: it goes on waiting.
    startRotation();
    assertThat(waiting).isNotDone();
    desk.keysCome("user");
    HttpResponse<byte[]> next = waiting.get(20, TimeUnit.SECONDS);
    assertThat(next.statusCode()).isEqualTo(200);
    assertThat(next.headers().firstValue("ETag").orElseThrow()).isNotEqualTo(tag);
  }

  @Test
  void whoWaitsInVainIsToldThatNothingChanged() throws Exception {
    openUser();
    String tag = get("/pub/user/crls.pem").headers().firstValue("ETag").orElseThrow();
    assertThat(get("/pub/user/crls.pem?wait=1", "If-None-Match", tag).statusCode()).isEqualTo(304);
    assertThat(get("/pub/user/crls.pem?wait=61", "If-None-Match", tag).statusCode()).isEqualTo(400);
    assertThat(get("/pub/user/crls.pem?wait=60").statusCode()).isEqualTo(200);
  }

  @Test
  void aRevocationListIsThereBeforeAnythingIsRevoked() throws Exception {
    assertThat(operator.postText("/v1/authorities", ALL).status()).isEqualTo(200);
    HttpResponse<byte[]> krl = get("/pub/all/krl");
    assertThat(Krl.read(Bytes.of(krl.body())).certificates()).isEmpty();
    assertThat(get("/pub/all/ssh-keys").statusCode()).isEqualTo(200);
  }

  @Test
  void whatIsNotThereIsNamed() throws Exception {
    openUser();
    for (String path :
        new String[] {
          "/pub/nobody/bundle.pem",
          "/pub/user/jwks.json",
          "/pub/user/krl",
          "/pub/user/ssh-keys",
          "/pub/user/crls/2/hsm-a",
          "/pub/user/crls/1/hsm-z",
          "/pub/user/certificates/9/hsm-a"
        }) {
      HttpResponse<byte[]> answer = get(path);
      assertThat(answer.statusCode()).as(path).isEqualTo(404);
      assertThat(new String(answer.body(), UTF_8)).contains("\"message\"");
    }
    assertThat(get("/pub/user/crls/one/hsm-a").statusCode()).isEqualTo(400);
  }
}
