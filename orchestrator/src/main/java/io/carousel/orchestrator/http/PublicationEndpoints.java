package io.carousel.orchestrator.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.Format;
import io.carousel.events.KeyPlace;
import io.carousel.events.RootUse;
import io.carousel.events.SlotName;
import io.carousel.events.SubjectPublicKey;
import io.carousel.events.TrustBundle;
import io.carousel.events.TrustBundle.TrustedKey;
import io.carousel.events.jose.Jwk;
import io.carousel.events.jose.Jwks;
import io.carousel.events.openssh.SshPublicKey;
import io.carousel.orchestrator.credential.Names;
import io.carousel.orchestrator.desk.Declined;
import io.carousel.orchestrator.desk.FrontDesk;
import io.carousel.orchestrator.rules.Authority;
import io.carousel.orchestrator.rules.Bundles;
import io.carousel.orchestrator.rules.External;
import io.carousel.orchestrator.rules.Generation;
import io.carousel.orchestrator.rules.InForce;
import io.carousel.orchestrator.rules.Key;
import io.carousel.orchestrator.rules.RevocationList;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What verifiers read, in the formats of the tools that read it: open to everybody, since it is no
 * secret, and cacheable.
 */
final class PublicationEndpoints {
  private static final String AUTHORITY = Names.OPEN + "{name}";

  /** How long a CRL, a KRL or a bundle may be kept: what is revoked should be known soon. */
  private static final Duration SHORT = Duration.ofMinutes(1);

  /** A CA certificate never changes. */
  private static final Duration LONG = Duration.ofDays(1);

  private final FrontDesk desk;

  PublicationEndpoints(FrontDesk desk) {
    this.desk = desk;
  }

  List<Endpoint.Route> routes() {
    return List.of(
        new Endpoint.Route("GET", AUTHORITY + "/crls/{generation}/{slot}", this::crl),
        new Endpoint.Route("GET", AUTHORITY + "/certificates/{generation}/{slot}", this::issuer),
        new Endpoint.Route("GET", AUTHORITY + "/bundle.pem", this::pem),
        new Endpoint.Route("GET", AUTHORITY + "/chain.pem", this::chain),
        new Endpoint.Route("GET", AUTHORITY + "/crls.pem", this::crls),
        new Endpoint.Route("GET", AUTHORITY + "/root.crl", this::rootCrl),
        new Endpoint.Route("GET", AUTHORITY + "/jwks.json", this::jwks),
        new Endpoint.Route("GET", AUTHORITY + "/ssh-keys", this::sshKeys),
        new Endpoint.Route("GET", AUTHORITY + "/krl", this::krl));
  }

  private Answer crl(Call call) {
    Key.Legacy key = key(call).orElseThrow(() -> missing("a CRL"));
    return answer(call, "application/pkix-crl", key.crl().toArray(), SHORT);
  }

  private Answer issuer(Call call) {
    Key.Legacy key = key(call).orElseThrow(() -> missing("a CA certificate"));
    return answer(call, "application/pkix-cert", key.certificate().toArray(), LONG);
  }

  /** What is to be trusted: the CA certificates, or the root above them. */
  private Answer pem(Call call) {
    Optional<TrustBundle.Root> root = trustedRoot(call);
    return root.isPresent() ? certificates(call, Stream.of(root.get().certificate())) : chain(call);
  }

  /** The CA certificates by which credentials are issued now, or were and may still be shown. */
  private Answer chain(Call call) {
    return certificates(
        call, trusted(call, Format.X509).stream().map(k -> k.certificate().orElseThrow()));
  }

  private static Answer certificates(Call call, Stream<Bytes> all) {
    String pem = all.map(c -> Pem.of("CERTIFICATE", c)).collect(Collectors.joining());
    return answer(call, "application/pem-certificate-chain", pem.getBytes(US_ASCII), SHORT);
  }

  private Optional<TrustBundle.Root> trustedRoot(Call call) {
    return Bundles.of(authority(call)).root().filter(r -> r.use() == RootUse.ROOT);
  }

