package io.carousel.orchestrator.credential;

import io.carousel.events.CommandId;
import io.carousel.events.Credential;
import io.carousel.events.CredentialRequest;
import io.carousel.events.HouseId;
import io.carousel.events.LeafOrder;
import io.carousel.events.LeafResult;
import io.carousel.events.LeafResult.LeafRefused;
import io.carousel.events.LeafResult.LeafSigned;
import io.carousel.events.Profile;
import io.carousel.events.SigningCommand.LeafCommand;
import io.carousel.events.SlotName;
import io.carousel.orchestrator.desk.Declined;
import io.carousel.orchestrator.desk.Declined.Kind;
import io.carousel.orchestrator.desk.Turnstile;
import io.carousel.orchestrator.rules.Authority;
import io.carousel.orchestrator.rules.House;
import io.carousel.orchestrator.rules.Key;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Issues credentials. Thread-safe; many callers wait here at once. */
public final class CredentialDesk {
  /** How long a caller waits. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** How long one slot may be silent while there is another to ask; at first. */
  private static final Duration SILENCE = Duration.ofSeconds(2);

  /** By which a worker says that the phase of a command is over. */
  private static final String OUT_OF_PHASE = "out-of-phase";

  private static final String UNDELIVERABLE = "undeliverable";

  /** What one slot may have in hand; beyond it callers come back later. */
  private static final int IN_FLIGHT = 256;

  private final Supplier<House> house;
  private final LeafOutlet outlet;
  private final SlotNews news;
  private final Clock clock;
  private final Map<CommandId, Waiter> waiting = new ConcurrentHashMap<>();
  private final Map<SlotName, Turnstile> inFlight = new ConcurrentHashMap<>();
  private final Turns turns;
  private final Admission admission;
  private final Orders orders;

  /**
   * Who waits for an answer.
   *
   * @param key that is to sign
   */
  private record Waiter(LeafCommand command, Key.Ready key, CompletableFuture<LeafResult> answer) {
    /** Whether that is of it. */
    boolean asked(LeafResult result) {
      return result.isOf(command, key.publicKey().digest());
    }
  }

  /**
   * A desk that reads that house, and sends commands through that outlet.
   *
   * @param news learns what is noticed about slots
   */
  public CredentialDesk(Supplier<House> house, LeafOutlet outlet, SlotNews news, Clock clock) {
    this.house = house;
    this.outlet = outlet;
    this.news = news;
    this.clock = clock;
    this.turns = new Turns(clock);
    this.admission = new Admission(clock);
    this.orders = new Orders(clock);
  }

  /**
   * Takes a result whose authorship was checked; wakes who waits for it. One that is of something
   * else than was asked wakes nobody: the right one may still come.
   *
   * @return whether somebody waited here for just that
   */
  public boolean take(LeafResult result) {
    turns.answered(result.slot());
    Waiter waiter = waiting.get(result.answers());
    if (waiter == null || !waiter.asked(result)) {
      return false;
    }
    waiter.answer().complete(result);
    if (!isUndeliverable(result)) {
      news.answered(result.slot());
    }
    return true;
  }

  /** Said by an orchestrator in the place of workers, of whom none finished it. */
  private static boolean isUndeliverable(LeafResult result) {
    return result instanceof LeafRefused refused && refused.code().equals(UNDELIVERABLE);
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
    return issue(admission.admit(house.get(), request));
  }

