package io.carousel.agent;

import io.carousel.agent.certificate.CertificationRequest;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.Credential;
import io.carousel.events.CredentialRequest;
import io.carousel.events.Format;
import io.carousel.events.Membership;
import io.carousel.events.Profile;
import io.carousel.events.Statements;
import io.carousel.events.TrustBundle;
import java.io.IOException;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one membership current: follows the authority's bundles, renews the credential when it is
 * due, puts both to work, and only then reports them. One thread runs it; others read {@link
 * #standing()}.
 */
final class Keeper {
  private static final Logger LOG = LoggerFactory.getLogger(Keeper.class);

  /** How long to wait for the bundle that a credential was issued under. */
  private static final Duration CATCH_UP = Duration.ofSeconds(5);

  /**
   * How often a credential that could not be installed is tried before another one is asked for: a
   * service that is broken for a day shall not cost a signature every few seconds.
   */
  private static final int TRIES = 20;

  private final Identity identity;
  private final AuthorityName authority;
  private final Optional<Profile> profile;
  private final House house;
  private final Installation installation;
  private final Habits habits;
  private final Reporting reporting;
  private final Memory memory;

  private final Retry following;
  private final Retry requesting;
  private final Retry handingIn;
  private final Retry retrying;
  private final Trying trying;

  /** The newest that was ever accepted; it may not be at work yet. */
  private Optional<Trust> newest = Optional.empty();

  /** At work, like the credential. */
  private Optional<Trust> trust = Optional.empty();

  private Optional<OwnCredential> credential = Optional.empty();

  /** Whether what an earlier run has left has been looked at. */
  private boolean resumed;

  /** Whether trust and credential are known to be at work. */
  private boolean settled = true;

  /** Whether the house has told this run a bundle. */
  private boolean heard;

  /** Admitted, but not at work: it could not be installed yet. */
  private Optional<OwnCredential> ready = Optional.empty();

  private int tries;

  /** Not certified yet; kept over retries, so that a lost answer costs no second key. */
  private Optional<KeyPair> requested = Optional.empty();

  private Instant renewAt = Instant.MAX;
  private boolean unreported;
  private long reportedAt;
  private long reports;
  private Optional<String> problem = Optional.empty();
  private volatile Standing standing;

  Keeper(
      Identity identity,
      Membership membership,
      House house,
      Installation installation,
      Habits habits,
      Reporting reporting,
      Memory memory) {
    this.identity = identity;
    this.authority = membership.authority();
    this.profile = membership.profiles(Format.X509).stream().findFirst();
    this.house = house;
    this.installation = installation;
    this.habits = habits;
    this.reporting = reporting;
    this.memory = memory;
    this.following = new Retry(habits);
    this.requesting = new Retry(habits);
    this.handingIn = new Retry(habits);
    this.retrying = new Retry(habits);
    this.trying = new Trying(identity, authority, house, installation, memory, habits.clock());
    this.standing = standingNow();
  }

  AuthorityName authority() {
    return authority;
  }

  Standing standing() {
    return standing;
  }

  /** Runs until it is interrupted. */
  void run() {
    try {
      while (!Thread.interrupted()) {
        attempt(following, this::follow);
        if (renewalDue() && requesting.allowed()) {
          attempt(requesting, this::renew);
        }
        if (trying.isDue() && settled && retrying.allowed()) {
          attempt(retrying, this::tryOut);
        }
        if (reportDue() && handingIn.allowed()) {
          attempt(handingIn, this::report);
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("{} leaves authority '{}' alone", identity.name(), authority);
    }
  }

  @FunctionalInterface
  private interface Step {
    void run() throws HouseException, UnfitMaterial, IOException, InterruptedException;
  }

  /** Whatever goes wrong, what is at work stays at work, and the step is tried again later. */
  private void attempt(Retry retry, Step step) throws InterruptedException {
    try {
      step.run();
    } catch (HouseException e) {
      retry.failed(e.retryAfter());
      note(e, e instanceof HouseException.Refused);
    } catch (UnfitMaterial | IOException e) {
      retry.failed(Optional.empty());
      note(e, true);
    } catch (RuntimeException e) {
      retry.failed(Optional.empty());
      LOG.error("{} stumbled over authority '{}'", identity.name(), authority, e);
      problem = Optional.of(e.toString());
    }
    standing = standingNow();
  }

  /** Each problem is logged once, until it is solved or another one takes its place. */
  private void note(Exception e, boolean warn) {
    Optional<String> now = Optional.of(e.getMessage());
    if (!now.equals(problem)) {
      LOG.atLevel(warn ? org.slf4j.event.Level.WARN : org.slf4j.event.Level.INFO)
          .log("{}, authority '{}': {}", identity.name(), authority, e.getMessage());
    }
    problem = now;
  }

  private void follow() throws HouseException, UnfitMaterial, IOException, InterruptedException {
    Duration wait = untilSomethingIsDue();
    if (!following.allowed()) {
      Thread.sleep(shorter(wait, following.pause()));
      return;
    }
    resume();
    poll(wait);
  }

  /** Goes on with what an earlier run has left. */
  private void resume() throws UnfitMaterial, IOException, InterruptedException {
    if (resumed) {
      return;
    }
    Optional<TrustBundle> kept = memory.bundle(authority);
    if (kept.isPresent()) {
      newest = Optional.of(Trust.of(kept.get()));
    }
    trying.resume();
    installation.found().ifPresent(this::goOnWith);
    resumed = true;
  }

  private void goOnWith(Installation.Found found) {
    trust = Optional.of(found.material().trust());
    newest = newest.or(() -> trust);
    boolean ours = profile.isPresent() && found.material().owner().equals(identity.name());
    credential = found.material().credential().filter(_ -> ours);
    renewAt = credential.map(own -> own.after(habits.renewAfter())).orElse(Instant.MAX);
    settled = found.atWork();
    LOG.info(
        "{} goes on with {} of authority '{}'",
        identity.name(),
        credential.map(OwnCredential::toString).orElse("what it trusts"),
        authority);
  }

  private void poll(Duration wait)
      throws HouseException, UnfitMaterial, IOException, InterruptedException {
    long after = heard && settled ? trust.map(t -> t.bundle().sequence()).orElse(0L) : 0L;
    Optional<TrustBundle> news = house.bundle(authority, after, wait);
    if (news.isPresent()) {
      take(Admission.admit(authority, newest, news.get()));
    }
    following.succeeded();
    settle();
  }

  private void take(Trust offered)
      throws HouseException, UnfitMaterial, IOException, InterruptedException {
    memory.keep(offered.bundle());
    newest = Optional.of(offered);
    if (!settled || trust.isEmpty() || !offered.trustsSameAs(trust.get())) {
      if (!offered.anchors().isEmpty()) {
        if (!settled && trying.isAhead(trust, offered)) {
          // Which of two is at work is open, and what is tried must be without the successor.
          installation.install(new Material(identity.name(), trust.orElseThrow(), credential));
        }
        trying.before(trust, offered);
        installation.install(new Material(identity.name(), offered, credential));
      }
    }
    trust = Optional.of(offered);
    settled = true;
    heard = true;
    unreported = true;
    LOG.debug("{} works with bundle {}", identity.name(), offered.bundle().number());
  }

  private void tryOut() throws HouseException, UnfitMaterial, IOException, InterruptedException {
    trying.after(trust.orElseThrow());
    unreported = true;
    retrying.succeeded();
    settle();
  }

  private boolean renewalDue() {
    if (profile.isEmpty() || trust.isEmpty() || !settled || due() == 0) {
      return false;
    }
    return credential.isEmpty()
        || credential.get().profile() != profile.get()
        || credential.get().generation() != due()
        || !trust.get().keys().contains(credential.get().issuerKey())
        || trust.get().isOutgoing(credential.get().issuerKey())
        || !habits.clock().instant().isBefore(renewAt);
  }

  /** The generation by which the house issues our credentials now; 0 if it issues none. */
  private int due() {
    return trust.orElseThrow().bundle().generationFor(profile.orElseThrow());
  }

  private void renew() throws HouseException, UnfitMaterial, IOException, InterruptedException {
    if (ready.isEmpty() || tries >= TRIES || !stillServes(ready.get())) {
      ready = Optional.of(obtain());
      tries = 0;
    }
    tries++;
    OwnCredential next = ready.get();
    installation.install(new Material(identity.name(), trust.orElseThrow(), Optional.of(next)));
    credential = Optional.of(next);
    ready = Optional.empty();
    renewAt = next.after(habits.renewAfter());
    unreported = true;
    LOG.debug("{} presents {}", identity.name(), next);
    settleRequest(next);
  }

  private boolean stillServes(OwnCredential own) {
    Trust now = trust.orElseThrow();
    return own.generation() == due()
        && now.keys().contains(own.issuerKey())
        && !now.isOutgoing(own.issuerKey())
        && habits.clock().instant().isBefore(own.after(Habits.RENEW_AT_LATEST));
  }

  private OwnCredential obtain()
      throws HouseException, UnfitMaterial, IOException, InterruptedException {
    KeyPair key = requested.orElseGet(OwnCredential::newKey);
    requested = Optional.of(key);
    Credential issued = house.request(request(key));
    if (issued.bundle() > trust.orElseThrow().bundle().number()) {
      poll(CATCH_UP);
    }
    var wanted = new Admission.Wanted(identity.name(), profile.orElseThrow(), key, credential);
    Instant now = habits.clock().instant();
    OwnCredential admitted = Admission.admit(wanted, trust.orElseThrow(), issued, now);
    requested = Optional.empty();
    return admitted;
  }

  /**
   * If the house was ahead of our bundle, let that arrive before anything is asked again; and if no
   * other slot has signed in the place of one that goes, give it time.
   */
  private void settleRequest(OwnCredential admitted) {
    if (admitted.generation() == due() && !trust.orElseThrow().isOutgoing(admitted.issuerKey())) {
      requesting.succeeded();
      settle();
    } else {
      requesting.failed(Optional.empty());
    }
  }

  private CredentialRequest request(KeyPair key) throws HouseException, InterruptedException {
    Bytes csr = CertificationRequest.of(identity.name(), key);
    Instant now = habits.clock().instant().truncatedTo(ChronoUnit.MILLIS);
    Profile of = profile.orElseThrow();
    byte[] statement =
        Statements.credentialRequest(
            house.id(), identity.name(), authority, Format.X509, of, csr, List.of(), now);
    return new CredentialRequest(
        identity.name(), authority, Format.X509, of, csr, List.of(), now, identity.sign(statement));
  }

  private boolean reportDue() {
    return trust.isPresent()
        && settled
        && !trust.get().anchors().isEmpty()
        && (unreported || untilHeartbeat().isZero());
  }

  private void report() throws HouseException, IOException, InterruptedException {
    reporting.report(
        new Material(identity.name(), trust.orElseThrow(), credential),
        new Reporting.Remarks(
            trying.evidence(), trying.withheld(trust.orElseThrow().bundle()), problem));
    unreported = false;
    reportedAt = System.nanoTime();
    reports++;
    handingIn.succeeded();
    settle();
  }

  /** A problem is over when nothing waits for another attempt. */
  private void settle() {
    if (Stream.of(following, requesting, handingIn, retrying).noneMatch(Retry::failing)) {
      problem = Optional.empty();
    }
  }

  private Duration untilHeartbeat() {
    Duration left =
        habits.heartbeat().minusNanos(reports == 0 ? 0 : System.nanoTime() - reportedAt);
    return left.isNegative() ? Duration.ZERO : left;
  }

  private Duration untilSomethingIsDue() {
    Duration wait = habits.longPoll();
    if (renewalDue()) {
      wait = shorter(wait, requesting.pause());
    } else if (credential.isPresent()) {
      wait = shorter(wait, Duration.between(habits.clock().instant(), renewAt));
    }
    if (trying.isDue() && settled) {
      wait = shorter(wait, retrying.pause());
    }
    if (reportDue()) {
      wait = shorter(wait, handingIn.pause());
    } else if (reports > 0) {
      wait = shorter(wait, untilHeartbeat());
    }
    return wait.isNegative() ? Duration.ZERO : wait;
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) <= 0 ? one : other;
  }

  private Standing standingNow() {
    Optional<TrustBundle> bundle = trust.map(Trust::bundle);
    return new Standing(
        authority,
        bundle.map(TrustBundle::number).orElse(0L),
        bundle.map(TrustBundle::sequence).orElse(0L),
        bundle.map(TrustBundle::phase),
        trust.stream()
            .flatMap(t -> t.anchors().stream())
            .map(Trust.Anchor::generation)
            .distinct()
            .sorted()
            .toList(),
        credential.map(
            own -> new Standing.Presents(own.generation(), own.serial(), own.notAfter())),
        reports,
        reports > 0 && !unreported && !renewalDue() && !trying.isDue() && problem.isEmpty(),
        problem,
        trying.standing());
  }
}
