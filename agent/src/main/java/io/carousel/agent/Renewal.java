package io.carousel.agent;

import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One credential of a membership: when another one is due, the key that it is asked for, and what
 * was admitted but could not be put to work yet. One thread.
 */
final class Renewal {
  /**
   * How often a credential that could not be installed is tried before another one is asked for: a
   * service that is broken for a day shall not cost a signature every few seconds.
   */
  private static final int TRIES = 20;

  private final Use use;
  private final Habits habits;
  private final Retry requesting;

  private Optional<OwnCredential> held = Optional.empty();
  private Instant renewAt = Instant.MAX;

  /** That what is at work is revoked, if it is. */
  private Optional<Revocation> revoked = Optional.empty();

  /** Admitted, but not at work: it could not be installed yet. */
  private Optional<OwnCredential> ready = Optional.empty();

  private int tries;

  /** Not certified yet; kept over retries, so that a lost answer costs no second key. */
  private Optional<KeyPair> requested = Optional.empty();

  Renewal(Use use, Habits habits) {
    this.use = use;
    this.habits = habits;
    this.requesting = new Retry(habits);
  }

  Use use() {
    return use;
  }

  /** When it may be asked for again. */
  Retry requesting() {
    return requesting;
  }

  /** What is at work. */
  Optional<OwnCredential> held() {
    return held;
  }

  /** That is at work now. */
  void atWork(OwnCredential own) {
    held = Optional.of(own);
    revoked = Optional.empty();
    renewAt = own.after(habits.renewAfter());
    ready = Optional.empty();
  }

  /** Those are known to be revoked. */
  void revoked(List<Revocation> all) {
    Optional<Revocation> now =
        all.stream()
            .filter(r -> held.filter(own -> own.serial().equals(r.serial())).isPresent())
            .findFirst();
    if (now.isPresent() && revoked.isEmpty()) {
      // What was to be certified may be as well known to others as what is revoked.
      requested = Optional.empty();
      ready = Optional.empty();
    }
    revoked = now;
  }

  /** That what is at work is revoked: then it counts for nothing. */
  Optional<Revocation> revoked() {
    return revoked;
  }

  /** The generation by which the house issues it now; 0 if it issues none. */
  int due(Trust trust) {
    return trust.bundle().generationFor(use.profile());
  }

  boolean isDue(Trust trust) {
    if (due(trust) == 0) {
      return false;
    }
    return held.isEmpty()
        || revoked.isPresent()
        || !held.get().use().equals(use)
        || held.get().generation() != due(trust)
        || !trust.trustsKey(held.get().issuerKey())
        || trust.isOutgoing(held.get().issuerKey())
        || !habits.clock().instant().isBefore(renewAt);
  }

  /** Whether what is at work is what this is about, and others may take it for valid. */
  boolean serves(Trust trust) {
    return held.filter(own -> own.use().equals(use))
        .filter(own -> trust.trustsKey(own.issuerKey()))
        .filter(own -> habits.clock().instant().isBefore(own.after(1)))
        .filter(_ -> revoked.isEmpty())
        .isPresent();
  }

  /** How long until it is due by its age; empty if there is none. */
  Optional<Duration> untilDue() {
    return held.map(_ -> Duration.between(habits.clock().instant(), renewAt));
  }

  /** What may be put to work without asking for another one; each call counts as a try. */
  Optional<OwnCredential> ready(Trust trust) {
    if (tries >= TRIES) {
      ready = Optional.empty();
    }
    tries++;
    return ready.filter(own -> stillServes(own, trust));
  }

  private boolean stillServes(OwnCredential own, Trust trust) {
    return own.generation() == due(trust)
        && trust.trustsKey(own.issuerKey())
        && !trust.isOutgoing(own.issuerKey())
        && habits.clock().instant().isBefore(own.after(Habits.RENEW_AT_LATEST));
  }

  /** The key to be certified: the same until it is. */
  KeyPair key() {
    requested = requested.or(() -> Optional.of(kept().orElseGet(OwnCredential::newKey)));
    return requested.get();
  }

  /**
   * A host of SSH keeps its key: sshd opens its key and its certificate one after the other for
   * each connection, and where a change comes in between, the two must fit each other. Not where it
   * is revoked: then the key may be known to others.
   */
  private Optional<KeyPair> kept() {
    return held.filter(own -> revoked.isEmpty() && own.profile().isForServers())
        .filter(SshCredential.class::isInstance)
        .map(SshCredential.class::cast)
        .map(ssh -> new KeyPair(ssh.certificate().content().key().key().jca(), ssh.key()));
  }

  /** The key was certified, and that may be put to work. */
  void admitted(OwnCredential own) {
    requested = Optional.empty();
    ready = Optional.of(own);
    tries = 1;
  }
}
