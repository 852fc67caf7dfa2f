package io.carousel.agent.output;

import io.carousel.agent.Material;
import io.carousel.agent.NoVerdict;
import io.carousel.agent.SshCredential;
import io.carousel.agent.UnfitMaterial;
import io.carousel.agent.disk.FileMark;
import io.carousel.agent.disk.SetFolder;
import io.carousel.agent.service.Connection;
import io.carousel.agent.service.Expectation;
import io.carousel.agent.service.ServiceFailure;
import io.carousel.agent.service.Sight;
import io.carousel.agent.service.Verifier;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.Digest;
import io.carousel.events.TrustBundle;
import io.carousel.events.jose.UnreadableJose;
import io.carousel.events.openssh.UnreadableSsh;
import io.carousel.events.wire.Json;
import io.carousel.events.wire.UnreadableRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.CRLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One output: writes sets, switches to them, has the service take them up, and puts the earlier one
 * back if it does not. One thread at a time; others read {@link #standing()}.
 */
final class Output {
  private static final Logger LOG = LoggerFactory.getLogger(Output.class);

  /** The files of a set that the agent goes by itself. */
  private static final Set<String> AGENTS = Set.of(SetDescription.FILE);

  private final OutputSettings settings;
  private final Rendering rendering;
  private final SetFolder sets;
  private final EarlierConnections earlier;

  /** What is known to work; empty before there is something. */
  private volatile Optional<Kept> kept = Optional.empty();

  /** What of that was not as it was written when it was last read back. */
  private volatile Optional<String> damage = Optional.empty();

  /** Whether the service has been told of a set that it may not have taken up. */
  private boolean doubtful;

  /** Whether the service was told again, since it showed something else; once until it does not. */
  private boolean toldAgain;

  /** Connections that were to end by the last attempt. */
  private Set<Connection> tried = Set.of();

  /** Whether it was said that some of them cannot be ended. */
  private boolean told;

  private volatile Optional<String> failure = Optional.empty();
  private volatile Optional<Instant> changed = Optional.empty();

  Output(OutputSettings settings) {
    this.settings = settings;
    this.sets = new SetFolder(settings.folder(), settings.ownership(), Rendering.NAMES);
    this.rendering = Rendering.of(settings, sets);
    this.earlier = new EarlierConnections(sets);
  }

  OutputSettings settings() {
    return settings;
  }

  /**
   * A set that is known to work.
   *
   * @param marks what each file of it was written with
   */
  private record Kept(
      Path set, Material material, SetDescription description, Map<String, FileMark> marks) {}

  /**
   * A set that an earlier run has left.
   *
   * @param whole whether all its files are as they were written
   */
  record Left(Material material, Companions companions, boolean whole) {}

  /**
   * What is confirmed; or, if nothing ever was, what is current. Of a set in which somebody has
   * changed something that much is left which can be known to be the agent's own.
   *
   * @throws UnfitMaterial if it cannot be read at all, or is another authority's
   */
  Optional<Left> left() throws UnfitMaterial {
    try {
      Optional<Path> confirmed = sets.confirmed();
      Optional<Path> set = confirmed.isPresent() ? confirmed : sets.current();
      return set.isPresent() ? left(set.get()) : Optional.empty();
    } catch (IOException e) {
      throw new UnfitMaterial(
          "the output %s cannot be read: %s".formatted(settings.folder(), reason(e)), e);
    }
  }

  private Optional<Left> left(Path set) throws IOException, UnfitMaterial {
    Map<String, Bytes> files = sets.read(set);
    Optional<SetDescription> described = described(set, files);
    if (described.isEmpty()) {
      return Optional.empty();
    }
    SetDescription description = described.get();
    requireAuthority(description.bundle().authority());
    var marks = new TreeMap<>(description.files());
    marks.put(SetDescription.FILE, FileMark.of(files.get(SetDescription.FILE)));
    Material material =
        description.material(
            use -> rendering.key(files, use),
            lost -> LOG.warn("output {}, set {}: {}", settings.folder(), set.getFileName(), lost));
    kept = Optional.of(new Kept(set, material, description, marks));
    boolean whole =
        damage().isEmpty()
            && description.password().equals(rendering.password().flatMap(StorePassword::mark));
    Map<String, Bytes> unchanged = new TreeMap<>(files);
    unchanged.entrySet().removeIf(f -> !FileMark.of(f.getValue()).equals(marks.get(f.getKey())));
    return Optional.of(new Left(material, companions(set, unchanged), whole));
  }

  private Companions companions(Path set, Map<String, Bytes> files) {
    try {
      return Companions.read(files);
    } catch (UnreadableSsh | UnreadableJose | CRLException e) {
      LOG.warn("what is revoked cannot be read in set {}; it is fetched again", set, e);
      return Companions.NONE;
    }
  }

  /** What the set says of itself, if nobody but the agent can have written that. */
  private Optional<SetDescription> described(Path set, Map<String, Bytes> files)
      throws IOException {
    Bytes text = files.get(SetDescription.FILE);
    if (text == null || !sets.isAgents(set, SetDescription.FILE)) {
      LOG.warn(
          "set {} has no {} of the agent's own, and nothing is known of it; another set is made",
          set,
          SetDescription.FILE);
      return Optional.empty();
    }
    try {
      return Optional.of(Json.PLAIN.read(text.toArray(), SetDescription.class));
    } catch (UnreadableRecord e) {
      LOG.warn("{} of set {} cannot be read; another set is made", SetDescription.FILE, set, e);
      return Optional.empty();
    }
  }

  private void requireAuthority(AuthorityName described) throws UnfitMaterial {
    if (!described.equals(settings.authority())) {
      throw new UnfitMaterial(
          "the output %s holds files of authority '%s', not '%s'; name a folder of its own"
              .formatted(settings.folder(), described, settings.authority()));
    }
  }

  /**
   * Reads back what is known to work.
   *
   * @return what of it is not as it was written; empty if all is, or there is nothing yet
   */
  Optional<String> damage() {
    damage =
        kept.flatMap(k ->
            sets.flaw(k.set(), k.marks(), AGENTS)
                .or(() -> rendering.password().flatMap(StorePassword::flaw)));
    return damage;
  }

  /** Whether what is confirmed and current has that content, all of it as it was written. */
  private boolean holds(Supply supply) {
    return !doubtful
        && kept.filter(k -> k.description().contents().equals(supply.contents())).isPresent()
        && damage().isEmpty();
  }

  /**
   * A set that the service has taken up, and that is not confirmed yet.
   *
   * @param distrusting whether it trusts less than the one before
   */
  record Taken(Output output, Kept next, boolean distrusting) {
    Path set() {
      return next.set();
    }
  }

  /**
   * Has the service take up new material; it stays the current one, but is not confirmed.
   *
   * @return empty if it holds just that already
   * @throws UnfitMaterial if it did not come to that; the earlier set is current again
   */
  Optional<Taken> take(Material material, Companions companions)
      throws UnfitMaterial, InterruptedException {
    var supply = Supply.of(material, companions, settings);
    if (waits(supply)) {
      LOG.debug("output {} waits for its first credential", settings.folder());
      return Optional.empty();
    }
    if (holds(supply)) {
      failure = Optional.empty();
      return Optional.empty();
    }
    boolean distrusting = letsGo(supply);
    Kept next;
    try {
      next = write(material, supply);
      sets.switchTo(next.set());
    } catch (IOException | UnreadableRecord e) {
      throw failed(
          "no new set can be written into %s: %s; see that the disk has room and the agent may write there"
              .formatted(settings.folder(), reason(e)),
          e);
    }
    Path set = next.set();
    doubtful = true;
    try {
      settings.service().takeUp(expectation(supply, set));
    } catch (ServiceFailure e) {
      throw failed(
          "%s did not take up set %s: %s; %s"
              .formatted(name(), set.getFileName(), e.getMessage(), undo(set)),
          e);
    }
    doubtful = false;
    changed = Optional.of(Instant.now());
    failure = Optional.empty();
    return Optional.of(new Taken(this, next, distrusting));
  }

  /**
   * A service that is to present something is not set up before it has something to present; unless
   * the house issues nothing yet, and it has its credential from elsewhere.
   */
  private boolean waits(Supply supply) {
    TrustBundle bundle = supply.trust().bundle();
    return settings.presents()
        && supply.credentials().isEmpty()
        && (bundle.clientGeneration() != 0 || bundle.serverGeneration() != 0);
  }

  /**
   * Puts back what was there before that set, and removes it.
   *
   * @return what came of it, for people
   */
  String undo(Path set) throws InterruptedException {
    String back = putBack();
    try {
      sets.abandon(set);
    } catch (IOException e) {
      LOG.warn("set {} did not work and cannot be removed", set, e);
    }
    return back;
  }

  private String name() {
    return "the service of output %s (%s)"
        .formatted(settings.folder(), settings.service().describe());
  }

  private UnfitMaterial failed(String message, Exception cause) {
    failure = Optional.of(message);
    return new UnfitMaterial(message, cause);
  }

  private static String reason(Exception e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.toString();
  }

  private Kept write(Material material, Supply supply) throws IOException {
    sets.prepare();
    var files = new TreeMap<String, Bytes>(rendering.files(supply));
    SetDescription description =
        SetDescription.of(supply, files, rendering.password().flatMap(StorePassword::mark));
    Bytes described = Bytes.of(Json.PLAIN.write(description));
    var marks = new TreeMap<>(description.files());
    marks.put(SetDescription.FILE, FileMark.of(described));
    files.put(SetDescription.FILE, described);
    return new Kept(sets.write(files, AGENTS), material, description, marks);
  }

  private static Expectation expectation(Supply supply, Path set) {
    return new Expectation(
        set,
        supply.x509().map(own -> own.certificate()),
        supply.x509().map(own -> own.above()).orElse(List.of()),
        supply.anchors().stream().map(ca -> ca.getSubjectX500Principal()).toList(),
        supply.credentials().stream().map(own -> own.serial().value()).findFirst(),
        supply.credentials().stream()
            .filter(SshCredential.class::isInstance)
            .map(own -> ((SshCredential) own).certificate().line())
            .findFirst());
  }

  /** Whether what is known to work trusts somebody whom that does not. */
  private boolean letsGo(Supply supply) {
    return supply.verifies()
        && kept.filter(
                k -> {
                  List<Digest> before = k.material().trust().trusted(settings.format());
                  return !supply.trust().trusted(settings.format()).containsAll(before);
                })
            .isPresent();
  }

  /** Says that the set is known to work. */
  void confirm(Taken taken) throws UnfitMaterial {
    Path set = taken.set();
    try {
      if (taken.distrusting()) {
        settings.service().connections().ifPresent(all -> earlier.letGo(all, Instant.now()));
      }
      sets.confirm(set);
      kept = Optional.of(taken.next());
      damage = Optional.empty();
      LOG.info("{} works with set {}", name(), set.getFileName());
    } catch (IOException e) {
      throw failed("output %s cannot be written: %s".formatted(settings.folder(), e), e);
    }
  }

  /**
   * Makes the confirmed set the current one again, and has the service take it up.
   *
   * @return what came of it, for people
   */
  String putBack() throws InterruptedException {
    doubtful = true;
    try {
      Optional<Path> before = sets.confirmed();
      if (before.isEmpty()) {
        return "there is no earlier set to put back";
      }
      sets.switchTo(before.get());
      if (kept.filter(k -> k.set().equals(before.get())).isEmpty()) {
        left();
      }
      if (kept.isEmpty()) {
        return "the earlier set is put back, and nobody knows what is in it";
      }
      settings.service().takeUp(expectation(kept.get()));
      doubtful = false;
      return "set %s is put back".formatted(before.get().getFileName());
    } catch (IOException | UnfitMaterial e) {
      return "the earlier set cannot be put back: " + e.getMessage();
    } catch (ServiceFailure e) {
      return "the earlier set is put back, but was not taken up either: " + e.getMessage();
    }
  }

  private Expectation expectation(Kept of) {
    return expectation(Supply.of(of.material(), Companions.NONE, settings), of.set());
  }

  /** Whether the confirmed set is the current one, or there is none of either. */
  boolean isSettled() throws UnfitMaterial {
    try {
      return sets.confirmed().equals(sets.current());
    } catch (IOException e) {
      throw failed("output %s cannot be read: %s".formatted(settings.folder(), e), e);
    }
  }

  /**
   * What strangers get to see of what is known to work; empty if nobody can look. A service that
   * shows something else, though its files are whole, is told once more to take them up: somebody
   * may have had it read others.
   */
  Optional<Sight> lookOrTellAgain() throws InterruptedException {
    Optional<Sight> seen = look();
    Optional<String> lacking = seen.filter(s -> s.backends() > 0).flatMap(Sight::lacking);
    if (lacking.isEmpty()) {
      toldAgain = false;
      return seen;
    }
    if (toldAgain || kept.isEmpty() || damage().isPresent()) {
      return seen;
    }
    toldAgain = true;
    LOG.warn("{}: {}; it is told again to take up its files", name(), lacking.get());
    try {
      settings.service().takeUp(expectation(kept.get()));
    } catch (ServiceFailure e) {
      LOG.warn("{} did not take them up: {}", name(), e.getMessage());
    }
    return look();
  }

  private Optional<Sight> look() throws InterruptedException {
    Optional<Kept> of = kept;
    return of.isPresent() ? settings.service().look(expectation(of.get())) : Optional.empty();
  }

  /** The connections from before its service let go of a CA; empty if they cannot be seen. */
  Optional<Integer> earlierConnections() {
    if (earlier.isEmpty()) {
      return settings.service().listsConnections() ? Optional.of(0) : Optional.empty();
    }
    return settings.service().connections().map(all -> earlier.among(all).size());
  }

  /** Forgets those that have ended. */
  void forgetEnded() {
    if (!earlier.isEmpty()) {
      settings.service().connections().ifPresent(earlier::keep);
    }
  }

  /** Ends those whose time has come, and says once if it cannot. */
  void sever(Instant now) {
    Optional<Duration> after = settings.sever().filter(a -> earlier.areDue(a, now));
    if (after.isEmpty()) {
      tried = Set.of();
      told = false;
      return;
    }
    Set<Connection> standing = settings.service().connections().orElse(Set.of());
    Set<Connection> overdue = earlier.overdue(standing, after.get(), now);
    if (overdue.stream().anyMatch(tried::contains) && !told) {
      told = true;
      LOG.warn(
          "{}: {} connections from before a CA left cannot be ended; see that the agent may see and end the service's processes, as root can",
          name(),
          overdue.size());
    }
    settings.service().sever(overdue);
    tried = overdue;
  }

  /** What its verifier makes of that, with the set in place; it must have one. */
  boolean accepts(Verifier.Shown shown) throws NoVerdict, InterruptedException {
    Verifier verifier = settings.canary().orElseThrow();
    try {
      return verifier.accepts(shown, sets.current());
    } catch (ServiceFailure | IOException e) {
      throw new NoVerdict(
          "%s could not be shown %s: %s".formatted(name(), verifier.describe(), e.getMessage()), e);
    }
  }

  /** How it stands. */
  OutputStanding standing() {
    return new OutputStanding(
        settings.authority(),
        settings.folder().toString(),
        settings.layout(),
        settings.service().describe(),
        setName(),
        changed,
        earlierConnections(),
        failure.or(() -> damage));
  }

  private Optional<String> setName() {
    try {
      return sets.confirmed().map(set -> set.getFileName().toString());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  Optional<String> obstacle() {
    return sets.obstacle();
  }
}
