package io.carousel.agent;

import io.carousel.events.Profile;
import java.util.List;
import java.util.Optional;

/** Where new material goes to work. */
@FunctionalInterface
public interface Installation {

  /**
   * Puts material to work in place of what was there. When this returns, nothing shows or trusts
   * the earlier material any more: only then may the new one be reported.
   *
   * @throws UnfitMaterial if the material cannot be used here; the earlier is still at work
   * @throws InterruptedException if the wait was cut short; which of the two is at work is open
   */
  void install(Material material) throws UnfitMaterial, InterruptedException;

  /** The canary by which the verifier behind it can be tried; empty if it cannot be. */
  default Optional<Profile> triedBy() {
    return Optional.empty();
  }

  /**
   * Shows a canary to the verifier behind it, which is changed in nothing by that.
   *
   * @param canary of the profile that {@link #triedBy} says
   * @return whether it was accepted
   * @throws NoVerdict if nobody can say; as when it does not run
   */
  default boolean accepts(X509Credential canary) throws NoVerdict, InterruptedException {
    throw new NoVerdict("there is no way to try it");
  }

  /**
   * Reads back what was installed, for a report that is about to be made.
   *
   * @return what of it is not as it was put there; empty if all is. To install the same again mends
   *     it, where that can be done
   */
  default Optional<String> damage() throws InterruptedException {
    return Optional.empty();
  }

  /**
   * Looks whether credentials are revoked, for a report that is about to be made.
   *
   * @return those that are, as far as can be seen
   */
  default List<Revocation> revoked(Material material) throws InterruptedException {
    return List.of();
  }

  /** Looks at what is at work, for a report that is about to be made. */
  default Observations observe() throws InterruptedException {
    return Observations.NONE;
  }

  /**
   * What an earlier run has left; asked once, before anything is installed.
   *
   * @throws UnfitMaterial if something is there that cannot be read now
   */
  default Optional<Found> found() throws UnfitMaterial, InterruptedException {
    return Optional.empty();
  }

  /**
   * Material of an earlier run.
   *
   * @param atWork whether it is known to be at work; if not, it must be installed again before it
   *     may be reported
   */
  record Found(Material material, boolean atWork) {}
}
