package io.carousel.agent.output;

import io.carousel.agent.HouseException;
import io.carousel.agent.Installation;
import io.carousel.agent.Material;
import io.carousel.agent.NoVerdict;
import io.carousel.agent.OwnCredential;
import io.carousel.agent.Published;
import io.carousel.agent.Trust;
import io.carousel.agent.UnfitMaterial;
import io.carousel.agent.Use;
import io.carousel.agent.X509Credential;
import io.carousel.agent.certificate.Crls;
import io.carousel.agent.service.Verifier;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.Format;
import io.carousel.events.Profile;
import io.carousel.events.Serial;
import io.carousel.events.jose.UnreadableJose;
import io.carousel.events.openssh.Krl;
import io.carousel.events.openssh.UnreadableSsh;
import java.security.cert.CRLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
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

  private final AuthorityName authority;
  private final List<Output> outputs;
  private final Published published;

  /** Guards the outputs, and writing what follows. */
  private final ReentrantLock lock = new ReentrantLock();

  private Optional<Material> atWork = Optional.empty();
  private volatile Companions companions = Companions.NONE;

  /** The outputs of that authority, at least one. */
  public AuthorityOutputs(
      AuthorityName authority, List<OutputSettings> outputs, Published published) {
    this.authority = authority;
    this.outputs = outputs.stream().map(Output::new).toList();
    this.published = published;
  }

  /** Whose they are. */
  public AuthorityName authority() {
    return authority;
  }

  @Override
  public void install(Material material) throws UnfitMaterial, InterruptedException {
    lock.lockInterruptibly();
    try {
      installAll(material, fitting(material.trust()));
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
      done.output().confirm(done.set());
    }
    atWork = Optional.of(material);
    companions = fitting;
  }

  // --- what is published beside the bundle ------------------------------------------------------

  /**
   * The newest that can be had. A checker that wants CRLs takes nothing of a CA without one: so
   * trust in a CA is not at work before its CRL is.
   */
  private Companions fitting(Trust trust) throws UnfitMaterial, InterruptedException {
    Companions offered;
    try {
      offered = fetch();
    } catch (HouseException e) {
      if (isEnough(companions, trust)) {
        return companions;
      }
      throw new UnfitMaterial(
          "what authority '%s' publishes for verifiers cannot be had: %s"
              .formatted(authority, e.getMessage()),
          e);
    }
    Optional<Trust.Anchor> lacking = lacking(offered, trust);
    if (lacking.isPresent()) {
      throw new UnfitMaterial(
          "authority '%s' publishes no CRL yet of the CA of generation %d on slot '%s'"
              .formatted(
                  authority, lacking.get().generation(), lacking.get().slot().orElseThrow()));
    }
    if (!namesTokenKeys(offered, trust)) {
      throw new UnfitMaterial(
          "authority '%s' publishes other keys of tokens than bundle %d has; it is asked again"
              .formatted(authority, trust.bundle().number()));
    }
    return offered;
  }

  private boolean isEnough(Companions held, Trust trust) {
    return lacking(held, trust).isEmpty()
        && (!verifies(Format.SSH) || held.krl().isPresent())
        && namesTokenKeys(held, trust);
  }

  /** The published set may be ahead of the bundle, or behind it. */
  private boolean namesTokenKeys(Companions of, Trust trust) {
    return !verifies(Format.JWT) || of.tokenKeys().filter(keys -> keys.areOf(trust)).isPresent();
  }

  private Optional<Trust.Anchor> lacking(Companions of, Trust trust) {
    return verifies(Format.X509) ? of.lacking(trust) : Optional.empty();
  }

  private boolean verifies(Format format) {
    return outputs.stream()
        .map(Output::settings)
        .anyMatch(o -> o.verifies() && o.format() == format);
  }

  private Companions fetch() throws HouseException, UnfitMaterial, InterruptedException {
    try {
      Crls crls = Crls.NONE;
      Optional<Krl> krl = Optional.empty();
      if (verifies(Format.X509)) {
        crls = Crls.read(published.companion(authority, Format.X509));
      }
      if (verifies(Format.SSH)) {
        // sshd lets nobody in while it cannot read its KRL.
        krl = Optional.of(Krl.read(Bytes.of(published.companion(authority, Format.SSH))));
      }
      Optional<TokenKeys> keys = Optional.empty();
      if (verifies(Format.JWT)) {
        keys = Optional.of(TokenKeys.read(published.companion(authority, Format.JWT)));
      }
      var offered = new Companions(crls, krl, keys);
      Optional<String> back = offered.goesBackFrom(companions);
      if (back.isPresent()) {
        throw new UnfitMaterial(back.get());
      }
      return offered;
    } catch (CRLException | UnreadableSsh | UnreadableJose e) {
      throw new UnfitMaterial(
          "what authority '%s' publishes for verifiers cannot be read: %s"
              .formatted(authority, e.getMessage()),
          e);
    }
  }

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
      Companions offered = fetch();
      Trust trust = atWork.get().trust();
      if (lacking(offered, trust).isEmpty()
          && namesTokenKeys(offered, trust)
          && !offered.saysTheSameAs(companions)) {
        installAll(atWork.get(), offered);
        LOG.info("what authority '{}' publishes for verifiers has changed", authority);
      }
    } finally {
      lock.unlock();
    }
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
    for (Output output : outputs) {
      Optional<Output.Left> left = output.left();
      left.map(Output.Left::material).ifPresent(materials::add);
      left.map(Output.Left::companions).ifPresent(c -> companions = c.or(companions));
    }
    if (materials.isEmpty()) {
      return Optional.empty();
    }
    Material newest = newest(materials);
    boolean same =
        settled
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

  /** How each of them stands. */
  public List<OutputStanding> standing() {
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
