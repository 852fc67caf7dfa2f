package io.carousel.agent.tls;

import io.carousel.agent.HouseException;
import io.carousel.agent.Installation;
import io.carousel.agent.Material;
import io.carousel.agent.UnfitMaterial;
import io.carousel.agent.X509Credential;
import io.carousel.events.AuthorityName;
import io.carousel.events.Digest;
import io.carousel.events.HouseId;
import io.carousel.events.SignedStatement;
import io.carousel.events.TrustBundle;
import io.carousel.events.TrustStatements;
import java.security.GeneralSecurityException;
import java.util.Comparator;
import java.util.List;
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
  private volatile Known known;

  /**
   * What it goes by.
   *
   * @param bundle of the built-in authority, from which the pins are; 0 if somebody gave them
   * @param showing for connections on which the house is to know who calls
   * @param bare for those on which nothing is shown
   */
  private record Known(
      Set<Digest> pins,
      long bundle,
      Optional<X509Credential> credential,
      SSLContext showing,
      SSLContext bare) {
    static Known of(Set<Digest> pins, long bundle, Optional<X509Credential> credential)
        throws GeneralSecurityException {
      return new Known(
          Set.copyOf(pins),
          bundle,
          credential,
          made(new PinnedTrust(pins), new FixedKey(credential)),
          made(new PinnedTrust(pins), new FixedKey(Optional.empty())));
    }
  }

  /**
   * Of whoever shows nothing yet.
   *
   * @param pins SHA-256 of the SubjectPublicKeyInfo of each CA whose servers are the house; none:
   *     nobody is, until something is installed
   */
  public HouseTls(Set<Digest> pins) {
    try {
      this.known = Known.of(pins, 0, Optional.empty());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has TLS 1.3", e);
    }
  }

  /** For connections that begin now; another one after each {@link #install}. */
  public SSLContext context() {
    return known.showing();
  }

  /** The same, showing nothing: for a house that does not welcome what would be shown. */
  public SSLContext bare() {
    return known.bare();
  }

  /**
   * For reading what {@link #succeed} verifies by itself: whoever answers is believed nothing else.
   */
  public static SSLContext anybody() {
    try {
      return made(new AnybodyTrust(), new FixedKey(Optional.empty()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has TLS 1.3", e);
    }
  }

  @Override
  public void install(Material material) throws UnfitMaterial {
    TrustBundle bundle = material.trust().bundle();
    Set<Digest> pins = Set.copyOf(material.trust().keys());
    if (pins.isEmpty()) {
      throw new UnfitMaterial(
          "bundle %d of the built-in authority trusts nobody".formatted(bundle.number()));
    }
    try {
      known = Known.of(pins, bundle.number(), material.x509());
    } catch (GeneralSecurityException e) {
      throw new UnfitMaterial(
          "TLS with the house cannot work with bundle %d: %s"
              .formatted(bundle.number(), e.getMessage()),
          e);
    }
  }

  /**
   * Follows the generations of the built-in authority from the one that is known to the one in use.
   * Each step is signed by a key that the step before has named, and none goes back: a statement of
   * old, which trusted what has been removed since, leads nowhere. Pins that somebody gave have no
   * place in that order, and lead nowhere either.
   *
   * @return whether it has come any further
   */
  public synchronized boolean succeed(TrustStatements told) {
    Known from = known;
    if (from.bundle() == 0) {
      return false;
    }
    Set<Digest> pins = from.pins();
    long bundle = from.bundle();
    List<SignedStatement> inOrder =
        told.statements().stream()
            .sorted(Comparator.comparingLong(s -> s.statement().bundle()))
            .toList();
    for (SignedStatement next : inOrder) {
      if (next.statement().authority().equals(AuthorityName.BUILT_IN)
          && next.statement().bundle() > bundle
          && !next.statement().keys().isEmpty()
          && next.isSignedBy(pins, told.house())) {
        pins = Set.copyOf(next.statement().keys());
        bundle = next.statement().bundle();
      }
    }
    if (bundle == from.bundle()) {
      return false;
    }
    try {
      known = Known.of(pins, bundle, from.credential());
      return true;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has TLS 1.3", e);
    }
  }

  /**
   * Passes a bundle that a key of the built-in authority has signed which is trusted now.
   *
   * @throws HouseException if none has, or one of its signatures does not hold
   */
  public void requireSigned(TrustBundle bundle, HouseId house) throws HouseException {
    if (bundle.signatures().isEmpty()) {
      throw new HouseException.Unavailable(
          "bundle %d of authority '%s' is not signed yet, and is left alone until it is; if that lasts, look at the slots of 'carousel' (carousel authority show carousel)"
              .formatted(bundle.number(), bundle.authority()),
          (Throwable) null);
    }
    Set<Digest> pins = known.pins();
    if (!new SignedStatement(bundle.statement(), bundle.signatures()).isSignedBy(pins, house)) {
      throw new HouseException.Refused(
          "bundle-not-signed",
          "bundle %d of authority '%s' carries no signature that holds by a key of the house that is known here (%s)"
              .formatted(bundle.number(), bundle.authority(), PinnedTrust.brief(pins)),
          "what is in place stays; somebody between here and the house has changed it, or the house is not the one that this participant was enrolled in");
    }
  }

  private static SSLContext made(TrustManager trust, FixedKey key) throws GeneralSecurityException {
    SSLContext made = SSLContext.getInstance("TLSv1.3");
    made.init(new KeyManager[] {key}, new TrustManager[] {trust}, null);
    return made;
  }
}
