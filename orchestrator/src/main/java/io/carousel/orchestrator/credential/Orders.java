package io.carousel.orchestrator.credential;

import io.carousel.events.Bytes;
import io.carousel.events.Canary;
import io.carousel.events.CommandId;
import io.carousel.events.Format;
import io.carousel.events.HouseId;
import io.carousel.events.LeafOrder;
import io.carousel.events.ParticipantUri;
import io.carousel.events.Policy;
import io.carousel.events.Profile;
import io.carousel.events.Serial;
import io.carousel.events.SigningCommand.Distribution;
import io.carousel.events.SigningCommand.LeafCommand;
import io.carousel.events.SigningCommand.SignLeaf;
import io.carousel.events.SigningCommand.SignSshCertificate;
import io.carousel.events.SigningCommand.SignToken;
import io.carousel.events.SshOptions;
import io.carousel.orchestrator.rules.Authority;
import io.carousel.orchestrator.rules.Key;
import io.carousel.orchestrator.rules.Proofs;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Commands for credentials: each fixes every byte that will be signed. */
final class Orders {
  private static final int NONCE_BYTES = 32;
  private static final int MOST_REMEMBERED = 256;

  private final Clock clock;
  private final SecureRandom random = new SecureRandom();

  /** Of CA certificates: there are few, and reading one costs as much as an order. */
  private final Map<Bytes, Instant> ends = new ConcurrentHashMap<>();

  Orders(Clock clock) {
    this.clock = clock;
  }

  /** For that request, to be signed by that key of that generation. */
  LeafCommand command(
      HouseId house,
      Authority authority,
      Entitlement request,
      int generation,
      Key.Ready key,
      Instant deadline) {
    LeafOrder order = order(authority, request, generation, key, deadline);
    return switch (request.format()) {
      case X509 ->
          new SignLeaf(
              order,
              key.certificate().orElseThrow(),
              request.key(),
              request.names(),
              distribution(authority, generation, key));
      case SSH ->
          new SignSshCertificate(
              order,
              key.publicKey(),
              request.key(),
              "%s/%s".formatted(request.authority(), request.participant()),
              request.principals(),
              request.profile() == Profile.SERVER ? SshOptions.NONE : authority.policy().ssh(),
              nonce());
      case JWT ->
          new SignToken(
              order,
              key.publicKey(),
              ParticipantUri.issuer(house, request.authority()),
              request.audiences(),
              request.key(),
              request.spiffe());
    };
  }

  private LeafOrder order(
      Authority authority, Entitlement request, int generation, Key.Ready key, Instant deadline) {
    Policy policy = authority.policy();
    Instant now = clock.instant();
    Duration life = request.profile().isCanary() ? Canary.LIFE : policy.leafLifetime();
    byte[] id = new byte[10];
    random.nextBytes(id);
    return new LeafOrder(
        CommandId.of(now, id),
        authority.name(),
        generation,
        key.slot(),
        key.id(),
        authority.generation(generation).suite(request.format()),
        request.participant(),
        request.identity(),
        request.profile(),
        serial(request.format()),
        now.minus(policy.backdating()).truncatedTo(ChronoUnit.SECONDS),
        end(now.plus(life).truncatedTo(ChronoUnit.SECONDS), key),
        authority.phaseSequence(),
        deadline);
  }

  /** No credential outlives the certificate above it. */
  private Instant end(Instant wanted, Key.Ready key) {
    return key.certificate().map(this::end).filter(wanted::isAfter).orElse(wanted);
  }

  private Instant end(Bytes certificate) {
    Instant known = ends.get(certificate);
    if (known == null) {
      if (ends.size() >= MOST_REMEMBERED) {
        ends.clear();
      }
      known = Proofs.end(certificate);
      ends.put(certificate, known);
    }
    return known;
  }

  private static Optional<Distribution> distribution(
      Authority authority, int generation, Key.Ready key) {
    return authority
        .policy()
        .distribution()
        .map(base ->
            new Distribution(
                base + Names.crl(authority.name(), generation, key.slot()),
                base + Names.certificate(authority.name(), generation, key.slot())));
  }

  private Bytes nonce() {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    return Bytes.of(nonce);
  }

  /** Of 128 bits; of 64 for OpenSSH, whose certificates have room for no more. */
  private Serial serial(Format format) {
    byte[] serial = new byte[format == Format.SSH ? 8 : 16];
    random.nextBytes(serial);
    // Positive, and never short: the top bit clear, the next one set (RFC 5280, section 4.1.2.2).
    serial[0] = (byte) ((serial[0] & 0x7f) | 0x40);
    return Serial.of(new BigInteger(1, serial));
  }
}
