package io.carousel.orchestrator.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.Format;
import io.carousel.events.KeyPlace;
import io.carousel.events.RootUse;
import io.carousel.events.SlotName;
import io.carousel.events.SubjectPublicKey;
import io.carousel.events.TrustBundle;
import io.carousel.events.TrustBundle.TrustedKey;
import io.carousel.events.TrustStatements;
import io.carousel.events.jose.ForeignJwk;
import io.carousel.events.jose.Jwk;
import io.carousel.events.jose.Jwks;
import io.carousel.events.jose.PublishedJwk;
import io.carousel.events.jose.SpiffeBundle;
import io.carousel.events.openssh.SshPublicKey;
import io.carousel.events.wire.Json;
import io.carousel.orchestrator.credential.Names;
import io.carousel.orchestrator.desk.Declined;
import io.carousel.orchestrator.desk.FrontDesk;
import io.carousel.orchestrator.rules.Attestation;
import io.carousel.orchestrator.rules.Authority;
import io.carousel.orchestrator.rules.Bundles;
import io.carousel.orchestrator.rules.External;
import io.carousel.orchestrator.rules.ForeignCrlRules;
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

  private static final int NOT_MODIFIED = 304;

  private final FrontDesk desk;
  private final LongPoll longPoll;

  PublicationEndpoints(FrontDesk desk, LongPoll longPoll) {
    this.desk = desk;
    this.longPoll = longPoll;
  }

  List<Endpoint.Route> routes() {
    return List.of(
        document("/crls/{generation}/{slot}", this::crl),
        document("/certificates/{generation}/{slot}", this::issuer),
        document("/bundle.pem", this::pem),
        document("/chain.pem", this::chain),
        document("/crls.pem", this::crls),
        document("/root.crl", this::rootCrl),
        document("/jwks.json", this::jwks),
        document("/spiffe-bundle.json", this::spiffe),
        document("/ssh-keys", this::sshKeys),
        document("/krl", this::krl),
        document("/statements.json", this::statements));
  }

  /** Whoever has it already may wait for it to change. */
  private Endpoint.Route document(String path, Endpoint now) {
    return new Endpoint.Route(
        "GET",
        AUTHORITY + path,
        call ->
            longPoll.until(
                call, wait -> changed(call, now, wait), answer -> answer.status() != NOT_MODIFIED));
  }

  private Answer changed(Call call, Endpoint now, Duration wait) {
    AuthorityName name = call.path("name", AuthorityName::new);
    Optional<Authority> seen = desk.house().authority(name);
    Answer answer = now.answer(call);
    return answer.status() == NOT_MODIFIED && desk.changed(name, seen, wait)
        ? now.answer(call)
        : answer;
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
    List<Bytes> crls =
        Stream.of(own, above, ForeignCrlRules.published(a).stream()).flatMap(s -> s).toList();
    boolean lacking =
        ForeignCrlRules.trusted(a).stream().anyMatch(ca -> ca.crls().newest().isEmpty());
    if (lacking || crls.isEmpty()) {
      // A file with a CRL for some of the CAs, or with none, makes checkers refuse or not start.
      throw new Declined(
          Declined.Kind.NOT_FOUND,
          "crl-missing",
          lacking
              ? "a trusted CA that signs elsewhere has no CRL here, and verifiers that check CRLs would refuse its credentials; see 'carousel authority show %s'"
                  .formatted(a.name())
              : "no CA of this authority has a CRL yet");
    }
    String all = crls.stream().map(crl -> Pem.of("X509 CRL", crl)).collect(Collectors.joining());
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
    List<PublishedJwk> keys = jwks(a);
    requireFormat(a, Format.JWT);
    byte[] body = Jwks.of(keys).json().getBytes(UTF_8);
    return answer(call, Jwks.MEDIA_TYPE, body, a.policy().jwksMaxAge());
  }

  private static List<PublishedJwk> jwks(Authority a) {
    return a.trusted().stream().map(a::generation).flatMap(g -> jwks(a, g)).toList();
  }

  /** What SPIFFE verifies by: both kinds of SVID, or the one that the authority signs. */
  private Answer spiffe(Call call) {
    Authority a = authority(call);
    if (a.policy().naming().trustDomain().isEmpty()) {
      throw new Declined(
          Declined.Kind.NOT_FOUND,
          "no-trust-domain",
          "authority '%s' has no SPIFFE trust domain and issues no SVIDs; its keys are in bundle.pem and jwks.json"
              .formatted(a.name()));
    }
    TrustBundle bundle = Bundles.of(a);
    List<Bytes> roots =
        trustedRoot(call)
            .map(root -> List.of(root.certificate()))
            .orElseGet(() ->
                bundle.trusted(Format.X509).stream()
                    .map(k -> k.certificate().orElseThrow())
                    .toList());
    Duration refresh = a.signs(Format.JWT) ? a.policy().jwksMaxAge() : SHORT;
    var spiffe = new SpiffeBundle(roots, jwks(a), bundle.number(), refresh);
    return answer(call, SpiffeBundle.MEDIA_TYPE, spiffe.json().getBytes(UTF_8), refresh);
  }

  /** Tokens of a CA elsewhere name its keys as it does. */
  private static Stream<PublishedJwk> jwks(Authority a, Generation g) {
    return Stream.concat(
        a.inForce()
            .trusted(g)
            .map(InForce.Trusted::key)
            .filter(k -> k.format() == Format.JWT)
            .<PublishedJwk>map(k -> Jwk.of(k.publicKey(), g.suite(Format.JWT))),
        g.origin().imported().stream()
            .filter(k -> k.format() == Format.JWT)
            .map(k -> {
              SubjectPublicKey key = SubjectPublicKey.of(k.publicKey());
              return new ForeignJwk(key, k.kid(), k.algorithm());
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

  /** What was signed of its bundles. */
  private Answer statements(Call call) {
    Authority a = authority(call);
    var all =
        new TrustStatements(
            desk.house().id().orElseThrow(),
            a.attestation().map(Attestation::statements).orElse(List.of()));
    return answer(call, "application/json", Json.PLAIN.write(all), SHORT);
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
    return call.has(tag)
        ? new Answer(NOT_MODIFIED, Optional.empty(), headers)
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
