package io.carousel.agent.output;

import io.carousel.agent.Material;
import io.carousel.agent.NoVerdict;
import io.carousel.agent.SshCredential;
import io.carousel.agent.Trust;
import io.carousel.agent.UnfitMaterial;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CRLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
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

  private final OutputSettings settings;
  private final Rendering rendering;
  private final SetFolder sets;
  private final EarlierConnections earlier;

  /** Whether the service has been told of a set that it may not have taken up. */
  private boolean doubtful;

  /** Connections that were to end by the last attempt. */
  private Set<Connection> tried = Set.of();

  /** Whether it was said that some of them cannot be ended. */
  private boolean told;

  private volatile Optional<String> failure = Optional.empty();
  private volatile Optional<Instant> changed = Optional.empty();

  Output(OutputSettings settings) {
    this.settings = settings;
    this.rendering = Rendering.of(settings);
    this.sets = new SetFolder(settings.folder(), settings.ownership());
    this.earlier = new EarlierConnections(settings.folder().resolve("connections.json"));
  }

  OutputSettings settings() {
    return settings;
  }

  /** A set that an earlier run has left. */
  record Left(Material material, Companions companions) {}

  /**
   * What is confirmed; or, if nothing ever was, what is current.
   *
   * @throws UnfitMaterial if it is there and cannot be read
   */
  Optional<Left> left() throws UnfitMaterial {
    try {
      Optional<Path> confirmed = sets.confirmed();
      Optional<Path> set = confirmed.isPresent() ? confirmed : sets.current();
      if (set.isEmpty()) {
        return Optional.empty();
      }
      SetDescription description = describe(set.get());
      requireAuthority(description.bundle().authority());
      Material material = description.material(use -> rendering.key(set.get(), use));
      return Optional.of(new Left(material, Companions.read(set.get())));
    } catch (IOException | UnreadableRecord | UnreadableSsh | UnreadableJose | CRLException e) {
      throw new UnfitMaterial(
          "the output %s holds a set that cannot be read: %s; let the agent read it, or remove the links 'current' and 'confirmed' there to have a new one made"
              .formatted(settings.folder(), e.getMessage()),
          e);
    }
  }

  private void requireAuthority(AuthorityName described) throws UnfitMaterial {
    if (!described.equals(settings.authority())) {
      throw new UnfitMaterial(
          "the output %s holds files of authority '%s', not '%s'; name a folder of its own"
              .formatted(settings.folder(), described, settings.authority()));
    }
  }

  private static SetDescription describe(Path set) throws IOException {
    return Json.PLAIN.read(
        Files.readAllBytes(set.resolve(SetDescription.FILE)), SetDescription.class);
  }

  /** Whether what is confirmed and current has that content. */
  private boolean holds(Supply supply) throws IOException {
    Optional<Path> confirmed = sets.confirmed();
    return !doubtful
        && confirmed.isPresent()
        && confirmed.equals(sets.current())
        && describe(confirmed.get()).contents().equals(supply.contents());
  }

  /**
   * A set that the service has taken up, and that is not confirmed yet.
   *
   * @param distrusting whether it trusts less than the one before
   */
  record Taken(Output output, Path set, boolean distrusting) {}

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
    Path set;
    boolean distrusting;
    try {
      if (holds(supply)) {
        failure = Optional.empty();
        return Optional.empty();
      }
      distrusting = letsGo(supply);
      set = write(supply);
      sets.switchTo(set);
    } catch (IOException | UnreadableRecord e) {
      throw failed(
          "no new set can be written into %s: %s; see that the disk has room and the agent may write there"
              .formatted(settings.folder(), reason(e)),
          e);
    }
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
    return Optional.of(new Taken(this, set, distrusting));
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

  private Path write(Supply supply) throws IOException {
    sets.prepare();
    var files = new TreeMap<String, Bytes>(rendering.files(supply));
    files.put(SetDescription.FILE, Bytes.of(Json.PLAIN.write(SetDescription.of(supply))));
    return sets.write(files);
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

  /** Whether what is confirmed trusts somebody whom that does not. */
  private boolean letsGo(Supply supply) throws IOException {
    Optional<Path> confirmed = sets.confirmed();
    if (!supply.verifies() || confirmed.isEmpty()) {
      return false;
    }
    try {
      List<Digest> before = Trust.of(describe(confirmed.get()).bundle()).trusted(settings.format());
      return !supply.trust().trusted(settings.format()).containsAll(before);
    } catch (UnfitMaterial e) {
      LOG.warn("what set {} trusted cannot be read", confirmed.get(), e);
      return false;
    }
  }

  /** Says that the set is known to work. */
  void confirm(Taken taken) throws UnfitMaterial {
    Path set = taken.set();
    try {
      if (taken.distrusting()) {
        settings.service().connections().ifPresent(all -> earlier.letGo(all, Instant.now()));
      }
      sets.confirm(set);
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
      var supply = Supply.of(left().orElseThrow().material(), Companions.NONE, settings);
      settings.service().takeUp(expectation(supply, before.get()));
      doubtful = false;
      return "set %s is put back".formatted(before.get().getFileName());
    } catch (IOException | UnfitMaterial e) {
      return "the earlier set cannot be put back: " + e.getMessage();
    } catch (ServiceFailure e) {
      return "the earlier set is put back, but was not taken up either: " + e.getMessage();
    }
  }

  /** Whether the confirmed set is the current one, or there is none of either. */
  boolean isSettled() throws UnfitMaterial {
    try {
      return sets.confirmed().equals(sets.current());
    } catch (IOException e) {
      throw failed("output %s cannot be read: %s".formatted(settings.folder(), e), e);
    }
  }

  /** What strangers get to see of what is confirmed; empty if nobody can look. */
  Optional<Sight> look() throws InterruptedException {
    try {
      Optional<Path> set = sets.confirmed();
      Optional<Left> left = set.isPresent() ? left() : Optional.empty();
      if (left.isEmpty()) {
        return Optional.empty();
      }
      var supply = Supply.of(left.get().material(), Companions.NONE, settings);
      return settings.service().look(expectation(supply, set.get()));
    } catch (IOException | UnfitMaterial e) {
      return Optional.empty();
    }
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
        failure);
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
