package io.carousel.orchestrator.credential;

import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.CommandId;
import io.carousel.events.Credential;
import io.carousel.events.CredentialRequest;
import io.carousel.events.LeafResult;
import io.carousel.events.LeafResult.LeafRefused;
import io.carousel.events.LeafResult.LeafSigned;
import io.carousel.events.Membership;
import io.carousel.events.Profile;
import io.carousel.events.Serial;
import io.carousel.events.SigningCommand.SignLeaf;
import io.carousel.events.SlotName;
import io.carousel.events.Statements;
import io.carousel.events.seal.Authorship;
import io.carousel.orchestrator.certificate.CertificateRequest;
import io.carousel.orchestrator.desk.Declined;
import io.carousel.orchestrator.desk.Declined.Kind;
import io.carousel.orchestrator.rules.Authority;
import io.carousel.orchestrator.rules.House;
import io.carousel.orchestrator.rules.Key;
import io.carousel.orchestrator.rules.Participant;
import io.carousel.orchestrator.rules.Proofs;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Issues credentials. Thread-safe; many callers wait here at once. */
public final class CredentialDesk {
  /** How far a requester's clock may be off. */
  private static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(5);

  /** How long a caller waits. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** How long one slot may be silent while there is another to ask; at first. */
  private static final Duration SILENCE = Duration.ofSeconds(2);

  /** What one slot may have in hand; beyond it callers come back later. */
  private static final int IN_FLIGHT = 256;

  private final Supplier<House> house;
  private final LeafOutlet outlet;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();
  private final Map<CommandId, CompletableFuture<LeafResult>> waiting = new ConcurrentHashMap<>();
  private final Map<SlotName, Semaphore> inFlight = new ConcurrentHashMap<>();
  private final Turns turns;

  /** A desk that reads that house, and sends commands through that outlet. */
  public CredentialDesk(Supplier<House> house, LeafOutlet outlet, Clock clock) {
    this.house = house;
    this.outlet = outlet;
    this.clock = clock;
    this.turns = new Turns(clock);
  }

  /** Takes a result whose authorship was checked; wakes who waits for it. */
  public void take(LeafResult result) {
    turns.answered(result.slot());
    CompletableFuture<LeafResult> waiter = waiting.get(result.answers());
    if (waiter != null) {
      waiter.complete(result);
    }
  }

  /** How many callers wait for a slot now. */
  int waiting() {
    return waiting.size();
  }

  /**
   * Issues a credential by the generation that is current for its profile.
   *
   * @throws Declined with the reason
   */
  public Credential issue(CredentialRequest request) {
    return issue(entitlement(house.get(), request));
  }

  /** As above, for a request that was checked before. */
  public Credential issue(Entitlement request) {
    Authority authority = authority(house.get(), request.authority());
    int generation = current(authority, request.profile());
    List<Key.Certified> keys = turns.order(authority.generation(generation));
    Instant end = clock.instant().plus(PATIENCE);
    Duration share = keys.size() == 1 ? PATIENCE : SILENCE;
    int full = 0;
    for (int i = 0; clock.instant().isBefore(end); i++) {
      Key.Certified key = keys.get(i % keys.size());
      Instant until = earlier(clock.instant().plus(share), end);
      SignLeaf command = command(request, authority, generation, key, until);
      Semaphore room = inFlight.computeIfAbsent(key.slot(), _ -> new Semaphore(IN_FLIGHT));
      if (room.tryAcquire()) {
        full = 0;
        Optional<LeafSigned> signed = signed(command, room);
        if (signed.isPresent()) {
          return handOut(command, key, signed.get());
        }
      } else if (++full == keys.size()) {
        throw later(
            "slot-busy",
            "every slot of authority '%s' has all it can carry; ask again"
                .formatted(authority.name()));
      }
      if (i % keys.size() == keys.size() - 1) {
        share = share.multipliedBy(2);
      }
    }
    throw later(
        "slot-silent",
        "no slot of authority '%s' answered within %d s; are their workers running?"
            .formatted(authority.name(), PATIENCE.toSeconds()));
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }

  private static Authority authority(House now, AuthorityName name) {
    return now.authority(name)
        .orElseThrow(() ->
            new Declined(
                Kind.NOT_FOUND,
                "unknown-authority",
                "there is no authority '%s'; see 'carousel authority list'".formatted(name)));
  }

  /** What the sender may have, if it may ask the authority for that profile. */
  private Entitlement entitlement(House now, CredentialRequest request) {
    authority(now, request.authority());
    Participant sender =
        now.participant(request.participant())
            .orElseThrow(() ->
                new Declined(
                    Kind.FORBIDDEN,
                    "unknown-participant",
                    "participant '%s' is not enrolled".formatted(request.participant())));
    checkSignature(now, sender, request);
    Optional<Profile> profile = sender.membership(request.authority()).flatMap(Membership::profile);
    if (profile.filter(request.profile()::equals).isEmpty()) {
      throw new Declined(
          Kind.FORBIDDEN,
          "wrong-profile",
          "participant '%s' may not have a credential for %s of authority '%s'; its roles allow %s"
              .formatted(
                  sender.name(),
                  request.profile(),
                  request.authority(),
                  profile.map(Profile::wire).orElse("none")));
    }
    return new Entitlement(
        sender.name(),
        sender.identityKey().digest(),
        request.authority(),
        request.profile(),
        publicKey(request));
  }

