package io.carousel.orchestrator.rules;

import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.openssh.Krl;
import io.carousel.events.openssh.SshPublicKey;
import io.carousel.events.openssh.SshSerial;
import io.carousel.events.openssh.SshSerials;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The key revocation list of an authority (OpenSSH, PROTOCOL.krl): it follows from the log alone,
 * so every orchestrator makes the same bytes.
 */
public final class RevocationList {
  private RevocationList() {}

  /** What is revoked of that authority's OpenSSH certificates now. */
  public static Krl of(Authority a) {
    List<Authority.Revoked> revoked =
        a.revoked().values().stream().filter(r -> r.credential().format() == Format.SSH).toList();
    Instant newest =
        revoked.stream()
            .map(Authority.Revoked::since)
            .max(Instant::compareTo)
            .orElse(Instant.EPOCH)
            .truncatedTo(ChronoUnit.SECONDS);
    return new Krl(
        a.revision(),
        newest,
        "authority " + a.name(),
        a.generations().values().stream()
            .flatMap(g -> g.keys().values().stream())
            .filter(k -> k.format() == Format.SSH)
            .flatMap(k -> under(k, revoked))
            .toList(),
        new TreeSet<>(),
        new TreeSet<>());
  }

  private static Stream<Krl.Revoked> under(Key key, List<Authority.Revoked> revoked) {
    if (!(key instanceof Key.Existing k)) {
      return Stream.empty();
    }
    Digest issuer = k.publicKey().digest();
    List<SshSerial> serials =
        revoked.stream()
            .filter(r -> r.credential().issuerKey().equals(issuer))
            .map(r -> new SshSerial(r.credential().serial().number().longValueExact()))
            .toList();
    return serials.isEmpty()
        ? Stream.empty()
        : Stream.of(
            new Krl.Revoked(
                Optional.of(SshPublicKey.of(k.publicKey())),
                SshSerials.of(serials),
                new TreeSet<>()));
  }
}
