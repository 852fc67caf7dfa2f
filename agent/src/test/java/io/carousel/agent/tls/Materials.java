package io.carousel.agent.tls;

import io.carousel.agent.FakeHouse;
import io.carousel.agent.Material;
import io.carousel.agent.OwnCredential;
import io.carousel.agent.Trust;
import io.carousel.agent.UnfitMaterial;
import io.carousel.agent.X509Credential;
import io.carousel.agent.certificate.Certificates;
import io.carousel.agent.certificate.SoftwareCa;
import io.carousel.agent.certificate.SoftwareRoot;
import io.carousel.events.Bytes;
import io.carousel.events.Credential;
import io.carousel.events.Digest;
import io.carousel.events.ParticipantName;
import io.carousel.events.PhaseName;
import io.carousel.events.Profile;
import io.carousel.events.RootUse;
import io.carousel.events.SlotName;
import io.carousel.events.TrustBundle;
import java.security.KeyPair;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Material made by hand, right or wrong. */
final class Materials {
  static final SoftwareCa FIRST = ca(1);
  static final SoftwareCa SECOND = ca(2);

  private Materials() {}

  static SoftwareCa ca(int generation) {
    return new SoftwareCa(FakeHouse.AUTHORITY, generation, new SlotName("hsm-a"));
  }

  static Trust trust(SoftwareCa... cas) throws UnfitMaterial {
    List<TrustBundle.TrustedKey> trusted = Stream.of(cas).map(SoftwareCa::trusted).toList();
    return Trust.of(
        new TrustBundle(
            FakeHouse.AUTHORITY,
            1,
            1,
            PhaseName.STANDBY,
            1,
            Digest.of(new byte[0]),
            cas[0].generation(),
            cas[0].generation(),
            trusted));
  }

  /** As {@code trust}, below that root. */
  static Trust below(SoftwareRoot root, RootUse use, Optional<Bytes> crl, SoftwareCa... cas)
      throws UnfitMaterial {
    List<TrustBundle.TrustedKey> trusted = Stream.of(cas).map(SoftwareCa::trusted).toList();
    return Trust.of(
        new TrustBundle(
            FakeHouse.AUTHORITY,
            1,
            1,
            PhaseName.STANDBY,
            1,
            Digest.of(new byte[0]),
            cas[0].generation(),
            cas[0].generation(),
            trusted,
            Optional.of(new TrustBundle.Root(use, root.certificate(), crl)),
            List.of()));
  }

  /** Whatever the credential is of, shown with the CA above it. */
  static X509Credential withChain(X509Credential own, SoftwareCa above) {
    try {
      return new X509Credential(
          own.profile(),
          own.serial(),
          own.generation(),
          own.issuerKey(),
          own.certificate(),
          own.key(),
          List.of(Certificates.read(above.certificate())));
    } catch (CertificateException e) {
      throw new AssertionError(e);
    }
  }

  static Material material(String name, Profile profile, SoftwareCa issuer, SoftwareCa... trusts)
      throws UnfitMaterial {
    return new Material(
        new ParticipantName(name), trust(trusts), Optional.of(credential(name, profile, issuer)));
  }

  static X509Credential credential(String name, Profile profile, SoftwareCa issuer) {
    Instant now = Instant.now();
    return credential(name, profile, issuer, now.minusSeconds(60), now.plusSeconds(3600));
  }

  static X509Credential credential(
      String name, Profile profile, SoftwareCa issuer, Instant from, Instant to) {
    KeyPair key = OwnCredential.newKey();
    Credential issued =
        issuer.issue(new ParticipantName(name), profile, key.getPublic(), from, to, 1);
    try {
      return new X509Credential(
          profile,
          issued.serial(),
          issuer.generation(),
          issuer.trusted().key(),
          Certificates.read(issued.content()),
          key.getPrivate());
    } catch (CertificateException e) {
      throw new AssertionError(e);
    }
  }

  static MutualTls tls(Material material) throws Exception {
    var tls = new MutualTls(Duration.ofSeconds(30));
    tls.install(material);
    return tls;
  }
}