  /**
   * The CRL of every trusted key, and of the root above them: what a verifier that checks them
   * needs beside the bundle. Below a trusted root also those of retired keys, which it goes on
   * accepting.
   */
  private Answer crls(Call call) {
    Authority a = authority(call);
    requireFormat(a, Format.X509);
    Optional<External> root = a.external().filter(External::trustsRoot);
    // Whoever trusts the root asks for the CRLs of retired CAs too, also when their keys are gone.
    Stream<? extends Key> keys =
        root.isPresent()
            ? a.generations().values().stream().flatMap(g -> g.keys().values().stream())
            : a.inForce().trusted(Format.X509).map(InForce.Trusted::key);
    Stream<Bytes> own = keys.flatMap(k -> k.legacy().stream()).map(Key.Legacy::crl);
    Stream<Bytes> above = root.flatMap(External::crl).map(External.RootCrl::crl).stream();
    String all =
        Stream.concat(own, above).map(crl -> Pem.of("X509 CRL", crl)).collect(Collectors.joining());
    return answer(call, "application/x-pem-file", all.getBytes(US_ASCII), SHORT);
  }

  private Answer rootCrl(Call call) {
    Bytes crl =
        authority(call)
            .external()
            .flatMap(External::crl)
            .map(External.RootCrl::crl)
            .orElseThrow(() ->
                new Declined(
                    Declined.Kind.NOT_FOUND,
                    "no-root-crl",
                    "no CRL of an external root was imported for this authority"));
    return answer(call, "application/pkix-crl", crl.toArray(), SHORT);
  }

  private Answer jwks(Call call) {
    Authority a = authority(call);
    List<Jwk> keys = a.trusted().stream().map(a::generation).flatMap(g -> jwks(a, g)).toList();
    requireFormat(a, Format.JWT);
    byte[] body = Jwks.of(keys).json().getBytes(US_ASCII);
    return answer(call, Jwks.MEDIA_TYPE, body, a.policy().jwksMaxAge());
  }

  /** Tokens of a CA elsewhere name its keys as it does. */
  private static Stream<Jwk> jwks(Authority a, Generation g) {
    return Stream.concat(
        a.inForce()
            .trusted(g)
            .map(InForce.Trusted::key)
            .filter(k -> k.format() == Format.JWT)
            .map(k -> Jwk.of(k.publicKey(), g.suite(Format.JWT))),
        g.origin().imported().stream()
            .filter(k -> k.format() == Format.JWT)
            .map(k -> {
              SubjectPublicKey key = SubjectPublicKey.of(k.publicKey());
              return new Jwk(key, key.suite().orElseThrow(), k.kid());
            }));
  }

  private Answer sshKeys(Call call) {
    String all =
        trusted(call, Format.SSH).stream()
            .map(k -> SshPublicKey.of(k.publicKey()).line() + "\n")
            .collect(Collectors.joining());
    return answer(call, "text/plain", all.getBytes(US_ASCII), SHORT);
  }

  private Answer krl(Call call) {
    Authority a = authority(call);
    requireFormat(a, Format.SSH);
    return answer(call, "application/octet-stream", RevocationList.of(a).bytes().toArray(), SHORT);
  }

  private static Answer answer(Call call, String type, byte[] body, Duration age) {
    String tag = "\"%s\"".formatted(Bytes.of(body).digest());
    var headers =
        Map.of(
            "ETag",
            tag,
            "Cache-Control",
            "public, max-age=%d".formatted(age.toSeconds()),
            "Content-Type",
            type);
    return call.header("If-None-Match").filter(tag::equals).isPresent()
        ? new Answer(304, Optional.empty(), headers)
        : new Answer(200, Optional.of(body), headers);
  }

  private List<TrustedKey> trusted(Call call, Format format) {
    Authority a = authority(call);
    requireFormat(a, format);
    TrustBundle bundle = Bundles.of(a);
    return bundle.trusted(format);
  }

  private Optional<Key.Legacy> key(Call call) {
    int generation = call.path("generation", Integer::valueOf);
    SlotName slot = call.path("slot", SlotName::new);
    Generation found = authority(call).generations().get(generation);
    return Optional.ofNullable(found)
        .map(g -> g.keys().get(KeyPlace.of(slot, Format.X509)))
        .flatMap(Key::legacy);
  }

  private Authority authority(Call call) {
    AuthorityName name = call.path("name", AuthorityName::new);
    return desk.house()
        .authority(name)
        .orElseThrow(() ->
            new Declined(
                Declined.Kind.NOT_FOUND,
                "unknown-authority",
                "there is no authority '%s'".formatted(name)));
  }

  private static void requireFormat(Authority a, Format format) {
    if (!a.signs(format)) {
      throw new Declined(
          Declined.Kind.NOT_FOUND,
          "format-not-signed",
          "authority '%s' signs no %s".formatted(a.name(), format));
    }
  }

  private static Declined missing(String what) {
    return new Declined(
        Declined.Kind.NOT_FOUND, "no-such-key", "there is no key here that has %s".formatted(what));
  }
}
