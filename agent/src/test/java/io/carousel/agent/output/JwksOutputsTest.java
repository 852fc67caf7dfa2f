package io.carousel.agent.output;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.agent.Installation;
import io.carousel.agent.Material;
import io.carousel.agent.Trust;
import io.carousel.agent.UnfitMaterial;
import io.carousel.agent.disk.Ownership;
import io.carousel.agent.service.CommandService;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.JwkAlgorithm;
import io.carousel.events.ParticipantName;
import io.carousel.events.PhaseName;
import io.carousel.events.Role;
import io.carousel.events.SlotName;
import io.carousel.events.SubjectPublicKey;
import io.carousel.events.TrustBundle;
import io.carousel.events.TrustBundle.TrustedKey;
import io.carousel.events.TrustDomain;
import io.carousel.events.jose.ForeignJwk;
import io.carousel.events.jose.Jwks;
import io.carousel.events.jose.PublishedJwk;
import io.carousel.events.wire.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A service that verifies tokens. */
class JwksOutputsTest {
  private static final AuthorityName API = new AuthorityName("api");
  private static final ParticipantName GATEWAY = new ParticipantName("gateway-1");
  private static final Bytes FIRST = key();
  private static final Bytes SECOND = key();

  @TempDir Path base;
  private byte[] published = jwks(jwk(FIRST, Optional.empty()));
  private Optional<TrustDomain> domain = Optional.of(new TrustDomain("example.org"));

  private AuthorityOutputs outputs() {
    var settings =
        new OutputSettings(
            API,
            List.of(Role.VERIFIES),
            Format.JWT,
            Layout.JWKS,
            base.resolve("out"),
            Ownership.PRIVATE,
            new CommandService(Optional.empty(), Optional.empty()));
    return new AuthorityOutputs(API, List.of(settings), (_, _) -> published);
  }

  private static Bytes key() {
    try {
      return Bytes.of(
          KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPublic().getEncoded());
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private static PublishedJwk jwk(Bytes spki, Optional<String> name) {
    SubjectPublicKey key = SubjectPublicKey.of(spki);
    return new ForeignJwk(key, name, Optional.empty());
  }

  private static byte[] jwks(PublishedJwk... keys) {
    return Jwks.of(List.of(keys)).json().getBytes(UTF_8);
  }

  private Material trusting(long number, Bytes... keys) throws UnfitMaterial {
    List<TrustedKey> trusted =
        Stream.of(keys)
            .map(k ->
                new TrustedKey(
                    k.equals(FIRST) ? 1 : 2,
                    Optional.of(new SlotName("hsm-a")),
                    Format.JWT,
                    k,
                    Optional.empty(),
                    k.digest(),
                    false))
            .toList();
    var bundle =
        new TrustBundle(
            API,
            number,
            number,
            PhaseName.STANDBY,
            number,
            Digest.of(new byte[] {(byte) number}),
            1,
            1,
            trusted,
            Optional.empty(),
            List.of(),
            domain);
    return new Material(GATEWAY, Trust.of(bundle), List.of());
  }

  private String file(String name) throws IOException {
    return Files.readString(base.resolve("out/current").resolve(name));
  }

  private List<Digest> inPlace() throws IOException {
    return ForeignJwk.read(file("jwks.json")).keys().stream()
        .map(k -> k.key().spki().digest())
        .toList();
  }

  @Test
  void theKeysOfTheBundleAreWritten() throws Exception {
    outputs().install(trusting(1, FIRST));
    assertThat(inPlace()).containsExactly(FIRST.digest());
    Map<?, ?> spiffe = Json.PLAIN.read(file("spiffe-bundle.json").getBytes(UTF_8), Map.class);
    assertThat(spiffe.get("spiffe_sequence")).isEqualTo(1);
    assertThat((List<?>) spiffe.get("keys"))
        .singleElement()
        .satisfies(k -> assertThat(((Map<?, ?>) k).get("use")).isEqualTo("jwt-svid"));
    published = jwks(jwk(FIRST, Optional.empty()), jwk(SECOND, Optional.empty()));
    outputs().install(trusting(2, FIRST, SECOND));
    assertThat(inPlace()).containsExactlyInAnyOrder(FIRST.digest(), SECOND.digest());
  }

  @Test
  void withoutATrustDomainThereIsNoSpiffeBundle() throws Exception {
    domain = Optional.empty();
    outputs().install(trusting(1, FIRST));
    assertThat(inPlace()).containsExactly(FIRST.digest());
    assertThat(base.resolve("out/current/spiffe-bundle.json")).doesNotExist();
  }

  @Test
  void aKeyFromElsewhereKeepsItsNameAndAlgorithm() throws Exception {
    SubjectPublicKey key = SubjectPublicKey.of(FIRST);
    published =
        jwks(new ForeignJwk(key, Optional.of("2019-key"), Optional.of(JwkAlgorithm.ED25519)));
    outputs().install(trusting(1, FIRST));
    assertThat(ForeignJwk.read(file("jwks.json")).keys().getFirst().kid()).isEqualTo("2019-key");
    assertThat(file("jwks.json")).contains("\"alg\":\"Ed25519\"");
  }

  /** Published ahead of the bundle, behind it, or by somebody else. */
  @Test
  void otherKeysThanTheBundleHasAreNotWritten() throws Exception {
    AuthorityOutputs outputs = outputs();
    outputs.install(trusting(1, FIRST));
    for (byte[] other :
        List.of(
            jwks(jwk(SECOND, Optional.empty())),
            jwks(jwk(FIRST, Optional.empty()), jwk(SECOND, Optional.empty())),
            "{\"keys\":[]}".getBytes(UTF_8),
            "no JSON".getBytes(UTF_8),
            "{\"keys\":[{\"kty\":\"oct\",\"k\":\"AA\"}]}".getBytes(UTF_8))) {
      published = other;
      assertThatThrownBy(() -> outputs.install(trusting(2, FIRST)))
          .isInstanceOf(UnfitMaterial.class)
          .hasMessageContaining("authority 'api' publishes");
      assertThat(inPlace()).containsExactly(FIRST.digest());
    }
  }

  @Test
  void aNewNameOfAKeyIsTakenUp() throws Exception {
    AuthorityOutputs outputs = outputs();
    outputs.install(trusting(1, FIRST));
    published = jwks(jwk(FIRST, Optional.of("renamed")));
    outputs.refreshCompanions();
    assertThat(ForeignJwk.read(file("jwks.json")).keys().getFirst().kid()).isEqualTo("renamed");
    published = jwks(jwk(SECOND, Optional.empty()));
    outputs.refreshCompanions();
    assertThat(inPlace()).as("the bundle comes first").containsExactly(FIRST.digest());
  }

  @Test
  void aRestartGoesOnWithThem() throws Exception {
    outputs().install(trusting(1, FIRST));
    Optional<Installation.Found> found = outputs().found();
    assertThat(found.orElseThrow().atWork()).isTrue();
    assertThat(found.get().material().trust().trusted(Format.JWT)).containsExactly(FIRST.digest());
  }
}
