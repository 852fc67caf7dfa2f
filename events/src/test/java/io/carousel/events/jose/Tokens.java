package io.carousel.events.jose;

import io.carousel.events.Suite;
import io.carousel.events.testing.SoftwareKey;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Tokens for tests. */
final class Tokens {
  static final JwtClaims CLAIMS =
      new JwtClaims(
          "https://ca.example.org",
          "spiffe://example.org/web",
          List.of("https://api.example.org", "db"),
          Instant.parse("2026-01-02T03:04:05Z"),
          Instant.parse("2026-01-02T03:04:00Z"),
          Instant.parse("2036-01-02T04:04:05Z"),
          "0123456789abcdef",
          new TreeMap<>(Map.of("role", "reader", "greeting", "Grüße \"quoted\" \\ 🎠")));

  private static final Map<Suite, JsonWebToken> SIGNED = new ConcurrentHashMap<>();

  private Tokens() {}

  static Jwk key(Suite suite) {
    return Jwk.of(SoftwareKey.of(suite).spki(), suite);
  }

  static JsonWebToken signed(JwtDraft draft) {
    return draft.complete(SoftwareKey.of(draft.signer().suite()).sign(draft.signingInput()));
  }

  /** The same in all tests of a run: long RSA keys sign slowly. */
  static JsonWebToken signed(Suite suite) {
    return SIGNED.computeIfAbsent(suite, of -> signed(new JwtDraft(key(of), CLAIMS)));
  }

  /** Anything that may be claimed. */
  static Arbitrary<JwtClaims> any() {
    Arbitrary<String> words =
        Arbitraries.strings()
            .withCharRange('!', '~')
            .excludeChars(':')
            .ofMinLength(1)
            .ofMaxLength(40);
    Arbitrary<String> uris =
        Arbitraries.strings()
            .withCharRange('a', 'z')
            .ofMinLength(1)
            .ofMaxLength(20)
            .map("spiffe://example.org/"::concat);
    Arbitrary<String> names = Arbitraries.oneOf(words, uris);
    Arbitrary<String> texts =
        Arbitraries.strings()
            .ofMinLength(1)
            .ofMaxLength(60)
            .filter(text -> text.equals(io.carousel.events.Identifier.plain(text, 60)));
    Arbitrary<List<Long>> times =
        Arbitraries.longs()
            .between(0, JwtClaims.LATEST.getEpochSecond())
            .list()
            .uniqueElements()
            .ofSize(3)
            .map(list -> list.stream().sorted().toList());
    Arbitrary<Map<String, String>> others =
        Arbitraries.maps(words.filter(name -> !JwtClaims.REGISTERED.contains(name)), texts)
            .ofMaxSize(6);
    return Combinators.combine(
            names, names, names.list().ofMinSize(1).ofMaxSize(4), times, texts, others)
        .as((issuer, subject, audience, time, id, more) ->
            new JwtClaims(
                issuer,
                subject,
                audience,
                Instant.ofEpochSecond(time.get(0)),
                Instant.ofEpochSecond(time.get(1)),
                Instant.ofEpochSecond(time.get(2)),
                id,
                new TreeMap<>(more)));
  }
}
