package io.carousel.events.openssh;

import io.carousel.events.Digest;
import io.carousel.events.Suite;
import io.carousel.events.openssh.Krl.Revoked;
import io.carousel.events.testing.SoftwareKey;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Revocation lists for tests. */
final class Krls {
  private static final List<SshPublicKey> SPARE =
      IntStream.range(0, 8)
          .mapToObj(i -> SshPublicKey.of(SoftwareKey.fresh(Suite.ED25519).spki()))
          .toList();

  private Krls() {}

  static Krl empty() {
    return of(List.of(), Set.of(), Set.of());
  }

  static Krl of(List<Revoked> certificates, Set<SshPublicKey> keys, Set<Digest> fingerprints) {
    return new Krl(
        3,
        Instant.parse("2026-03-04T05:06:07Z"),
        "for tests",
        certificates,
        new TreeSet<>(keys),
        new TreeSet<>(fingerprints));
  }

  static Revoked revoked(SshPublicKey authority, SshSerials serials, String... ids) {
    return new Revoked(Optional.ofNullable(authority), serials, new TreeSet<>(List.of(ids)));
  }

  static SshSerials serials(long... serials) {
    return SshSerials.of(
        java.util.Arrays.stream(serials).mapToObj(SshSerial::new).collect(Collectors.toSet()));
  }

  static SshSerialRange range(long first, long last) {
    return new SshSerialRange(new SshSerial(first), new SshSerial(last));
  }

  /** Numbers near each other and near both ends, so that ranges touch and overlap. */
  static Arbitrary<SshSerials> serials() {
    Arbitrary<Long> number =
        Arbitraries.oneOf(
            Arbitraries.longs().between(1, 60),
            Arbitraries.longs().between(-30, -1),
            Arbitraries.longs().filter(n -> n != 0));
    Arbitrary<SshSerialRange> range =
        Combinators.combine(number, number)
            .as((a, b) -> Long.compareUnsigned(a, b) <= 0 ? range(a, b) : range(b, a));
    Arbitrary<SshSerialRange> few =
        number.map(n -> Long.compareUnsigned(n, -20) < 0 ? range(n, n + 5) : range(n, n));
    return Arbitraries.frequencyOf(
            net.jqwik.api.Tuple.of(1, range),
            net.jqwik.api.Tuple.of(6, few),
            net.jqwik.api.Tuple.of(6, number.map(n -> range(n, n))))
        .list()
        .ofMaxSize(20)
        .map(SshSerials::ofRanges);
  }

  static Arbitrary<Krl> any() {
    Arbitrary<Set<String>> ids =
        Arbitraries.strings()
            .withCharRange('!', '~')
            .ofMinLength(1)
            .ofMaxLength(30)
            .set()
            .ofMaxSize(4);
    Arbitrary<Revoked> revoked =
        Combinators.combine(serials(), ids)
            .as((numbers, names) ->
                new Revoked(
                    Optional.empty(),
                    numbers.isEmpty() && names.isEmpty() ? serials(9) : numbers,
                    new TreeSet<>(names)));
    Arbitrary<Map<SshPublicKey, Revoked>> cas =
        Arbitraries.maps(Arbitraries.of(Suite.class).map(Drafts::key), revoked).ofMaxSize(4);
    Arbitrary<Set<SshPublicKey>> keys = Arbitraries.of(SPARE).set().ofMaxSize(4);
    Arbitrary<Set<Digest>> digests =
        Arbitraries.bytes().array(byte[].class).ofSize(4).map(Digest::of).set().ofMaxSize(4);
    return Combinators.combine(
            Arbitraries.longs(),
            Arbitraries.longs().between(0, SshCertificateDraft.LATEST.getEpochSecond()),
            cas,
            revoked.optional(),
            keys,
            digests)
        .as(Krls::of);
  }

  private static Krl of(
      long version,
      long generated,
      Map<SshPublicKey, Revoked> cas,
      Optional<Revoked> everywhere,
      Set<SshPublicKey> keys,
      Set<Digest> digests) {
    var all = new java.util.ArrayList<Revoked>();
    cas.forEach((ca, r) -> all.add(new Revoked(Optional.of(ca), r.serials(), r.keyIds())));
    everywhere.ifPresent(all::add);
    return new Krl(
        version,
        Instant.ofEpochSecond(generated),
        "",
        all,
        new TreeSet<>(keys),
        new TreeSet<>(digests));
  }
}