  private void checkSignature(House now, Participant sender, CredentialRequest request) {
    Duration off = Duration.between(request.at(), clock.instant()).abs();
    if (off.compareTo(CLOCK_TOLERANCE) > 0) {
      throw new Declined(
          Kind.INVALID,
          "clock-off",
          "the request is of %s, %d s from this clock; set the clock of '%s' right"
              .formatted(request.at(), off.toSeconds(), sender.name()));
    }
    byte[] statement =
        Statements.credentialRequest(
            now.id().orElseThrow(),
            request.participant(),
            request.authority(),
            request.profile(),
            request.csr(),
            request.at());
    if (!Authorship.verifies(sender.identityKey(), statement, request.signature().toArray())) {
      throw new Declined(
          Kind.FORBIDDEN,
          "bad-signature",
          "the request is not signed by the identity key of '%s'".formatted(sender.name()));
    }
  }

  private static Bytes publicKey(CredentialRequest request) {
    try {
      return CertificateRequest.read(request.csr()).publicKey();
    } catch (CertificateRequest.Unacceptable e) {
      throw new Declined(
          Kind.INVALID,
          "bad-csr",
          e.getMessage()
              + "; send a PKCS#10 request in DER, signed by its own key, with a key on P-256 or P-384, of Ed25519, or of RSA with 2048 bits or more");
    }
  }

  private static int current(Authority authority, Profile profile) {
    int generation =
        profile == Profile.SERVER
            ? authority.phase().serverGeneration()
            : authority.phase().clientGeneration();
    if (generation == 0) {
      throw later(
          "still-creating",
          "authority '%s' has no keys yet; ask again".formatted(authority.name()));
    }
    return generation;
  }

  private SignLeaf command(
      Entitlement request,
      Authority authority,
      int generation,
      Key.Certified key,
      Instant deadline) {
    Instant now = clock.instant();
    Instant end = now.plus(authority.policy().leafLifetime()).truncatedTo(ChronoUnit.SECONDS);
    Instant caEnd = Proofs.end(key.certificate());
    byte[] id = new byte[10];
    random.nextBytes(id);
    return new SignLeaf(
        CommandId.of(now, id),
        authority.name(),
        generation,
        key.slot(),
        key.id(),
        authority.generation(generation).suite(),
        key.certificate(),
        request.participant(),
        request.identity(),
        request.profile(),
        request.publicKey(),
        serial(),
        now.minus(authority.policy().backdating()).truncatedTo(ChronoUnit.SECONDS),
        end.isAfter(caEnd) ? caEnd : end,
        authority.phaseSequence(),
        deadline);
  }

  private Serial serial() {
    byte[] serial = new byte[16];
    random.nextBytes(serial);
    // Positive, and never short: the top bit clear, the next one set (RFC 5280, section 4.1.2.2).
    serial[0] = (byte) ((serial[0] & 0x7f) | 0x40);
    return Serial.of(new BigInteger(1, serial));
  }

  /**
   * Empty if the slot stays silent: handing its work to another is a new command.
   *
   * @param room where the slot carries it; given back, whatever comes of it
   */
  private Optional<LeafSigned> signed(SignLeaf command, Semaphore room) {
    long patience = Duration.between(clock.instant(), command.deadline()).toMillis();
    var answer = new CompletableFuture<LeafResult>();
    waiting.put(command.command(), answer);
    try {
      outlet.write(command).get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      return switch (answer.get(patience, TimeUnit.MILLISECONDS)) {
        case LeafSigned signed -> Optional.of(signed);
        case LeafRefused refused ->
            throw new Declined(
                Kind.CONFLICT,
                refused.code(),
                "the worker of slot '%s' refused: %s".formatted(refused.slot(), refused.detail()));
      };
    } catch (TimeoutException e) {
      turns.stayedSilent(command.slot());
      return Optional.empty();
    } catch (ExecutionException e) {
      throw later("kafka-unavailable", "the command could not be written; ask again");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw later("stopping", "this orchestrator is stopping; ask another");
    } finally {
      waiting.remove(command.command());
      room.release();
    }
  }

  /** Only what is still right: the phase may have moved while the HSM signed. */
  private Credential handOut(SignLeaf command, Key.Certified key, LeafSigned signed) {
    Authority authority = house.get().authority(command.authority()).orElseThrow();
    if (current(authority, command.profile()) != command.generation()) {
      throw later("phase-moved", "the phase moved on while the credential was signed; ask again");
    }
    return new Credential(
        command.authority(),
        command.generation(),
        command.profile(),
        command.serial(),
        signed.certificate(),
        key.certificate(),
        authority.bundle());
  }

  private static Declined later(String code, String message) {
    return new Declined(Kind.UNAVAILABLE, code, message, Optional.of(Duration.ofSeconds(1)));
  }
}
