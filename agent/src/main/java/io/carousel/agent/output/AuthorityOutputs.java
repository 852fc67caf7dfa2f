package io.carousel.agent.output;

import io.carousel.agent.HouseException;
import io.carousel.agent.Installation;
import io.carousel.agent.Material;
import io.carousel.agent.NoVerdict;
import io.carousel.agent.OwnCredential;
import io.carousel.agent.Published;
import io.carousel.agent.Trust;
import io.carousel.agent.UnfitMaterial;
import io.carousel.agent.certificate.Crls;
import io.carousel.agent.service.Verifier;
import io.carousel.events.AuthorityName;
import io.carousel.events.Profile;
import java.security.cert.CRLException;
import java.security.cert.X509CRL;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All outputs of one authority: they take up material together, or all keep what they had. CRLs
 * come with the material, and by themselves when they change. Thread-safe.
 */
public final class AuthorityOutputs implements Installation {
  private static final Logger LOG = LoggerFactory.getLogger(AuthorityOutputs.class);

  private final AuthorityName authority;
  private final List<Output> outputs;
  private final Published published;

  /** Guards the outputs, and writing what follows. */
  private final ReentrantLock lock = new ReentrantLock();

  private Optional<Material> atWork = Optional.empty();
  private volatile Crls crls = Crls.NONE;

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
      Crls fitting = crlsFor(material.trust());
      installAll(material, fitting);
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
  public boolean accepts(OwnCredential canary) throws NoVerdict, InterruptedException {
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

  private void installAll(Material material, Crls fitting)
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
    crls = fitting;
  }

  // --- CRLs -------------------------------------------------------------------------------------

  /**
   * The newest that can be had. A checker that wants CRLs takes nothing of a CA without one: so
   * trust in a CA is not at work before its CRL is.
   */
  private Crls crlsFor(Trust trust) throws UnfitMaterial, InterruptedException {
    if (outputs.stream().noneMatch(output -> output.settings().verifies())) {
      return Crls.NONE;
    }
    Crls offered;
    try {
      offered = fetch();
    } catch (HouseException e) {
      if (lacking(crls, trust).isPresent()) {
        throw new UnfitMaterial(
            "the CRLs of authority '%s' cannot be had: %s".formatted(authority, e.getMessage()), e);
      }
      return crls;
    }
    Optional<Trust.Anchor> lacking = lacking(offered, trust);
    if (lacking.isPresent()) {
      throw new UnfitMaterial(
          "authority '%s' publishes no CRL yet of the CA of generation %d on slot '%s'"
              .formatted(
                  authority, lacking.get().generation(), lacking.get().slot().orElseThrow()));
    }
    return offered;
  }

  private Crls fetch() throws HouseException, UnfitMaterial, InterruptedException {
    try {
      Crls offered = Crls.read(published.crls(authority));
      Optional<X509CRL> older = offered.olderThanIn(crls);
      if (older.isPresent()) {
        throw new UnfitMaterial(
            "an older CRL of '%s' was offered: CRLs never go back"
                .formatted(older.get().getIssuerX500Principal()));
      }
      return offered;
    } catch (CRLException e) {
      throw new UnfitMaterial(
          "the CRLs of authority '%s' cannot be read: %s".formatted(authority, e.getMessage()), e);
    }
  }

  /** A CA from elsewhere publishes its CRL itself. */
  private static Optional<Trust.Anchor> lacking(Crls crls, Trust trust) {
    return trust.anchors().stream()
        .filter(anchor -> anchor.slot().isPresent() && !crls.covers(anchor.certificate()))
        .findFirst();
  }

  /**
   * Fetches the CRLs, and puts them to work if they have changed.
   *
   * @throws UnfitMaterial if they could not be put to work
   */
  public void refreshCrls() throws HouseException, UnfitMaterial, InterruptedException {
    lock.lockInterruptibly();
    try {
      if (atWork.isEmpty() || outputs.stream().noneMatch(output -> output.settings().verifies())) {
        return;
      }
      Crls offered = fetch();
      if (lacking(offered, atWork.get().trust()).isEmpty() && !offered.equals(crls)) {
        installAll(atWork.get(), offered);
        LOG.info("authority '{}' has new CRLs", authority);
      }
    } finally {
      lock.unlock();
    }
  }

  /** When the first of the CRLs at work is past its time. */
  public Optional<Instant> crlsUntil() {
    return crls.nextUpdate();
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
      left.map(Output.Left::crls).filter(c -> !c.lists().isEmpty()).ifPresent(c -> crls = c);
    }
    if (materials.isEmpty()) {
      return Optional.empty();
    }
    Material newest = newest(materials);
    boolean same =
        settled
            && materials.size() == outputs.size()
            && materials.stream().allMatch(m -> m.trust().trustsSameAs(newest.trust()))
            && outputs.stream().filter(o -> o.settings().presents()).count()
                == materials.stream().filter(m -> sameCredential(m, newest)).count();
    if (same) {
      atWork = Optional.of(newest);
    }
    return Optional.of(new Found(newest, same));
  }

  private static boolean sameCredential(Material one, Material other) {
    return one.credential().isPresent()
        && Objects.equals(
            one.credential().map(OwnCredential::serial),
            other.credential().map(OwnCredential::serial));
  }

  /**
   * Trust by the newest bundle, and the credential that began last; each may be in another output.
   */
  private static Material newest(List<Material> materials) {
    Material trusting =
        materials.stream()
            .max(Comparator.comparingLong(m -> m.trust().bundle().sequence()))
            .orElseThrow();
    Optional<OwnCredential> credential =
        materials.stream()
            .flatMap(m -> m.credential().stream())
            .max(Comparator.comparing(OwnCredential::notBefore));
    return new Material(trusting.owner(), trusting.trust(), credential);
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
