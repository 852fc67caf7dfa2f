package io.carousel.agent;

import io.carousel.agent.certificate.Certificates;
import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.RootUse;
import io.carousel.events.SlotName;
import io.carousel.events.SubjectPublicKey;
import io.carousel.events.TrustBundle;
import io.carousel.events.openssh.SshPublicKey;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A trust bundle whose certificates have been read and found to be CA certificates of the keys that
 * it names.
 *
 * @param anchors the CAs in it: to be trusted themselves, or with {@code root} as parts of chains
 * @param root the external root to be trusted in their stead
 */
public record Trust(TrustBundle bundle, List<Anchor> anchors, Optional<Root> root) {
  /** Copies. */
  public Trust {
    anchors = List.copyOf(anchors);
  }

  /** Of CAs to be trusted themselves. */
  public Trust(TrustBundle bundle, List<Anchor> anchors) {
    this(bundle, anchors, Optional.empty());
  }

  /**
   * One CA to trust.
   *
   * @param slot where its key is; empty if it signs elsewhere
   * @param key SHA-256 of its SubjectPublicKeyInfo
   */
  public record Anchor(
      int generation, Optional<SlotName> slot, X509Certificate certificate, Digest key) {}

  /**
   * An external root that is trusted.
   *
   * @param crl what it revokes; empty while nobody knows
   * @param key SHA-256 of its SubjectPublicKeyInfo
   */
  public record Root(X509Certificate certificate, Optional<X509CRL> crl, Digest key) {}

  /**
   * Reads a bundle.
   *
   * @throws UnfitMaterial if any certificate in it is not what the bundle says
   */
  public static Trust of(TrustBundle bundle) throws UnfitMaterial {
    Optional<X509Certificate> above = above(bundle);
    var anchors = new ArrayList<Anchor>();
    for (TrustBundle.TrustedKey ca : bundle.trusted(Format.X509)) {
      try {
        anchors.add(read(ca, above));
      } catch (CertificateException e) {
        throw new UnfitMaterial(
            "the CA certificate of generation %d %s is unfit: %s"
                .formatted(ca.generation(), place(ca), e.getMessage()),
            e);
      }
    }
    for (TrustBundle.TrustedKey key : bundle.trusted()) {
      // A CA elsewhere may have a kind of key that no certificate of ours has.
      if (key.format() != Format.X509) {
        requireReadable(key);
      }
    }
    return new Trust(bundle, anchors, root(bundle, above));
  }

  private static void requireReadable(TrustBundle.TrustedKey key) throws UnfitMaterial {
    try {
      if (!SubjectPublicKey.of(key.publicKey()).spki().digest().equals(key.key())) {
        throw new IllegalArgumentException("it is not the one that the bundle names");
      }
    } catch (IllegalArgumentException e) {
      throw new UnfitMaterial(
          "the %s key of generation %d %s is unfit: %s"
              .formatted(key.format(), key.generation(), place(key), e.getMessage()),
          e);
    }
  }

  private static Optional<X509Certificate> above(TrustBundle bundle) throws UnfitMaterial {
    if (bundle.root().isEmpty()) {
      return Optional.empty();
    }
    try {
      X509Certificate root = Certificates.read(bundle.root().get().certificate());
      if (root.getBasicConstraints() < 0) {
        throw new CertificateException("it is no CA certificate");
      }
      return Optional.of(root);
    } catch (CertificateException e) {
      throw new UnfitMaterial(
          "the external root in bundle %d is unfit: %s".formatted(bundle.number(), e.getMessage()),
          e);
    }
  }

  private static Optional<Root> root(TrustBundle bundle, Optional<X509Certificate> above)
      throws UnfitMaterial {
    Optional<TrustBundle.Root> told = bundle.root().filter(r -> r.use() == RootUse.ROOT);
    if (told.isEmpty()) {
      return Optional.empty();
    }
    X509Certificate certificate = above.orElseThrow();
    try {
      Optional<X509CRL> crl = Optional.empty();
      if (told.get().crl().isPresent()) {
        crl = Optional.of(Certificates.readCrl(told.get().crl().get(), certificate));
      }
      return Optional.of(new Root(certificate, crl, Certificates.keyDigest(certificate)));
    } catch (CRLException e) {
      throw new UnfitMaterial(
          "the CRL of the external root in bundle %d is unfit: %s"
              .formatted(bundle.number(), e.getMessage()),
          e);
    }
  }

