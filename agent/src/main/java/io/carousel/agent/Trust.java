package io.carousel.agent;

import io.carousel.agent.certificate.Certificates;
import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.SlotName;
import io.carousel.events.TrustBundle;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A trust bundle whose certificates have been read and found to be CA certificates of the keys that
 * it names.
 */
public record Trust(TrustBundle bundle, List<Anchor> anchors) {
  /** Copies. */
  public Trust {
    anchors = List.copyOf(anchors);
  }

  /**
   * One CA to trust.
   *
   * @param key SHA-256 of its SubjectPublicKeyInfo
   */
  public record Anchor(int generation, SlotName slot, X509Certificate certificate, Digest key) {}

  /**
   * Reads a bundle.
   *
   * @throws UnfitMaterial if any certificate in it is not what the bundle says
   */
  public static Trust of(TrustBundle bundle) throws UnfitMaterial {
    var anchors = new ArrayList<Anchor>();
    for (TrustBundle.TrustedKey ca : bundle.trusted(Format.X509)) {
      try {
        anchors.add(read(ca));
      } catch (CertificateException e) {
        throw new UnfitMaterial(
            "the CA certificate of generation %d on slot '%s' is unfit: %s"
                .formatted(ca.generation(), ca.slot(), e.getMessage()),
            e);
      }
    }
    return new Trust(bundle, anchors);
  }

  private static Anchor read(TrustBundle.TrustedKey ca) throws CertificateException {
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
    if (!Certificates.isSignedBy(certificate, certificate)) {
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

  /** The keys, in no order. */
  public List<Digest> keys() {
    return anchors.stream().map(Anchor::key).sorted().toList();
  }

  /** Whether credentials by that key are to be replaced now by those of another slot. */
  public boolean isOutgoing(Digest key) {
    return bundle.trusted().stream().anyMatch(k -> k.outgoing() && k.key().equals(key));
  }

  /** Whether the same certificates are trusted, whatever else the two bundles say. */
  public boolean trustsSameAs(Trust other) {
    return java.util.Set.copyOf(anchors).equals(java.util.Set.copyOf(other.anchors));
  }

  /** Whether any key of that generation is trusted. */
  public boolean trustsGeneration(int generation) {
    return anchors.stream().anyMatch(anchor -> anchor.generation() == generation);
  }
}
