package io.carousel.events.openssh;

import io.carousel.events.Bytes;
import io.carousel.events.Suite;
import io.carousel.events.openssh.SshCertificateDraft.Kind;
import io.carousel.events.testing.SoftwareKey;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Certificates for tests. */
final class Drafts {
  /** Suites that between them have all types of key. */
  static final List<Suite> SUBJECTS =
      List.of(Suite.RSA_2048, Suite.ECDSA_P256, Suite.ECDSA_P384, Suite.ED25519);

  static final Instant FROM = Instant.parse("2026-01-02T03:04:05Z");
  static final Instant TO = Instant.parse("2036-06-07T08:09:10Z");
  static final Bytes NONCE = Bytes.of(new byte[32]);
  static final Map<String, String> CRITICAL =
      Map.of("source-address", "127.0.0.0/8,::1/128", "force-command", "echo hello");
  static final Map<String, String> EXTENSIONS =
      Map.of("permit-pty", "", "login@example.org", "alice", "permit-X11-forwarding", "");

  private Drafts() {}

  static SshPublicKey key(Suite suite) {
    return SshPublicKey.of(SoftwareKey.of(suite).spki());
  }

  static SshCertificateDraft draft(Kind kind, SshPublicKey key, Suite ca, long serial, String id) {
    return draft(kind, key, ca, serial, id, "alice", "bob.example.org");
  }

  static SshCertificateDraft draft(
      Kind kind, SshPublicKey key, Suite ca, long serial, String id, String... principals) {
    return new SshCertificateDraft(
        kind,
        NONCE,
        key,
        new SshSerial(serial),
        id,
        List.of(principals),
        FROM,
        TO,
        new TreeMap<>(kind == Kind.USER ? CRITICAL : Map.of()),
        new TreeMap<>(kind == Kind.USER ? EXTENSIONS : Map.of()),
        key(ca));
  }

  /** Signed by the key of that suite. */
  static SshCertificate signed(SshCertificateDraft draft) {
    return draft.complete(SoftwareKey.of(draft.suite()).sign(draft.toBeSigned()));
  }

  /** Anything that may be asked for. */
  static Arbitrary<SshCertificateDraft> any() {
    Arbitrary<Kind> kinds = Arbitraries.of(Kind.class);
    Arbitrary<SshPublicKey> keys = Arbitraries.of(SUBJECTS).map(Drafts::key);
    Arbitrary<SshSerial> serials =
        Arbitraries.longs()
            .edgeCases(e -> e.add(1L, -1L, Long.MIN_VALUE))
            .filter(n -> n != 0)
            .map(SshSerial::new);
    Arbitrary<List<String>> principals =
        Arbitraries.strings()
            .withCharRange('a', 'z')
            .withChars("._-@0123456789")
            .ofMinLength(1)
            .ofMaxLength(40)
            .list()
            .uniqueElements()
            .ofMinSize(1)
            .ofMaxSize(20);
    Arbitrary<Bytes> nonces =
        Arbitraries.bytes().array(byte[].class).ofMinSize(16).ofMaxSize(64).map(Bytes::of);
    Arbitrary<List<Long>> times =
        Arbitraries.longs()
            .between(0, SshCertificateDraft.LATEST.getEpochSecond())
            .list()
            .uniqueElements()
            .ofSize(2);
    return Combinators.combine(
            kinds, keys, serials, principals, nonces, times, options(), Arbitraries.of(Suite.class))
        .as(Drafts::of);
  }

  private static SshCertificateDraft of(
      Kind kind,
      SshPublicKey key,
      SshSerial serial,
      List<String> principals,
      Bytes nonce,
      List<Long> times,
      Map<String, String> options,
      Suite ca) {
    return new SshCertificateDraft(
        kind,
        nonce,
        key,
        serial,
        "id of " + serial,
        principals,
        Instant.ofEpochSecond(Math.min(times.get(0), times.get(1))),
        Instant.ofEpochSecond(Math.max(times.get(0), times.get(1))),
        new TreeMap<>(kind == Kind.USER ? options : Map.of()),
        new TreeMap<>(options),
        key(ca));
  }

  private static Arbitrary<Map<String, String>> options() {
    Arbitrary<String> names =
        Arbitraries.strings()
            .withCharRange('a', 'z')
            .ofMinLength(1)
            .ofMaxLength(8)
            .map(s -> s + "@x");
    Arbitrary<String> values = Arbitraries.strings().withCharRange('!', '~').ofMaxLength(30);
    return Arbitraries.maps(names, values).ofMaxSize(SshCertificateDraft.OPTIONS_LIMIT);
  }

  /** All pairs of a CA's suite and a kind of subject. */
  static Stream<List<Suite>> pairs() {
    return Stream.of(Suite.values())
        .flatMap(
            ca -> IntStream.range(0, SUBJECTS.size()).mapToObj(i -> List.of(ca, SUBJECTS.get(i))));
  }
}