  private static String place(TrustBundle.TrustedKey ca) {
    return ca.slot().map("on slot '%s'"::formatted).orElse("from elsewhere");
  }

  private static Anchor read(TrustBundle.TrustedKey ca, Optional<X509Certificate> above)
      throws CertificateException {
    X509Certificate certificate =
        Certificates.read(
            ca.certificate()
                .orElseThrow(() -> new CertificateException("there is none in the bundle")));
    if (!Certificates.keyDigest(certificate).equals(ca.key())) {
      throw new CertificateException("its key is not the one that the bundle names");
    }
    if (certificate.getBasicConstraints() < 0) {
      throw new CertificateException("it is no CA certificate");
    }
    if (!Certificates.isSignedBy(certificate, above.orElse(certificate))) {
      throw new CertificateException("its signature does not hold");
    }
    return new Anchor(ca.generation(), ca.slot(), certificate, ca.key());
  }

  /** The CA whose key signed a certificate; empty if it is none of these. */
  public Optional<Anchor> issuerOf(X509Certificate certificate) {
    return anchors.stream()
        .filter(anchor -> Certificates.isSignedBy(certificate, anchor.certificate()))
        .findFirst();
  }

  /** The keys of the CAs, sorted. */
  public List<Digest> keys() {
    return anchors.stream().map(Anchor::key).sorted().toList();
  }

  /** The keys at which paths may end, sorted. */
  public List<Digest> trusted() {
    return root.map(r -> List.of(r.key())).orElseGet(this::keys);
  }

  /** The keys of that format that are trusted, sorted: what a report says. */
  public List<Digest> trusted(Format format) {
    return format == Format.X509
        ? trusted()
        : bundle.trusted(format).stream().map(TrustBundle.TrustedKey::key).sorted().toList();
  }

  /** The keys that sign OpenSSH certificates. */
  public List<SshPublicKey> sshKeys() {
    return bundle.trusted(Format.SSH).stream().map(k -> SshPublicKey.of(k.publicKey())).toList();
  }

  /** Whether there is nobody in it. */
  public boolean isEmpty() {
    return bundle.trusted().isEmpty();
  }

  /**
   * Whether the root's CRL lists that certificate. A CRL past its time counts as it stands: nobody
   * shall be cut off because the next one is late.
   */
  public boolean revokes(X509Certificate certificate) {
    return root.flatMap(Root::crl).filter(crl -> Certificates.lists(crl, certificate)).isPresent();
  }

  /** Whether credentials by that key are to be replaced now by those of another slot. */
  public boolean isOutgoing(Digest key) {
    return bundle.trusted().stream().anyMatch(k -> k.outgoing() && k.key().equals(key));
  }

  /** Whether the same keys are trusted by the same certificates, whatever else the bundles say. */
  public boolean trustsSameAs(Trust other) {
    return Set.copyOf(anchors).equals(Set.copyOf(other.anchors))
        && root.equals(other.root)
        && withoutCertificates().equals(other.withoutCertificates());
  }

  private Set<Named> withoutCertificates() {
    return bundle.trusted().stream()
        .filter(k -> k.format() != Format.X509)
        .map(k -> new Named(k.format(), k.generation(), k.key()))
        .collect(Collectors.toUnmodifiableSet());
  }

  private record Named(Format format, int generation, Digest key) {}

  /** Whether any key of that generation is trusted. */
  public boolean trustsGeneration(int generation) {
    return bundle.trusted().stream().anyMatch(key -> key.generation() == generation);
  }

  /** Whether that key is trusted. */
  public boolean trustsKey(Digest key) {
    return bundle.trusted().stream().anyMatch(k -> k.key().equals(key));
  }
}
