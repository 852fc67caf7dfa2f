package io.carousel.agent.output;

import io.carousel.agent.HouseException;
import io.carousel.agent.Installation;
import io.carousel.agent.Material;
import io.carousel.agent.NoVerdict;
import io.carousel.agent.Observations;
import io.carousel.agent.OwnCredential;
import io.carousel.agent.Published;
import io.carousel.agent.Revocation;
import io.carousel.agent.UnfitMaterial;
import io.carousel.agent.Use;
import io.carousel.agent.X509Credential;
import io.carousel.agent.service.Sight;
import io.carousel.agent.service.Verifier;
import io.carousel.events.AuthorityName;
import io.carousel.events.Format;
import io.carousel.events.Profile;
import io.carousel.events.Report;
import io.carousel.events.Serial;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BinaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All outputs of one authority: they take up material together, or all keep what they had. What is
 * revoked comes with the material, and by itself when it changes. Thread-safe.
 */
public final class AuthorityOutputs implements Installation {
  private static final Logger LOG = LoggerFactory.getLogger(AuthorityOutputs.class);

  /** Each look may leave a line in a service's log; reports of agents are farther apart. */
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(15);

  private final AuthorityName authority;
  private final List<Output> outputs;
  private final CompanionFeed feed;
  private final RevocationWatch watch;

  /** Guards the outputs, and writing what follows. */
  private final ReentrantLock lock = new ReentrantLock();

  private Optional<Material> atWork = Optional.empty();
  private volatile Companions companions = Companions.NONE;

  /** What was last seen; empty if something was wrong with it, or has changed since. */
  private Optional<Observations> observed = Optional.empty();

  private long observedAt;

  /** The outputs of that authority, at least one. */
  public AuthorityOutputs(
      AuthorityName authority, List<OutputSettings> outputs, Published published) {
    this.authority = authority;
    this.outputs = outputs.stream().map(Output::new).toList();
    this.feed = new CompanionFeed(authority, outputs, published);
    this.watch = new RevocationWatch(authority, published);
  }

  /** Whose they are. */
  public AuthorityName authority() {
    return authority;
  }

  @Override
  public void install(Material material) throws UnfitMaterial, InterruptedException {
    lock.lockInterruptibly();
    try {
      installAll(material, feed.fitting(companions, material.trust()));
    } finally {
      lock.unlock();
    }
  }

  // --- canaries ---------------------------------------------------------------------------------

  @Override
  public Optional<Profile> triedBy() {
    return outputs.stream()
        .flatMap(output -> output.settings().canary().stream())
        .map(v -> v.ofClients() ? Profile.CANARY_CLIENT : Profile.CANARY_SERVER)
        .findFirst();
  }

  /** Whether all that can be tried with it accept it; each is tried, so that all give a verdict. */
  @Override
  public boolean accepts(X509Credential canary) throws NoVerdict, InterruptedException {
    var shown = new Verifier.Shown(canary.chain(), canary.key());
    boolean ofClients = canary.profile() == Profile.CANARY_CLIENT;
    lock.lockInterruptibly();
    try {
      int accepted = 0;
      int tried = 0;
      for (Output output : outputs) {
        if (output.settings().canary().filter(v -> v.ofClients() == ofClients).isPresent()) {
          tried++;
          accepted += output.accepts(shown) ? 1 : 0;
        }
      }
      if (accepted > 0 && accepted < tried) {
        throw new NoVerdict(
            "%d of %d verifiers accept it and the others refuse it".formatted(accepted, tried));
      }
      return accepted > 0;
    } finally {
      lock.unlock();
    }
  }

  private void installAll(Material material, Companions fitting)
      throws UnfitMaterial, InterruptedException {
    var taken = new ArrayList<Output.Taken>();
    for (Output output : outputs) {
      try {
        output.take(material, fitting).ifPresent(taken::add);
      } catch (UnfitMaterial e) {
        for (Output.Taken done : taken.reversed()) {
          String back = done.output().undo(done.set());
          LOG.info("output {}: {}", done.output().settings().folder(), back);
        }
        throw e;
      }
    }
    for (Output.Taken done : taken) {
      done.output().confirm(done);
    }
    atWork = Optional.of(material);
    companions = fitting;
    observed = Optional.empty();
  }

