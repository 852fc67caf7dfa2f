package io.carousel.orchestrator.rules;

import static io.carousel.orchestrator.rules.Decision.accept;
import static io.carousel.orchestrator.rules.Decision.refuse;

import io.carousel.events.AuthorityEvent.BundleSignatureRequested;
import io.carousel.events.AuthorityEvent.BundleSigned;
import io.carousel.events.AuthorityName;
import io.carousel.events.BundleSignature;
import io.carousel.events.Bytes;
import io.carousel.events.Event;
import io.carousel.events.Format;
import io.carousel.events.SignedStatement;
import io.carousel.events.SigningCommand.KeyCommand;
import io.carousel.events.SigningCommand.SignBundle;
import io.carousel.events.SlotName;
import io.carousel.events.Statements;
import io.carousel.events.WorkerAct.BundleSignatureMade;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Trust bundles are signed by every key that verifiers of the built-in authority trust. Its own
 * bundle names its successor, signed by the generation that retires: so whoever slept until that
 * generation is gone finds the next one, step by step, trusting nobody on the way.
 */
public final class AttestationRules {
  private static final Duration HELD = Duration.ofSeconds(5);

  private AttestationRules() {}

  /** The keys that are to sign every bundle. */
  private static List<InForce.Trusted> signers(House house) {
    return house
        .authority(AuthorityName.BUILT_IN)
        .map(Authority::inForce)
        .map(f -> f.trusted(Format.X509).filter(t -> !t.generation().retrusted()).toList())
        .orElse(List.of());
  }

  private record Missing(Attestation attestation, InForce.Trusted signer) {}

  private static Stream<Missing> missing(House house, Authority authority) {
    return authority.attestation().stream()
        .flatMap(a ->
            signers(house).stream()
                .filter(s -> !a.asks(s.key().publicKey().digest()))
                .map(s -> new Missing(a, s)));
  }

  /** The signatures of that authority's bundle that are to be asked for now. */
  static List<Event> due(House house, Authority authority, Circumstances c) {
    return missing(house, authority)
        .<Event>map(m ->
            new BundleSignatureRequested(
                m.attestation().statement(),
                m.signer().generation().number(),
                m.signer().key().slot(),
                c.newCommand(
                    "bundle %s %d %s"
                        .formatted(
                            m.attestation().statement().authority(),
                            m.attestation().statement().bundle(),
                            m.signer().key().publicKey().digest())),
                c.now()))
        .toList();
  }

  /** If one is missing it is due now, and the clock of the log may once have been ahead of now. */
  static Stream<Instant> nextDue(House house, Authority authority) {
    return missing(house, authority).map(_ -> Instant.EPOCH);
  }

  /** A worker has signed one. */
  static Decision signed(House house, BundleSignatureMade act, Circumstances c) {
    if (!(house.outbox().get(act.answers()) instanceof SignBundle asked)
        || !asked.slot().equals(act.slot())) {
      return KeyRules.answered(house, act, c);
    }
    byte[] statement = Statements.bundle(house.id().orElseThrow(), asked.statement());
    if (!Proofs.verifies(asked.suite(), asked.publicKey(), statement, act.signature())) {
      return refuse(new Refusal.AnswerUnfit(act.answers()));
    }
    return accept(
        new BundleSigned(
            asked.statement(),
            asked.generation(),
            asked.slot(),
            asked.command(),
            asked.publicKey(),
            act.signature(),
            c.now()));
  }

  static House requested(House house, Authority a, BundleSignatureRequested e) {
    SignBundle command = Commands.attest(house, e, house.sequence());
    Attestation.Wish wish =
        new Attestation.Wish(
            e.generation(), e.slot(), e.command(), command.publicKey(), Optional.empty());
    return house.with(a.with(of(a).with(wish))).asks(command);
  }

  static House signed(House house, Authority a, BundleSigned e) {
    return house.with(a.with(of(a).signed(e.command(), e.signature()))).answered(e.command());
  }

  private static Attestation of(Authority a) {
    return a.attestation()
        .orElseThrow(() -> new IllegalStateException("there is no bundle to be signed"));
  }

  /** With an attestation for each bundle that has just come; what was asked of older ones ends. */
  static House following(House house) {
    House next = house;
    for (Authority a : house.authorities().values()) {
      if (a.bundle() > 0
          && a.attestation().filter(s -> s.statement().bundle() == a.bundle()).isEmpty()) {
        next =
            next.with(a.with(Attestation.of(Bundles.of(a).statement(), house.clock(), earlier(a))));
      }
    }
    for (KeyCommand command : next.outbox().values()) {
      if (command instanceof SignBundle c && !isWanted(next, c)) {
        next = next.answered(c.command());
      }
    }
    return next;
  }

  private static List<SignedStatement> earlier(Authority a) {
    return a.name().equals(AuthorityName.BUILT_IN)
        ? a.attestation().map(Attestation::statements).orElse(List.of())
        : List.of();
  }

  private static boolean isWanted(House house, SignBundle c) {
    Bytes key = c.publicKey();
    return house
            .authority(c.statement().authority())
            .flatMap(Authority::attestation)
            .filter(s -> s.statement().equals(c.statement()))
            .isPresent()
        && signers(house).stream().anyMatch(s -> s.key().publicKey().equals(key));
  }

  /** Whether the retiring generation of the built-in authority has signed who comes after it. */
  public static boolean successorNamed(House house, Authority a, Phase.Init p) {
    return !a.name().equals(AuthorityName.BUILT_IN)
        || a.attestation().filter(s -> s.isSignedBy(p.active())).isPresent()
        || signers(house).isEmpty();
  }

  /** The slots whose signatures of that authority's bundle have not come. */
  public static List<SlotName> unsignedBy(House house, Authority a) {
    Set<Bytes> signed =
        a.attestation().stream()
            .flatMap(s -> s.signatures().stream())
            .map(BundleSignature::publicKey)
            .collect(Collectors.toSet());
    return a.attestation().isEmpty()
        ? List.of()
        : signers(house).stream()
            .map(InForce.Trusted::key)
            .filter(k -> !signed.contains(k.publicKey()))
            .map(Key.Ready::slot)
            .distinct()
            .toList();
  }

  /**
   * How long a bundle is kept back for signatures that have not come: for a moment only, since
   * those who need none wait too. Not at all if the clocks disagree on how old it is: nobody shall
   * wait until they have met.
   *
   * @return zero if it may be told
   */
  public static Duration heldFor(House house, Authority a, Instant now) {
    Optional<Duration> age = a.attestation().map(s -> Duration.between(s.since(), now));
    return isSigned(house, a) || age.filter(t -> t.abs().compareTo(HELD) < 0).isEmpty()
        ? Duration.ZERO
        : HELD.minus(age.get());
  }

  /**
   * Whether a bundle has all the signatures that participants may need, one by each generation of
   * the built-in authority; and if there is no such authority.
   */
  public static boolean isSigned(House house, Authority a) {
    List<Integer> generations =
        signers(house).stream().map(s -> s.generation().number()).distinct().toList();
    return generations.isEmpty()
        || a.attestation().filter(s -> generations.stream().allMatch(s::isSignedBy)).isPresent();
  }
}
