package io.carousel.agent;

import io.carousel.events.AuthorityName;
import io.carousel.events.Credential;
import io.carousel.events.Format;
import io.carousel.events.Membership;
import io.carousel.events.TrustBundle;
import java.io.IOException;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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

  /**
   * How long to wait for a bundle that must be there, as that which a credential was issued under.
   */
  private static final Duration CATCH_UP = Duration.ofSeconds(5);

  /** Before a round that failed outside of its steps is tried again. */
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final Identity identity;
  private final AuthorityName authority;
  private final List<Format> formats;
  private final House house;
  private final Installation installation;
  private final Habits habits;
  private final Reporting reporting;
  private final Memory memory;

  private final Retry following;
  private final Retry handingIn;
  private final Retry retrying;
  private final Retry mending;
  private final Trying trying;
  private final Asking asking;

  /** One for each credential that it presents. */
  private final List<Renewal> renewals;

  /** The newest that was ever accepted; it may not be at work yet. */
  private Optional<Trust> newest = Optional.empty();

  /** What the house has told while nothing could be taken; good for nothing but to say so. */
  private Optional<TrustBundle> told = Optional.empty();

  /** At work, like the credentials. */
  private Optional<Trust> trust = Optional.empty();

  /** Whether what an earlier run has left has been looked at. */
  private boolean resumed;

  /** Whether trust and credentials are known to be at work. */
  private boolean settled = true;

  /** Whether the house has told this run a bundle. */
  private boolean heard;

  private boolean unreported;
  private long reportedAt;
  private long reports;
  private Optional<String> problem = Optional.empty();

  /** What was not as it should be when the services were last looked at. */
  private Optional<String> flaw = Optional.empty();

  /** What was found changed at work, and could not be written again. */
  private Optional<String> unmended = Optional.empty();

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
    this.formats = membership.formats();
    this.house = house;
    this.installation = installation;
    this.habits = habits;
    this.reporting = reporting;
    this.memory = memory;
    this.following = new Retry(habits);
    this.handingIn = new Retry(habits);
    this.retrying = new Retry(habits);
    this.mending = new Retry(habits);
    this.trying = new Trying(identity, authority, house, installation, memory, habits.clock());
    this.asking = new Asking(identity, authority, house, habits.clock());
    this.renewals =
        formats.stream()
            .flatMap(f -> membership.profiles(f).stream().map(p -> new Use(f, p)))
            .map(use -> new Renewal(use, habits))
            .toList();
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
        try {
          round();
        } catch (RuntimeException e) {
          // Nobody would start this thread again, and the participant would fall silent.
          LOG.error(
              "{}, authority '{}': a round failed; it is tried again",
              identity.name(),
              authority,
              e);
          Thread.sleep(PAUSE);
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("{} leaves authority '{}' alone", identity.name(), authority);
    }
  }

  private void round() throws InterruptedException {
    attempt(following, this::follow);
    for (Renewal renewal : renewals) {
      if (isDue(renewal) && renewal.requesting().allowed()) {
        attempt(renewal.requesting(), () -> renew(renewal));
      }
    }
    if (trying.isDue() && settled && retrying.allowed()) {
      attempt(retrying, this::tryOut);
    }
    if (reportDue() && handingIn.allowed()) {
      attempt(handingIn, this::report);
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
    try {
      resume();
    } catch (UnfitMaterial | IOException e) {
      hear();
      throw e;
    }
    poll(wait);
  }

  /** What cannot be gone on with is reported, and for that a bundle has to be known. */
  private void hear() throws InterruptedException {
    if (newest.isPresent() || told.isPresent()) {
      return;
    }
    try {
      told = house.bundle(authority, 0, CATCH_UP);
    } catch (HouseException e) {
      LOG.debug("{} cannot say what is wrong with '{}' either", identity.name(), authority, e);
    }
  }

  private Optional<TrustBundle> anyBundle() {
    return newest.map(Trust::bundle).or(() -> told);
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
    if (found.material().owner().equals(identity.name())) {
      renewals.forEach(renewal -> left(found.material(), renewal).ifPresent(renewal::atWork));
    }
    settled = found.atWork();
    LOG.info(
        "{} goes on with {} of authority '{}'",
        identity.name(),
        presented().isEmpty() ? "what it trusts" : presented(),
        authority);
  }

  /** One of another profile stays at work until it is replaced, if there can be but one. */
  private static Optional<OwnCredential> left(Material material, Renewal renewal) {
    Optional<OwnCredential> same = material.credential(renewal.use());
    return renewal.use().format() == Format.X509
        ? same.or(() -> material.x509().map(OwnCredential.class::cast))
        : same;
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
      if (!offered.isEmpty()) {
        if (!settled && trying.isAhead(trust, offered)) {
          // Which of two is at work is open, and what is tried must be without the successor.
          installation.install(material(trust.orElseThrow()));
        }
        trying.before(trust, offered);
        installation.install(material(offered));
      }
    }
    trust = Optional.of(offered);
    settled = true;
    if (heard) {
      spread();
    }
    heard = true;
    unreported = true;
    LOG.debug("{} works with bundle {}", identity.name(), offered.bundle().number());
  }

  /** Whoever has nothing that serves does not wait for others. */
  private void spread() {
    Duration pause = habits.afterChange();
    handingIn.later(pause);
    renewals.stream()
        .filter(renewal -> renewal.serves(trust.orElseThrow()))
        .forEach(renewal -> renewal.requesting().later(pause));
  }

  private void tryOut() throws HouseException, UnfitMaterial, IOException, InterruptedException {
    trying.after(trust.orElseThrow());
    unreported = true;
    retrying.succeeded();
    settle();
  }

  private Material material(Trust with) {
    return new Material(identity.name(), with, presented());
  }

  private Material material(Renewal replaced, OwnCredential next) {
    List<OwnCredential> all =
        renewals.stream()
            .flatMap(r -> r.use().equals(replaced.use()) ? Stream.of(next) : r.held().stream())
            .toList();
    return new Material(identity.name(), trust.orElseThrow(), all);
  }

  private List<OwnCredential> presented() {
    return renewals.stream().flatMap(r -> r.held().stream()).toList();
  }

  private boolean isDue(Renewal renewal) {
    return settled && trust.filter(renewal::isDue).isPresent();
  }

  private void renew(Renewal renewal)
      throws HouseException, UnfitMaterial, IOException, InterruptedException {
    Optional<OwnCredential> ready = renewal.ready(trust.orElseThrow());
    OwnCredential next = ready.isPresent() ? ready.get() : obtain(renewal);
    installation.install(material(renewal, next));
    renewal.atWork(next);
    unreported = true;
    LOG.debug("{} presents {}", identity.name(), next);
    settleRequest(renewal);
  }

  private OwnCredential obtain(Renewal renewal)
      throws HouseException, UnfitMaterial, IOException, InterruptedException {
    KeyPair key = renewal.key();
    Credential issued = house.request(asking.request(renewal.use(), key));
    if (issued.bundle() > trust.orElseThrow().bundle().number()) {
      poll(CATCH_UP);
    }
    var wanted = new Admission.Wanted(identity.name(), renewal.use(), key, renewal.held());
    Instant now = habits.clock().instant();
    OwnCredential own = Admission.admit(wanted, trust.orElseThrow(), issued, now);
    renewal.admitted(own);
    return own;
  }

  /**
   * If the house was ahead of our bundle, let that arrive before anything is asked again; and if no
   * other slot has signed in the place of one that goes, give it time.
   */
  private void settleRequest(Renewal renewal) {
    if (isDue(renewal)) {
      renewal.requesting().failed(Optional.empty());
    } else {
      renewal.requesting().succeeded();
      settle();
    }
  }

  private boolean reportDue() {
    boolean due = unreported || untilHeartbeat().isZero();
    return canReport() ? due : cannotWork() && (due || reports == 0);
  }

  private boolean canReport() {
    return settled && trust.filter(t -> !t.isEmpty()).isPresent();
  }

  /** Whether something here is in the way of what is known to be due: then that is reported. */
  private boolean cannotWork() {
    return !(settled && trust.isPresent()) && anyBundle().isPresent() && problem.isPresent();
  }

  private void report() throws HouseException, InterruptedException {
    if (canReport()) {
      reportWork();
    } else {
      reporting.failing(anyBundle().orElseThrow(), List.of(), remarks(Observations.NONE, problem));
    }
    unreported = false;
    reportedAt = System.nanoTime();
    reports++;
    handingIn.succeeded();
    settle();
  }

  private void reportWork() throws HouseException, InterruptedException {
    List<Revocation> revoked = revoked();
    Optional<String> forgotten = forgotten();
    Optional<String> damage = damage();
    Observations observed = installation.observe();
    Optional<String> seen =
        revoked.stream()
            .findFirst()
            .map(Revocation::toString)
            .or(() -> damage)
            .or(observed::flaw)
            .or(() -> forgotten);
    if (!seen.equals(flaw)) {
      seen.ifPresent(f -> LOG.warn("{}, authority '{}': {}", identity.name(), authority, f));
    }
    flaw = seen;
    standing = standingNow();
    if (damage.isEmpty()) {
      reporting.report(
          new Material(identity.name(), trust.orElseThrow(), good()),
          formats,
          remarks(observed, trouble(!revoked.isEmpty())));
    } else {
      List<OwnCredential> shown = good().stream().filter(own -> observed.shows(own.use())).toList();
      reporting.failing(trust.orElseThrow().bundle(), shown, remarks(observed, damage));
    }
  }

  /** What is revoked says more than that another one is not to be had. */
  private Optional<String> trouble(boolean revoked) {
    return revoked && flaw.isPresent()
        ? Optional.of(flaw.get() + problem.map("; %s"::formatted).orElse(""))
        : problem.or(() -> flaw);
  }

  /** Looks whether anything that is presented is revoked: another one is asked for at once. */
  private List<Revocation> revoked() throws InterruptedException {
    List<Revocation> all = installation.revoked(material(trust.orElseThrow()));
    renewals.forEach(renewal -> renewal.revoked(all));
    return all;
  }

  /** What is presented and not revoked. */
  private List<OwnCredential> good() {
    return renewals.stream()
        .filter(renewal -> renewal.revoked().isEmpty())
        .flatMap(renewal -> renewal.held().stream())
        .toList();
  }

  /** What cannot be remembered any more; what was lost of it is written again. */
  private Optional<String> forgotten() {
    try {
      memory.verify();
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(e.getMessage());
    }
  }

  private Reporting.Remarks remarks(Observations observed, Optional<String> trouble) {
    return new Reporting.Remarks(
        trying.evidence(),
        trust.map(t -> trying.withheld(t.bundle())).orElse(Set.of()),
        trouble,
        observed);
  }

  /**
   * Reads back what is at work, and has it written again where somebody has changed it.
   *
   * @return what is not as it should be all the same
   */
  private Optional<String> damage() throws InterruptedException {
    Optional<String> found = installation.damage();
    if (found.isEmpty()) {
      mending.succeeded();
      unmended = Optional.empty();
      return found;
    }
    if (!mending.allowed()) {
      return unmended.or(() -> found);
    }
    LOG.warn(
        "{}, authority '{}': {}; it is written again", identity.name(), authority, found.get());
    try {
      installation.install(material(trust.orElseThrow()));
      unmended = installation.damage();
    } catch (UnfitMaterial e) {
      unmended = Optional.of("%s; %s".formatted(found.get(), e.getMessage()));
    }
    if (unmended.isPresent()) {
      mending.failed(Optional.empty());
    }
    return unmended;
  }

  /** A problem is over when nothing waits for another attempt. */
  private void settle() {
    if (Stream.concat(
            Stream.of(following, handingIn, retrying), renewals.stream().map(Renewal::requesting))
        .noneMatch(Retry::failing)) {
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
    for (Renewal renewal : renewals) {
      Optional<Duration> next =
          isDue(renewal) ? Optional.of(renewal.requesting().pause()) : renewal.untilDue();
      wait = shorter(wait, next.orElse(wait));
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
            .flatMap(t -> t.bundle().trusted().stream())
            .filter(k -> formats.contains(k.format()))
            .map(TrustBundle.TrustedKey::generation)
            .distinct()
            .sorted()
            .toList(),
        renewals.stream()
            .flatMap(r -> r.held().stream().map(own -> Standing.Presents.of(own, r.revoked())))
            .toList(),
        reports,
        reports > 0
            && !unreported
            && renewals.stream().noneMatch(this::isDue)
            && !trying.isDue()
            && problem.isEmpty()
            && flaw.isEmpty(),
        trouble(renewals.stream().anyMatch(r -> r.revoked().isPresent())),
        trying.standing());
  }
}