  // --- looking ----------------------------------------------------------------------------------

  /** All files are read back, each time. */
  @Override
  public Optional<String> damage() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      return readBack();
    } finally {
      lock.unlock();
    }
  }

  /** By what is published now, which may be newer than what verifiers have. */
  @Override
  public List<Revocation> revoked(Material material) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      return watch.revoked(material);
    } finally {
      lock.unlock();
    }
  }

  private Optional<String> readBack() {
    return outputs.stream().map(Output::damage).flatMap(Optional::stream).findFirst();
  }

  /** While nothing changes and all is well, what was seen lately is not looked at again. */
  @Override
  public Observations observe() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long now = System.nanoTime();
      boolean fresh = observed.isPresent() && now - observedAt < LOOK_AGAIN.toNanos();
      Observations seen = fresh ? observed.get() : lookFromOutside();
      outputs.forEach(Output::forgetEnded);
      return new Observations(seen.credentials(), earlierConnections(), seen.flaw());
    } finally {
      lock.unlock();
    }
  }

  private Observations lookFromOutside() throws InterruptedException {
    var seen = new HashMap<Use, Report.Observation>();
    Optional<String> flaw = Optional.empty();
    boolean asItShouldBe = true;
    for (Output output : outputs) {
      Optional<Sight> sight = output.lookOrTellAgain();
      asItShouldBe &= sight.flatMap(Sight::lacking).isEmpty();
      if (sight.isPresent() && sight.get().backends() > 0) {
        var one = new Report.Observation(sight.get().backends(), sight.get().showing());
        atWork.stream()
            .flatMap(m -> m.credentials().stream())
            .filter(output.settings()::shows)
            .forEach(own -> seen.merge(own.use(), one, AuthorityOutputs::sum));
        flaw = flaw.or(sight.get()::lacking);
      }
    }
    var found = new Observations(seen, Optional.empty(), flaw);
    observed = asItShouldBe ? Optional.of(found) : Optional.empty();
    observedAt = System.nanoTime();
    return found;
  }

  private static Report.Observation sum(Report.Observation one, Report.Observation other) {
    return new Report.Observation(
        one.backends() + other.backends(), one.showing() + other.showing());
  }

  private Optional<Integer> earlierConnections() {
    List<Integer> all = outputs.stream().flatMap(o -> o.earlierConnections().stream()).toList();
    return all.isEmpty()
        ? Optional.empty()
        : Optional.of(all.stream().mapToInt(Integer::intValue).sum());
  }

  /** Whether connections from before a CA left are to be ended at all. */
  public boolean severs() {
    return outputs.stream().anyMatch(output -> output.settings().sever().isPresent());
  }

  /** Ends connections from before a CA left, whose time has come. */
  public void sever() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      Instant now = Instant.now();
      outputs.forEach(output -> output.sever(now));
    } finally {
      lock.unlock();
    }
  }

  // --- what is published beside the bundle ------------------------------------------------------

  /**
   * Fetches what is revoked, and puts it to work if it has changed.
   *
   * @throws UnfitMaterial if it could not be put to work
   */
  public void refreshCompanions() throws HouseException, UnfitMaterial, InterruptedException {
    lock.lockInterruptibly();
    try {
      if (atWork.isEmpty() || outputs.stream().noneMatch(output -> output.settings().verifies())) {
        return;
      }
      Optional<Companions> news = feed.news(companions, atWork.get().trust());
      if (news.isPresent()) {
        installAll(atWork.get(), news.get());
        LOG.info("what authority '{}' publishes for verifiers has changed", authority);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Why there is no file of CRLs; empty if there is, or no output wants one. */
  public Optional<String> whyNoCrls() {
    boolean wanted =
        outputs.stream()
            .map(Output::settings)
            .anyMatch(s -> s.verifies() && s.format() == Format.X509);
    return atWork.filter(_ -> wanted).flatMap(m -> companions.whyNoCrls(m.trust()));
  }

  /** When the first of the CRLs at work is past its time. */
  public Optional<Instant> crlsUntil() {
    return companions.crls().nextUpdate();
  }

  // --- after a restart --------------------------------------------------------------------------

  /**
   * An installation that was cut short is undone. What the outputs hold is at work if all of them
   * hold the same; if not, the newest of it is to be installed in all.
   */
  @Override
  public Optional<Found> found() throws UnfitMaterial, InterruptedException {
    lock.lockInterruptibly();
    try {
      boolean settled = true;
      for (Output output : outputs) {
        if (!output.isSettled()) {
          LOG.warn(
              "the last installation into {} was cut short; {}",
              output.settings().folder(),
              output.putBack());
          settled = false;
        }
      }
      return found(settled);
    } finally {
      lock.unlock();
    }
  }

  private Optional<Found> found(boolean settled) throws UnfitMaterial {
    var materials = new ArrayList<Material>();
    boolean whole = true;
    for (Output output : outputs) {
      Optional<Output.Left> left = output.left();
      whole &= left.filter(l -> !l.whole()).isEmpty();
      left.map(Output.Left::material).ifPresent(materials::add);
      left.map(Output.Left::companions).ifPresent(c -> companions = c.or(companions));
    }
    if (materials.isEmpty()) {
      return Optional.empty();
    }
    Material newest = newest(materials);
    boolean same =
        settled
            && whole
            && materials.size() == outputs.size()
            && materials.stream().allMatch(m -> m.trust().trustsSameAs(newest.trust()))
            && holdTheirOwn(newest);
    if (same) {
      atWork = Optional.of(newest);
    }
    return Optional.of(new Found(newest, same));
  }

  private boolean holdTheirOwn(Material newest) throws UnfitMaterial {
    for (Output output : outputs) {
      if (!holdsItsOwn(output, newest)) {
        return false;
      }
    }
    return true;
  }

  /** Whether an output has of what all of them have together what its roles ask for. */
  private static boolean holdsItsOwn(Output output, Material newest) throws UnfitMaterial {
    Set<Serial> wanted = serials(newest.credentials().stream().filter(output.settings()::shows));
    Set<Serial> held =
        serials(output.left().stream().flatMap(l -> l.material().credentials().stream()));
    return wanted.equals(held) && (!held.isEmpty() || !output.settings().presents());
  }

  private static Set<Serial> serials(Stream<OwnCredential> credentials) {
    return credentials.map(OwnCredential::serial).collect(Collectors.toUnmodifiableSet());
  }

  /**
   * Trust by the newest bundle, and for each use the credential that began last; each may be in
   * another output.
   */
  private static Material newest(List<Material> materials) {
    Material trusting =
        materials.stream()
            .max(Comparator.comparingLong(m -> m.trust().bundle().sequence()))
            .orElseThrow();
    Map<Use, OwnCredential> credentials =
        materials.stream()
            .flatMap(m -> m.credentials().stream())
            .collect(
                Collectors.toMap(
                    OwnCredential::use,
                    own -> own,
                    BinaryOperator.maxBy(Comparator.comparing(OwnCredential::notBefore))));
    return new Material(trusting.owner(), trusting.trust(), List.copyOf(credentials.values()));
  }

  // --- for people -------------------------------------------------------------------------------

  /** How each of them stands now: files are read back, unless they are just being changed. */
  public List<OutputStanding> standing() {
    if (lock.tryLock()) {
      try {
        readBack();
      } finally {
        lock.unlock();
      }
    }
    return outputs.stream().map(Output::standing).toList();
  }

  /** Why they could not be written; each says what to do. */
  public List<String> obstacles() {
    return outputs.stream().map(Output::obstacle).flatMap(Optional::stream).toList();
  }

  /** What is on disk now, and whether it is known to be at work; nothing is changed. */
  public Optional<Found> look() throws UnfitMaterial {
    lock.lock();
    try {
      boolean settled = true;
      for (Output output : outputs) {
        settled &= output.isSettled();
      }
      return found(settled);
    } finally {
      lock.unlock();
    }
  }
}