  /** As above, for a request that was checked before. */
  public Credential issue(Entitlement request) {
    House now = house.get();
    Authority authority = Admission.authority(now, request.authority());
    int generation = current(authority, request.profile());
    List<Key.Ready> keys = turns.order(authority.inForce().signers(generation, request.format()));
    HouseId id = now.id().orElseThrow();
    Instant end = clock.instant().plus(PATIENCE);
    Duration share = keys.size() == 1 ? PATIENCE : SILENCE;
    int full = 0;
    for (int i = 0; clock.instant().isBefore(end); i++) {
      Key.Ready key = keys.get(i % keys.size());
      Instant until = earlier(clock.instant().plus(share), end);
      LeafCommand command = orders.command(id, authority, request, generation, key, until);
      Turnstile turnstile = inFlight.computeIfAbsent(key.slot(), _ -> turnstile());
      Optional<Turnstile.Pass> pass = turnstile.enter();
      if (pass.isPresent()) {
        full = 0;
        Optional<LeafSigned> signed = signed(command, key, pass.get());
        if (signed.isPresent()) {
          return handOut(command, key, signed.get());
        }
      } else if (++full == keys.size()) {
        throw later(
            "slot-busy",
            "every slot of authority '%s' has all it can carry; ask again"
                .formatted(authority.name()),
            turnstile.comeBack());
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

  private static int current(Authority authority, Profile profile) {
    int generation = authority.issuing(profile);
    if (generation == 0 && profile.isCanary()) {
      throw new Declined(
          Kind.CONFLICT,
          "no-canary",
          "authority '%s' has nothing to be tried: canaries are signed in a rotation, from the moment at which verifiers are to trust the successor"
              .formatted(authority.name()));
    }
    if (generation == 0 && authority.bundle() > 0) {
      throw new Declined(
          Kind.CONFLICT,
          "verify-only",
          "generation %d of authority '%s' is verify-only: its %s credentials come from where they came from, until a rotation moves them here"
              .formatted(authority.active(), authority.name(), profile));
    }
    if (generation == 0) {
      throw later(
          "still-creating",
          "authority '%s' has no keys yet; ask again".formatted(authority.name()));
    }
    return generation;
  }

  /**
   * Empty if the slot stays silent: handing its work to another is a new command.
   *
   * @param pass to what the slot carries; given back, whatever comes of it
   */
  private Optional<LeafSigned> signed(LeafCommand command, Key.Ready key, Turnstile.Pass pass) {
    long patience = Duration.between(clock.instant(), command.order().deadline()).toMillis();
    var answer = new CompletableFuture<LeafResult>();
    waiting.put(command.command(), new Waiter(command, key, answer));
    try (pass) {
      outlet.write(command).get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      return switch (answer.get(patience, TimeUnit.MILLISECONDS)) {
        case LeafSigned signed -> Optional.of(signed);
        case LeafRefused refused when refused.code().equals(OUT_OF_PHASE) -> throw movedOn();
        case LeafRefused refused -> throw refused(refused);
      };
    } catch (TimeoutException e) {
      turns.stayedSilent(command.slot());
      news.silent(command.slot());
      return Optional.empty();
    } catch (ExecutionException e) {
      throw later("kafka-unavailable", "the command could not be written; ask again");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw later("stopping", "this orchestrator is stopping; ask another");
    } finally {
      waiting.remove(command.command());
    }
  }

  private Declined refused(LeafRefused refused) {
    news.refused(refused);
    return new Declined(
        Kind.CONFLICT,
        refused.code(),
        "the worker of slot '%s' refused: %s".formatted(refused.slot(), refused.detail()));
  }

  /** Only what is still right: the phase may have moved while the HSM signed. */
  private Credential handOut(LeafCommand command, Key.Ready key, LeafSigned signed) {
    LeafOrder order = command.order();
    House now = house.get();
    Authority authority = now.authority(order.authority()).orElseThrow();
    // The revocation may have come while the HSM signed.
    Admission.checkNotWithheld(now, order.identity(), order.authority());
    if (current(authority, order.profile()) != order.generation()
        || !authority.inForce().signs(key.slot())) {
      throw movedOn();
    }
    return new Credential(
        order.authority(),
        order.generation(),
        command.format(),
        order.profile(),
        order.serial(),
        signed.credential(),
        key.certificate().stream().toList(),
        authority.bundle());
  }

  private static Declined movedOn() {
    return later("phase-moved", "the phase moved on while the credential was signed; ask again");
  }

  private static Turnstile turnstile() {
    return new Turnstile(IN_FLIGHT, System::nanoTime, new SecureRandom());
  }

  private static Declined later(String code, String message) {
    return later(code, message, Duration.ofSeconds(1));
  }

  private static Declined later(String code, String message, Duration when) {
    return new Declined(Kind.UNAVAILABLE, code, message, Optional.of(when));
  }
}
