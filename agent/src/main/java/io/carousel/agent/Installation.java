package io.carousel.agent;

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
}
