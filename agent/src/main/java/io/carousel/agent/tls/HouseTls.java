package io.carousel.agent.tls;

import io.carousel.agent.Installation;
import io.carousel.agent.Material;
import io.carousel.agent.UnfitMaterial;
import io.carousel.events.Digest;
import java.security.GeneralSecurityException;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/**
 * A participant's TLS with its house: whom it takes for the house, and by what the house knows it.
 * It begins with the digests of CA keys that somebody gave it, and nothing to show; installed for
 * the membership in the built-in authority, it follows that authority's rotations. Thread-safe.
 */
public final class HouseTls implements Installation {
  private volatile SSLContext context;

  /**
   * Of whoever shows nothing yet.
   *
   * @param pins SHA-256 of the SubjectPublicKeyInfo of each CA whose servers are the house; none:
   *     nobody is, until something is installed
   */
  public HouseTls(Set<Digest> pins) {
    try {
      this.context = made(pins, new FixedKey(Optional.empty()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has TLS 1.3", e);
    }
  }

  /** For connections that begin now; another one after each {@link #install}. */
  public SSLContext context() {
    return context;
  }

  @Override
  public void install(Material material) throws UnfitMaterial {
    Set<Digest> pins = Set.copyOf(material.trust().keys());
    if (pins.isEmpty()) {
      throw new UnfitMaterial(
          "bundle %d of the built-in authority trusts nobody"
              .formatted(material.trust().bundle().number()));
    }
    try {
      context = made(pins, new FixedKey(material.x509()));
    } catch (GeneralSecurityException e) {
      throw new UnfitMaterial(
          "TLS with the house cannot work with bundle %d: %s"
              .formatted(material.trust().bundle().number(), e.getMessage()),
          e);
    }
  }

  private static SSLContext made(Set<Digest> pins, FixedKey key) throws GeneralSecurityException {
    SSLContext made = SSLContext.getInstance("TLSv1.3");
    made.init(new KeyManager[] {key}, new TrustManager[] {new PinnedTrust(pins)}, null);
    return made;
  }
}
